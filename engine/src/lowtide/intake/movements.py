"""The movements of a journal in our own JSON form, frame by frame: the way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lowtide.core import Job, Mapping, MapReader
from lowtide.intake.journal import NO_MAP, JournalFolder, frames


class FrameMovements(NamedTuple):
    """What one frame holds."""

    arrival: int
    """ms since 1970."""
    movements: list[bytes]
    """Each one line of JSON without its end. Of a frame in our own form all records as they came."""
    rows: int
    skipped: int
    rejected: int


def movements(folder: JournalFolder, next_: int | None, job: Job) -> Iterator[FrameMovements]:
    """The movements of all frames from place `next_` on (None: the first). Raises InputError."""
    readers: dict[bytes, MapReader] = {}
    for frame in frames(folder, next_):
        if not frame.rows:
            continue
        if frame.map == NO_MAP:
            yield FrameMovements(frame.arrival, frame.body.removesuffix(b"\n").split(b"\n"), frame.rows, 0, 0)
            continue
        if frame.map not in readers:
            mapping = Mapping(folder.map_document(frame.map))
            readers[frame.map] = MapReader(mapping, job.config, job.catalogue)
        reader = readers[frame.map]
        reader.document()
        made = reader.lines(frame.body)
        lines = made.movements.splitlines()
        yield FrameMovements(frame.arrival, lines, made.rows, made.skipped, len(made.rejects))
