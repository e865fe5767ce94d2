"""A document of others becomes blocks of rows, as the map says that it is read.

csv                                    the header line and records of CSV, in UTF-8 whatever the document's encoding
json debezium cloudevents connect      lines of JSON; one document, an array or an object, is taken apart first
parquet                                columns, with all types as they are
xlsx x12 edifact epcis poslog xml      lines of JSON from `lowtide.readers`

The format of the map decides, not the name of the file. A document that cannot be read at all is one reject.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import orjson

from lowtide.readers import FORMATS, BadDocument, rows_of
from lowtide.sources.address import FileKind, Item
from lowtide.sources.block import Block, Progress, unreadable, unreadable_file
from lowtide.sources.csv_lines import csv_blocks
from lowtide.sources.document import LARGEST, document_blocks, is_document
from lowtide.sources.encoding import as_utf8, first_foreign, is_utf8, preceded, why_not
from lowtide.sources.header import Header, header_of_map
from lowtide.sources.lines import line_blocks
from lowtide.sources.movement import FIELDS
from lowtide.sources.parquet import parquet_blocks
from lowtide.sources.row_map import JSON, RowMap, columns_of
from lowtide.sources.stream import Damage, chunks
from lowtide.sources.table import head_of, joined, with_line_ends

_UNPACKED = 256 << 20
"""Bytes of a compressed or piped document that a reader takes."""
_CODECS = {"windows-1252": "cp1252", "shift_jis": "cp932", "big5": "cp950"}
"""Codecs that also have the characters which Windows adds to an encoding."""


def with_map(item: Item, map_: RowMap) -> Item:
    """The item, to be read with a map. What is not a file that can be opened stays what it is."""
    if item.kind == "stdin" or (item.path is not None and item.path.exists() and not item.path.is_dir()):
        form = map_.reading.format
        kind: FileKind = (
            "csv"
            if form == "csv"
            else "lines"
            if form in JSON
            else "parquet"
            if form == "parquet"
            else "rows"
        )
        return replace(item, kind="stdin" if item.kind == "stdin" else kind, map=map_)
    return item


def mapped_blocks(
    item: Item, map_: RowMap, block_records: int, max_record_bytes: int, progress: Progress | None = None
) -> Iterator[Block]:
    """The blocks of a document, its map first. Raises OSError where the file cannot be opened."""
    yield Block("map", map_, 0)
    reading = map_.reading
    if reading.format == "csv":
        yield from _table(item, map_, block_records, max_record_bytes, progress)
    elif reading.format in JSON:
        most = LARGEST if reading.each is not None else max_record_bytes
        yield from _json(item, map_, block_records, most, progress)
    elif reading.format == "parquet" and item.path is not None:
        yield from parquet_blocks(item.path, block_records, progress, columns_of(map_))
    elif reading.format in FORMATS:
        yield from _rows(item, map_)
    else:
        yield unreadable(
            "bad_document", f"a map of the format `{reading.format}` reads messages of a topic, not a file"
        )


def header_of(item: Item) -> Header | None:
    """The header line of a CSV document that can be opened twice; None where there is no line, or it cannot be read."""
    assert item.map is not None
    if item.path is None or not item.path.is_file():
        return None
    try:
        with _opened(item) as file:
            text = as_utf8(chunks(file, item.compression), codec_of(item.map))
            head = head_of(with_line_ends(text))[0]
    except (Damage, OSError):
        return None
    header = header_of_map(head, item.map.reading, columns_of(item.map)) if head else None
    return header if header is not None and _is_text(header.line) else None


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False  # the file is not in its encoding, and the run says so
    return True


def codec_of(map_: RowMap) -> str:
    """The Python codec for the encoding that a map names."""
    encoding = (map_.reading.encoding or "utf-8").lower()
    return _CODECS.get(encoding, encoding)


@contextmanager
def _opened(item: Item) -> Iterator[BinaryIO]:
    if item.path is None:
        yield sys.stdin.buffer
    else:
        with item.path.open("rb", buffering=0) as file:
            yield file


def _foreign_text(item: Item, map_: RowMap) -> str | None:
    """Why a file is not in the encoding of its map; None where it is, and for what cannot be read twice."""
    if item.path is None or not item.path.is_file():
        return None
    codec = codec_of(map_)
    try:
        with _opened(item) as file:
            raw = chunks(file, item.compression)
            head = next(raw, b"")
            whole = preceded(head, raw)
            if is_utf8(head, codec):
                foreign = first_foreign(whole)
                if foreign is None:
                    return None
                return (
                    f"line {foreign.line} is not UTF-8; it looks like {foreign.name}: write "
                    f"`encoding: {_NAMES.get(foreign.option, foreign.option)}` below `read:` in the map"
                )
            why = why_not(whole, codec)
    except Damage:
        return None  # the rest is refused when it is read
    return None if why is None else f"{why.split(':')[0]}: correct `encoding` below `read:` in the map"


_NAMES = {"cp1252": "windows-1252"}


def _text(item: Item, map_: RowMap, file: BinaryIO, progress: Progress | None) -> Iterator[bytes]:
    return as_utf8(chunks(file, item.compression, progress), codec_of(map_))


def _table(
    item: Item, map_: RowMap, block_records: int, max_record_bytes: int, progress: Progress | None
) -> Iterator[Block]:
    if (why := _foreign_text(item, map_)) is not None:
        yield unreadable("bad_encoding", why)
        return
    with _opened(item) as file:
        text = with_line_ends(_text(item, map_, file, progress))
        head, damage = head_of(text)
        if not head.strip():
            if damage is not None:
                yield _damaged(damage)
            return
        header = header_of_map(head, map_.reading, columns_of(map_))
        if header is None:
            yield unreadable(
                "bad_document", f"it has no line {map_.reading.header}, where the map says that its header is"
            )
            return
        yield Block("csv_header", header, 0)
        rest = header.rows(head)
        yield from csv_blocks(joined(rest, text, damage), block_records, max_record_bytes)


def _damaged(damage: Damage) -> Block:
    return unreadable_file(str(damage))


def _json(
    item: Item, map_: RowMap, block_records: int, max_record_bytes: int, progress: Progress | None
) -> Iterator[Block]:
    with _opened(item) as file:
        text = _text(item, map_, file, progress)
        try:
            head = next(text, b"")
        except Damage as damage:
            yield _damaged(damage)
            return
        whole = preceded(head, text)
        if is_document(head):
            yield from document_blocks(whole, block_records)
        else:
            yield from line_blocks(whole, block_records, max_record_bytes)


def _rows(item: Item, map_: RowMap) -> Iterator[Block]:
    """Rows of a reader. A document that cannot be read is one reject, whatever was wrong with it."""
    try:
        source: Path | bytes = (
            item.path if item.path is not None and not item.compression else _unpacked(item)
        )
        if isinstance(source, Path) and not source.is_file():
            source = _unpacked(item)
        for rows in rows_of(source, map_.reading, name=item.name):
            if item.kind == "sheet":
                rows = _in_own_case(rows)
            yield Block("lines", rows, rows.count(b"\n"))
    except BadDocument as error:
        yield unreadable("bad_document", str(error))
    except Damage as damage:
        yield _damaged(damage)


def _in_own_case(rows: bytes) -> bytes:
    """Rows of a sheet of movements: its columns have the names of fields, whatever their case."""
    own = [
        {key.lower() if key.lower() in FIELDS else key: value for key, value in orjson.loads(row).items()}
        for row in rows.splitlines()
    ]
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in own)


def _unpacked(item: Item) -> bytes:
    """The bytes of a compressed or piped document. Raises BadDocument for more than 256 MiB, Damage."""
    parts: list[bytes] = []
    size = 0
    with _opened(item) as file:
        for chunk in chunks(file, item.compression):
            parts.append(chunk)
            size += len(chunk)
            if size > _UNPACKED:
                raise BadDocument(f"it is larger than {_UNPACKED >> 20} MiB unpacked: split it")
    return b"".join(parts)
