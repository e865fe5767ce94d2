"""The classes of inputs as rows of the warehouse: written once a set comes into force, read where a policy is matched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from lowtide.warehouse.client import Row, Warehouse

TABLE = "inputs_class"
_TIME = pa.timestamp("ms", "UTC")
_MANY = 2_000
"""Positions that one query names."""


def in_force(warehouse: Warehouse, pipeline: str) -> tuple[str | None, datetime]:
    """The inputs that the warehouse takes to be in force, and since when; None: it has never heard of any."""
    rows = warehouse.rows(
        f"SELECT argMax(inputs_version, loaded_at) AS version, max(loaded_at) AS since, count() AS n "
        f"FROM {warehouse.database}.{TABLE} WHERE pipeline = {{pipeline:String}} AND location = ''",
        {"pipeline": pipeline},
    )
    if not rows or not rows[0]["n"]:
        return None, datetime.fromtimestamp(0, UTC)
    return str(rows[0]["version"]), rows[0]["since"]


def is_known(warehouse: Warehouse, pipeline: str, version: str) -> bool:
    """Whether all classes of these inputs are there."""
    return bool(
        warehouse.rows(
            f"SELECT 1 FROM {warehouse.database}.{TABLE} WHERE pipeline = {{pipeline:String}} "
            "AND inputs_version = {version:String} AND location = '' LIMIT 1",
            {"pipeline": pipeline, "version": version},
        )
    )


def table_of(pipeline: str, version: str, classes: pa.RecordBatch, at: datetime) -> pa.Table:
    """The rows of a set of classes."""
    return _rows(pipeline, version, pa.Table.from_batches([classes]), at)


def marker(pipeline: str, version: str, after: datetime) -> pa.Table:
    """The row that puts inputs in force, later than what was in force before."""
    empty = pa.table({name: [""] for name in ("location", "sku", "abc", "xyz")})
    return _rows(pipeline, version, empty, max(datetime.now(UTC), after + timedelta(milliseconds=1)))


def _rows(pipeline: str, version: str, table: pa.Table, at: datetime) -> pa.Table:
    fixed = {
        "pipeline": pa.scalar(pipeline),
        "inputs_version": pa.scalar(version),
        "loaded_at": pa.scalar(at, _TIME),
    }
    columns = {name: pa.repeat(value, table.num_rows) for name, value in fixed.items()}
    return pa.table({**columns, **{name: table[name] for name in ("location", "sku", "abc", "xyz")}})


def classes(warehouse: Warehouse, rows: Sequence[Row]) -> dict[tuple[str, str, str], dict[str, str]]:
    """`abc` and `xyz` by pipeline, location and SKU of these rows, where the inputs in force have them."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    keys = sorted({(row["location"], row["sku"]) for row in rows})
    for start in range(0, len(keys), _MANY):
        some = keys[start : start + _MANY]
        known = warehouse.rows(
            f"SELECT pipeline, location, sku, abc, xyz FROM {warehouse.database}.position_class "
            "WHERE location IN {locations:Array(String)} AND (location, sku) IN {keys:Array(Tuple(String, String))}",
            {"locations": sorted({location for location, _ in some}), "keys": some},
        )
        for row in known:
            found[row["pipeline"], row["location"], row["sku"]] = {"abc": row["abc"], "xyz": row["xyz"]}
    return found
