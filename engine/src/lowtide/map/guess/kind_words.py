"""What happened, by the words of a cell, a title or a file name."""

from __future__ import annotations

import re

from lowtide.map.guess.header_words import plain
from lowtide.words.exports import KIND_WORDS, SAP_KINDS, TOTAL_WORDS, UNDONE_WORDS, WAITING_WORDS


def plain_words(text: str) -> list[str]:
    """The plain words of a text with `|` between them."""
    return [plain(word) for word in re.split(r"\s*\|\s*", text.strip())]


_WORDS = {word: kind for kind, text in KIND_WORDS.items() for word in plain_words(text)}
_RANK = {kind: rank for rank, kind in enumerate(KIND_WORDS)}
TOTALS = frozenset(plain_words(TOTAL_WORDS))
"""What stands in the first cells of a line of totals."""
UNDONE = frozenset(plain_words(UNDONE_WORDS))
"""States of documents that are not valid, or not valid any more."""
WAITING = frozenset(plain_words(WAITING_WORDS))
"""States of documents that have not moved any goods yet."""


def kind_of(text: str) -> str | None:
    """The kind that a text of a kind column, a title or a file name speaks of; `transfer` where it does not say which way.

    >>> kind_of("Retoure"), kind_of("Wareneingang Filiale"), kind_of("blue")
    ('return', 'receipt', None)
    """
    if text.strip() in SAP_KINDS:
        return SAP_KINDS[text.strip()]
    word = plain(text)
    if word in _WORDS:
        return _WORDS[word]
    parts = [known for known in _WORDS if len(known) > (1 if ord(known[0]) > 0x2E7F else 3) and known in word]
    best = max(parts, key=lambda known: (len(known), -_RANK[_WORDS[known]]), default=None)
    return None if best is None else _WORDS[best]
