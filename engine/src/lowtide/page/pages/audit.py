"""The audit: who signed in, who changed what, and what was refused."""

from __future__ import annotations

import json

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.csv_table import csv_table
from lowtide.service import Role
from lowtide.service.answer import plain
from lowtide.service.audit import AuditRow, audit


def view(ask: Ask) -> Answer:
    """The newest 100, or those that follow a cursor."""
    actor, what = ask.first("actor").strip(), ask.first("what").strip()
    found = audit(ask.context, ask.caller, actor, what, ask.first("cursor") or None)
    if ask.first("format") == "csv":
        heads = ("at", "actor", "what", "subject", "detail", "result")
        return csv_table(
            "audit",
            heads,
            ([row.at, row.actor, row.what, row.subject, _detail(row), row.result] for row in found.rows),
            raw=ask.raw,
        )
    return Html("audit", {
        "found": found, "rows": [(row, _detail(row)) for row in found.rows], "actor": actor, "what": what,
        "narrowed": bool(actor) + bool(what),
    })  # fmt: skip


def _detail(row: AuditRow) -> str:
    """The details on one line: `team: dairy-buyers, until: 2026-12-01`."""
    return ", ".join(f"{key}: {value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)}"
                     for key, value in row.detail.items())  # fmt: skip


PAGES = (Page("/audit", "audit", view, role=Role.ADMIN),)
