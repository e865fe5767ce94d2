"""What a filter of the queue finds in all, counted once for each change of desk.db; and what the filters may choose from."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from lowtide.desk.store import Transaction
from lowtide.people import Book
from lowtide.service.answer import Answer
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.kept import kept
from lowtide.service.rights import may_see_figures
from lowtide.service.search import Search
from lowtide.service.standing import FROM, name_of

_MOST_KEPT = 256
_MOST_CHOICES = 200
_NAMED = {
    "type": "''", "severity": "''", "location": "location_name", "region": "''", "category": "''", "department": "''",
    "supplier": "''",
}  # fmt: skip
"""Columns of the filters, each with the column of its name."""
_kept: OrderedDict[tuple[object, ...], Totals] = OrderedDict()
_offered: dict[tuple[Path, str], _Offered] = {}
_QUICK_S = 0.1
_guard = Lock()
Choice = tuple[str, str, int | None]


@dataclass(frozen=True)
class Totals(Answer):
    """What the filter finds in all, not only in this window."""

    alerts: int
    worth: float | None
    """Expected loss together as far as known, in money (without prices in units); None: not known of any."""
    unknown: int
    """Alerts of which the worth is not known."""
    severities: Mapping[str, int]
    """Alerts by severity: watch, warning, critical."""
    states: Mapping[str, int]
    """Alerts by state: new, acknowledged, in_progress, resolved."""
    overdue: int
    """Alerts whose deadline has passed."""


@dataclass(frozen=True)
class Choices(Answer):
    """What the open alerts can be filtered by: each value with its name and how many open alerts have it, most first.

    Owners stand by name. How many one has is None where the caller may not see it, so the list is not a ranking of persons.
    """

    values: Mapping[str, tuple[Choice, ...]]
    """By column: type, severity, location, region, category, department, supplier, owner; (value, name, alerts)."""


def totals(rows: Transaction, search: Search, path: Path) -> Totals:
    """The totals of a search. The same search of the same rows is counted once."""
    key = (path, rows.value("SELECT max(seq) FROM change"), search.moment, search.where, search.args)
    with _guard:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _count(rows, search)
    with _guard:
        _kept[key] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _count(rows: Transaction, search: Search) -> Totals:
    counted = rows.rows(
        "SELECT a.severity, a.state, count(*) AS alerts, sum(a.worth) AS worth, sum(a.worth IS NULL) AS unknown, "
        f"sum(q.due_rank <= ?) AS overdue {search.tables} WHERE {search.where} GROUP BY a.severity, a.state",
        search.now, *search.args,
    )  # fmt: skip
    severities: dict[str, int] = {}
    states: dict[str, int] = {}
    for row in counted:
        severities[row["severity"]] = severities.get(row["severity"], 0) + row["alerts"]
        states[row["state"]] = states.get(row["state"], 0) + row["alerts"]
    known = [row["worth"] for row in counted if row["worth"] is not None]
    return Totals(
        sum(row["alerts"] for row in counted), round(sum(known), 2) if known else None,
        sum(row["unknown"] for row in counted),
        severities, states, sum(row["overdue"] for row in counted),
    )  # fmt: skip


def choices(context: Context, caller: Caller) -> Choices:
    """The values that the filters of the page offer; at most 200 a column.

    What is counted quickly is counted whenever desk.db has changed. Among very many alerts it is told for a minute, and then
    counted anew beside the reader: what a filter finds is always of now.
    """
    book = context.book()
    with context.store.read() as rows:
        seq = rows.value("SELECT max(seq) FROM change")
    key = ("choices", book.version)
    with _guard:
        one = _offered.get((context.store.path, book.version))
    if one is not None and (one.seq == seq or one.cost_s > _QUICK_S):
        found = one.choices if one.seq == seq else kept(context, key, lambda: _choices(context, book))[0]
    else:
        found = _choices(context, book)
    return _without_ranking(found, book, caller)


def _without_ranking(found: Choices, book: Book, caller: Caller) -> Choices:
    """The owners by name; how much each has, for that person and the leads above."""
    owners = sorted(found.values["owner"], key=lambda one: (one[1], one[0]))
    shown = tuple((key, name, n if may_see_figures(book, caller, key) else None) for key, name, n in owners)
    return Choices({**found.values, "owner": shown})


def _choices(context: Context, book: Book) -> Choices:
    begun = time.monotonic()
    with context.store.read() as rows:
        seq = rows.value("SELECT max(seq) FROM change")
        found = Choices(_values(rows, book))
    with _guard:
        _offered.clear()
        _offered[context.store.path, book.version] = _Offered(found, seq, time.monotonic() - begun)
    return found


def _values(rows: Transaction, book: Book) -> dict[str, tuple[Choice, ...]]:
    found = {column: _of_column(rows, column, name) for column, name in _NAMED.items()}
    owners = rows.rows(
        "SELECT owner, count(*) AS alerts FROM queue WHERE owner != '' GROUP BY owner ORDER BY alerts DESC, owner "
        f"LIMIT {_MOST_CHOICES}"
    )
    found["owner"] = tuple((row["owner"], name_of(book, row["owner"]), row["alerts"]) for row in owners)
    return found


def _of_column(rows: Transaction, column: str, name: str) -> tuple[Choice, ...]:
    counted = rows.rows(
        f"SELECT a.{column} AS value, max({name}) AS name, count(*) AS alerts {FROM} "
        f"WHERE a.{column} != '' GROUP BY a.{column} ORDER BY alerts DESC, value LIMIT {_MOST_CHOICES}"
    )
    return tuple((row["value"], row["name"], row["alerts"]) for row in counted)


@dataclass(frozen=True)
class _Offered:
    """The choices of the last count."""

    choices: Choices
    seq: int | None
    """The newest change of desk.db that they have in them."""
    cost_s: float
