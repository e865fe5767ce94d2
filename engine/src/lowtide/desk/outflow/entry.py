"""What the desk decided about an alert, on its way to the ledger: its rows are completed, and the mirror knows them.

The decisions ship a row of the ledger with what they know. `adopt` adds the numbers of the alert's last entry, as every
action has them, and notes the entry in the mirror, so that it is not news when the ledger brings it back.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from lowtide.desk.inflow import mirror
from lowtide.desk.store import Row as Stored
from lowtide.desk.store import Transaction
from lowtide.rows import Row, moment

_COPIED = ("on_hand", "available", "on_order", "in_transit", "demand_per_day")
_CHUNK = 2_000
"""Rows that are Python objects at a time."""
_SHIPPED = (
    f"SELECT ship.n, ship.row, {', '.join(f'alert.{name}' for name in _COPIED)} FROM ship "
    "CROSS JOIN alert ON alert.alert_id = json_extract(ship.row, '$.alert_id') "
    "WHERE ship.n > ? AND +ship.table_name = 'ledger' AND ifnull(json_extract(ship.row, '$.proposal_id'), '') = '' "
    "ORDER BY ship.n LIMIT ?"
)
"""The plus keeps SQLite from walking all rows of the ledger that wait: the number alone is looked up."""


def last_shipped(tx: Transaction) -> int:
    """The number of the last row that was ever put on its way."""
    return int(tx.value("SELECT seq FROM sqlite_sequence WHERE name = 'ship'") or 0)


def adopt(tx: Transaction, after: int) -> None:
    """Complete the rows of the ledger that were put on their way after row number `after`, and note them in the mirror."""
    while found := tx.rows(_SHIPPED, after, _CHUNK):
        after = found[-1]["n"]
        _adopt(tx, found)


def _adopt(tx: Transaction, found: list[Stored]) -> None:
    rows = [json.loads(one["row"]) | {name: one[name] for name in _COPIED} for one in found]
    texts = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    tx.many("UPDATE ship SET row = ? WHERE n = ?", zip(texts, (one["n"] for one in found), strict=True))
    entries = [entry_of(row) for row in rows]
    mirror.note(tx, entries)
    for row in entries:
        if row["entry"] == "ASSIGNED":
            mirror.refold(tx, row["alert_id"])


def entry_of(row: Row) -> Row:
    """A row on its way to the ledger as `desk_rows` gives it."""
    event_time = _ms(row["event_time"])
    decided_at = row.get("decided_at")
    return {name: row.get(name, "") for name in ("alert_id", "action_id", "entry", "actor", "owner")} | {
        "seq": 0,
        "severity": row.get("severity", ""),
        "event_time": event_time,
        "at": _ms(decided_at) if decided_at else event_time,
        "feedback": row.get("feedback", ""),
        "comment": row.get("comment", ""),
        "detail": row.get("detail") or "{}",
    }


def _ms(value: Any) -> int:
    if isinstance(value, int):
        return value
    return round((value if isinstance(value, datetime) else moment(value)).timestamp() * 1000)
