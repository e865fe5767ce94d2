"""The bytes of a journal: a file is a header and frames, a frame is rows of one document. All numbers are little-endian.

    file    "LTJ1"  version u16 = 1  zero u16  first place u64  created i64 (ms since 1970)
    frame   length u32 (bytes after the crc)  crc u32 (CRC-32C of those bytes)
            first u64  arrival i64 (ms)  rows u32  places u32  kind u8  zero u8 x3
            map 16 bytes (zero: own JSON)  document 16 bytes (XXH3-128 of its bytes as they came)
            body: NDJSON, one row a line
    synced  first u64  length u64  next u64  crc u32 (CRC-32C of the 24 bytes before)

A place is a number in the log `journal/0`: a row takes as many as movements come of it, at least one. `first` of the next
frame is first + places. The kinds are ROWS, LAST_ROWS (the document ends with this frame) and WATERMARK (no rows, no places;
its body says how far a table was read). The file `synced` says how much is safe on disk: of the file that begins with place
`first` so many bytes, and the place after them. Readers stop there, so what they have read cannot disappear in a power cut.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from lowtide.core import crc32c

MAGIC = b"LTJ1"
VERSION = 1
FILE_HEADER = struct.Struct("<4sHHQq")
_SUM = struct.Struct("<II")
_HEAD = struct.Struct("<QqIIB3x16s16s")
FRAME_HEADER = _SUM.size + _HEAD.size
"""Bytes of a frame before its body."""
_SYNCED = struct.Struct("<QQQ")
SYNCED_SIZE = _SYNCED.size + 4
MAX_BODY = 1 << 20
"""Bytes of a body at most."""
ROWS, LAST_ROWS, WATERMARK = 0, 1, 2
NO_MAP = bytes(16)


class Frame(NamedTuple):
    """One frame as it lies in the journal."""

    first: int
    """The place of its first row."""
    arrival: int
    """When it was accepted, ms since 1970."""
    rows: int
    places: int
    kind: int
    map: bytes
    """Hash of its map, 16 bytes; NO_MAP for movements in our own JSON form."""
    document: bytes
    """XXH3-128 of the bytes of its document as they came."""
    body: bytes

    @property
    def next(self) -> int:
        """The place after its rows."""
        return self.first + self.places

    def to_bytes(self) -> bytes:
        """The frame as it is written."""
        head = _HEAD.pack(
            self.first, self.arrival, self.rows, self.places, self.kind, self.map, self.document
        )
        crc = crc32c(self.body, crc32c(head))
        return b"".join((_SUM.pack(len(head) + len(self.body), crc), head, self.body))


def frame_length(data: bytes, at: int) -> int | None:
    """Bytes of the frame that begins at `at`, its header included. None: the header is not whole, or cannot be one."""
    if len(data) - at < FRAME_HEADER:
        return None
    length = int.from_bytes(data[at : at + 4], "little")
    return length + _SUM.size if _HEAD.size <= length <= _HEAD.size + MAX_BODY else None


def read_frame(data: bytes, at: int, length: int) -> Frame | None:
    """The frame of so many bytes at `at`. None: it is not whole, or its checksum is wrong."""
    end = at + length
    if end > len(data):
        return None
    crc = int.from_bytes(data[at + 4 : at + 8], "little")
    if crc32c(data[at + _SUM.size : end]) != crc:
        return None
    first, arrival, rows, places, kind, map_, document = _HEAD.unpack_from(data, at + _SUM.size)
    return Frame(first, arrival, rows, places, kind, map_, document, data[at + FRAME_HEADER : end])


class Synced(NamedTuple):
    """How much of a journal is safe on disk."""

    first: int
    """The first place of the file that is written now."""
    length: int
    """Bytes of that file."""
    next: int
    """The place after its last row."""

    def to_bytes(self) -> bytes:
        """The mark as it is written."""
        plain = _SYNCED.pack(*self)
        return plain + crc32c(plain).to_bytes(4, "little")

    @classmethod
    def of_bytes(cls, data: bytes) -> Synced | None:
        """The mark that `to_bytes` gave. None: it is not whole."""
        if len(data) != SYNCED_SIZE or crc32c(data[:-4]) != int.from_bytes(data[-4:], "little"):
            return None
        return cls(*_SYNCED.unpack_from(data))
