"""Entries of a ledger made by hand, as the desk reads them, and a desk.db to put them into."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lowtide.desk.history.script import Script
from lowtide.desk.inflow import mirror
from lowtide.desk.store import Store, Transaction

NOON = 1_795_348_800_000
"""2026-11-22 12:00 UTC in milliseconds."""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def entry(alert_id: str, seq: int = 1, kind: str = "OPENED", at: int = NOON, **more: Any) -> dict[str, Any]:
    """An entry of the core."""
    row = {
        "alert_id": alert_id, "seq": seq, "entry": kind, "event_time": at, "opened_at": NOON, "severity": "warning",
        "type": "out_of_stock", "location": "330", "sku": alert_id.lower(), "partition": "f",
    }  # fmt: skip
    return Script.of([row | more]).between(-1, 1 << 60)["entry"][0]


def action(
    alert_id: str, kind: str, action_id: str, at: int, actor: str = "chen", **more: Any
) -> dict[str, Any]:
    """An entry of a person or of the desk."""
    return entry(alert_id, 0, kind, at, action_id=action_id, actor=actor, **more)


def take(store: Store, rows: Iterable[dict[str, Any]], now: int = NOON) -> int:
    """Let the mirror take entries in a transaction of their own."""
    with store.transaction() as tx:
        return mirror.apply(tx, list(rows), now)


def table(store: Store, name: str, but: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The rows of a table without some columns, in an order that does not depend on how they came."""
    with store.read() as tx:
        rows = [dict(row) for row in tx.rows(f"SELECT * FROM {name}")]
    return sorted(({key: row[key] for key in row if key not in but} for row in rows), key=repr)


def shuffled(rows: list[dict[str, Any]], seed: int) -> list[list[dict[str, Any]]]:
    """The rows in another order, in polls of some rows each, every third row twice."""
    chance = random.Random(seed)
    rows = rows + rows[::3]
    chance.shuffle(rows)
    size = chance.randint(1, len(rows))
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def desk_db(folder: Path) -> Store:
    """A new desk.db."""
    return Store.open(folder / "desk" / "desk.db")


def one(tx: Transaction, sql: str, *args: Any) -> dict[str, Any]:
    """The only row of a query."""
    (row,) = tx.rows(sql, *args)
    return dict(row)
