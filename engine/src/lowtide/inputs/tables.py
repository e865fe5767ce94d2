"""The tables of a set of inputs: forecasts that others made, and the ABC and XYZ classes of positions.

    forecast    location, sku, day, mean, variance     units of that day; the variance is of that day alone
    classes     location, sku, abc, xyz                A, B, C by demand; X, Y, Z by how even it is

Rows are kept in the order of their key, so that equal content has one form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from lowtide.errors import PolicyError

FORECAST = pa.schema(
    [("location", pa.string()), ("sku", pa.string()), ("day", pa.date32()),
     ("mean", pa.float64()), ("variance", pa.float64())]
)  # fmt: skip
CLASSES = pa.schema(
    [("location", pa.string()), ("sku", pa.string()), ("abc", pa.string()), ("xyz", pa.string())]
)


def read_forecast(path: Path) -> pa.RecordBatch:
    """A forecast file, checked and sorted. Raises PolicyError with the first row that is wrong."""
    return forecast_rows(_read(path, FORECAST, "forecast"), str(path))


def read_classes(path: Path) -> pa.RecordBatch:
    """A file of classes, checked and sorted. Raises PolicyError with the first row that is wrong."""
    return classes_rows(_read(path, CLASSES, "file of classes"), str(path))


def forecast_rows(table: pa.Table, name: str) -> pa.RecordBatch:
    """Rows of a forecast in canonical form. Raises PolicyError."""
    table = _cast(table, FORECAST, name)
    for column in ("mean", "variance"):
        bad = pc.invert(pc.and_(pc.greater_equal(table[column], 0.0), pc.less(table[column], 1e12)))
        _none(table, bad, name, f"`{column}` is not a number from 0 up")
    return _in_order(table, ("location", "sku", "day"), name)


def classes_rows(table: pa.Table, name: str) -> pa.RecordBatch:
    """Rows of classes in canonical form. Raises PolicyError."""
    table = _cast(table, CLASSES, name)
    bad = pc.invert(pc.is_in(table["xyz"], value_set=pa.array(["X", "Y", "Z", ""])))
    _none(table, bad, name, "`xyz` is not X, Y or Z")
    return _in_order(table, ("location", "sku"), name)


def content(batch: pa.RecordBatch | None) -> bytes:
    """SHA-256 of the names, types and values of a table, whatever file it came from; empty without a table."""
    if batch is None:
        return b""
    digest = hashlib.sha256()
    for field, column in zip(batch.schema, batch.columns, strict=True):
        digest.update(f"{field.name}:{field.type}:{len(column)};".encode())
        if pa.types.is_string(field.type):
            lengths = pc.binary_length(column).cast(pa.int64())
            digest.update(lengths.to_numpy(zero_copy_only=False).astype("<i8").tobytes())
            digest.update("".join(column.to_pylist()).encode())
        elif pa.types.is_date32(field.type):
            digest.update(column.cast(pa.int32()).to_numpy(zero_copy_only=False).astype("<i4").tobytes())
        else:
            digest.update(column.to_numpy(zero_copy_only=False).astype("<f8").tobytes())
    return digest.digest()


def _read(path: Path, schema: pa.Schema, what: str) -> pa.Table:
    hint = f"A {what} is Parquet or CSV with the columns {', '.join(schema.names)}."
    form = "CSV" if path.suffix == ".csv" else "Parquet"
    try:
        table = _read_csv(path, schema) if form == "CSV" else pq.read_table(path)
    except FileNotFoundError:
        raise PolicyError(f"there is no file `{path}`", hint) from None
    except (OSError, pa.ArrowException) as error:
        raise PolicyError(f"`{path}` cannot be read as {form}: {error}", hint) from None
    missing = [name for name in schema.names if name not in table.schema.names]
    if missing:
        raise PolicyError(
            f"`{path}` has no column `{missing[0]}`: it has {', '.join(table.schema.names)}", hint
        )
    return table


def _read_csv(path: Path, schema: pa.Schema) -> pa.Table:
    """SKUs such as `0123` stay texts, and an empty text is an empty text."""
    types = csv.ConvertOptions(column_types=schema, null_values=[], strings_can_be_null=False)
    return csv.read_csv(path, convert_options=types)


def _cast(table: pa.Table, schema: pa.Schema, name: str) -> pa.Table:
    columns = []
    for field in schema:
        column = table[field.name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        try:
            columns.append(column.cast(field.type))
        except pa.ArrowException:
            raise PolicyError(
                f"{name}: the column `{field.name}` is of type {column.type}, and cannot become {field.type}",
                "Write days as dates, and means and variances as numbers.",
            ) from None
    made = pa.Table.from_arrays(columns, schema=schema)
    for field in schema:
        _none(made, pc.is_null(made[field.name]), name, f"`{field.name}` is empty")
    return made


def _none(table: pa.Table, bad: pa.ChunkedArray, name: str, what: str) -> None:
    """Raise for the first row that is bad."""
    row = pc.index(bad, True).as_py()
    if row >= 0:
        raise PolicyError(
            f"{name}: row {row + 1}: {what} ({_shown(table, row)})", "Correct the row, or leave it out."
        )


def _shown(table: pa.Table, row: int) -> str:
    return ", ".join(f"{name} {value}" for name, value in table.slice(row, 1).to_pylist()[0].items())


def _in_order(table: pa.Table, key: tuple[str, ...], name: str) -> pa.RecordBatch:
    table = table.sort_by([(column, "ascending") for column in key]).combine_chunks()
    if table.num_rows > 1:
        same: Callable[[str], pa.Array] = lambda column: pc.equal(table[column][1:], table[column][:-1])  # noqa: E731
        twice = same(key[0])
        for column in key[1:]:
            twice = pc.and_(twice, same(column))
        row = pc.index(twice, True).as_py()
        if row >= 0:
            raise PolicyError(
                f"{name}: two rows have {_shown(table.select(list(key)), row)}", "Keep one of them."
            )
    batches = table.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
