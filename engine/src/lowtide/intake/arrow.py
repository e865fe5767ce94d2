"""An Arrow stream of a sender, whom nobody trusts, becomes batches that are safe to read.

Arrow's readers believe what a stream says. So the offsets of each batch are checked before the core reads them; a buffer
that was compressed is asked how long it claims to be before it is unpacked; and a batch is handed on in slices, because
a dictionary makes many rows of few bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from lowtide.intake.refusal import Refusal
from lowtide.intake.unpack import MAX_UNPACKED
from lowtide.readers import BadDocument

_SLICE = 1024
_LONGEST = 64 << 10
"""Bytes of a value of a dictionary."""
_DICTIONARY, _RECORDS = 2, 3


def batches(data: bytes) -> Iterator[pa.RecordBatch]:
    """The rows of a stream in small batches. Raises BadDocument or Refusal."""
    try:
        _check_lengths(data)
        with pa.ipc.open_stream(data) as stream:
            for batch in stream:
                batch.validate(full=True)
                _check_dictionaries(batch)
                for at in range(0, batch.num_rows, _SLICE):
                    yield batch.slice(at, _SLICE)
    except (pa.ArrowException, OSError, ValueError, IndexError, struct.error) as error:
        raise BadDocument(f"it is not an Arrow stream: {error}") from None


def _check_dictionaries(batch: pa.RecordBatch) -> None:
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if not pa.types.is_dictionary(field.type):
            continue
        values = column.dictionary
        is_text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
        if is_text and len(values) and (pc.max(pc.binary_length(values)).as_py() or 0) > _LONGEST:
            raise BadDocument(f"a value of the column `{field.name[:100]}` is longer than {_LONGEST:,} bytes")


def _check_lengths(data: bytes) -> None:
    """Refuse a stream whose buffers claim to be too long when they are unpacked."""
    total = 0
    for message in pa.ipc.MessageReader.open_stream(data):
        total += sum(_lengths(message.metadata.to_pybytes(), message.body))
        if total > MAX_UNPACKED:
            raise Refusal("too_large", f"the body is more than {MAX_UNPACKED >> 20} MiB when it is unpacked")


def _lengths(metadata: bytes, body: pa.Buffer | None) -> Iterator[int]:
    """The length that each compressed buffer of a message claims; it stands in its first eight bytes, -1: not compressed."""
    message = _Table(metadata, _number(metadata, 0, "<I"))
    kind, header = message.number(1, "<B"), message.table(2)
    if kind == _DICTIONARY and header is not None:
        header = header.table(1)
    if kind not in (_DICTIONARY, _RECORDS) or header is None or header.table(3) is None or body is None:
        return
    for at, length in header.pairs(2):
        if length >= 8:
            yield max(0, _number(body.slice(at, 8).to_pybytes(), 0, "<q"))


class _Table:
    """A table of a FlatBuffer: its fields are found through a list of offsets."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._fields = at - _number(data, at, "<i")

    def number(self, field: int, form: str) -> int:
        """A number; 0 without it."""
        place = self._place(field)
        return _number(self._data, place, form) if place else 0

    def table(self, field: int) -> _Table | None:
        """A table within; None without it."""
        place = self._place(field)
        return _Table(self._data, place + _number(self._data, place, "<I")) if place else None

    def pairs(self, field: int) -> Iterator[tuple[int, int]]:
        """A list of pairs of numbers."""
        if place := self._place(field):
            start = place + _number(self._data, place, "<I")
            for number in range(_number(self._data, start, "<I")):
                at = start + 4 + 16 * number
                yield _number(self._data, at, "<q"), _number(self._data, at + 8, "<q")

    def _place(self, field: int) -> int:
        at = 4 + 2 * field
        if at >= _number(self._data, self._fields, "<H"):
            return 0
        offset = _number(self._data, self._fields + at, "<H")
        return self._at + offset if offset else 0


def _number(data: bytes, at: int, form: str) -> int:
    if at < 0:
        raise ValueError("an offset is negative")
    return int(struct.unpack_from(form, data, at)[0])
