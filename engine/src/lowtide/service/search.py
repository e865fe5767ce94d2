"""A filter of the queue as SQL over desk.db, and the rows of one window in its order.

Each order has an index, and a window walks it until it is full, so it costs the same with a thousand alerts and with a
million. The alerts of a person who has few are found by the person and sorted. Of a team, and of columns without an index,
the walk passes over rows that do not match.
"""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.desk.store import Row, Transaction
from lowtide.people import Book
from lowtide.people.coverage import teams_of
from lowtide.service.caller import Caller
from lowtide.service.filters import Filter
from lowtide.service.standing import COLUMNS, FROM

_RANK = {"loss": "loss_rank", "due": "due_rank", "opened": "opened_rank"}
_OF_ALERT = ("severity", "type", "location", "category", "department", "supplier", "region", "sku", "state")
_FEW = 2_000
"""The alerts of a person up to so many are sorted; more are found by walking the order of all."""
_MINUTE = 60_000


@dataclass(frozen=True)
class Search:
    """One filter, for one caller, at one time."""

    rank: str
    """The column of the order."""
    where: str
    """What a row of the queue `q` with its alert `a` and its row `r` of `routed` fulfils."""
    args: tuple[object, ...]
    now: int
    person: str
    """Whose alerts they are; empty: of several."""
    tables: str = FROM

    @classmethod
    def of(cls, book: Book, caller: Caller, wanted: Filter, now: int) -> Search:
        """The search of a filter."""
        scope, scope_args = _scope(book, caller, wanted)
        rest, rest_args = _narrow(wanted, now)
        person = str(scope_args[0]) if wanted.scope == "mine" else ""
        return cls(_RANK[wanted.sort], f"{scope} AND {rest}", (*scope_args, *rest_args), now, person)

    @property
    def moment(self) -> int:
        """The minute of `now`: what is overdue depends on it."""
        return self.now // _MINUTE

    def window(self, rows: Transaction, after: tuple[float, str] | None, most: int) -> list[Row]:
        """The next rows in order, with their place in `rank`."""
        beyond = "" if after is None else f"AND (q.{self.rank}, q.alert_id) > (?, ?)"
        tables, where = self.tables, self.where
        if self.person and self._is_walked(rows):
            where = where.replace("q.owner", "+q.owner", 1)
        elif self.person:
            tables = tables.replace("queue AS q", _OF_PERSON, 1)
        return rows.rows(
            f"SELECT {COLUMNS}, q.{self.rank} AS rank {tables} WHERE {where} {beyond} "
            f"ORDER BY q.{self.rank}, q.alert_id LIMIT {int(most)}",
            *self.args, *(after or ()),
        )  # fmt: skip

    def _is_walked(self, rows: Transaction) -> bool:
        """Whether the index of the order finds the rows sooner than that of the person."""
        if self.rank == "loss_rank":
            return False
        few = f"SELECT count(*) FROM (SELECT 1 FROM queue WHERE owner = ? LIMIT {_FEW})"
        return int(rows.value(few, self.person)) == _FEW


_OF_PERSON = "queue AS q INDEXED BY queue_owner"


def _scope(book: Book, caller: Caller, wanted: Filter) -> tuple[str, tuple[object, ...]]:
    person = caller.person or caller.login
    if wanted.scope == "all":
        return "1", ()
    if wanted.scope == "mine":
        return "q.owner = ?", (person,)
    teams = own_teams(book, person)
    marks = ", ".join("?" * len(teams))
    followed = (
        "SELECT alert_id FROM routed WHERE followers != '[]' AND EXISTS "
        f"(SELECT 1 FROM json_each(followers) WHERE value IN ({marks}))"
    )
    return f"(+q.owner = ? OR q.team IN ({marks}) OR q.alert_id IN ({followed}))", (person, *teams, *teams)


def own_teams(book: Book, person: str) -> tuple[str, ...]:
    """The teams of which a person, or anybody below that person, is a member or the lead."""
    below, layer = {person}, {person}
    while layer:
        layer = {one.key for one in book.people.values() if one.lead in layer} - below
        below |= layer
    return tuple(
        dict.fromkeys(
            name
            for name, facts in teams_of(book)
            if below & {*book.persons_of(name, facts), book.lead_of(name, facts) or ""}
        )
    )


def _narrow(wanted: Filter, now: int) -> tuple[str, tuple[object, ...]]:
    parts: list[str] = ["1"]
    args: list[object] = []
    columns = {**{name: f"a.{name}" for name in _OF_ALERT}, "owner": "+q.owner", "because": "r.because"}
    for name, column in columns.items():
        if values := getattr(wanted, name):
            parts.append(f"{column} IN ({', '.join('?' * len(values))})")
            args += values
    if wanted.overdue:
        parts.append("q.due_rank <= ?")
        args.append(now)
    if wanted.text:
        like = "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        texts = ("a.sku", "a.name", "a.location", "a.location_name", "a.supplier", "a.category")
        parts.append(
            "("
            + " OR ".join([f"{one} LIKE ? ESCAPE '\\'" for one in texts] + ["a.alert_id LIKE ? ESCAPE '\\'"])
            + ")"
        )
        args += [like] * len(texts) + [like[1:]]
    return " AND ".join(parts), tuple(args)
