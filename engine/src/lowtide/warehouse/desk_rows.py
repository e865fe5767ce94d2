"""What the desk reads from the warehouse: new entries by their block, entries of given alerts, the list of what is open.

An entry comes with everything that the desk needs to know of its alert: the item of the catalogue, the location, what it
is worth, whether the alert is open now (`is_open`), and in which block it stands (`part`, `block`). Times are milliseconds
since 1970 UTC, quantities are decimal texts. The handle should not read with FINAL: an entry that comes twice does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
from clickhouse_connect.driver.exceptions import ClickHouseError

from lowtide.errors import WarehouseError
from lowtide.ledger import DESK
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.placeholders import ITEM, UNIT_VALUE, WORDS
from lowtide.warehouse.server_errors import sentence

SLICE = 5_000
"""Rows that are Python objects at a time."""
_IDS = 500
"""Alerts that one query names."""

_ITEM = ", ".join(f"ifNull(item.{name}, '') AS {name}" for name in ITEM)
_PLACE = "ifNull(place.region, '') AS region, ifNull(place.name, '') AS location_name"
_WORTH = f"round(e.expected_shortfall * toFloat64({UNIT_VALUE}), 2) AS worth"
_OPEN_NOW = f"SELECT alert_id FROM {{database}}.alert_latest FINAL WHERE entry NOT IN ({WORDS['ended']})"
_ITEMS = "SELECT * FROM {database}.catalogue FINAL"
_PLACES = "SELECT * FROM {database}.location FINAL"

_BLOCK = "_partition_id AS part, toInt64(_block_number) AS block"

_ENTRIES = f"""
SELECT
    e.pipeline AS pipeline, e.partition AS partition, e.alert_id AS alert_id, toInt64(e.seq) AS seq, e.entry AS entry,
    e.type AS type, e.severity AS severity, e.location AS location, e.sku AS sku,
    toUnixTimestamp64Milli(e.event_time) AS event_time,
    toUnixTimestamp64Milli(e.opened_at) AS opened_at, toString(e.on_hand) AS on_hand, toString(e.available) AS available,
    toString(e.on_order) AS on_order, toString(e.in_transit) AS in_transit, toString(e.demand_per_day) AS demand_per_day,
    e.p_stockout AS p_stockout, toInt64(e.stockout_p50) AS stockout_p50, {_WORTH}, {_ITEM}, {_PLACE},
    e.action_id AS action_id, e.actor AS actor, e.owner AS owner, e.feedback AS feedback, e.comment AS comment,
    if(e.action_id = '' OR e.detail = '', '{{{{}}}}', e.detail) AS detail,
    toUnixTimestamp64Milli(ifNull(e.decided_at, e.event_time)) AS at,
    toUInt8(ifNull(latest.alert_id, '') = e.alert_id AND ifNull(latest.entry, '') NOT IN ({WORDS["ended"]})) AS is_open,
    part, block
FROM (SELECT *, expected_shortfall, {{block}} FROM {{database}}.ledger WHERE proposal_id = '' AND ({{where}})) AS e
GLOBAL LEFT JOIN (
    SELECT pipeline, location, sku, type, alert_id, entry FROM {{database}}.alert_latest FINAL
    WHERE (pipeline, location, sku, type) GLOBAL IN
        (SELECT pipeline, location, sku, type FROM {{database}}.ledger WHERE {{where}})
) AS latest ON latest.pipeline = e.pipeline AND latest.location = e.location AND latest.sku = e.sku AND latest.type = e.type
GLOBAL LEFT JOIN ({_ITEMS}) AS item ON item.sku = e.sku
GLOBAL LEFT JOIN ({_PLACES}) AS place ON place.location = e.location
ORDER BY e.alert_id, e.seq, e.event_time, e.action_id
"""

# People's entries are few; those of ended alerts are left out before they are counted.
_LIST = f"""
SELECT
    e.alert_id AS alert_id, toInt64(bitAnd(e.version, 1048575)) AS seq, e.entry AS entry, e.severity AS severity,
    {_WORTH}, {_ITEM}, {_PLACE}, toInt64(ifNull(done.actions, 0)) AS actions
FROM (SELECT * FROM {{database}}.alert_latest FINAL WHERE entry NOT IN ({WORDS["ended"]})) AS e
GLOBAL LEFT JOIN (
    SELECT alert_id, uniqExact(action_id) AS actions FROM {{database}}.ledger
    WHERE action_id != '' AND proposal_id = '' AND alert_id GLOBAL IN ({_OPEN_NOW}) GROUP BY alert_id
) AS done ON done.alert_id = e.alert_id
GLOBAL LEFT JOIN ({_ITEMS}) AS item ON item.sku = e.sku
GLOBAL LEFT JOIN ({_PLACES}) AS place ON place.location = e.location
ORDER BY alert_id
"""


def blocks(warehouse: Warehouse) -> dict[str, int]:
    """The number of the newest block of each partition of the ledger; nothing for a cluster, whose shards count apart."""
    if warehouse.address.cluster:
        return {}
    rows = warehouse.rows(
        "SELECT partition_id, toInt64(max(max_block_number)) AS block FROM system.parts "
        "WHERE database = {database:String} AND table = 'ledger' AND active GROUP BY partition_id",
        {"database": warehouse.database},
    )
    return {str(row["partition_id"]): int(row["block"]) for row in rows}


def keys_after(warehouse: Warehouse, cursors: Mapping[str, int]) -> list[Row]:
    """Which entries of open alerts stand in blocks above the given ones: `alert_id`, `seq`, `action_id`."""
    db, after = warehouse.database, _after(cursors)
    is_open = _OPEN_NOW.replace("{database}", db)
    return warehouse.rows(
        f"SELECT DISTINCT alert_id, toInt64(seq) AS seq, action_id FROM {db}.ledger WHERE {after} AND alert_id GLOBAL IN ("
        f"{is_open} AND (pipeline, location, sku, type) GLOBAL IN "
        f"(SELECT pipeline, location, sku, type FROM {db}.ledger WHERE {after}))"
    )


def count_after(warehouse: Warehouse, cursors: Mapping[str, int]) -> int:
    """How many rows stand in blocks above the given ones."""
    rows = warehouse.rows(f"SELECT count() AS rows FROM {warehouse.database}.ledger WHERE {_after(cursors)}")
    return int(rows[0]["rows"])


def entries_after(warehouse: Warehouse, cursors: Mapping[str, int]) -> Iterator[list[Row]]:
    """The entries in blocks above the given ones, in slices; the entries of an alert stand together."""
    yield from _slices(warehouse, _after(cursors))


def entries_of(warehouse: Warehouse, alert_ids: Sequence[str]) -> Iterator[list[Row]]:
    """All entries of these alerts."""
    for start in range(0, len(alert_ids), _IDS):
        ids = list(alert_ids[start : start + _IDS])
        yield from _slices(warehouse, "alert_id IN {ids:Array(String)}", {"ids": ids})


def entries_of_open(warehouse: Warehouse) -> Iterator[list[Row]]:
    """All entries of the alerts that are open now."""
    yield from _slices(warehouse, f"alert_id GLOBAL IN ({_OPEN_NOW})")


def entries(warehouse: Warehouse) -> Iterator[list[Row]]:
    """All entries of all alerts, for a desk that lives on the clock of the log."""
    yield from _slices(warehouse, "1")


def entries_between(warehouse: Warehouse, start: int, end: int) -> Iterator[list[Row]]:
    """The entries before `end` of all alerts that were open at some time from `start` on; both are ms since 1970 UTC."""
    after, before = (f"fromUnixTimestamp64Milli(toInt64({int(at)}), 'UTC')" for at in (start, end))
    met = (
        f"SELECT alert_id FROM {warehouse.database}.ledger WHERE event_time < {before} AND alert_id != '' GROUP BY alert_id "
        f"HAVING max(event_time) >= {after} OR argMax(entry, (seq, action_id = '')) NOT IN ({WORDS['ended']})"
    )
    yield from _slices(warehouse, f"event_time < {before} AND alert_id GLOBAL IN ({met})")


def open_list(warehouse: Warehouse) -> Iterator[list[Row]]:
    """The alerts that are open, by `alert_id`: number, kind and severity of the last entry, what is known about the item,
    and `actions`, how many things people and the desk did.
    """
    table = _table(warehouse, _LIST.replace("{database}", warehouse.database), {})
    yield from _rows(table)


def _after(cursors: Mapping[str, int]) -> str:
    """A condition of the ledger: of the partitions given, without proposals and without what the desk wrote."""
    parts = [
        f"(_partition_id = '{partition}' AND _block_number > {int(block)})"
        for partition, block in cursors.items()
    ]
    return f"proposal_id = '' AND actor != '{DESK}' AND ({' OR '.join(parts)})" if parts else "0"


def _slices(
    warehouse: Warehouse, where: str, parameters: Mapping[str, Any] | None = None
) -> Iterator[list[Row]]:
    block = "'' AS part, toInt64(0) AS block" if warehouse.address.cluster else _BLOCK
    sql = (
        _ENTRIES.replace("{block}", block)
        .replace("{where}", where)
        .replace("{{}}", "{}")
        .replace("{database}", warehouse.database)
    )
    yield from _whole(_rows(_table(warehouse, sql, parameters or {})))


def _whole(slices: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """The same slices, cut so that the entries of an alert are not parted."""
    kept: list[Row] = []
    for rows in slices:
        rows = kept + rows
        last = rows[-1]["alert_id"]
        cut = next((i for i in range(len(rows), 0, -1) if rows[i - 1]["alert_id"] != last), 0)
        kept = rows[cut:]
        if cut:
            yield rows[:cut]
    if kept:
        yield kept


def _rows(table: pa.Table) -> Iterator[list[Row]]:
    for start in range(0, table.num_rows, SLICE):
        yield table.slice(start, SLICE).to_pylist()


def _table(warehouse: Warehouse, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
    try:
        return warehouse.arrow(sql, parameters)
    except ClickHouseError as error:
        raise WarehouseError(f"the warehouse refused: {sentence(error)}") from error
