"""A document that a map reads becomes rows for the journal, in order of event time, and what its sender is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import tee

import orjson

from lowtide.core import Job, MappedRows, MapReader, mapping_of
from lowtide.errors import MapError
from lowtide.intake.journal import RowTooLong, bodies_of
from lowtide.intake.mapped_rows import movements_of, rows_of
from lowtide.intake.ordering import Ordering
from lowtide.intake.own_map import NAME as OWN
from lowtide.intake.reading import Part, mapped
from lowtide.intake.refusal import Refusal
from lowtide.intake.rows import MAX_BYTES, MAX_ROWS, SHOWN_REJECTS, DocumentRows, RowReject, too_many
from lowtide.intake.rule_records import has_rule_records
from lowtide.intake.snapshot import ListRow, Terms
from lowtide.map import Map
from lowtide.readers import BadDocument
from lowtide.sources.arrow import TooLarge, batches

_SLICE = 1024
"""Rows of a batch that become text at once: a dictionary makes many rows of few bytes."""


def mapped_rows(
    map_: Map, data: bytes, content: str, name: str, charset: str, job: Job, *, with_sources: bool = False
) -> DocumentRows:
    """The rows of a document. Raises Refusal where it cannot be read as a whole, MapError where a column is missing."""
    rows = DocumentRows([], map_.document, map_.name)
    stock_list: list[ListRow] | None = [] if Terms.of(map_.document) is not None else None
    warnings: list[str] = []
    rejects: list[RowReject] = []
    sources: set[str] = set()
    codes: Counter[str] = Counter()
    size = 0
    with Ordering() as ordering:
        try:
            for part in _parts(map_, data, content, name, charset, job):
                made, records = part.mapped, rows.records
                for at, line, code, field, _, message, _ in made.rejects[: SHOWN_REJECTS - len(rejects)]:
                    rejects.append(RowReject(records + at + 1, line, code, field, message))
                codes.update(reject[2] for reject in made.rejects)
                rows.good, rows.skipped = rows.good + made.good, rows.skipped + made.skipped
                rows.rejected += len(made.rejects)
                if with_sources:
                    sources.update(str(orjson.loads(line)["source"]) for line in made.movements.splitlines())
                rows.changes_rules |= has_rule_records(made.movements)
                warnings += [message for *_, message in made.warnings[: SHOWN_REJECTS - len(warnings)]]
                size += len(part.ndjson)
                if rows.records > MAX_ROWS or size > MAX_BYTES:
                    raise too_many()
                lines = rows_of(made, part.ndjson)
                if stock_list is not None:
                    made_of = movements_of(made)
                    stock_list += [
                        ListRow(row.data, movements, row.is_reject)
                        for row, movements in zip(lines, made_of, strict=True)
                    ]
                    continue
                for row in lines:
                    ordering.add(0, row.data, row.places, row.time)
            data_of, places_of = tee(ordering.rows())
            rows.bodies = list(bodies_of((row.data for row in data_of), (row.places for row in places_of)))
        except TooLarge as error:
            raise Refusal("too_large", str(error)) from None
        except BadDocument as error:
            raise Refusal("bad_document", str(error)) from None
        except RowTooLong as error:
            raise Refusal("record_too_long", str(error)) from None
    return replace(
        rows,
        rejects=rejects,
        codes=dict(codes),
        sources=frozenset(sources),
        stock_list=stock_list,
        warnings=warnings,
    )


def _parts(map_: Map, data: bytes, content: str, name: str, charset: str, job: Job) -> Iterator[Part]:
    if content == "arrow":
        return _arrow(map_, data, job)
    if map_.name == OWN and content == "csv":
        head, end, rest = data.partition(b"\n")
        data = head.lower() + end + rest  # the columns of a movement are known in any case
    if charset and map_.reading.format == "csv" and map_.name == OWN:
        map_ = replace(map_, reading=replace(map_.reading, encoding=charset))
    return mapped(map_, data, name, config=job.config, catalogue=job.catalogue)


def _arrow(map_: Map, data: bytes, job: Job) -> Iterator[Part]:
    mapping = mapping_of(map_)
    assert mapping is not None
    reader = MapReader(mapping, job.config, job.catalogue)
    reader.document()
    for batch in batches(data):
        for at in range(0, batch.num_rows, _SLICE):
            try:
                made: MappedRows = reader.columns(batch.slice(at, _SLICE))
            except MapError as error:
                raise BadDocument(str(error)) from None
            yield Part(made, made.ndjson)
