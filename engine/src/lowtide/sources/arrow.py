"""An Arrow stream of a sender, whom nobody trusts, becomes batches that are safe to read.

Arrow's readers believe what a stream says. So the buffers of each batch are checked before anything reads them, by Arrow
itself, which knows how long they are: offsets, keys of dictionaries, lengths of children, UTF-8. Before that, the stream is
asked what it claims to become: how long compressed buffers are when they are unpacked, how often dictionaries are put
together anew.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from lowtide.readers import BadDocument

MAX_UNPACKED = 256 << 20
"""Bytes that a stream may have when it is unpacked."""
_MOST_ROWS = 8 << 20
_LONGEST = 64 << 10
"""Bytes of a value of a dictionary."""
_DICTIONARY, _RECORDS = 2, 3


class TooLarge(BadDocument):
    """A stream that would take too much memory."""


def batches(data: bytes) -> Iterator[pa.RecordBatch]:
    """The rows of a stream, batch by batch. Raises BadDocument and TooLarge."""
    try:
        _check_claims(data)
        with pa.ipc.open_stream(data) as stream:
            for batch in stream:
                yield checked(batch)
    except BadDocument:
        raise
    except Exception as error:  # Arrow raises several for bytes that are not what they claim to be
        raise BadDocument(f"it is not an Arrow stream that can be read: {reason(error)}") from None


def checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, if its buffers are what it says. Raises BadDocument and ArrowException."""
    if batch.num_rows > _MOST_ROWS:
        raise TooLarge(f"a batch claims to have {batch.num_rows:,} rows: send fewer together")
    batch.validate(full=True)
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if pa.types.is_dictionary(field.type) and _longest(column.dictionary) > _LONGEST:
            raise BadDocument(f"a value of the column `{field.name[:100]}` is longer than {_LONGEST:,} bytes")
    return batch


def reason(error: Exception) -> str:
    """The first line of what Arrow says, as far as a person reads."""
    return str(error).partition("\n")[0][:200]


def _longest(values: pa.Array) -> int:
    kind = values.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)) or not len(values):
        return 0
    return pc.max(pc.binary_length(values)).as_py() or 0


def _check_claims(data: bytes) -> None:
    """Refuse a stream that becomes too long when it is unpacked, or when the parts of its dictionaries are put together."""
    total = together = 0
    dictionaries: dict[int, int] = {}
    for message in pa.ipc.MessageReader.open_stream(data):
        metadata, body = message.metadata.to_pybytes(), message.body
        claimed = sum(_lengths(metadata, body))
        total += claimed
        if (table := _header(metadata, _DICTIONARY)) is not None:
            number, is_more = table.number(0, "<q"), table.number(2, "<B") != 0
            size = claimed or (body.size if body is not None else 0)
            dictionaries[number] = size + (dictionaries.get(number, 0) if is_more else 0)
            together += sum(dictionaries.values()) if is_more else size
        if max(total, together) > MAX_UNPACKED:
            raise TooLarge(f"it is more than {MAX_UNPACKED >> 20} MiB when it is unpacked")


def _header(metadata: bytes, kind: int) -> _Table | None:
    message = _Table(metadata, _number(metadata, 0, "<I"))
    return message.table(2) if message.number(1, "<B") == kind else None


def _lengths(metadata: bytes, body: pa.Buffer | None) -> Iterator[int]:
    """The length that each compressed buffer of a message claims; it stands in its first eight bytes, -1: not compressed."""
    records = _header(metadata, _RECORDS)
    if (dictionary := _header(metadata, _DICTIONARY)) is not None:
        records = dictionary.table(1)
    if records is None or records.table(3) is None or body is None:
        return
    for at, length in records.pairs(2):
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
