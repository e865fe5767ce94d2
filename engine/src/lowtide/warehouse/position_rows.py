"""Positions as proposals need them: stock, demand, item, place; their open orders; who has the same SKU to spare; what came.

Times are milliseconds since 1970 UTC, quantities decimal texts. A scan finds the positions that may need an order by a bound
that never leaves one out, and only those are read in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError

from lowtide.errors import WarehouseError
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.server_errors import sentence

Key = tuple[str, str]
"""Location and SKU."""
MANY = 2_000
"""Positions that one query names."""
_REORDERS = "'projected_stockout', 'out_of_stock', 'below_reorder_point'"
_ITEM = ", ".join(
    f"ifNull(item.{name}, '') AS {name}" for name in ("name", "category", "department", "supplier", "unit")
)
_CLASS = (
    "if(ifNull(class.inputs_version, '') != '', class.abc, ifNull(item.abc, '')) AS abc, "
    "ifNull(class.xyz, '') AS xyz, ifNull(item.abc, '') AS own_abc"
)
"""Classes of the inputs go before those of the catalogue, whatever `join_use_nulls` is."""
_NUMBERS = ", ".join(
    f"item.{name} AS {name}"
    for name in ("pack", "moq", "max_stock", "unit_cost", "unit_price", "unit_margin")
)
_POSITIONS = f"""
SELECT
    p.pipeline AS pipeline, p.partition AS partition, p.location AS location, p.sku AS sku,
    toUnixTimestamp64Milli(p.last_event_time) AS as_of, toString(p.on_hand) AS on_hand, toString(p.allocated) AS allocated,
    toString(p.held) AS held, toString(p.available) AS available, p.demand_mean AS demand_mean,
    p.demand_variance AS demand_variance, p.lead_time_days AS lead_time_days, toString(p.version) AS version,
    {_ITEM}, {_CLASS}, {_NUMBERS}, ifNull(item.attributes['source'], '') AS source,
    ifNull(place.name, '') AS location_name, ifNull(place.region, '') AS region, place.display_min AS display_min,
    toUInt8((p.pipeline, p.location, p.sku) IN (
            SELECT pipeline, location, sku FROM {{database}}.supply_event WHERE {{where}})
        OR (p.pipeline, p.location, p.sku) IN (
            SELECT pipeline, location, sku FROM {{database}}.alert_latest WHERE type IN ({_REORDERS}) AND {{where}}
        )) AS is_planned
FROM (SELECT * FROM {{database}}.position FINAL WHERE {{where}}) AS p
GLOBAL LEFT JOIN (SELECT * FROM {{database}}.catalogue FINAL) AS item ON item.sku = p.sku
GLOBAL LEFT JOIN (SELECT * FROM {{database}}.position_class WHERE {{where}}) AS class
    ON class.pipeline = p.pipeline AND class.location = p.location AND class.sku = p.sku
GLOBAL LEFT JOIN (SELECT * FROM {{database}}.location FINAL) AS place ON place.location = p.location
WHERE {{filter}}
ORDER BY pipeline, location, sku
"""
_IN = "location IN {locations:Array(String)}"
_KEYS = "location IN {locations:Array(String)} AND (location, sku) IN {keys:Array(Tuple(String, String))}"


@dataclass(frozen=True)
class Reach:
    """How far a scan looks: the suppliers whose order day has come, the days that their next order must cover."""

    days: Mapping[str, int]
    """By supplier of the suppliers file."""
    others: int | None
    """Days beyond the lead time for suppliers that the file does not name, if their time has come; else None."""
    known: Sequence[str]
    """All suppliers of the file."""
    now: int
    """Milliseconds since 1970 UTC."""
    deviations: float | None
    """So many standard deviations above the mean no level lies; None: every position is a candidate."""


def positions(warehouse: Warehouse, keys: Sequence[Key]) -> list[Row]:
    """These positions, with item and place; `is_planned`: it was ordered for, or had an alert that asks for an order."""
    found: list[Row] = []
    for start in range(0, len(keys), MANY):
        found += _full(warehouse, _KEYS, _named(keys[start : start + MANY]))
    return found


def candidates(warehouse: Warehouse, reach: Reach) -> dict[str, int]:
    """How many positions of each location may need an order: `positions_of` reads them."""
    db = warehouse.database
    where, parameters = _candidate(reach, db)
    rows = warehouse.rows(
        f"SELECT location, count() AS n FROM (SELECT * FROM {db}.position FINAL) AS p WHERE {where} "
        "GROUP BY location ORDER BY location",
        parameters,
    )
    return {row["location"]: int(row["n"]) for row in rows}


def positions_of(warehouse: Warehouse, reach: Reach, locations: Sequence[str]) -> list[Row]:
    """The positions of some locations that may need an order."""
    only, parameters = _candidate(reach, warehouse.database)
    return _full(warehouse, _IN, {**parameters, "locations": list(locations)}, only)


def versions(warehouse: Warehouse, keys: Sequence[Key]) -> dict[Key, str]:
    """The version of each position's row: it changes when a record, the time or a policy changed the position."""
    found: dict[Key, str] = {}
    for start in range(0, len(keys), MANY):
        rows = warehouse.rows(
            f"SELECT location, sku, toString(max(version)) AS version FROM {warehouse.database}.position WHERE {_KEYS} "
            "GROUP BY location, sku",
            _named(keys[start : start + MANY]),
        )
        found |= {(row["location"], row["sku"]): row["version"] for row in rows}
    return found


def open_orders(warehouse: Warehouse, keys: Sequence[Key]) -> dict[Key, list[Row]]:
    """The open supply of positions by due: `ref`, `outstanding`, `due`, and whether a part of it came (`is_part`)."""
    found: dict[Key, list[Row]] = {}
    for start in range(0, len(keys), MANY):
        found |= _orders(warehouse, _KEYS, _named(keys[start : start + MANY]))
    return found


def open_orders_of(warehouse: Warehouse, locations: Sequence[str]) -> dict[Key, list[Row]]:
    """Likewise of all positions of some locations."""
    return _orders(warehouse, _IN, {"locations": list(locations)})


def donors(warehouse: Warehouse, skus: Sequence[str], locations: Sequence[str]) -> list[Row]:
    """The positions of these SKUs in these locations that have something available."""
    where = "sku IN {skus:Array(String)} AND location IN {locations:Array(String)}"
    rows = _full(warehouse, where, {"skus": list(skus), "locations": list(locations)})
    return [row for row in rows if float(row["available"]) > 0]


def overdue(warehouse: Warehouse, suppliers: Sequence[str], now: int) -> list[Row]:
    """The open lines of suppliers whose due has passed, with what the position has at risk: `days` late is the caller's."""
    db = warehouse.database
    return warehouse.rows(
        "SELECT line.pipeline AS pipeline, line.location AS location, line.sku AS sku, line.ref AS ref, "
        "line.supplier AS supplier, toString(line.outstanding) AS outstanding, toUnixTimestamp64Milli(line.due) AS due, "
        "ifNull(item.name, '') AS name, ifNull(item.unit, '') AS unit "
        f"FROM {db}.order_line AS line GLOBAL LEFT JOIN (SELECT * FROM {db}.catalogue FINAL) AS item ON item.sku = line.sku "
        "WHERE line.supplier IN {suppliers:Array(String)} AND line.outstanding > 0 "
        f"AND line.due < fromUnixTimestamp64Milli({int(now)}, 'UTC') ORDER BY line.supplier, due, ref, location, sku",
        {"suppliers": list(suppliers)},
    )


def table(warehouse: Warehouse, name: str) -> list[Row]:
    """The rows of `supplier`, `lane` or `location` of the newest file, without times. Money and quantities are Decimal."""
    db = warehouse.database
    newest = f" WHERE loaded_at = (SELECT max(loaded_at) FROM {db}.{name})" if name == "lane" else ""
    return warehouse.rows(f"SELECT * EXCEPT (loaded_at) FROM {db}.{name} FINAL{newest} ORDER BY ALL")


def arrivals(warehouse: Warehouse, refs: Sequence[str]) -> list[Row]:
    """What carries one of these refs, the first movement of each position: `event_time`, `quantity`."""
    if not refs:
        return []
    return warehouse.rows(
        "SELECT location, sku, ref, toString(argMin(s.quantity, s.event_time)) AS quantity, "
        f"min(toUnixTimestamp64Milli(s.event_time)) AS event_time FROM {warehouse.database}.supply_event AS s "
        "WHERE ref IN {refs:Array(String)} AND s.quantity > 0 GROUP BY location, sku, ref ORDER BY location, sku, ref",
        {"refs": list(refs)},
    )


def progress(warehouse: Warehouse, refs: Sequence[str]) -> list[Row]:
    """When the orders with these refs were first shipped and first received, by position; 0: not yet."""
    return warehouse.rows(
        "SELECT location, sku, ref, "
        "toInt64(minIf(toUnixTimestamp64Milli(s.event_time), kind = 'shipment')) AS shipped_at, "
        "toInt64(minIf(toUnixTimestamp64Milli(s.event_time), kind IN ('receipt', 'transfer_in'))) AS received_at "
        f"FROM {warehouse.database}.supply_event AS s WHERE ref IN {{refs:Array(String)}} AND s.quantity > 0 "
        "GROUP BY location, sku, ref ORDER BY location, sku, ref",
        {"refs": list(refs)},
    )


def counts(warehouse: Warehouse, keys: Sequence[Key], since: int) -> list[Row]:
    """The first count of each of these positions from a time on."""
    if not keys:
        return []
    return warehouse.rows(
        "SELECT location, sku, argMin(id, c.event_time) AS ref, toString(argMin(c.quantity, c.event_time)) AS quantity, "
        f"min(toUnixTimestamp64Milli(c.event_time)) AS event_time FROM {warehouse.database}.stock_count AS c "
        f"WHERE {_KEYS} AND c.event_time >= fromUnixTimestamp64Milli({int(since)}, 'UTC') "
        "GROUP BY location, sku ORDER BY location, sku",
        _named(keys),
    )


def mark(warehouse: Warehouse, name: str) -> str:
    """A text that changes when rows are written to a table; empty for a cluster, which does not say."""
    if warehouse.address.cluster:
        return ""
    rows = warehouse.rows(
        "SELECT toString((max(max_block_number), sum(rows))) AS mark FROM system.parts "
        "WHERE database = {database:String} AND table = {table:String} AND active",
        {"database": warehouse.database, "table": name},
    )
    return str(rows[0]["mark"])


def _named(keys: Sequence[Key]) -> dict[str, Any]:
    return {"keys": list(keys), "locations": sorted({location for location, _ in keys})}


def _candidate(reach: Reach, db: str) -> tuple[str, dict[str, Any]]:
    """The condition under which a position may need an order, and its parameters.

    The demand until day n is summed from the row, whose first day may be long past; beyond its last day it goes on with the
    mean of its last seven.
    """
    item = f"(SELECT sku FROM {db}.catalogue FINAL WHERE supplier IN {{names:Array(String)}})"
    unknown = f"(SELECT sku FROM {db}.catalogue FINAL WHERE supplier IN {{known:Array(String)}})"
    whose = ["p.sku IN " + item]
    if reach.others is not None:
        whose.append("p.sku NOT IN " + unknown)
    where = f"({' OR '.join(whose)})"
    parameters: dict[str, Any] = {"names": sorted(reach.days), "known": sorted(reach.known)}
    if reach.deviations is not None:
        most = max([*reach.days.values(), 0])
        ahead = f"greatest({int(most)}, toUInt32(ceil(p.lead_time_days)) + {int(reach.others or 0)})"
        passed = f"greatest(dateDiff('day', p.last_event_time, fromUnixTimestamp64Milli({int(reach.now)}, 'UTC')), 0)"
        days = f"({ahead} + {passed} + 1)"
        mean, variance = (_until(name, days) for name in ("p.demand_mean", "p.demand_variance"))
        where += f" AND p.available < {mean} + {float(reach.deviations)} * sqrt({variance}) + 1"
    return where, parameters


def _until(column: str, days: str) -> str:
    last, known = f"{column}[-1]", f"length({column})"
    tail = f"(({last} - if({known} > 7, {column}[-8], 0)) / greatest(least({known}, 7), 1))"
    return f"if({known} > {days}, {column}[{days} + 1], {last} + ({days} + 1 - {known}) * {tail})"


def _orders(warehouse: Warehouse, where: str, parameters: Mapping[str, Any]) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    rows = warehouse.rows(
        "SELECT location, sku, ref, toString(line.outstanding) AS outstanding, toUnixTimestamp64Milli(line.due) AS due, "
        f"toUInt8(line.received > 0) AS is_part FROM {warehouse.database}.order_line AS line "
        f"WHERE {where} AND line.outstanding > 0 AND line.due IS NOT NULL ORDER BY location, sku, due, ref",
        parameters,
    )
    for row in rows:
        found.setdefault((row["location"], row["sku"]), []).append(row)
    return found


def _full(warehouse: Warehouse, where: str, parameters: Mapping[str, Any], only: str = "1") -> list[Row]:
    sql = (
        _POSITIONS.replace("{where}", where)
        .replace("{filter}", only)
        .replace("{database}", warehouse.database)
    )
    try:
        rows: list[Row] = warehouse.arrow(sql, parameters).to_pylist()
    except ClickHouseError as error:
        raise WarehouseError(f"the warehouse refused: {sentence(error)}") from error
    return rows
