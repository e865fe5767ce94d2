"""Documents that were there at the same time go into the journal together: their rows merged in order of event time.

    with Batch() as batch:
        number = batch.document(hash, map)
        batch.add(number, rows)
        batch.write(journal)

A document's rows stand in frames of its own, so the frames of a batch alternate between its documents. Its last frame says
that it is whole. A stock list is written as a whole or not at all, because half a list would look like empty shelves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType

from lowtide.intake.journal import Body, Document, Journal, Receipt
from lowtide.intake.journal.frame import MAX_BODY
from lowtide.intake.mapped_rows import Row
from lowtide.intake.ordering import MEMORY_BYTES, OrderedRow, Ordering

MAX_ROW = 256 << 10
"""A row of more bytes is cut: it is a reject (`too_long`) with or without the rest of it."""
_PIECE_BYTES = 4 << 20
_PIECE_FRAMES = 5000


@dataclass
class _Member:
    """A document of a batch."""

    hash: bytes
    map: bytes | None
    is_list: bool
    rows: int = 0
    """How many of its rows are not written yet."""


class Batch(AbstractContextManager["Batch"]):
    """Documents on their way into the journal."""

    def __init__(
        self, folder: Path | None = None, memory_bytes: int = MEMORY_BYTES, *, are_files: bool = False
    ) -> None:
        """Rows above `memory_bytes` are sorted in a temporary file in `folder` (None: the system's). With `are_files` the
        documents are files that may come again.
        """
        self._are_files = are_files
        self._ordering = Ordering(folder, memory_bytes)
        self._members: list[_Member] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ordering.close()

    def document(self, hash_: bytes, map_: bytes | None, *, is_list: bool = False) -> int:
        """A new document: its number in the batch. `map_` is its compiled map, None for our own JSON form."""
        self._members.append(_Member(hash_, map_, is_list))
        return len(self._members) - 1

    def name(self, number: int, hash_: bytes) -> None:
        """The hash of a document whose bytes are only now all known."""
        self._members[number].hash = hash_

    def add(self, number: int, rows: Iterable[Row]) -> None:
        """The next rows of a document. Raises OSError."""
        for row in rows:
            self._ordering.add(number, shortened(row.data), row.places, row.time)
            self._members[number].rows += 1

    def forget(self, number: int) -> None:
        """Leave out a document that turned out to be unreadable, or to be changing."""
        self._ordering.forget(number)
        self._members[number].rows = -1

    def write(self, journal: Journal) -> list[Receipt]:
        """Write all documents in pieces, and wait until they are safe on disk; a receipt for each piece.

        Raises JournalWriteError, and OSError where rows cannot be sorted. Documents of which the last frame was written
        are in the journal all the same; the others are not known, and may be written again.
        """
        # One piece after the other: the end of a document must not be written where a part before it was not.
        return [journal.submit(*piece).result() for piece in _pieces(self._documents())]

    def _documents(self) -> Iterator[Document]:
        for member in self._members:
            if member.rows == 0:
                yield Document(member.hash, [Body(b"", 0, 0)], member.map, is_file=self._are_files)
        for number, bodies in groupby(_cut(self._ordering.rows()), key=itemgetter(0)):
            member = self._members[number]
            if member.is_list:
                bodies_of_list = [body for _, body in bodies]
                yield Document(member.hash, bodies_of_list, member.map, is_file=self._are_files)
                continue
            for _, body in bodies:
                member.rows -= body.rows
                is_last = member.rows == 0
                yield Document(member.hash, [body], member.map, is_last, is_file=self._are_files)


def _pieces(documents: Iterator[Document]) -> Iterator[list[Document]]:
    """Documents that are written together: one sync, and one answer, for some thousand frames."""
    piece: list[Document] = []
    size = 0
    for document in documents:
        piece.append(document)
        size += document.size
        if size > _PIECE_BYTES or len(piece) >= _PIECE_FRAMES:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _cut(rows: Iterator[OrderedRow]) -> Iterator[tuple[int, Body]]:
    """Neighbours of one document as bodies, each with the number of its document."""
    lines: list[bytes] = []
    number = size = places = 0
    for _, document, _, taken, data in rows:
        if lines and (document != number or size + len(data) >= MAX_BODY):
            yield number, Body(b"\n".join((*lines, b"")), len(lines), places)
            lines, size, places = [], 0, 0
        lines.append(data)
        number, size, places = document, size + len(data) + 1, places + taken
    if lines:
        yield number, Body(b"\n".join((*lines, b"")), len(lines), places)


def shortened(row: bytes) -> bytes:
    """A row that the journal takes: one that is far too long is cut, and the core rejects it as `too_long`."""
    return row if len(row) <= MAX_ROW else row[:MAX_ROW].decode(errors="ignore").encode()
