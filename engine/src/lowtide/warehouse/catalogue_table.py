"""Turn the columns of a catalogue into those of the table `catalogue`: above all what a unit is worth.

`price` (or `unit_price`) and `margin` (or `unit_margin`, or price less `cost`) become money; name, category,
department, supplier and abc keep their columns; all other columns are text under `attributes`.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

MONEY = pa.decimal128(18, 3)
_TEXT = ("name", "category", "department", "supplier", "abc")
_MONEY = ("price", "unit_price", "margin", "unit_margin", "cost", "unit_cost")


def catalogue_rows(catalogue: pa.RecordBatch | pa.Table) -> pa.Table:
    """The rows of the table `catalogue`. The column `sku` is needed; all others may be missing."""
    table = pa.table(catalogue) if isinstance(catalogue, pa.Table) else pa.Table.from_batches([catalogue])
    empty = pa.nulls(table.num_rows, pa.string())
    columns = {"sku": _text(table, "sku")}
    columns |= {
        name: pc.fill_null(_text(table, name) if name in table.column_names else empty, "") for name in _TEXT
    }
    price = _money(table, "unit_price", "price")
    cost = _money(table, "unit_cost", "cost")
    columns["unit_price"] = price
    columns["unit_margin"] = pc.coalesce(
        _money(table, "unit_margin", "margin"), pc.cast(pc.subtract(price, cost), MONEY)
    )
    rest = [name for name in table.column_names if name not in {"sku", *_TEXT, *_MONEY}]
    columns["attributes"] = _attributes(table, rest)
    return pa.table(columns)


def _text(table: pa.Table, name: str) -> pa.ChunkedArray:
    return pc.cast(table[name], pa.string())


def _money(table: pa.Table, *names: str) -> pa.ChunkedArray:
    for name in names:
        if name in table.column_names:
            column = table[name]
            if pa.types.is_floating(column.type):
                column = pc.round(column, 3)
            elif pa.types.is_integer(column.type):
                column = pc.cast(
                    column, pa.decimal128(38, 3)
                )  # an integer cannot be cast to 18 digits directly
            return pc.cast(column, MONEY, safe=False)
    return pa.chunked_array([pa.nulls(table.num_rows, MONEY)])


def _attributes(table: pa.Table, names: list[str]) -> pa.Array:
    values = [_text(table, name).to_pylist() for name in names]
    rows = [
        [(name, value) for name, value in zip(names, row, strict=True) if value is not None]
        for row in (zip(*values, strict=True) if values else ((),) * table.num_rows)
    ]
    return pa.array(rows, pa.map_(pa.string(), pa.string()))
