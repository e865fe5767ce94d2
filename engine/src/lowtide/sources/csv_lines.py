"""A CSV record ends at the first line end at which the quotes since its start are even in number.

A quote that is never closed must not swallow the rest of a file. If a record does not end within
`max_record_bytes`, its first line alone is set aside, as `bad_row` (or `too_long`, if that line itself is),
and reading goes on behind it. So one stray quote costs one line, and what is decided depends on the bytes
alone, not on where chunks and blocks were cut.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lowtide.sources.block import Block, Unreadable, unreadable, unreadable_file
from lowtide.sources.lines import BLOCK_BYTES, MAX_RECORD_BYTES, line_ends
from lowtide.sources.stream import Damage

Piece = tuple[bytes, list[int]] | Unreadable
"""Whole records with the end of each, or one line that was set aside."""


def csv_blocks(
    chunks: Iterator[bytes], block_records: int = 4096, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Block]:
    """Cut chunks of rows, without their header, into `csv` blocks of `block_records` records (0: few)."""
    pending: list[bytes] = []
    records = 0
    try:
        for piece in _records(chunks, max_record_bytes):
            if isinstance(piece, Unreadable):
                if records:
                    yield Block("csv", b"".join(pending), records)
                    pending, records = [], 0
                yield unreadable(*piece)
                continue
            data, ends = piece
            start = taken = 0
            while block_records and records + len(ends) - taken >= block_records:
                taken += block_records - records
                pending.append(data[start : ends[taken - 1]])
                yield Block("csv", b"".join(pending), block_records)
                pending, records, start = [], 0, ends[taken - 1]
            pending.append(data[start:])
            records += len(ends) - taken
            if block_records and sum(map(len, pending)) > BLOCK_BYTES and records:
                yield Block("csv", b"".join(pending), records)
                pending, records = [], 0
    except Damage as damage:
        if records:
            yield Block("csv", b"".join(pending), records)
        yield unreadable_file(str(damage))
        return
    if records:
        yield Block("csv", b"".join(pending), records)


def _records(chunks: Iterator[bytes], most: int) -> Iterator[Piece]:
    rest = b""
    skipping = False  # inside the dropped part of a line that is too long
    for chunk in chunks:
        if skipping:
            end = chunk.find(b"\n")
            if end < 0:
                continue
            chunk, skipping = chunk[end + 1 :], False
        rest += chunk
        while rest:
            ends = _ends(rest)
            good = _within(ends, most)
            if good:
                stop = ends[good - 1]
                yield rest[:stop], ends[:good]
                rest = rest[stop:]
            if len(rest) <= most + 1:
                break
            # The next record is longer than a record may be: set its first line aside.
            line = rest.find(b"\n")
            if 0 <= line <= most:
                yield _unclosed(rest[: line + 1])
            else:
                yield _too_long(rest, most)
            if line < 0:
                rest, skipping = b"", True
            else:
                rest = rest[line + 1 :]
    while rest:
        ends = _ends(rest)
        if not rest.endswith(b"\n") and rest.count(b'"', ends[-1] if ends else 0) % 2 == 0:
            rest += b"\n"
            ends.append(len(rest))
        if ends:
            yield rest[: ends[-1]], ends
            rest = rest[ends[-1] :]
        if rest:
            line = rest.find(b"\n") + 1 or len(rest)
            yield _unclosed(rest[:line])
            rest = rest[line:]


def _ends(data: bytes) -> list[int]:
    """Where records end: behind each line end with an even number of quotes before it."""
    lines = line_ends(data)
    if b'"' in data:
        quotes = np.flatnonzero(np.frombuffer(data, np.uint8) == 34)
        lines = lines[np.searchsorted(quotes, lines) % 2 == 0]
    ends: list[int] = (lines + 1).tolist()
    return ends


def _within(ends: list[int], most: int) -> int:
    """How many records, counted from the first, are not longer than the limit (line ends are not counted)."""
    if not ends:
        return 0
    lengths = np.diff(np.array(ends), prepend=0) - 1
    over = np.flatnonzero(lengths > most)
    return int(over[0]) if len(over) else len(ends)


def _unclosed(line: bytes) -> Unreadable:
    return Unreadable(
        "bad_row", "a quote is opened and not closed: double a quote inside a field", line.rstrip(b"\r\n")
    )


def _too_long(line: bytes, most: int) -> Unreadable:
    return Unreadable(
        "too_long",
        f"the row is longer than {most:,} bytes: split it, or check its line ends",
        line[: most + 1],
    )
