"""What a desk needs before it starts: the people in force, their targets, the key of its links, its folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from lowtide.catalogue import load_locations
from lowtide.desk import people_versions
from lowtide.errors import SettingsError
from lowtide.operation.proxy import DIRECT, Proxies
from lowtide.operation.serving import address_of, is_loopback
from lowtide.people import Book
from lowtide.settings import Settings
from lowtide.warehouse import Warehouse

FOLDER = Path(".lowtide/desk")
DATABASE = "desk.db"
KEY = "link.key"
USERS = "users.yaml"
LISTEN = "127.0.0.1:8080"
Clock = Literal["wall", "log"]


@dataclass(frozen=True)
class Options:
    """One desk, as somebody started it."""

    people: Path | None = None
    listen: str = LISTEN
    clock: Clock = "wall"
    folder: Path = FOLDER
    warehouse_listen: str | None = None
    take_over: bool = False
    proxies: Proxies = DIRECT
    """Those that may say who asks."""
    users: Path | None = None
    """The file of users; None: `users.yaml` in the folder, if it is there."""
    tls: tuple[Path, Path] | None = None
    """Files of certificate and key; None: plain HTTP."""
    history: tuple[str, ...] = ()
    """The log that a dry run of a policy replays."""
    intake: str = ""
    """Where rows go that an admin adds: the address of `lowtide intake`, or `journal:DIR`."""
    intake_token: Path | None = None
    inbox: Path | None = None
    """The folder whose subfolders, one a map, are watched; None: nobody watches one."""
    put: Callable[[bytes], None] | None = None
    """Writes movements into the journal of this process."""
    users_usual: Path | None = None
    """Where the file of users is looked for besides the folder."""

    @property
    def database(self) -> Path:
        """The file of desk.db."""
        return self.folder / DATABASE

    @property
    def users_file(self) -> Path | None:
        """The file of users; None: nobody signs in."""
        place = self.users_place
        return place if self.users is not None or place.exists() else None

    @property
    def users_place(self) -> Path:
        """Where the file of users is, or will be when somebody makes the first user."""
        if self.users is not None:
            return self.users
        place = self.folder / USERS
        return self.users_usual if self.users_usual is not None and not place.exists() else place

    @property
    def files(self) -> Path:
        """The folder from which paths of the people file are meant."""
        return self.people.parent if self.people is not None else Path()


@dataclass(frozen=True)
class InForce:
    """The people in force. `differs`: the version of the file, if another one is in force."""

    book: Book
    differs: str | None = None


def people_in_force(
    people: Path | None,
    settings: Settings,
    warehouse: Warehouse,
    actor: str,
    *,
    store: bool = False,
    check: Callable[[Book], None] = lambda book: None,
) -> InForce:
    """The people of the file, or those in force in the warehouse if they are others.

    With `store` the first file is put in force. A file that differs later is not: `lowtide people apply` does that.
    Raises PeopleError, and what `check` raises: then the file is not put in force, so that it can be mended.
    """
    now = datetime.now(UTC)
    there = people_versions.in_force(warehouse)
    if people is None:
        book = Book.of_document(there.document) if there else Book.alone(actor)
        check(book)
        return InForce(book)
    locations = load_locations(Path(settings.locations)) if settings.locations else None
    book = Book.load(people, locations)
    if there is not None and there.version != book.version:
        in_force = Book.of_document(there.document)
        check(in_force)
        return InForce(in_force, differs=book.version)
    check(book)
    if there is None and store:
        people_versions.store(warehouse, book, applied_by=actor, now=now)
    return InForce(book)


def check_address(listen: str, proxies: Proxies, book: Book) -> None:
    """Raises SettingsError if other machines can reach the page and no message could name its address."""
    host, _ = address_of(listen)
    if book.public_url or (is_loopback(host) and not proxies):
        return
    how = "people reach the page through a proxy" if proxies else f"other machines can reach `{listen}`"
    other = "leave `--behind-proxy` out" if proxies else "listen on `127.0.0.1`"
    raise SettingsError(
        f"{how}, and the people file in force has no `public_url`",
        f"Write the address that people type, such as `public_url: https://stock.example.com`, or {other}. "
        "`lowtide people apply F` puts another file in force.",
    )


def check_access(options: Options) -> None:
    """Raises SettingsError if other machines could reach the desk without signing in, or their passwords could be read."""
    host, _ = address_of(options.listen)
    if is_loopback(host) and not options.proxies:
        return
    how = (
        "people reach the page through a proxy"
        if options.proxies
        else f"other machines can reach `{options.listen}`"
    )
    if options.users_file is None:
        raise SettingsError(
            f"{how}, and nobody would have to sign in",
            f"Make a user first: `lowtide user add LOGIN --role admin --users {options.folder / USERS}`; or listen on "
            "`127.0.0.1` without `--behind-proxy`.",
        )
    if options.tls is None and not options.proxies:
        raise SettingsError(
            f"{how}, and passwords would travel in plain HTTP",
            "Give `--tls-cert F --tls-key F`, or put a proxy with TLS in front and name it with `--behind-proxy`.",
        )
