"""Items are read one after another, as one partition of blocks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from lowtide.sources.address import Item
from lowtide.sources.block import Block, Progress, unreadable_file
from lowtide.sources.csv_lines import csv_blocks
from lowtide.sources.fingerprint import Fingerprint
from lowtide.sources.lines import MAX_RECORD_BYTES, line_blocks
from lowtide.sources.parquet import parquet_blocks
from lowtide.sources.stream import chunks


def read(
    items: Iterable[Item],
    block_records: int = 4096,
    *,
    max_record_bytes: int = MAX_RECORD_BYTES,
    progress: Progress | None = None,
) -> Iterator[Block]:
    """Read items, in the order given, as one partition of blocks.

    `block_records` is the number of records in a block (0: a file is one block); the records are the same for every
    number. `progress` is called with the bytes read so far; compare with the sum of `size_of`.
    """
    before = 0
    for item in items:
        report = None if progress is None else _shifted(progress, before)
        yield from _blocks(item, block_records, max_record_bytes, report)
        before += size_of(item)
        if report:
            report(size_of(item))


def size_of(item: Item) -> int:
    """The size of an item's file in bytes; 0 if it does not have a file."""
    if item.path is None or item.kind == "unknown":
        return 0
    try:
        return item.path.stat().st_size
    except OSError:
        return 0


def fingerprints(items: Iterable[Item]) -> list[Fingerprint]:
    """How each of the items is recognised by a later run."""
    return [Fingerprint.of(item.name, item.path) for item in items]


def _shifted(progress: Progress, before: int) -> Progress:
    return lambda bytes_read: progress(before + bytes_read)


def _blocks(
    item: Item, block_records: int, max_record_bytes: int, progress: Progress | None
) -> Iterator[Block]:
    if item.generate is not None:
        yield from item.generate(block_records)
    elif item.kind == "stdin":
        yield from line_blocks(
            chunks(sys.stdin.buffer, "", progress), item.name, block_records, max_record_bytes
        )
    elif item.kind == "unknown" or item.path is None:
        message = (
            "it is not a file that can be read: rename it (`.jsonl`, `.csv`, `.parquet`) or move it away"
        )
        yield unreadable_file(item.name, message)
    elif item.kind == "parquet":
        yield from parquet_blocks(item.path, item.name, block_records, progress)
    else:
        cut = csv_blocks if item.kind == "csv" else line_blocks
        try:
            file: BinaryIO = item.path.open("rb", buffering=0)
        except OSError as error:
            yield unreadable_file(item.name, f"it cannot be opened ({error.strerror}): check its permissions")
            return
        with file:
            yield from cut(
                chunks(file, item.compression, progress), item.name, block_records, max_record_bytes
            )
