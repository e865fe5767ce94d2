"""How long history is kept is a setting; ClickHouse deletes older rows.

The age of a row is counted from its own time (event time, or the day). It is deleted some time after it has become too
old, with its whole month where that is possible. A message is younger than the entries that it tells, so what the desk needs
of an alert stays as long as the alert does. Positions, the latest alerts, policies, people files, silences, runs and rejects
stay: they are few, or they do not have a time. The audit stays because it must not end with a setting.
"""

from __future__ import annotations

import re

from lowtide.warehouse.client import Warehouse

TIMES = {
    "ledger": "event_time",
    "alert_opening": "opened_at",
    "alert_end": "event_time",
    "alert_act": "event_time",
    "stock_count": "event_time",
    "supply_event": "event_time",
    "demand_day": "day",
    "calibration_day": "day",
    "notification": "decided_at",
    "deadline": "decided_at",
}
"""The tables that grow with time, and the column that says how old a row is."""


def keep(warehouse: Warehouse, days: int) -> list[str]:
    """Keep that many days of history; 0 keeps all of it. Returns the tables whose rule was changed.

    Age is counted to today: when a log of last year is run again under a rule of 30 days, all its rows are deleted.
    """
    changed = []
    cluster = warehouse.address.cluster
    database = f"{warehouse.database}_local" if cluster else warehouse.database
    on_cluster = f" ON CLUSTER {cluster}" if cluster else ""
    for table, column in TIMES.items():
        if kept(warehouse, table) == days:
            continue
        rule = f"MODIFY TTL toDate({column}) + toIntervalDay({days})" if days else "REMOVE TTL"
        warehouse.command(f"ALTER TABLE {database}.{table}{on_cluster} {rule}")
        changed.append(table)
    return changed


def kept(warehouse: Warehouse, table: str) -> int:
    """The number of days that a table keeps; 0 if it keeps all."""
    database = f"{warehouse.database}_local" if warehouse.address.cluster else warehouse.database
    rows = warehouse.rows(
        "SELECT engine_full FROM system.tables WHERE database = {database:String} AND name = {table:String}",
        {"database": database, "table": table},
    )
    found = re.search(r"TTL .*?toIntervalDay\((\d+)\)", rows[0]["engine_full"]) if rows else None
    return int(found[1]) if found else 0
