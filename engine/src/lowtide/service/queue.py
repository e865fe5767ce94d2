"""The queue: the open alerts of a person, a team or the shop, the dearest first, in windows of 100.

    found = queue(context, caller, Filter(scope="team", severities=("critical",)))
    found.rows, found.groups, found.cut, found.next_cursor

Everything comes from desk.db, so the queue is there while the warehouse is away.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.desk import worth
from lowtide.desk.decide.cut import cut
from lowtide.desk.store import Row, Transaction
from lowtide.errors import SettingsError
from lowtide.people import Book
from lowtide.service.answer import Answer
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.filters import Filter
from lowtide.service.lookup import Hit, lookup
from lowtide.service.search import Search
from lowtide.service.standing import Standing, by_id, standings
from lowtide.service.totals import Choices, Totals, choices, totals

__all__ = (
    "WINDOW", "Choices", "CutLine", "Hit", "Queue", "QueueGroup", "Totals", "choices", "count", "ids", "lookup", "queue",
    "rows_of",
)  # fmt: skip
WINDOW = 100
"""Rows of one window."""
_LONGEST = 400
"""Characters of a cursor."""
_MOST = 2**63
"""SQLite's integers are smaller; rows without a deadline are ordered by the greatest of them."""


@dataclass(frozen=True)
class QueueGroup(Answer):
    """Alerts that are told in one message: rows of one `group` fold into the first of them."""

    group: str
    about: tuple[tuple[str, str], ...]
    """What they share: column and value, as in (("supplier", "V002"),); empty: each stands alone."""
    alerts: int
    """Open alerts of the group in all, also those outside of this window or filter."""
    worth: float | None
    """Expected loss of them together, in money; None: not known of any."""


@dataclass(frozen=True)
class CutLine(Answer):
    """As in "6 of 41 pushed; the 35 below are worth ¥500 together": of the last 60 minutes."""

    pushed: int
    candidates: int
    """Pushed and below together."""
    below: int
    """Groups that wait for the budget."""
    alerts: int
    """Alerts in these groups."""
    worth: float | None
    """Expected loss of what lies below, as far as known, in money."""
    budget: int | None
    """Messages a person in any 60 minutes; None: no limit is known."""


@dataclass(frozen=True)
class Queue(Answer):
    """One window of the queue."""

    filter: Filter
    rows: tuple[Standing, ...]
    groups: Mapping[str, QueueGroup]
    """By `Standing.group`, of the groups with two or more open alerts."""
    next_cursor: str | None
    """Names the next window; None: this is the last."""
    cut: CutLine | None
    """Of the caller's person; None: the caller is nobody of the people file."""
    totals: Totals
    seen: int
    """Number of the newest change that these rows have in them: where `/live` goes on."""
    in_units: bool
    """True: the catalogue has no prices, so a worth is in units."""
    data_end: int | None
    """The clock of the data, where it is more than `stale_after` behind the desk's; else None."""


def queue(
    context: Context, caller: Caller, wanted: Filter, cursor: str | None = None, limit: int = WINDOW
) -> Queue:
    """A window of the queue. Raises SettingsError for a cursor that is not of this sort."""
    book, now = context.book(), context.now()
    search = Search.of(book, caller, wanted, now)
    with context.store.read() as rows:
        found = search.window(rows, _place(cursor, wanted.sort), limit + 1)
        window = standings(rows, book, found[:limit], now)
        return Queue(
            wanted, window, _groups(rows, window), _next(found, limit, wanted.sort), _cut(rows, book, caller, now),
            totals(rows, search, context.store.path), _newest(rows), worth.is_in_units(rows), _data_end(rows),
        )  # fmt: skip


def count(context: Context, caller: Caller, wanted: Filter) -> Totals:
    """What a filter finds in all: the number that a bulk action names, so that it acts on what was seen."""
    search = Search.of(context.book(), caller, wanted, context.now())
    with context.store.read() as rows:
        return totals(rows, search, context.store.path)


def ids(context: Context, caller: Caller, wanted: Filter, most: int = 10_000) -> list[str]:
    """The alerts that a filter finds, in the order of the queue: for a bulk action."""
    search = Search.of(context.book(), caller, wanted, context.now())
    with context.store.read() as rows:
        return [row["alert_id"] for row in search.window(rows, None, most)]


def rows_of(context: Context, alert_ids: list[str]) -> tuple[Standing, ...]:
    """These alerts as rows of the queue, in the order given; forgotten ones are left out. For live changes."""
    with context.store.read() as rows:
        return by_id(rows, context.book(), alert_ids, context.now())


def _groups(rows: Transaction, window: tuple[Standing, ...]) -> dict[str, QueueGroup]:
    names = list(dict.fromkeys(one.group for one in window if one.group))
    found = rows.rows(
        "SELECT g.grp, g.about, count(*) AS alerts, sum(a.worth) AS worth FROM grp AS g JOIN routed AS r ON r.grp = g.grp "
        "JOIN alert AS a ON a.alert_id = r.alert_id AND a.status = 'open' AND a.state != 'closed' "
        f"WHERE g.grp IN ({', '.join('?' * len(names))}) AND g.members > 1 GROUP BY g.grp HAVING count(*) > 1",
        *names,
    )  # fmt: skip
    return {
        row["grp"]: QueueGroup(row["grp"], about_of(row["about"]), row["alerts"], row["worth"])
        for row in found
    }


def about_of(text: str) -> tuple[tuple[str, str], ...]:
    """What a group shares, as desk.db keeps it."""
    return tuple((str(name), str(value)) for name, value in json.loads(text or "[]"))


def _cut(rows: Transaction, book: Book, caller: Caller, now: int) -> CutLine | None:
    if caller.person is None or caller.person not in book.people:
        return None
    found = cut(rows, book, caller.person, now)
    return CutLine(found.pushed, found.candidates, found.below, found.alerts, found.worth, found.budget)


def _newest(rows: Transaction) -> int:
    return int(rows.value("SELECT max(seq) FROM change") or 0)


def _data_end(rows: Transaction) -> int | None:
    """The clock of the stale partition that has come furthest."""
    end = rows.value(
        "SELECT max(f.clock) FROM feed AS f JOIN partition AS p ON p.partition = f.pipeline || char(31) || f.partition "
        "WHERE p.standing = 'STALE'"
    )
    return None if end is None else int(end)


def _next(found: list[Row], limit: int, sort: str) -> str | None:
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    text = json.dumps([sort, last["rank"], last["alert_id"]])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str | None, sort: str) -> tuple[float, str] | None:
    """The rank and the alert after which the window begins."""
    if not cursor:
        return None
    try:
        kind, rank, alert_id = json.loads(
            base64.urlsafe_b64decode(cursor[:_LONGEST] + "=" * (-len(cursor[:_LONGEST]) % 4))
        )
        if (
            kind == sort
            and isinstance(rank, int | float)
            and -_MOST <= rank < _MOST
            and isinstance(alert_id, str)
        ):
            return rank, alert_id
    except (ValueError, TypeError, RecursionError):
        pass
    raise SettingsError(
        "`cursor`: it is not of this list",
        "Leave it out to begin at the top; take it from the answer before.",
    )
