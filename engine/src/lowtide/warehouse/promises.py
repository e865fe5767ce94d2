"""What applied policies are to do, as the warehouse keeps it: one row a policy, the last application holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.writer import Writer

TABLE = "policy_promise"
_COLUMNS = "version, backtest, pushes_a_day, loss_a_day, share_met, money, applied_at, applied_by"


def promise(warehouse: Warehouse, row: Mapping[str, Any]) -> None:
    """Keep what a policy is to do; `row` has the columns of the table. Raises WarehouseError."""
    Writer(warehouse).insert_rows(TABLE, [row])


def promises(warehouse: Warehouse) -> list[Row]:
    """Every policy that was applied with a promise, the newest first. Raises WarehouseError."""
    return warehouse.rows(
        f"SELECT {_COLUMNS} FROM {warehouse.database}.{TABLE} FINAL ORDER BY applied_at DESC, version"
    )


def in_force(warehouse: Warehouse, version: str) -> Row | None:
    """From when to when entries name a policy, in ms since 1970 UTC: `first`, and `last`; None: no entry names it.

    `last` is the clock of the log while no other policy has taken its place. `clock` is that of the log.
    """
    db = warehouse.database
    rows = warehouse.rows(
        "SELECT count() AS entries, toUnixTimestamp64Milli(min(event_time)) AS first, "
        "toUnixTimestamp64Milli(max(event_time)) AS own_last, "
        f"(SELECT toUnixTimestamp64Milli(max(event_time)) FROM {db}.ledger WHERE action_id = '') AS newest, "
        f"(SELECT toUnixTimestamp64Milli(max(clock)) FROM {db}.pipeline_clock) AS clock "
        f"FROM {db}.ledger WHERE action_id = '' AND policy_version = {{version:String}}",
        {"version": version},
    )
    row = rows[0]
    if not row["entries"]:
        return None
    is_newest = row["own_last"] >= row["newest"]
    clock = max(int(row["clock"] or 0), int(row["newest"]))
    return {"first": int(row["first"]), "last": clock if is_newest else int(row["own_last"]), "clock": clock}
