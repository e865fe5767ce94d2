"""The records of files as messages of a topic: text as it stands, a row of a table as one JSON object."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import orjson
import pyarrow as pa

from lowtide.catalogue import load_files
from lowtide.errors import InputError
from lowtide.intake.reading import mapped
from lowtide.map import Map
from lowtide.runner.logs import is_numbered, open_sources
from lowtide.runner.maps import Maps, without_map
from lowtide.settings import Settings
from lowtide.sources import Block
from lowtide.sources.block import Unreadable
from lowtide.sources.header import Header
from lowtide.sources.movement import FIELDS

_FIELDS = frozenset(FIELDS)


def records(specs: list[str], settings: Settings) -> Iterator[bytes]:
    """Every record of the files in their order, each one line of JSON without its end.

    What cannot be read goes along as it is: the run rejects it, with its bytes. Rows of a file with a map become movements;
    those that the map rejects are left out. Raises InputError, MapError.
    """
    if is_numbered(*specs):
        raise InputError("a topic is filled from files", "Copy a topic with `lowtide repartition`.")
    maps = Maps.of(settings, load_files(settings))
    for spec in specs:
        map_ = maps.of_source(spec)
        if isinstance(map_, Map):
            for part in mapped(map_, Path(without_map(spec))):
                yield from part.mapped.movements.splitlines()
        else:
            header: list[str] = []
            for block in open_sources([spec], 4096):
                if block.kind == "csv_header":
                    header = _names(cast(Header, block.data))
                else:
                    yield from _of_block(block, header)


def _of_block(block: Block, header: list[str]) -> Iterator[bytes]:
    match block.kind:
        case "lines":
            yield from (line for line in block.bytes.split(b"\n") if line.strip())
        case "csv":
            delimiter = header[0]
            text = block.bytes.decode("utf-8", "replace")
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                yield _json(dict(zip(header[1:], cells, strict=False)))
        case "columns":
            for row in cast(pa.RecordBatch, block.data).to_pylist():
                yield _json({name.lower(): value for name, value in row.items()})
        case "unreadable":
            yield cast(Unreadable, block.data).record


def _names(header: Header) -> list[str]:
    """The delimiter of a table, then the names of its columns."""
    line = header.line.decode("utf-8", "replace")
    (cells,) = csv.reader([line], delimiter=header.delimiter)
    return [header.delimiter, *(cell.strip().lower() for cell in cells)]


def _json(row: dict[str, Any]) -> bytes:
    """The fields of a movement that a row has; numbers are text, so that no digit is lost."""
    return orjson.dumps(
        {name: _text(value) for name, value in row.items() if name in _FIELDS and value not in (None, "")}
    )


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
