"""Make desk.db again from the record: what is open, what was told and when, which steps were taken.

The mirror comes from the ledger; owners and steps from the desk's own entries in it; what was told, groups and the budget's
window from the table `notification`. A message that was decided and not sent is decided again, under the same id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from types import ModuleType
from typing import Any, cast

from lowtide.desk import decide as usual
from lowtide.desk import silences
from lowtide.desk.decisions import Decisions
from lowtide.desk.inflow import feed, mirror
from lowtide.desk.inflow.source import Source, move
from lowtide.desk.outflow import entry, outbox
from lowtide.desk.points import point
from lowtide.desk.proposing import mirror as proposals
from lowtide.desk.proposing import waiting
from lowtide.desk.store import Store, Transaction
from lowtide.people import Book
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, desk_record, desk_rows, proposal_rows

_REBUILT = "rebuilt"


def needs(store: Store) -> bool:
    """Whether desk.db is new, or its making was interrupted."""
    with store.read() as tx:
        return tx.meta(_REBUILT) is None


def rebuild(
    store: Store,
    warehouse: Warehouse,
    book: Book,
    now: int,
    decisions: Decisions | ModuleType | None = None,
    slices: Iterable[list[Row]] | None = None,
) -> None:
    """Empty desk.db and make it again. `slices`: entries of the ledger up to `now`; None: all entries of what is open.

    Raises WarehouseError; then it is begun again at the next start.
    """
    decide = cast("Decisions", decisions or usual)
    with store.transaction() as tx:
        _empty(tx)
        decide.started(tx)
    source = Source(warehouse, store)
    newest = source.newest()
    for rows in desk_rows.entries_of_open(warehouse) if slices is None else slices:
        take(store, decide, book, rows, now)
        point("in_rebuild")
    with store.transaction() as tx:
        proposals.apply(
            tx, book, _until(proposal_rows.recent(warehouse, now), None if slices is None else now)
        )
    messages = desk_record.messages(warehouse)
    feeds, quiet = desk_record.feed_clocks(warehouse), desk_record.silences(warehouse)
    with store.transaction() as tx:
        shipped = entry.last_shipped(tx)
        feed.take(tx, feeds, now)
        silences.take(tx, quiet, now)
        for row in messages:
            if row["state"] != "sent":
                outbox.end_past(tx, _outbox_row(row), int(row["version"]))
        decide.step(tx, book, now)
        point("in_rebuild")
        for row in _sent(messages, None if slices is None else now):
            _restore(tx, row)
            decide.remember(tx, book, row, row["sent_at"])
        entry.adopt(tx, shipped)
        move(tx, newest)
        decide.compared(tx)
        tx.set_meta(_REBUILT, str(now))


def take(store: Store, decide: Decisions | ModuleType, book: Book, rows: list[Row], now: int) -> None:
    """Take a slice of the ledger and route its alerts. What is pushed is decided later, when all is known."""
    with store.transaction() as tx:
        shipped = entry.last_shipped(tx)
        mirror.apply(tx, rows, now)
        waiting.step(tx, book, now)
        decide.step(tx, book, now)
        entry.adopt(tx, shipped)


def _empty(tx: Transaction) -> None:
    """Delete all rows but those that say which starts of this folder were the last ones, and those that were set aside."""
    tables = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND name NOT IN ('meta', 'ship_refused')"
    )
    for row in tx.rows(tables):
        tx.execute(f"DELETE FROM {row['name']}")
    tx.execute("DELETE FROM meta WHERE key != 'nonces'")


def _until(rows: list[Row], until: int | None) -> list[Row]:
    """In a history, what was decided later is not known yet."""
    return [row for row in rows if until is None or row["at"] <= until]


def _sent(messages: list[Row], until: int | None) -> list[dict[str, Any]]:
    """The messages that a target took, as rows of the outbox, in the order in which they were sent.

    `until`: in a history, what was sent later is not known yet. On a clock that was put back it is.
    """
    taken = (row for row in messages if row["state"] == "sent")
    sent = [_outbox_row(row) for row in taken if until is None or row["sent_at_ms"] <= until]
    return sorted(sent, key=lambda row: (row["sent_at"], row["notification_id"], row["target"]))


def _outbox_row(row: Row) -> dict[str, Any]:
    content = {
        "told": [[alert, int(seq)] for alert, seq in zip(row["alerts"], row["seqs"], strict=True)],
        "counted": int(row["counted"]), "worth": row["worth"], "grp": row["grp"], "about": json.loads(row["about"] or "[]"),
        "step": int(row["step"]), "people_version": row["people_version"], "pipeline": row["pipeline"],
    }  # fmt: skip
    decided_at = int(row["decided_at_ms"])
    return {
        **{name: row[name] for name in ("notification_id", "target", "person", "reason", "severity", "state", "because")},
        "decided_at": decided_at, "due_at": int(row["due_at_ms"]), "next_at": decided_at, "give_up_at": decided_at,
        "tries": int(row["tries"]), "contact": int(row["contact"]), "content": json.dumps(content, ensure_ascii=False),
        "sent_at": None if row["sent_at_ms"] is None else int(row["sent_at_ms"]), "code": row["code"], "is_shipped": 1,
    }  # fmt: skip


def _restore(tx: Transaction, row: dict[str, Any]) -> None:
    """Put a message back, so that its link is still understood and its id is known."""
    marks = ", ".join("?" * len(row))
    tx.execute(f"INSERT OR REPLACE INTO outbox ({', '.join(row)}) VALUES ({marks})", *row.values())
