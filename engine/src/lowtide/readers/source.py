"""The bytes of a document in pieces, and its text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

PIECE_BYTES = 1 << 20


def pieces(source: Path | bytes) -> Iterator[bytes]:
    """The bytes of a document in pieces of at most 1 MiB; an empty document has none."""
    if isinstance(source, bytes):
        for at in range(0, len(source), PIECE_BYTES):
            yield source[at : at + PIECE_BYTES]
        return
    with source.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def text(source: Path | bytes, encoding: str) -> Iterator[str]:
    """The text of a document in pieces, without a byte order mark.

    A byte that is not text in this encoding stays one half of a character (`surrogateescape`): a row that holds one becomes
    a reject, and the rest of the document is read.
    """
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    first = True
    for piece in pieces(source):
        decoded = decoder.decode(piece)
        if first and decoded:
            decoded, first = decoded.removeprefix("\ufeff"), False
        yield decoded
    yield decoder.decode(b"", True)
