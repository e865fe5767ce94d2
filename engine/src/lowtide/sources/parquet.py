"""A Parquet file is read by columns: only those of a movement, each as a type that the core understands.

Numbers, times, text and bytes stay as they are; dictionary, large and view columns become plain ones;
everything else becomes text, so that the core can reject one value and not the whole file.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types

from lowtide.sources.block import Block, Progress, unreadable_file
from lowtide.sources.movement import FIELDS

_WHOLE_GROUP = 1 << 18
_PART_BYTES = 16 << 20


def parquet_blocks(
    path: Path,
    block_records: int = 4096,
    progress: Progress | None = None,
    columns: list[str] | None = None,
) -> Iterator[Block]:
    """Read a Parquet file as `columns` blocks of at most `block_records` rows (0: as large as they come).

    `columns` are the columns and paths that a map names; they keep their types. None: those of movements.
    """
    rows = 0
    try:
        size = path.stat().st_size
        if size == 0:
            return
        with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
            total = file.metadata.num_rows
            names = list(dict.fromkeys(file.schema_arrow.names))
            if columns is None:
                known = [column for column in names if _field(column) in FIELDS]
            else:
                known = named_columns(names, columns)
            if not known and columns is None:
                if total:
                    message = (
                        f"none of its {total:,} rows can be used: name its columns `id`, `source`, …, or begin a map for it "
                        f"with `lowtide map guess {path.name}`"
                    )
                    yield unreadable_file(message)
                return
            for batch in file.iter_batches(block_records or _WHOLE_GROUP, columns=known, use_threads=False):
                for part in _parts(sound(batch)):
                    yield Block("columns", plain(part) if columns is None else part, part.num_rows)
                    rows += part.num_rows
                    if progress:
                        progress(size * rows // total)
    except (pa.ArrowException, OSError, ValueError, KeyError, NotImplementedError) as error:
        where = (
            f"it cannot be read behind row {rows:,}" if rows else "it is not a Parquet file that can be read"
        )
        reason = str(error).replace(str(path), path.name).split("\n")[0][:200]
        yield unreadable_file(f"{where} ({reason}): write or copy it again from where it came")


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in parts of about 16 MiB."""
    step = max(1, batch.num_rows * _PART_BYTES // max(1, batch.nbytes))
    for at in range(0, batch.num_rows, step):
        yield batch.slice(at, step)


def named_columns(names: list[str], columns: list[str]) -> list[str]:
    """Of the columns of a file those that a map names, itself or by a path into them, in the order of the file.

    >>> named_columns(["a", "b.c", "d", "e"], ["b.c", "d.0.x", "a"])
    ['a', 'b.c', 'd']
    """
    wanted = {column if column in names else column.split(".")[0] for column in columns}
    return [name for name in names if name in wanted]


def sound(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, if its buffers are what it says. Raises ArrowException.

    Parquet does not look at UTF-8: columns of texts that are not become bytes, and the core rejects the single value.
    """
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        columns = [_as_bytes(column) for column in batch.columns]
        batch = pa.RecordBatch.from_arrays(columns, batch.schema.names)
        batch.validate(full=True)
    return batch


def _as_bytes(column: pa.Array) -> pa.Array:
    if types.is_string(column.type):
        return column.cast(pa.binary())
    return column.cast(pa.large_binary()) if types.is_large_string(column.type) else column


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Give every column a type of the core: utf8, binary, integer, float32/64, decimal128 or timestamp.

    The names become those of fields. A name that comes twice is taken once, the first.
    """
    columns: dict[str, pa.Array] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        columns.setdefault(_field(name), _plain(column))
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def _field(column: str) -> str:
    """The field that a column names, whatever its case, as in a CSV."""
    return column.strip().lower()


def _plain(column: pa.Array) -> pa.Array:
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        return _plain(column.storage)
    if types.is_dictionary(kind):
        return _plain(column.dictionary_decode())
    if types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind):
        return column.cast(pa.utf8())
    if types.is_large_binary(kind) or types.is_binary_view(kind) or types.is_fixed_size_binary(kind):
        return column.cast(pa.binary())
    if types.is_float16(kind):
        return column.cast(pa.float32())
    if types.is_decimal32(kind) or types.is_decimal64(kind):
        return column.cast(pa.decimal128(kind.precision, kind.scale))
    if types.is_string(kind) or types.is_binary(kind) or types.is_integer(kind) or types.is_floating(kind):
        return column
    if types.is_decimal128(kind) or types.is_timestamp(kind):
        return column
    try:
        return pc.cast(column, pa.utf8())
    except pa.ArrowException:
        return pa.array([None if value is None else _text(value) for value in column.to_pylist()], pa.utf8())


def _text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
