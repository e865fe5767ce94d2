"""What every question needs: desk.db, the warehouse, the people in force, the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lowtide.desk.store import Store
from lowtide.people import Book
from lowtide.settings import Settings
from lowtide.warehouse import Warehouse


@dataclass(frozen=True)
class Context:
    """The desk as a question sees it. Any thread may use it."""

    store: Store
    """desk.db: what is open, in which state, who has it. Reading it costs microseconds."""
    warehouse: Warehouse
    """The record. Take a handle of your own with `reading()`; it may be away (WarehouseError)."""
    book: Callable[[], Book]
    """The people in force."""
    now: Callable[[], int]
    """The desk's clock: milliseconds since 1970 UTC."""
    settings: Settings
    wake: Callable[[], None] = lambda: None
    """Something in desk.db is new to decide or to send."""
    history: tuple[str, ...] = ()
    """SOURCE words of `--history`: the log that a dry run of a policy replays. Empty: the option was not given."""
    folder: Path = Path(".lowtide/desk")
    """The folder of the desk: desk.db, users.yaml, uploads."""
    people_file: Path | None = None
    clock: str = "wall"
    seconds: Callable[[], float] = field(default=lambda: 0.0)
    """A clock that only counts, for limits."""
    intake: str = ""
    """Where rows go that an admin adds, and changes of the policy: the address of `lowtide intake`, or `journal:DIR`."""
    intake_token: Path | None = None
    """The file with the token for that intake."""
    second_person: Callable[[], bool] = lambda: True
    """Whether a change of rules needs another person than its author; a shop with one user says no."""
    inbox: Path | None = None
    """The folder whose subfolders, one a map, are watched; None: nobody watches one."""
    put: Callable[[bytes], None] | None = None
    """Writes movements in our own form (JSON lines) into the journal of this process, and waits for the disk."""

    away: Callable[[], str | None] = lambda: None
    """Why the warehouse cannot be reached; None: it can."""
    standby: Callable[[], str | None] = lambda: None
    """The holder of the desk that is at work instead of this one; None: this one is at work."""

    @contextmanager
    def reading(self) -> Iterator[Warehouse]:
        """A handle for questions, which reads with FINAL. Raises WarehouseError."""
        with self.warehouse.reader() as handle:
            yield handle

    def moment(self) -> datetime:
        """The desk's clock as an aware time."""
        return datetime.fromtimestamp(self.now() / 1000, UTC)
