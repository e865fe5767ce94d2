"""The files that people keep become rows of the tables `catalogue`, `location`, `supplier` and `lane`.

Their columns are those of the files, as `lowtide.catalogue` reads them; what a unit earns is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

TEXT, DAYS = pa.string(), pa.float64()
MONEY = UNITS = pa.decimal128(18, 3)
WORDS = pa.map_(pa.string(), pa.string())
COLUMNS: Final[Mapping[str, Mapping[str, pa.DataType]]] = {
    "catalogue": {
        "sku": TEXT, "name": TEXT, "category": TEXT, "department": TEXT, "supplier": TEXT, "abc": TEXT, "unit": TEXT,
        "pack": UNITS, "moq": UNITS, "max_stock": UNITS, "unit_cost": MONEY, "unit_price": MONEY, "margin": MONEY,
        "shelf_life": DAYS, "attributes": WORDS,
    },
    "location": {
        "location": TEXT, "name": TEXT, "region": TEXT, "manager": TEXT, "time_zone": TEXT, "hours": TEXT,
        "display_min": UNITS, "alias_*": WORDS, "attributes": WORDS,
    },
    "supplier": {
        "supplier": TEXT, "name": TEXT, "order_days": TEXT, "cut_off": TEXT, "delivery_days": TEXT, "calendar": TEXT,
        "lead_time": DAYS, "expedite_to": DAYS, "expedite_cost": MONEY, "attributes": WORDS,
    },
    "lane": {"from": TEXT, "to": TEXT, "hours": DAYS, "pack": UNITS, "cost": MONEY, "attributes": WORDS},
}  # fmt: skip
"""The columns that each table takes from its file."""
_RENAMED = {"margin": "unit_margin", "alias_*": "aliases", "from": "from_location", "to": "to_location"}


def reference_rows(table: str, batch: pa.RecordBatch | pa.Table, loaded_at: datetime) -> pa.Table:
    """The rows of a table. Only its key is needed; columns that are missing are empty."""
    given = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
    columns = {name: _column(given, name, type_) for name, type_ in COLUMNS[table].items()}
    if table == "catalogue":
        earned = pc.cast(pc.subtract(columns["unit_price"], columns["unit_cost"]), MONEY)
        columns["margin"] = pc.coalesce(columns["margin"], earned)
    else:
        columns["loaded_at"] = pa.repeat(pa.scalar(loaded_at, pa.timestamp("ms", "UTC")), given.num_rows)
    return pa.table({_RENAMED.get(name, name): column for name, column in columns.items()})


def _column(given: pa.Table, name: str, type_: pa.DataType) -> pa.ChunkedArray:
    if name not in given.column_names:
        empty = [[]] * given.num_rows if type_ == WORDS else pa.nulls(given.num_rows, type_)
        column = pa.chunked_array([pa.array(empty, type_)])
    elif type_ == MONEY:
        column = _decimals(given[name])
    else:
        column = given[name] if type_ == WORDS else pc.cast(given[name], type_)
    return pc.fill_null(column, "") if type_ == TEXT else column


def _decimals(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(column.type):
        column = pc.round(column, 3)
    elif pa.types.is_integer(column.type):
        column = pc.cast(column, pa.decimal128(38, 3))  # an integer cannot be cast to 18 digits directly
    return pc.cast(column, MONEY, safe=False)
