"""A document is read with a map: the one way for `lowtide map check`, for requests, and for watched folders.

document ──▶ blocks of rows (`lowtide.sources`) ──▶ the core's MapReader ──▶ movements, skips, rejects
"""

from __future__ import annotations

import base64
import csv
import difflib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import orjson
import pyarrow as pa

from lowtide.core import MappedRows, MapReader, mapping_of
from lowtide.errors import MapError
from lowtide.map import Map
from lowtide.readers import BadDocument
from lowtide.sources.address import Item
from lowtide.sources.block import Block, Unreadable
from lowtide.sources.header import Header
from lowtide.sources.lines import MAX_RECORD_BYTES
from lowtide.sources.mapped import mapped_blocks
from lowtide.sources.stream import COMPRESSIONS

BLOCK_ROWS = 4096
_LIST_RECORDS = 8
"""Records of a block whose lists are the rows: one of 64 KiB may become rows of 16 MiB, and a part lies in memory."""
_SHOWN_NAMES = 200
"""Columns of a header that are compared with a name that is missing, and shown: a stranger may send any number."""


class Part(NamedTuple):
    """A part of a document: what its rows became, and the rows as a journal keeps them, lines of JSON."""

    mapped: MappedRows
    ndjson: bytes


class UnreadableDocument(BadDocument):
    """A document of which nothing can be read; `code` is its reject code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def mapped(
    map_: Map,
    source: Item | Path | bytes,
    name: str = "",
    *,
    config: bytes | None = None,
    catalogue: pa.RecordBatch | None = None,
) -> Iterator[Part]:
    """The parts of a document, in order. Movements are validated under `config`, the policy of a run.

    Raises MapError where the header lacks a column of the map, BadDocument where nothing of the document can be read.
    What cannot be read behind the first rows is a reject in its place.
    """
    mapping = mapping_of(map_)
    assert mapping is not None
    reader = MapReader(mapping, config, catalogue)
    reader.document()
    lines = _Lines()
    with _item(source, name) as item:
        is_list = map_.reading.each is not None or map_.reading.root is not None
        for block in mapped_blocks(item, map_, _LIST_RECORDS if is_list else BLOCK_ROWS, MAX_RECORD_BYTES):
            part = _part(reader, block, item, lines)
            if part is not None:
                yield part


class _Lines:
    """Counts the lines of a document, for rows that were set aside."""

    def __init__(self) -> None:
        self.before = 0
        self.started = False


def _part(reader: MapReader, block: Block, item: Item, lines: _Lines) -> Part | None:
    match block.kind:
        case "csv_header":
            line, delimiter, before = block.header.for_core
            lacks = reader.csv_header(line, delimiter, before)
            if lacks:
                raise _lacking(item.name, lacks, _names(block.header))
            lines.before = before + line.count(b"\n") + bool(line)
            return None
        case "csv":
            made = reader.csv(block.bytes)
            lines.before += block.bytes.count(b"\n")
            part = Part(made, made.ndjson)
        case "lines":
            made = reader.lines(block.bytes)
            part = Part(made, made.ndjson or block.bytes)
            lines.before += block.records
        case "columns":
            made = reader.columns(block.batch)
            part = Part(made, made.ndjson)
            lines.before += block.records
        case "unreadable":
            if not lines.started and block.unreadable.reason not in ("bad_row", "too_long"):
                raise UnreadableDocument(block.unreadable.reason, block.unreadable.message)
            row = _set_aside(block.unreadable, lines.before + 1)
            part = Part(reader.lines(row), row)
            lines.before += 1
        case _:
            return None
    lines.started = True
    return part


def _set_aside(what: Unreadable, line: int) -> bytes:
    """What a source could not hand on, as the row of a reader."""
    code = "bad_document" if what.reason == "unreadable_file" else what.reason
    row = {
        "_line": line,
        "_reject": code,
        "_message": what.message,
        "_raw": base64.b64encode(what.record).decode(),
    }
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _names(header: Header) -> list[str]:
    """The names in a header line, as far as it can be read."""
    line = header.line.decode("utf-8", "replace")
    try:
        return [
            cell.strip() for cell in next(csv.reader([line], delimiter=header.delimiter), []) if cell.strip()
        ]
    except csv.Error:
        return []


def _lacking(name: str, columns: list[str], names: list[str]) -> MapError:
    shown = ", ".join(f"`{column}`" for column in columns)
    names, more = names[:_SHOWN_NAMES], len(names) > _SHOWN_NAMES
    close = [match for column in columns for match in difflib.get_close_matches(column, names, 1)]
    meant = (
        f": did you mean {', '.join(f'`{match}`' for match in close)}?"
        if close
        else f": it has {', '.join(names)}{' and others' if more else ''}"
    )
    return MapError(
        f"{name}: its header lacks {shown}, which the map names{meant}",
        "Correct the name, or write `{name?}` for a column that may be missing. Is `delimiter` or `header` right?",
    )


@contextmanager
def _item(source: Item | Path | bytes, name: str) -> Iterator[Item]:
    """The document as an item; bytes are put into a file that lives as long as they are read."""
    if isinstance(source, Item):
        yield source
    elif isinstance(source, Path):
        yield Item("rows", name or source.name, source, COMPRESSIONS.get(source.suffix.lower(), ""))
    else:
        with tempfile.NamedTemporaryFile() as file:
            file.write(source)
            file.flush()
            yield Item("rows", name or "document", Path(file.name))
