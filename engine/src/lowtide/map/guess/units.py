"""Whether a unit is one piece of an article, which needs no factor."""

from __future__ import annotations

from lowtide.map.guess.header_words import plain
from lowtide.map.guess.kind_words import plain_words
from lowtide.words.exports import PIECE_WORDS

_PIECES = frozenset(plain_words(PIECE_WORDS))


def is_piece(unit: str) -> bool:
    """Whether one of this unit is one unit of stock.

    >>> is_piece("Stück"), is_piece("Karton")
    (True, False)
    """
    return plain(unit) in _PIECES
