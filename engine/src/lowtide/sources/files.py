"""Items are read one after another, as one partition of blocks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from lowtide.sources.address import Item
from lowtide.sources.block import Block, Progress, unreadable_file
from lowtide.sources.document import document_blocks, is_document
from lowtide.sources.encoding import AUTO, as_utf8, encoding_of, is_utf8, preceded, why_not, why_not_utf8
from lowtide.sources.fingerprint import Fingerprint
from lowtide.sources.header import Header, find_header
from lowtide.sources.lines import MAX_RECORD_BYTES, line_blocks
from lowtide.sources.looks import other_kind
from lowtide.sources.mapped import mapped_blocks
from lowtide.sources.parquet import parquet_blocks
from lowtide.sources.stream import Damage, chunks
from lowtide.sources.table import table_blocks, with_line_ends


def read(
    items: Iterable[Item],
    block_records: int = 4096,
    *,
    max_record_bytes: int = MAX_RECORD_BYTES,
    encoding: str = AUTO,
    progress: Progress | None = None,
    named: bool = False,
) -> Iterator[Block]:
    """Read items, in the order given, as one partition of blocks.

    `block_records` is the number of records in a block (0: a file is one block); the records are the same for every
    number. `encoding` is that of text that is not UTF-8 (`auto`: it is refused). With `named`, a `file` block stands
    before the blocks of each file. `progress` is called with the bytes read so far; compare with the sum of `size_of`.
    """
    before, is_mapped = 0, False
    for item in items:
        report = None if progress is None else _shifted(progress, before)
        if named:
            yield Block("file", item.name.encode(errors="replace"), 0)
        if is_mapped and item.map is None:
            yield Block("map", None, 0)
        is_mapped = item.map is not None
        yield from _blocks(item, block_records, max_record_bytes, encoding, report)
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
    item: Item, block_records: int, max_record_bytes: int, encoding: str, progress: Progress | None
) -> Iterator[Block]:
    if item.generate is not None:
        yield from item.generate(block_records)
    elif item.map is not None:
        try:
            yield from mapped_blocks(item, item.map, block_records, max_record_bytes, progress)
        except OSError as error:
            yield unreadable_file(f"it cannot be opened ({error.strerror}): check its permissions")
    elif item.kind == "stdin":
        yield from line_blocks(chunks(sys.stdin.buffer, "", progress), block_records, max_record_bytes)
    elif item.kind == "unknown" or item.path is None:
        message = (
            "it is not a file that can be read: rename it (`.jsonl`, `.csv`, `.parquet`), move it away, or write a map "
            "for it (`lowtide map guess` begins one)"
        )
        yield unreadable_file(message)
    elif item.kind == "parquet":
        yield from parquet_blocks(item.path, block_records, progress)
    else:
        try:
            yield from _text_blocks(item, item.path, block_records, max_record_bytes, encoding, progress)
        except OSError as error:
            yield unreadable_file(f"it cannot be opened ({error.strerror}): check its permissions")


def _text_blocks(
    item: Item,
    path: Path,
    block_records: int,
    max_record_bytes: int,
    encoding: str,
    progress: Progress | None,
) -> Iterator[Block]:
    """The blocks of a text file. What is not what its name says is one reject, before any record of it."""
    if path.is_file():
        encoding = _encoding(item, path, encoding)
        if (why := _refused(item, path, encoding)) is not None:
            yield unreadable_file(why)
            return
    with path.open("rb", buffering=0) as file:
        text = as_utf8(chunks(file, item.compression, progress), encoding)
        try:
            head = next(text, b"")
        except Damage as damage:
            yield unreadable_file(str(damage))
            return
        whole = preceded(head, text)
        if b"\r" in head and b"\n" not in head:
            whole = with_line_ends(whole)
        if item.kind == "csv":
            yield from table_blocks(whole, block_records, max_record_bytes)
        elif item.is_document and is_document(head):
            yield from document_blocks(whole, block_records)
        else:
            yield from line_blocks(whole, block_records, max_record_bytes)


def _encoding(item: Item, path: Path, encoding: str) -> str:
    with path.open("rb", buffering=0) as file:
        try:
            return encoding_of(chunks(file, item.compression), encoding)
        except Damage:
            return AUTO  # all of it up to the damage is UTF-8


def _refused(item: Item, path: Path, encoding: str) -> str | None:
    """Why a file cannot be read as what its name says; None if nothing speaks against it."""
    try:
        with path.open("rb", buffering=0) as file:
            raw = chunks(file, item.compression)
            head = next(raw, b"")
            if (what := other_kind(head)) is not None:
                return f"it looks like {what}"
            whole, why = preceded(head, raw), None
            if not is_utf8(head, encoding):
                why = why_not(whole, encoding)
            elif item.kind == "csv":
                why = why_not_utf8(whole)
            if why is not None:
                return why
    except Damage:
        return None  # the rest is refused when it is read
    if (
        item.kind == "lines"
        and head.lstrip()[:1] not in (b"{", b"[")
        and isinstance(find_header(head), Header)
    ):
        return "it looks like a table: let its name end in `.csv`"
    return None
