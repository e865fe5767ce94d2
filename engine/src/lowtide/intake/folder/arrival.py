"""One file of a watched folder: opened without following links, recognised by its bytes, read with its map.

The file is read through its open handle, so what was looked at is what is read: a name that now leads elsewhere is not
followed. If it changed while it was read, it was not complete, and nothing of it is used.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lowtide.intake.folder.errors import BadRow
from lowtide.intake.folder.look import Standing
from lowtide.intake.folder.places import Places
from lowtide.intake.journal import document_hash
from lowtide.intake.snapshot import ListRow
from lowtide.map import Map
from lowtide.words import Language

State = Literal["read", "duplicate", "unreadable", "changing"]
MOST_ERRORS = 100_000
_PIECE = 1 << 20


class Irregular(Exception):
    """The name leads to something that is not a regular file."""


@dataclass
class Arrival:
    """A file that is complete, and what became of it."""

    places: Places
    name: str
    standing: Standing
    map: Map | None
    state: State = "changing"
    hash: bytes = b""
    number: int | None = None
    """Its number in the batch."""
    list_rows: list[ListRow] | None = None
    """Its rows, where its map reads stock lists."""
    codes: Counter[str] = field(default_factory=Counter)
    """How many of its records are `good` or `skipped`, or rejects of a code."""
    errors: list[BadRow] = field(default_factory=list)
    """Its bad rows, at most `MOST_ERRORS`."""
    language: Language = field(default_factory=lambda: Language("en"))
    """In which its sender is told."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.places.folder / self.name

    @property
    def records(self) -> int:
        """How many records it has."""
        return self.codes.total()

    @property
    def rejected(self) -> int:
        """How many of them cannot be used."""
        return self.records - self.codes["good"] - self.codes["skipped"]

    def complain(self, row: BadRow) -> None:
        """Note a bad row, or a sentence about the file."""
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(row)
        elif len(self.errors) == MOST_ERRORS:
            more = self.language.say("errors.more", n=self.language.number(MOST_ERRORS))
            self.errors.append(BadRow(0, "", "", more))

    def fail(self, code: str, sentence: str) -> None:
        """Nothing of the file is used."""
        self.state, self.errors, self.codes = "unreadable", [BadRow(0, "", code, sentence)], Counter()


@contextmanager
def opened(arrival: Arrival) -> Iterator[int]:
    """A handle of the file. Raises Irregular and OSError."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(arrival.path, flags)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Irregular
        if Standing.of(status) == arrival.standing:
            arrival.state = "read"
            arrival.hash = document_hash(_pieces(handle))
        yield handle
        if Standing.of(os.fstat(handle)) != arrival.standing:
            arrival.state = "changing"
    finally:
        os.close(handle)


def path_of(handle: int) -> Path:
    """A path that opens the file of a handle, whatever its name leads to now."""
    return Path(f"/dev/fd/{handle}")


def _pieces(handle: int) -> Iterator[bytes]:
    at = 0
    while piece := os.pread(handle, _PIECE, at):
        at += len(piece)
        yield piece
