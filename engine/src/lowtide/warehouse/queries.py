"""The questions that people ask the warehouse; each is a function that returns rows.

Quantities come as Decimal, times as datetime in UTC, absent as None; `lowtide.rows` makes JSON of them.
"""

from __future__ import annotations

from lowtide.errors import SettingsError
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.placeholders import GRAVEST_FIRST

# All copies of an entry lie in one month, so FINAL need not merge months with each other.
_LEDGER_FINAL = "SETTINGS do_not_merge_across_partitions_select_final = 1"
_AT = "location = {location:String} AND sku = {sku:String}"


def alerts(
    warehouse: Warehouse,
    *,
    closed: bool = False,
    type: str | None = None,
    severity: str | None = None,
    location: str | None = None,
    sku: str | None = None,
    limit: int | None = None,
) -> list[Row]:
    """Open alerts (`alert_current`), most expected loss first; with `closed` those that have ended too."""
    columns = {"type": type, "severity": severity, "location": location, "sku": sku}
    given = {name: value for name, value in columns.items() if value is not None}
    where = [f"{name} = {{{name}:String}}" for name in given]
    rank = f"ORDER BY expected_loss DESC, {GRAVEST_FIRST}, opened_at, alert_id {f'LIMIT {int(limit)}' if limit else ''}"
    if not closed:  # alert_open finds and orders them quickly; only those that are shown are folded
        first = f"SELECT alert_id FROM {warehouse.database}.alert_open {_all(where)} {rank}"
        where += [f"alert_id IN ({first})", "status = 'open'"]
    return warehouse.rows(f"SELECT * FROM {warehouse.database}.alert_current {_all(where)} {rank}", given)


def _all(conditions: list[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def alert_id(warehouse: Warehouse, beginning: str) -> str:
    """The alert whose id begins like this. Raises SettingsError unless exactly one does."""
    prefix = beginning.strip().upper()
    found = warehouse.rows(
        f"SELECT DISTINCT alert_id FROM {warehouse.database}.ledger WHERE {_is(prefix)} ORDER BY 1 LIMIT 6",
        {"id": prefix},
    )
    if not found or not prefix:
        hint = "`lowtide alerts --all` lists them."
        raise SettingsError(f"no alert begins with `{beginning}`", hint)
    if len(found) > 1:
        these = ", ".join(f"`{row['alert_id']}`" for row in found[:5])
        raise SettingsError(f"more than one alert begins with `{beginning}`", f"Type more of one of {these}.")
    return str(found[0]["alert_id"])


def alert_entries(warehouse: Warehouse, beginning: str) -> list[Row]:
    """All entries of the core about one alert, by seq. The beginning of its id is enough if it fits only one."""
    return warehouse.rows(
        f"SELECT * FROM {warehouse.database}.ledger FINAL WHERE alert_id = {{id:String}} "
        f"AND action_id = '' ORDER BY seq {_LEDGER_FINAL}",
        {"id": alert_id(warehouse, beginning)},
    )


def _is(prefix: str) -> str:
    return "alert_id = {id:String}" if len(prefix) == 26 else "startsWith(alert_id, {id:String})"


def alert_actions(warehouse: Warehouse, alert_id: str) -> list[Row]:
    """What people did about one alert, given by its whole id, in order of time."""
    return warehouse.rows(
        f"SELECT * FROM {warehouse.database}.alert_action WHERE alert_id = {{id:String}} ORDER BY acted_at, action_id",
        {"id": alert_id},
    )


def position(warehouse: Warehouse, sku: str, location: str) -> Row | None:
    """The stock of one position, or None if the warehouse has not seen it."""
    rows = warehouse.rows(
        f"SELECT * FROM {warehouse.database}.position_current "
        f"WHERE {_AT} ORDER BY last_event_time DESC LIMIT 1",
        {"location": location, "sku": sku},
    )
    return rows[0] if rows else None


def position_ledger(warehouse: Warehouse, sku: str, location: str, limit: int = 100) -> list[Row]:
    """The newest ledger entries of one position, in ledger order."""
    rows = warehouse.rows(
        f"SELECT * FROM {warehouse.database}.ledger FINAL WHERE {_AT} "
        f"ORDER BY event_time DESC, alert_id DESC, seq DESC LIMIT {int(limit)} {_LEDGER_FINAL}",
        {"location": location, "sku": sku},
    )
    return rows[::-1]


def position_demand(warehouse: Warehouse, sku: str, location: str, days: int = 60) -> list[Row]:
    """Demand of the last days of one position: `day`, `demand` (the sum of its parts)."""
    rows = warehouse.rows(
        f"SELECT day, greatest(sum(demand), 0) AS demand FROM {warehouse.database}.demand_day FINAL "
        f"WHERE {_AT} GROUP BY day ORDER BY day DESC LIMIT {int(days)}",
        {"location": location, "sku": sku},
    )
    return rows[::-1]


def catalogue_item(warehouse: Warehouse, sku: str) -> Row | None:
    """The SKU's row of the catalogue (`sku`, `name`, `category`), or None if the catalogue does not have it."""
    table = f"{warehouse.database}.catalogue FINAL"
    rows = warehouse.rows(f"SELECT sku, name, category FROM {table} WHERE sku = {{sku:String}}", {"sku": sku})
    return rows[0] if rows else None


def alert_counts(warehouse: Warehouse) -> list[Row]:
    """Alerts by `type` and `severity`: those `open`, all `alerts`, `expected_loss`."""
    return warehouse.rows(
        "SELECT type, severity, countIf(status = 'open') AS open, count() AS alerts, "
        "round(sum(expected_loss), 2) AS expected_loss "
        f"FROM {warehouse.database}.alert_current GROUP BY type, severity ORDER BY type, {GRAVEST_FIRST}"
    )


def costliest(warehouse: Warehouse, limit: int = 10) -> list[Row]:
    """The open alerts with the most expected loss."""
    return alerts(warehouse, limit=limit)


def came_true(warehouse: Warehouse) -> Row:
    """How many projected stockouts came true: `judged`, `came_true`, `share` (None if the outcome of none is known).

    As in `alert_history.came_true`: the shelf ran out while the alert was open, within 14 days of its
    opening. A stockout that a delivery prevented did not come true.
    """
    return warehouse.rows(
        "SELECT count(alert.came_true) AS judged, countIf(alert.came_true = 1) AS came_true, "
        f"came_true / nullIf(judged, 0) AS share FROM {warehouse.database}.alert_history AS alert"
    )[0]


def rejects(warehouse: Warehouse, limit: int = 100) -> list[Row]:
    """The first rejects in the order of the log; `record` is bytes."""
    order = "ORDER BY pipeline, partition, offset, reason"
    rows = warehouse.rows(
        f"SELECT * FROM {warehouse.database}.reject FINAL {order} LIMIT {int(limit)}",
        String="bytes",
    )
    text = ("pipeline", "partition", "reason", "field", "message")
    return [{**row, **{name: _utf8(row[name]) for name in text}} for row in rows]


def _utf8(value: bytes | str | None) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def runs(warehouse: Warehouse, limit: int = 20) -> list[Row]:
    """The newest runs first."""
    return warehouse.rows(
        f"SELECT * FROM {warehouse.database}.run FINAL ORDER BY started_at DESC LIMIT {int(limit)}"
    )
