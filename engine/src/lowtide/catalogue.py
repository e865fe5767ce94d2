"""The catalogue says what a SKU is: its category and supplier for policies, its cost and price for money at risk.

CSV or Parquet with the column `sku` and any of `category`, `department`, `supplier`, `abc` (texts), `unit_cost`,
`unit_price`, `pack` (numbers, not negative). Other columns are ignored.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from lowtide.errors import PolicyError

TEXTS = ("sku", "category", "department", "supplier", "abc")
NUMBERS = ("unit_cost", "unit_price", "pack")


def load_catalogue(path: str | Path) -> pa.RecordBatch:
    """The catalogue as one batch with all eight columns; columns that are not in the file are null.

    Raises PolicyError with the row of the first mistake of each kind.
    """
    table = _read(Path(path))
    if "sku" not in table.schema.names:
        raise PolicyError(
            f"`{path}` has no column `sku`", f"A catalogue has the columns {', '.join(TEXTS + NUMBERS)}."
        )
    columns: dict[str, pa.Array] = {}
    faults: list[str] = []
    for name in TEXTS:
        columns[name] = _texts(table, name)
    for name in NUMBERS:
        columns[name], row = _numbers(table, name)
        if row is not None:
            faults.append(f"{path}: row {row}: `{name}` is not a number from 0 up: write it as 1.25")
    skus: list[Any] = columns["sku"].to_pylist()
    seen: dict[str, int] = {}
    for row, sku in enumerate(skus, 1):
        if not sku:
            faults.append(f"{path}: row {row}: `sku` is empty")
            break
        if sku in seen:
            faults.append(f"{path}: row {row}: sku `{sku}` is in row {seen[sku]} too: keep one")
            break
        seen[sku] = row
    if faults:
        raise PolicyError("\n".join(faults), "Rows are counted from 1, without the header.")
    return pa.RecordBatch.from_pydict(columns)


def _read(path: Path) -> pa.Table:
    expected = TEXTS + NUMBERS
    try:
        if path.suffix.lower() == ".parquet":
            names = pa.parquet.read_schema(path).names
        else:
            with pa.csv.open_csv(path) as head:
                names = head.schema.names
        for name in expected:
            if names.count(name) > 1:
                raise PolicyError(f"`{path}` has the column `{name}` twice", "Keep one of them.")
        known = [name for name in expected if name in names]
        if path.suffix.lower() == ".parquet":
            return pa.parquet.read_table(path, columns=known)
        options = pa.csv.ConvertOptions(
            column_types=dict.fromkeys(known, pa.string()),
            include_columns=known,
            null_values=[""],
            strings_can_be_null=True,
        )
        return pa.csv.read_csv(path, convert_options=options)
    except FileNotFoundError as error:
        hint = "Give a CSV or Parquet file with a column `sku`."
        raise PolicyError(f"there is no catalogue `{path}`", hint) from error
    except (OSError, pa.ArrowException) as error:
        hint = "A catalogue is CSV in UTF-8 with a header, or Parquet."
        raise PolicyError(f"`{path}` cannot be read: {error}", hint) from error


def _texts(table: pa.Table, name: str) -> pa.Array:
    if name not in table.schema.names:
        return pa.nulls(table.num_rows, pa.string())
    values = (None if value is None else str(value) for value in table.column(name).to_pylist())
    return pa.array([value and unicodedata.normalize("NFC", value) for value in values], pa.string())


def _numbers(table: pa.Table, name: str) -> tuple[pa.Array, int | None]:
    """The column as float64, and the first row whose value is not a number of at least 0."""
    if name not in table.schema.names:
        return pa.nulls(table.num_rows, pa.float64()), None
    numbers: list[float | None] = []
    for row, value in enumerate(table.column(name).to_pylist(), 1):
        try:
            number = None if value is None else float(value)
        except (TypeError, ValueError):
            return pa.nulls(table.num_rows, pa.float64()), row
        if number is not None and not 0 <= number < 1e15:
            return pa.nulls(table.num_rows, pa.float64()), row
        numbers.append(number)
    return pa.array(numbers, pa.float64()), None
