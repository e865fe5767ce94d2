"""A block of rows before its insert: only those that a reader can see, in the order in which their table keeps them.

A table keeps one row of each key, the latest. Of the rows of a position that wait together only the last is ever seen, so
the others are not sent. An insert of rows in the order of the key costs less than half: ClickHouse need not sort them.

The keys below are those of `tables/`. A table that is not named here is inserted as its rows came.
"""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from lowtide._native import settled as places_of


class Key(NamedTuple):
    """What makes two rows of a table the same row, in the table's order, and which of them it keeps."""

    columns: tuple[str, ...]
    version: str


KEYS = {
    "position": Key(("pipeline", "location", "sku"), "version"),
    "demand_day": Key(("pipeline", "location", "sku", "day", "part"), "offset"),
    "stock_count": Key(("pipeline", "location", "sku", "event_time", "source", "id"), "offset"),
    "calibration_day": Key(("pipeline", "location", "sku", "day"), "offset"),
}
_FEW_VALUES = ("pipeline", "partition", "location", "part", "mark", "policy_version", "inputs_version")
"""Columns of type LowCardinality: a dictionary is smaller, and ClickHouse keeps one too."""


def settled(table: str, batches: list[pa.RecordBatch]) -> pa.Table:
    """The rows that `table` keeps of these batches; all of them if its key is not known here.

    Of rows with the same key the one with the highest version is kept, of equal ones the last. A column of few values has
    one dictionary: a file of Arrow cannot have two.
    """
    rows, key = pa.Table.from_batches(batches), KEYS.get(table)
    for at, field in enumerate(rows.schema):
        if field.name in _FEW_VALUES and field.type == pa.string():
            rows = rows.set_column(at, field.name, rows.column(at).dictionary_encode())
    rows = rows.unify_dictionaries()
    if key is None or not _has(batches[0].schema, key):
        return rows
    named = [*key.columns, key.version]
    places = places_of([batch.select(named) for batch in batches], list(key.columns), key.version)
    return rows.combine_chunks().take(places)


def _has(schema: pa.Schema, key: Key) -> bool:
    """Whether the columns of the key are there as plain texts, numbers and times, as the core makes them."""
    found = [schema.get_field_index(name) for name in (*key.columns, key.version)]
    return min(found) >= 0 and not any(pa.types.is_dictionary(schema.field(at).type) for at in found)
