"""What can be read becomes one ordered partition of blocks, and nothing a file can hold stops the run.

    open_sources(["sales.jsonl.gz", "returns.csv"])
        -> Block("lines", …, 4096), Block("lines", …, 17), Block("csv_header", …), Block("csv", …, 903)

    address     what was typed -> things to read, in order; only here is anything raised
    stream      a file -> chunks of bytes, decompressed
    lines       chunks -> blocks of n lines            csvtext   chunks -> blocks of n CSV records
    columns     a Parquet file -> batches              synthetic a seed -> movements, and the truth

What cannot be handed on (the rest of a damaged file, a file of an unknown type) is an `unreadable` block in
its place, which becomes a reject like any bad record.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO

from lowtide.errors import InputError, SettingsError
from lowtide.sources.address import Item, marks, partition_name, resolve, size_of, total_bytes
from lowtide.sources.block import Block, Progress, Unreadable, unreadable_file
from lowtide.sources.csv_lines import csv_blocks
from lowtide.sources.feed import Feed
from lowtide.sources.lines import MAX_RECORD_BYTES, line_blocks
from lowtide.sources.parquet import parquet_blocks
from lowtide.sources.stream import chunks

__all__ = [
    "Block",
    "Feed",
    "Progress",
    "Unreadable",
    "is_topic",
    "open_logs",
    "open_sources",
    "partition_name",
    "total_bytes",
]


def open_sources(
    specs: list[str],
    block_records: int = 4096,
    *,
    max_record_bytes: int = MAX_RECORD_BYTES,
    progress: Progress | None = None,
) -> Iterator[Block]:
    """Read the sources, in the order given, as one partition of blocks.

    What does not exist raises `InputError` here, before the first block. `block_records` is the number of
    records in a block (0: a file is one block); it never shows in what the blocks add up to. `progress` is
    called with the bytes read so far; compare with `total_bytes(specs)`.
    """
    return _blocks(resolve(specs), block_records, max_record_bytes, progress)


def open_logs(
    specs: list[str],
    block_records: int = 4096,
    *,
    max_record_bytes: int = MAX_RECORD_BYTES,
    progress: Progress | None = None,
    follow: bool = False,
    group: str = "lowtide",
) -> dict[str, Feed]:
    """The logs that sources make, by name: one of all files, or one of each partition of a topic.

    With `follow` a topic has no end; files have one. `group` is the name under which a topic's lag is shown.
    """
    if is_topic(specs):
        from lowtide.kafka.topic import open_topic

        if len(specs) > 1:
            raise InputError(
                "a topic is read by itself", "Run one source at a time, under different pipelines."
            )
        return dict(open_topic(specs[0], block_records, follow=follow, group=group))
    if follow and specs != ["-"]:
        raise SettingsError(
            "a file ends", "Follow a topic (`kafka://host:port/topic`) or standard input (`-`)."
        )
    blocks = open_sources(specs, block_records, max_record_bytes=max_record_bytes, progress=progress)
    return {partition_name(specs): Feed(blocks, marks(specs))}


def is_topic(specs: list[str]) -> bool:
    """Whether a topic is among the sources."""
    return any(spec.lower().startswith("kafka://") for spec in specs)


def _blocks(
    items: list[Item], block_records: int, max_record_bytes: int, progress: Progress | None
) -> Iterator[Block]:
    done = 0
    for item in items:
        report = None if progress is None else _shifted(progress, done)
        yield from _open(item, block_records, max_record_bytes, report)
        done += size_of(item)
        if report:
            report(size_of(item))


def _shifted(progress: Progress, done: int) -> Progress:
    return lambda read: progress(done + read)


def _open(
    item: Item, block_records: int, max_record_bytes: int, progress: Progress | None
) -> Iterator[Block]:
    if item.form == "synthetic":
        from lowtide.samples.synthetic import Synthetic

        options = dict(item.options)
        log = Synthetic(options["positions"], options["days"], options["seed"])
        yield from log.blocks(block_records)
    elif item.form == "stdin":
        yield from line_blocks(
            chunks(sys.stdin.buffer, "", progress), item.name, block_records, max_record_bytes
        )
    elif item.form == "unknown" or item.path is None:
        message = "it is no file that can be read: rename it (`.jsonl`, `.csv`, `.parquet`) or move it away"
        yield unreadable_file(item.name, message)
    elif item.form == "parquet":
        yield from parquet_blocks(item.path, item.name, block_records, progress)
    else:
        cut = csv_blocks if item.form == "csv" else line_blocks
        try:
            file: BinaryIO = item.path.open("rb", buffering=0)
        except OSError as error:
            yield unreadable_file(item.name, f"it cannot be opened ({error.strerror}): check its permissions")
            return
        with file:
            yield from cut(
                chunks(file, item.compression, progress), item.name, block_records, max_record_bytes
            )
