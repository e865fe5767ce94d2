"""A table in text: perhaps some title lines, a header, and rows below it."""

from __future__ import annotations

from collections.abc import Iterator

from lowtide.sources.block import Block, unreadable_file
from lowtide.sources.csv_lines import csv_blocks
from lowtide.sources.header import find_header
from lowtide.sources.lines import MAX_RECORD_BYTES
from lowtide.sources.stream import Damage

_HEAD = 1 << 16


def table_blocks(
    chunks: Iterator[bytes], block_records: int = 4096, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Block]:
    """Cut a table into a `csv_header` block and `csv` blocks of `block_records` records (0: few).

    A table without a header of movements is one reject, and no row of it is read.
    """
    text = with_line_ends(chunks)
    head, damage = head_of(text)
    if not head.strip() and damage is None:
        return
    header = find_header(head) if head.strip() else "it cannot be read"
    if isinstance(header, str):
        yield unreadable_file(str(damage or header), head[:200])
        return
    yield Block("csv_header", header, 0)
    rows = head.split(b"\n", header.before + 1)[header.before + 1 :]
    yield from csv_blocks(joined(b"".join(rows), text, damage), block_records, max_record_bytes)


def with_line_ends(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Chunks in which every line ends in a line feed: a carriage return alone, as old Macs write it, becomes one."""
    returned = b""
    for chunk in chunks:
        chunk = returned + chunk
        returned = b"\r" if chunk.endswith(b"\r") else b""
        chunk = chunk[: len(chunk) - len(returned)]
        if chunk.count(b"\r") != chunk.count(b"\r\n"):
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if chunk:
            yield chunk
    if returned:
        yield b"\n"


def head_of(text: Iterator[bytes]) -> tuple[bytes, Damage | None]:
    """The first bytes of a text, at least 64 KiB where there are so many, and what is wrong behind them."""
    head = b""
    try:
        for chunk in text:
            head += chunk
            if len(head) >= _HEAD:
                break
    except Damage as damage:
        return head, damage
    return head, None


def joined(head: bytes, rest: Iterator[bytes], damage: Damage | None) -> Iterator[bytes]:
    """What is left of a head, and the rest of the text. Raises the damage that was met while the head was read."""
    if head:
        yield head
    if damage is not None:
        raise damage
    yield from rest
