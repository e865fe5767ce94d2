"""The audit: who signed in, changed people, silences or rules, or was refused. Rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.errors import SettingsError
from lowtide.rows import moment, object_of
from lowtide.service.answer import Answer, Away, asked, ms_of
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.refusal import NotAllowed
from lowtide.warehouse import Warehouse


@dataclass(frozen=True)
class AuditRow(Answer):
    """One thing that was done or refused."""

    at: int
    actor: str
    what: str
    subject: str
    detail: Mapping[str, Any]
    result: str
    """done, or why it was refused."""


@dataclass(frozen=True)
class Audit(Answer):
    """The newest first, in windows of 100. Rows that are still on their way to the warehouse are in it."""

    rows: tuple[AuditRow, ...]
    next_cursor: str | None
    away: Away | None


def audit(
    context: Context, caller: Caller, actor: str = "", what: str = "", cursor: str | None = None
) -> Audit:
    """The audit. Raises NotAllowed below an admin, SettingsError for a cursor that is not of this list."""
    if not caller.role.includes(Role.ADMIN):
        raise NotAllowed("the audit is for admins", "Ask an admin.")
    until, skip = _place(cursor)
    with context.store.read() as rows:
        waiting = [
            _of_ship(str(row["row"])) for row in rows.rows("SELECT row FROM ship WHERE table_name = 'audit'")
        ]
    nothing: list[AuditRow] = []
    most = WINDOW + skip + 1
    there, away = asked(context, lambda warehouse: _there(warehouse, actor, what, until, most), nothing)
    fits = [row for row in waiting if _fits(row, actor, what, until)]
    known = {(row.at, row.actor, row.what, row.subject, row.result): row for row in (*there, *fits)}
    found = sorted(known.values(), key=lambda row: (-row.at, row.actor, row.what, row.subject, row.result))[
        skip:
    ]
    shown = found[:WINDOW]
    return Audit(tuple(shown), _cursor(shown, until, skip) if len(found) > WINDOW else None, away)


WINDOW = 100
"""Rows of one window."""
_END = 4_102_444_800_000
"""2100: later than every row."""


def _place(cursor: str | None) -> tuple[int, int]:
    """Up to which time the window reaches, and how many rows of that very time were shown before."""
    if not cursor:
        return _END, 0
    at, _, skip = cursor.partition(":")
    if not (at.isdecimal() and skip.isdecimal() and len(at) < 15 and len(skip) < 7):
        raise SettingsError("`cursor` is not one of this list", "Take `next_cursor` of the window before.")
    return int(at), int(skip)


def _cursor(shown: Sequence[AuditRow], until: int, skip: int) -> str:
    last = shown[-1].at
    same = sum(row.at == last for row in shown)
    return f"{last}:{same + (skip if last == until else 0)}"


def _there(warehouse: Warehouse, actor: str, what: str, until: int, most: int) -> list[AuditRow]:
    rows = warehouse.rows(
        f"SELECT toUnixTimestamp64Milli(at) AS ms, actor, what, subject, detail, result "
        f"FROM {warehouse.database}.audit FINAL "
        "WHERE at <= fromUnixTimestamp64Milli({until:Int64}) AND ({actor:String} IN ('', actor)) "
        "AND ({what:String} = '' OR startsWith(what, {what:String})) "
        "ORDER BY ms DESC, actor, what, subject, result LIMIT {most:UInt32}",
        {"until": until, "actor": actor, "what": what, "most": most},
    )
    return [
        AuditRow(
            row["ms"],
            row["actor"],
            row["what"],
            row["subject"],
            object_of(row["detail"]) or {},
            row["result"],
        )
        for row in rows
    ]


def _of_ship(text: str) -> AuditRow:
    """A row on its way to the warehouse."""
    row = json.loads(text)
    at = row["at"] if isinstance(row["at"], int) else ms_of(moment(str(row["at"])))
    return AuditRow(
        at, row["actor"], row["what"], row["subject"], object_of(row["detail"]) or {}, row["result"]
    )


def _fits(row: AuditRow, actor: str, what: str, until: int) -> bool:
    return row.at <= until and actor in ("", row.actor) and row.what.startswith(what)
