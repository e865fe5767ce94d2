"""How far each run has stored what it read of a journal, and the removal of files that no run needs any more.

    JOURNAL/readers/NAME.json   {"next": 1200, "at": 1795339800000}: everything before place 1200 is stored for good

A run writes it at its checkpoints, under its pipeline's name. The file of a pipeline that will never run again keeps old
files of the journal from being removed: remove that file by hand.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import orjson

from lowtide.intake.journal.folder import JournalFolder
from lowtide.intake.journal.frame import FILE_HEADER


@dataclass(frozen=True)
class ReaderPlace:
    """How far one reader has come."""

    name: str
    next: int
    at: int
    """When it said so, ms since 1970."""


def note(folder: JournalFolder, name: str, next_: int) -> None:
    """Say that a reader has stored everything before place `next_`. Raises OSError."""
    path = folder.path / "readers" / f"{re.sub('[^A-Za-z0-9._-]', '_', name)}.json"
    temporary = path.with_suffix(".tmp")
    path.parent.mkdir(exist_ok=True)
    temporary.write_bytes(orjson.dumps({"next": next_, "at": time.time_ns() // 1_000_000}))
    temporary.replace(path)


def readers(folder: JournalFolder) -> list[ReaderPlace]:
    """The readers that have said how far they are. One whose file cannot be read stands at place 0."""
    places = []
    for path in sorted((folder.path / "readers").glob("*.json")):
        values = {}
        with suppress(OSError, ValueError):
            values = orjson.loads(path.read_bytes())
        known = isinstance(values, dict) and all(isinstance(values.get(key), int) for key in ("next", "at"))
        places.append(ReaderPlace(path.stem, *((values["next"], values["at"]) if known else (0, 0))))
    return places


def removable(folder: JournalFolder, keep_ms: int, now: int) -> list[Path]:
    """Files whose last row is older than `keep_ms` and that every reader has stored; none while nobody has read anything."""
    places = readers(folder)
    stored = min((place.next for place in places), default=0)
    files = folder.files()
    return [
        path
        for (_, path), (next_first, newer) in pairwise(files)
        if next_first <= stored and _created(newer) + keep_ms < now
    ]


def _created(path: Path) -> int:
    """When a file was begun: the one before it got no row after that."""
    with path.open("rb") as file:
        return int(FILE_HEADER.unpack(file.read(FILE_HEADER.size))[4])
