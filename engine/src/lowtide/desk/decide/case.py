"""A case: an alert of the mirror together with what was decided about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from operator import attrgetter
from typing import Any

from lowtide.desk.store import Row, Transaction
from lowtide.ledger import SEVERITIES
from lowtide.people.book import Book
from lowtide.people.ladder import Ladder

GRAVITY = {severity: number for number, severity in enumerate(SEVERITIES)}
"""Severities as numbers; the gravest is the greatest."""
CRITICAL = GRAVITY["critical"]
UNDER_WAY = ("acknowledged", "in_progress")
"""States in which somebody has taken the alert and not finished."""
_FACTS = ("type", "sku", "category", "supplier", "abc", "department", "region", "location")


def facts(alert: Row) -> dict[str, str]:
    """What routes and inhibition match on; the mirror does not know `xyz`."""
    return {name: alert[name] for name in _FACTS} | {"xyz": ""}


@dataclass
class Routed:
    """The row of table `routed`: who owns an alert, what they were told, and how long they have had it."""

    alert_id: str
    person: str
    team: str
    route: str
    followers: str
    owner: str
    partition: str
    grp: str | None
    because: str
    because_of: str
    due_at: int | None
    caught: int
    said_round: int | None
    said_to: str
    said_in: str
    told_at: int | None
    told_seq: int | None
    told_severity: str
    told_round: int | None
    told_to: str
    last_step: int
    clock_at: int | None
    used_ms: int
    phase: str
    phase_round: int
    phase_at: int | None
    deadline_at: int | None = None
    """When the deadline that runs now ends, for the queue; None: none runs."""
    stored: tuple[Any, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """The row as it was read or written last; None: it has not been written yet."""


_COLUMNS = tuple(column.name for column in fields(Routed) if column.init)
_VALUES = attrgetter(*_COLUMNS)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM routed WHERE alert_id = ?"
_INSERT = f"INSERT OR REPLACE INTO routed ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


@dataclass
class Case:
    """One alert. `alert` is the mirror's row, which nothing here changes."""

    alert: Row
    routed: Routed

    @property
    def alert_id(self) -> str:
        return self.routed.alert_id

    @property
    def is_open(self) -> bool:
        """Whether the data have not ended it."""
        return str(self.alert["status"]) == "open"

    @property
    def is_new(self) -> bool:
        """Whether nobody has answered."""
        return str(self.alert["state"]) == "new"

    @property
    def gravity(self) -> int:
        return GRAVITY[self.alert["severity"]]

    @cached_property
    def facts(self) -> dict[str, str]:
        return facts(self.alert)

    def ladder(self, book: Book) -> Ladder:
        """The ladder of the alert's severity."""
        return book.ladder(self.alert["severity"])


def _read(row: Row) -> Routed:
    values = tuple(row)
    routed = Routed(*values)
    routed.stored = values
    return routed


def load(tx: Transaction, alert_id: str) -> Case | None:
    """The case of an alert; None if it was never routed or the mirror has forgotten it."""
    alert = tx.row("SELECT * FROM alert WHERE alert_id = ?", alert_id)
    return None if alert is None else of(tx, alert)


def of(tx: Transaction, alert: Row) -> Case | None:
    """The case of an alert of which the mirror's row is at hand; None if it was never routed."""
    row = tx.row(_SELECT, alert["alert_id"])
    return None if row is None else Case(alert, _read(row))


def load_many(tx: Transaction, alert_ids: Iterable[str]) -> list[Case]:
    """The cases of alerts, in the order given; those that were never routed are left out."""
    found = (load(tx, alert_id) for alert_id in alert_ids)
    return [case for case in found if case is not None]


def save(tx: Transaction, routed: Routed) -> None:
    """Keep what was decided about an alert: only what has changed, because each index costs."""
    values = _VALUES(routed)
    before = routed.stored
    if before is None:
        tx.execute(_INSERT, *values)
    elif before != values:
        changed = [n for n, value in enumerate(values) if value != before[n]]
        names = ", ".join([f"{_COLUMNS[n]} = ?" for n in changed])
        tx.execute(f"UPDATE routed SET {names} WHERE alert_id = ?", *[values[n] for n in changed], values[0])
    routed.stored = values
