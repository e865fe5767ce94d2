"""The questions that people ask the warehouse; each is a function that returns rows.

Quantities come as Decimal, times as datetime in UTC, absent as None; `lowtide.rows` makes JSON of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from lowtide.warehouse.alert_ids import alert_id
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.placeholders import GRAVEST_FIRST
from lowtide.words.since import FIGURES

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
    """The rows of `alert_open` and their `status`, most expected loss first, a loss that is not known last.

    With `closed` also the alerts that the data have ended and those that a person has closed, after the others. Stock is
    that of the position as last published; `…_since` is its change since the alert's last entry.
    """
    columns = {"type": type, "severity": severity, "location": location, "sku": sku}
    given = {name: value for name, value in columns.items() if value is not None}
    where = _all([f"{name} = {{{name}:String}}" for name in given])
    over = "" if not closed else "status != 'open' OR state = 'closed', "
    rank = f"ORDER BY {over}expected_loss DESC, {GRAVEST_FIRST}, opened_at, alert_id"
    most = f"LIMIT {int(limit)}" if limit else ""
    table = _every_alert(warehouse.database) if closed else f"{warehouse.database}.alert_open"
    status = "" if closed else ", 'open' AS status"
    return warehouse.rows(f"SELECT *{status} FROM {table} AS alert {where} {rank} {most}", given)


def _every_alert(db: str) -> str:
    """The columns of `alert_open` of every alert."""
    change = ", ".join(f"ifNull(held.{name} - alert.{name}, 0) AS {name}_since" for name in FIGURES)
    now = ", ".join(f"alert.{name} + {name}_since AS {name}" for name in FIGURES)
    same = ", ".join(f"alert.{name} AS {name}" for name in _SAME)
    return f"""(
        SELECT {same}, {now}, {change}
        FROM {db}.alert_current AS alert
        LEFT JOIN (
            SELECT pipeline, location, sku, {", ".join(f"toNullable({name}) AS {name}" for name in FIGURES)}
            FROM {db}.position FINAL
        ) AS held ON alert.pipeline = held.pipeline AND alert.location = held.location AND alert.sku = held.sku)"""


_SAME = (
    "pipeline", "alert_id", "type", "severity", "location", "sku", "name", "category", "department", "supplier", "abc",
    "opened_at", "event_time", "demand_per_day", "p_stockout", "stockout_p50", "expected_loss", "state", "owner",
    "last_comment", "status",
)  # fmt: skip


def _all(conditions: list[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def alert_entries(warehouse: Warehouse, beginning: str) -> list[Row]:
    """All entries of the core about one alert, by seq. The beginning of its id is enough if it fits only one."""
    return warehouse.rows(
        f"SELECT * FROM {warehouse.database}.ledger FINAL WHERE alert_id = {{id:String}} "
        f"AND action_id = '' ORDER BY seq {_LEDGER_FINAL}",
        {"id": alert_id(warehouse, beginning)},
    )


def alerts_to_act_on(warehouse: Warehouse, ids: Sequence[str]) -> dict[str, Row]:
    """The last entry of the core of each of these alerts, given by their whole ids: columns of the ledger, `status`."""
    rows = warehouse.rows(
        "SELECT pipeline, alert_id, type, location, sku, opened_at, episode, entries, status, numbers.2 AS severity, "
        "numbers.5 AS policy_version, numbers.6 AS on_hand, numbers.7 AS available, numbers.8 AS on_order, "
        "numbers.9 AS in_transit, numbers.10 AS demand_per_day "
        f"FROM {warehouse.database}.alert_last WHERE alert_id IN {{ids:Array(String)}} ORDER BY numbers.3",
        {"ids": list(ids)},
    )
    return {row["alert_id"]: row for row in rows}


def alert_actions(warehouse: Warehouse, ids: str | Sequence[str], *, routed: bool = False) -> list[Row]:
    """What people did about alerts, given by their whole ids, in order of time; `routed`: also to whom they were routed."""
    db, given = warehouse.database, {"ids": [ids] if isinstance(ids, str) else list(ids)}
    done = f"SELECT * FROM {db}.alert_action WHERE alert_id IN {{ids:Array(String)}}"
    if routed:
        done += (
            " UNION ALL SELECT pipeline, alert_id, action_id, decided_at AS acted_at, entry, actor, person AS owner, "
            f"'' AS feedback, '' AS comment FROM {db}.alert_desk "
            "WHERE alert_id IN {ids:Array(String)} AND entry = 'ROUTED'"
        )
    return warehouse.rows(f"SELECT * FROM ({done}) ORDER BY acted_at, action_id", given)


def alert_desk(warehouse: Warehouse, ids: str | Sequence[str]) -> list[Row]:
    """What the desk did about alerts, given by their whole ids, in order of its clock: rows of `alert_desk`."""
    return warehouse.rows(
        f"SELECT * FROM {warehouse.database}.alert_desk WHERE alert_id IN {{ids:Array(String)}} "
        "ORDER BY decided_at, step, action_id",
        {"ids": [ids] if isinstance(ids, str) else list(ids)},
    )


def names_of_people(warehouse: Warehouse) -> dict[str, str]:
    """What people are called, by their keys, in the people file in force; empty without one."""
    rows = warehouse.rows(
        "SELECT JSONExtractKeysAndValuesRaw(document, 'file', 'people') AS people "
        f"FROM {warehouse.database}.people_version ORDER BY applied_at DESC, version LIMIT 1"
    )
    known = {key: orjson.loads(value) for key, value in (rows[0]["people"] if rows else [])}
    return {key: person["name"] for key, person in known.items() if person.get("name")}


def position(warehouse: Warehouse, sku: str, location: str) -> Row | None:
    """The stock of one position, or None if the warehouse has not seen it."""
    rows = warehouse.rows(
        f"SELECT * FROM {warehouse.database}.position_current "
        f"WHERE {_AT} ORDER BY last_event_time DESC LIMIT 1",
        {"location": location, "sku": sku},
    )
    return rows[0] if rows else None


def open_orders(warehouse: Warehouse, sku: str, location: str) -> list[Row]:
    """The open supply of one position as it stands: `ref`, `outstanding`, `due`, in order of due."""
    return warehouse.rows(
        f"SELECT ref, outstanding, due FROM {warehouse.database}.order_line "
        f"WHERE {_AT} AND outstanding > 0 ORDER BY due, ref",
        {"location": location, "sku": sku},
    )


def position_ledger(warehouse: Warehouse, sku: str, location: str, limit: int = 100) -> list[Row]:
    """The newest ledger entries of one position, in order of time; what the desk did by its clock."""
    rows = warehouse.rows(
        f"SELECT * FROM {warehouse.database}.ledger FINAL WHERE {_AT} AND proposal_id = '' "
        f"ORDER BY ifNull(decided_at, event_time) DESC, alert_id DESC, seq DESC LIMIT {int(limit)} {_LEDGER_FINAL}",
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


def supplier_of(warehouse: Warehouse, sku: str) -> str:
    """The supplier of a SKU by the catalogue; empty: it does not say."""
    table = f"{warehouse.database}.catalogue FINAL"
    rows = warehouse.rows(f"SELECT supplier FROM {table} WHERE sku = {{sku:String}}", {"sku": sku})
    return str(rows[0]["supplier"] or "") if rows else ""


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


def calibration(
    warehouse: Warehouse, *, by: str = "all", openings: bool = False, pipeline: str | None = None
) -> list[Row]:
    """What was said against what came true, by tenths, as in `calibration`: of sampled position-days.

    `by` is a dimension: all, location, category, department or supplier. Columns: `value` (of the dimension), `decile`,
    `from`, `to`, `positions`, `days`, `said`, `came_true`, `low`, `high`. With `openings` of alerts at their opening; then
    `alerts` stands for `days`. The values with the most days come first.
    """
    view, count = ("calibration_opening", "alerts") if openings else ("calibration", "days")
    chosen = "" if pipeline is None else "pipeline = {pipeline:String} AND "
    return warehouse.rows(
        f"SELECT value, decile, `from`, `to`, positions, {count}, said, came_true, low, high "
        f"FROM {warehouse.database}.{view} WHERE {chosen}dimension = {{by:String}} "
        f"ORDER BY sum({count}) OVER (PARTITION BY pipeline, value) DESC, value, decile",
        {"by": by, **({} if pipeline is None else {"pipeline": pipeline})},
    )


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
