"""Blocks of JSON lines as Arrow batches: every text as UTF-8, or those that repeat as dictionaries."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.json as pj

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("id", "source", "kind", "sku", "location")]
    + [
        ("quantity", pa.string()),
        ("event_time", pa.timestamp("ms", "UTC")),
        ("ref", pa.string()),
        ("due", pa.int64()),
    ]
)
REPEATED = ("source", "kind", "sku", "location")
_OPTIONS = pj.ParseOptions(explicit_schema=SCHEMA, unexpected_field_behavior="error")


def batches(blocks: list[bytes], dictionaries: bool = False) -> list[pa.RecordBatch]:
    """A batch for each block; quantities are decimals, times are timestamps, `due` is milliseconds.

    With `dictionaries`, source, kind, SKU and location have one dictionary over all batches, as in a Parquet file.
    """
    table = pa.concat_tables([_table(block) for block in blocks])
    quantity = table["quantity"].cast(pa.decimal128(18, 3))
    table = table.set_column(table.schema.get_field_index("quantity"), "quantity", quantity)
    if dictionaries:
        for name in REPEATED:
            column = table[name].dictionary_encode().unify_dictionaries()
            table = table.set_column(table.schema.get_field_index(name), name, column)
    rows = [block.count(b"\n") for block in blocks]
    table = table.combine_chunks()
    made, start = [], 0
    for count in rows:
        (batch,) = table.slice(start, count).to_batches()
        made.append(batch)
        start += count
    return made


def _table(block: bytes) -> pa.Table:
    return pj.read_json(io.BytesIO(block), parse_options=_OPTIONS)
