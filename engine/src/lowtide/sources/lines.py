"""Lines are counted, never parsed: a block is cut behind its n-th line end, at gigabytes a second.

How it works. `clamp` walks a chunk in strides of one longest line: if a stride holds a line end, no line
before it is too long, so a good chunk costs sixteen look-ups a MiB and passes untouched. `cut` finds all
line ends of a chunk at once and slices between them. Both give the same bytes whatever the chunks were;
only the size of the blocks depends on `block_records`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lowtide.sources.block import Block, unreadable_file
from lowtide.sources.stream import Damage

MAX_RECORD_BYTES = 65_536
BLOCK_BYTES = 16 << 20
"""A block of lines or records ends when it is longer, however few they are."""


def line_blocks(
    chunks: Iterator[bytes], block_records: int = 4096, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Block]:
    """Cut chunks into `lines` blocks of exactly `block_records` lines (0: one block); the last, and one of long lines, may
    have fewer.

    A line longer than `max_record_bytes` keeps one byte more than that, enough for the core to reject it as too long;
    the rest is dropped while it is read. After damage comes one `unreadable` block, and then the end.
    """
    pending: list[bytes] = []
    lines = size = 0
    try:
        for chunk in clamp(chunks, max_record_bytes + 1):
            ends = line_ends(chunk)
            start = taken = 0
            while block_records and lines + len(ends) - taken >= block_records:
                taken += block_records - lines
                stop = int(ends[taken - 1]) + 1
                pending.append(chunk[start:stop])
                yield Block("lines", b"".join(pending), block_records)
                pending, lines, size, start = [], 0, 0, stop
            if start < len(chunk):
                pending.append(chunk[start:])
                size += len(chunk) - start
            lines += len(ends) - taken
            if block_records and size > BLOCK_BYTES and lines:
                data = b"".join(pending)
                whole = data.rfind(b"\n") + 1
                yield Block("lines", data[:whole], lines)
                pending, lines, size = [data[whole:]], 0, len(data) - whole
    except Damage as damage:
        data = b"".join(pending)
        whole = data.rfind(b"\n") + 1
        if whole:
            yield Block("lines", data[:whole], lines)
        yield unreadable_file(str(damage), data[whole:])
        return
    data = b"".join(pending)
    if data and not data.endswith(b"\n"):
        data += b"\n"
        lines += 1
    if data:
        yield Block("lines", data, lines)


def line_ends(chunk: bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give the positions of all line ends of a chunk."""
    return np.flatnonzero(np.frombuffer(chunk, np.uint8) == 10)


def clamp(chunks: Iterator[bytes], keep: int) -> Iterator[bytes]:
    """Pass chunks on with every line cut to `keep` bytes; line ends stay."""
    handed = 0  # bytes of the unfinished line that have been passed on
    for chunk in chunks:
        pieces: list[bytes] = []
        start = at = 0
        while at < len(chunk):
            room = keep - handed
            end = chunk.rfind(b"\n", at, at + room + 1)
            if end >= 0:
                at, handed = end + 1, 0
            elif len(chunk) - at <= room:
                handed += len(chunk) - at
                break
            else:
                pieces.append(chunk[start : at + room])
                start = chunk.find(b"\n", at + room)
                start = len(chunk) if start < 0 else start
                at, handed = start + 1, 0 if start < len(chunk) else keep
        passed = b"".join([*pieces, chunk[start:]]) if pieces else chunk
        if passed:
            yield passed
