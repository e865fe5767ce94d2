"""A document on its way into the journal: its rows, cut into bodies of frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from lowtide.core import Digest
from lowtide.intake.journal.frame import LAST_ROWS, MAX_BODY, NO_MAP, WATERMARK

_PIECE = 1 << 20


class RowTooLong(ValueError):
    """A row is longer than a body may be."""


class Body(NamedTuple):
    """Rows of a frame that has no place yet."""

    data: bytes
    """NDJSON: whole lines, each ended, at most 1 MiB."""
    rows: int
    places: int


@dataclass(frozen=True)
class Document:
    """Rows of one file, request or poll of a table; the whole of it or a part."""

    hash: bytes
    """XXH3-128 of its bytes as they came: `document_hash`."""
    bodies: Sequence[Body]
    map: bytes | None = None
    """Its compiled map. None: movements in our own JSON form."""
    is_last: bool = True
    """Whether its last row is in here; otherwise the next call goes on with it."""
    kind: int = LAST_ROWS
    is_file: bool = False
    """Whether it is a file that may come again: `Journal.known` tells."""

    @cached_property
    def map_hash(self) -> bytes:
        """The hash by which frames name the map."""
        return map_hash(self.map)

    @cached_property
    def size(self) -> int:
        """Bytes of its bodies."""
        return sum(len(body.data) for body in self.bodies)

    @classmethod
    def watermark(cls, hash_: bytes, data: bytes) -> Document:
        """How far a table was read; `data` is one line of JSON."""
        return cls(hash_, [Body(data, 0, 0)], kind=WATERMARK)


@lru_cache(maxsize=256)
def map_hash(document: bytes | None) -> bytes:
    """The hash of a compiled map; NO_MAP without one."""
    return NO_MAP if document is None else Digest(document).digest()


def document_hash(source: bytes | Path | Iterable[bytes]) -> bytes:
    """XXH3-128 of a document, 16 bytes, most significant first. Raises OSError of a file."""
    if isinstance(source, bytes):
        return Digest(source).digest()
    digest = Digest()
    for piece in _pieces(source) if isinstance(source, Path) else source:
        digest.update(piece)
    return digest.digest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            yield piece


def bodies_of(rows: Iterable[bytes], places: Iterable[int] | None = None) -> Iterator[Body]:
    """Rows, each a line without its end, as bodies; `places` are how many places each takes (None: one).

    Raises RowTooLong.
    """
    lines: list[bytes] = []
    size = taken = 0
    counts = iter(places) if places is not None else None
    for row in rows:
        length = len(row) + 1
        if length > MAX_BODY:
            raise RowTooLong(f"a row of {len(row):,} bytes: a frame of the journal takes {MAX_BODY - 1:,}")
        if size + length > MAX_BODY:
            yield Body(b"\n".join((*lines, b"")), len(lines), taken)
            lines, size, taken = [], 0, 0
        lines.append(row)
        size += length
        taken += 1 if counts is None else next(counts)
    if lines:
        yield Body(b"\n".join((*lines, b"")), len(lines), taken)
