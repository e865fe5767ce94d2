"""The rows of a file go into a batch: read with the map of its folder, or as movements in our own form."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from lowtide.core import Job, MappedRows, Mapping, MapReader
from lowtide.errors import LowtideError
from lowtide.intake.batch import Batch
from lowtide.intake.folder.arrival import Arrival, path_of
from lowtide.intake.folder.errors import BadRow
from lowtide.intake.mapped_rows import Row, codes_of, movements_of, rows_of
from lowtide.intake.own import OwnMovements
from lowtide.intake.own_map import NAME as OWN
from lowtide.intake.own_map import own_map
from lowtide.intake.reading import Part, mapped
from lowtide.intake.snapshot import ListRow, Terms
from lowtide.map import Map
from lowtide.readers import BadDocument
from lowtide.sources import Block, Item, read
from lowtide.sources.address import item_of

_WORKBOOKS = (".xlsx", ".xls", ".ods")


def map_of(name: str, map_: Map | None) -> Map | None:
    """The map that a file is read with: that of its folder, or the one of our own tables. None: JSON of our own form."""
    if map_ is not None:
        return map_
    if Path(name).suffix.lower() in _WORKBOOKS:
        return own_map("xlsx")
    kind = item_of(Path(name), name).kind
    return own_map(kind) if kind in ("csv", "parquet") else None


class FileReader:
    """Reads files one after another. Movements are checked as a run of `job` would."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._own = OwnMovements(job)

    def read(self, arrival: Arrival, handle: int, batch: Batch) -> None:
        """Put the rows of a file into the batch; a file that cannot be read is failed. Raises OSError of the batch."""
        item = replace(item_of(Path(arrival.name), arrival.name), path=path_of(handle))
        try:
            if arrival.map is None:
                self._own_lines(arrival, item, batch)
            elif arrival.map.name == OWN and item.kind in ("csv", "parquet"):
                self._mapped(arrival, arrival.map, self._own_tables(arrival.map, item), batch)
            else:
                parts = mapped(
                    arrival.map,
                    replace(item, kind="rows"),
                    config=self._job.config,
                    catalogue=self._job.catalogue,
                )
                self._mapped(arrival, arrival.map, parts, batch)
        except BadDocument as error:
            arrival.fail(getattr(error, "code", "bad_document"), str(error))
        except LowtideError as error:
            arrival.fail("bad_document", error.message)

    def _own_tables(self, map_: Map, item: Item) -> Iterator[Part]:
        """A table of movements, as a run reads it: delimiter, encoding and the case of its columns do not matter."""
        reader = MapReader(Mapping(map_.document), self._job.config, self._job.catalogue)
        reader.document()
        for block in read([item]):
            if block.kind == "unreadable":
                yield _reject(reader, *block.unreadable)
                continue
            if block.kind == "csv_header":
                line, *rest = block.header.for_core
                if missing := reader.csv_header(line.lower(), *rest):
                    raise BadDocument(f"the columns {', '.join(missing)} are missing")
                continue
            made = reader.csv(block.bytes) if block.kind == "csv" else reader.columns(_lower(block.batch))
            yield Part(made, made.ndjson)

    def _mapped(self, arrival: Arrival, map_: Map, parts: Iterator[Part], batch: Batch) -> None:
        if Terms.of(map_.document) is not None:
            arrival.list_rows = []
        else:
            arrival.number = batch.document(arrival.hash, map_.document)
        for part in parts:
            _note(arrival, part.mapped)
            arrival.codes.update(codes_of(part.mapped))
            rows = rows_of(part.mapped, part.ndjson)
            if arrival.number is not None:
                batch.add(arrival.number, rows)
            elif arrival.list_rows is not None:
                movements = movements_of(part.mapped)
                arrival.list_rows += [
                    ListRow(row.data, made, row.is_reject) for row, made in zip(rows, movements, strict=True)
                ]

    def _own_lines(self, arrival: Arrival, item: Item, batch: Batch) -> None:
        arrival.number = batch.document(arrival.hash, None)
        for block in read([item]):
            if block.kind == "unreadable":
                what = block.unreadable
                if what.reason == "unreadable_file":
                    arrival.fail("bad_document", what.message)
                    return
                # The bytes go into the journal as they are: the run rejects them with the same reason.
                batch.add(arrival.number, [Row(_one_line(what.record), 1, None, True)])
                arrival.codes[what.reason] += 1
                arrival.complain(BadRow(arrival.records, "", what.reason, what.message))
                continue
            self._own_block(arrival, block, batch)

    def _own_block(self, arrival: Arrival, block: Block, batch: Batch) -> None:
        assert arrival.number is not None
        for body in (rows := self._own.rows(block.bytes, "ndjson")).bodies:
            batch.add(
                arrival.number, [Row(line, 1, _time_of(line), False) for line in body.data.split(b"\n")[:-1]]
            )
        for reject in rows.rejects:
            arrival.complain(BadRow(arrival.records + reject.line, reject.field, reject.code, reject.message))
        arrival.codes.update({"good": rows.good, **rows.codes})


def _note(arrival: Arrival, part: MappedRows) -> None:
    """Note the bad rows of a part of a file."""
    for _, line, code, field, column, message, _ in part.rejects:
        arrival.complain(BadRow(line, column or field, code, message))
    for _, line, field, message in part.warnings:
        arrival.complain(
            BadRow(line, field, "unexpected_value", arrival.language.say("errors.taken", message=message))
        )


def _reject(reader: MapReader, reason: str, message: str, record: bytes) -> Part:
    """A record that the source could not hand on, as a row. Raises BadDocument where it is the whole file."""
    if reason == "unreadable_file":
        raise BadDocument(message)
    row = {"_line": 0, "_reject": reason, "_message": message, "_raw": b64encode(record).decode()}
    line = orjson.dumps(row) + b"\n"
    return Part(reader.lines(line), line)


def _lower(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.rename_columns([name.lower() for name in batch.schema.names])


def _one_line(record: bytes) -> bytes:
    return record.replace(b"\r", b" ").replace(b"\n", b" ")


def _time_of(line: bytes) -> int | None:
    """The event time of a movement in our own form, ms since 1970; None where it is not easy to see."""
    try:
        value: Any = orjson.loads(line)["event_time"]
        if isinstance(value, int):
            return value
        at = datetime.fromisoformat(value)
        return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
