"""A row that is not sent could never have been seen: its table would have dropped it for one that is sent with it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from lowtide.warehouse import Warehouse
from lowtide.warehouse.settled import _FEW_VALUES, KEYS, settled

from .batches import CALIBRATION_DAY, DEMAND_DAY, NOON, POSITION, STOCK_COUNT, batch

SCHEMAS = {
    "position": POSITION, "demand_day": DEMAND_DAY, "stock_count": STOCK_COUNT, "calibration_day": CALIBRATION_DAY,
}  # fmt: skip


def rows_of(table: str, dice: Random) -> list[pa.RecordBatch]:
    """Batches in which the same keys come again and again, with versions that rise, fall and are equal.

    Rows of equal key and version are the same row, as those of a replay are.
    """

    def row() -> dict[str, Any]:
        version = dice.randrange(40)
        return {
            "location": dice.choice(("7", "70", "店", "")),
            "sku": dice.choice(("a", "ab", "b", "Ä", "a\x00")),
            "day": date(2026, 11, 20) + timedelta(days=dice.choice((-30_000, 0, 1))),
            "event_time": NOON + timedelta(milliseconds=dice.choice((-1, 0, 1))),
            "part": dice.choice(("on_time", "very_late")),
            "source": dice.choice(("x", "y")),
            "offset": version,
            "version": version,
            "on_hand": version,
            "demand": version,
            "quantity": version,
            "available": version,
            "atp": [version] * (version % 3),
        }

    return [batch(SCHEMAS[table], *(row() for _ in range(dice.randrange(1, 60)))) for _ in range(20)]


@pytest.mark.parametrize("table", KEYS)
def test_a_reader_sees_the_same_rows_as_if_all_had_been_inserted(warehouse: Warehouse, table: str) -> None:
    batches = rows_of(table, Random(table))
    everything = pa.Table.from_batches(batches)
    seen = f"SELECT * FROM lowtide.{table} FINAL ORDER BY ALL"
    warehouse.insert_arrow(table, everything)
    expected = warehouse.rows(seen)
    warehouse.command(f"TRUNCATE TABLE lowtide.{table}")
    kept = settled(table, batches)
    assert 0 < kept.num_rows == len(expected) < everything.num_rows
    warehouse.insert_arrow(table, kept)
    assert warehouse.rows(seen) == expected
    assert warehouse.rows(f"SELECT count() AS n FROM lowtide.{table}") == [{"n": len(expected)}]


@pytest.mark.parametrize("table", KEYS)
def test_the_keys_are_those_of_the_tables_and_rows_come_in_their_order(
    warehouse: Warehouse, table: str
) -> None:
    """If the two differed, a row would be dropped that a reader has a right to, and nothing else would notice."""
    (made,) = warehouse.rows(
        "SELECT sorting_key, engine_full FROM system.tables WHERE database = 'lowtide' AND name = {table:String}",
        {"table": table},
    )
    found = re.match(r"ReplacingMergeTree\((\w+)\) ", made["engine_full"])
    assert found and (tuple(made["sorting_key"].split(", ")), found[1]) == KEYS[table]
    kept = settled(table, rows_of(table, Random(3)))
    keys = list(zip(*(kept.column(name).to_pylist() for name in KEYS[table].columns), strict=True))
    assert keys == sorted(
        keys, key=lambda key: [one.encode() if isinstance(one, str) else one for one in key]
    )


def test_dictionaries_are_only_made_of_columns_that_are_kept_as_such(warehouse: Warehouse) -> None:
    for table in KEYS:
        columns = warehouse.rows(
            "SELECT name, type FROM system.columns WHERE database = 'lowtide' AND table = {table:String}",
            {"table": table},
        )
        few = {column["name"] for column in columns if column["type"] == "LowCardinality(String)"}
        assert {name for name in _FEW_VALUES if name in SCHEMAS[table].names} <= few


def test_rows_of_other_tables_and_other_columns_stay_as_they_came() -> None:
    odd = [pa.record_batch({"n": [1, 1]}), pa.record_batch({"n": [0]})]
    for table in ("position", "ledger"):
        assert settled(table, odd).to_pydict() == {"n": [1, 1, 0]}
