"""Proposals of desk.db as people see them: rows with what the caller may do, lists, windows, filters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from lowtide.desk.clock import aware
from lowtide.desk.proposing import limit
from lowtide.desk.store import Row, Transaction
from lowtide.errors import SettingsError
from lowtide.people import Book
from lowtide.propose import life, ref
from lowtide.service import rights
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.proposal_answers import WAITING, ProposalList, ProposalRow, Wanted
from lowtide.service.refusal import Missing, NotAllowed

_FACTS = ("location", "region", "sku", "category", "supplier", "department")
_FOR_EVER = 1 << 53
_LONGEST = 200
"""Characters of a cursor."""
_TEXT = "(p.sku LIKE ? OR p.name LIKE ? OR p.location LIKE ? OR p.location_name LIKE ? OR p.supplier LIKE ? OR p.ref LIKE ?)"
_MOST = 5_000
"""Proposals of one request."""


def row_of(context: Context, caller: Caller, row: Row) -> ProposalRow:
    now, given = context.now(), dict(row)
    verbs = life.verbs(given["state"]) if is_own(context.book(), caller, given, now) else ()
    return ProposalRow(
        **{name: given[name] for name in ProposalRow.__dataclass_fields__ if name in given and name != "marks"},
        marks=tuple(json.loads(given["marks"])), verbs=tuple(verbs),
        is_over_time=given["due_at"] is not None and given["due_at"] <= now and given["state"] in WAITING,
    )  # fmt: skip


def list_of(
    context: Context, caller: Caller, tx: Transaction, list_id: str, where: str, values: Sequence[Any]
) -> ProposalList:
    rows = tx.rows(
        f"SELECT p.* FROM proposal AS p WHERE p.list_id = ? AND {where} "
        "ORDER BY p.avoided IS NULL, p.avoided DESC, p.sku, p.proposal_id",
        list_id,
        *values,
    )
    lines = tuple(row_of(context, caller, row) for row in rows)
    first = lines[0]
    return ProposalList(
        list_id, ref(list_id), first.kind, first.location, first.location_name, first.supplier, first.supplier_name,
        min((line.cut_off_at for line in lines if line.cut_off_at is not None), default=None),
        min((line.requested_at for line in lines if line.requested_at is not None), default=None),
        _sum(line.cost for line in lines), _sum(line.avoided for line in lines),
        tuple(dict.fromkeys(line.holder for line in lines if line.holder)), lines,
    )  # fmt: skip


def _sum(found: Iterable[float | None]) -> float | None:
    known = [value for value in found if value is not None]
    return round(sum(known), 2) if known else None


def window(tx: Transaction, where: str, values: Sequence[Any], cursor: str | None, limit: int) -> list[Row]:
    """The lists of a window, by cut-off, then by what they avoid."""
    after = ""
    more: list[object] = []
    if cursor is not None:
        try:
            until, worth, list_id = json.loads(cursor[:_LONGEST])
            latest, least = int(until), float(worth)
            if not (abs(latest) <= _FOR_EVER and isfinite(least)):
                raise ValueError
            more = [latest, least, str(list_id)]
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise SettingsError(
                "the cursor is not one of this list", "Begin again without a cursor."
            ) from error
        after = "WHERE (until, -worth, list_id) > (?, -?, ?)"
    return tx.rows(
        f"SELECT * FROM (SELECT p.list_id, min(ifnull(p.cut_off_at, {_FOR_EVER})) AS until, "
        f"total(p.avoided) AS worth FROM proposal AS p WHERE {where} GROUP BY p.list_id) {after} "
        "ORDER BY until, worth DESC, list_id LIMIT ?",
        *values, *more, limit,
    )  # fmt: skip


def condition(wanted: Wanted, now: int, *, but_state: bool = False) -> tuple[str, list[Any]]:
    """The condition on rows `p` of `proposal`, and its values."""
    parts, values = ["1"], list[Any]()
    lists = {"kind": wanted.kind} | ({} if but_state else {"state": wanted.state})
    for name, options in lists.items():
        if options:
            parts.append(f"p.{name} IN ({', '.join('?' * len(options))})")
            values += options
    for name in ("location", "supplier", "sku", "category", "holder", "team", "alert_id", "list_id"):
        if value := getattr(wanted, name):
            parts.append(f"p.{name} = ?")
            values.append(value)
    if wanted.over_time:
        parts.append("p.due_at <= ?")
        values.append(now)
    if wanted.text:
        parts.append(_TEXT)
        values += [f"%{wanted.text}%"] * 6
    return " AND ".join(parts), values


def find(tx: Transaction, given: str) -> Row:
    begin = given.removeprefix("LT-").upper()
    rows = tx.rows(
        "SELECT * FROM proposal WHERE proposal_id >= ? AND proposal_id < ? LIMIT 2", begin, begin + "~"
    )
    if len(rows) != 1 or not begin:
        raise Missing(f"there is no proposal `{given}`", "`lowtide proposals ls` lists those that wait.")
    return rows[0]


def may(book: Book, caller: Caller, now: int) -> Callable[[Row], None]:
    """Raises NotAllowed if a proposal is not one of the caller's own teams, nor held by the caller."""

    def check(row: Row) -> None:
        if not is_own(book, caller, row, now):
            raise NotAllowed(
                f"`{caller.actor}` does not belong to team `{row['team']}`, which has proposal {row['ref']}",
                "Its members, its lead, the leads above and an admin may decide.",
            )

    return check


def is_own(book: Book, caller: Caller, row: Mapping[str, Any] | Row, now: int) -> bool:
    person = caller.person or ""
    if not caller.role.includes(Role.OPERATOR):
        return False
    if row["holder"] and limit.acts_for(book, person, row["holder"], aware(now)):
        return True
    if row["state"] == "submitted" and person in limit.leads(book, row["holder"]):
        return True
    facts = {name: row[name] for name in _FACTS} | {"type": "", "abc": "", "xyz": ""}
    return rights.may_act(book, caller, facts, aware(now), row["owner"], row["team"])
