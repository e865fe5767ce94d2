"""Which role a column may have, by the words of its name."""

from __future__ import annotations

import re
import unicodedata

from lowtide.words.exports import COLUMN_WORDS

HINTS = {
    "quantity_sold": "sale", "quantity_received": "receipt", "quantity_counted": "count", "quantity_ordered": "order",
}  # fmt: skip
"""What a quantity with such a name is, where the rows do not say it themselves."""


def plain(text: str) -> str:
    """A name without case, accents, spaces and punctuation.

    >>> plain("N° de pièce"), plain("Line_Item SKU")
    ('ndepiece', 'lineitemsku')
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in folded if character.isalnum())


WORDS: dict[str, list[str]] = {}
"""By plain word: the roles that it may have, in the order of the table."""
for _role, _text in COLUMN_WORDS.items():
    for _word in re.split(r"\s*\|\s*", _text.strip()):
        _roles = WORDS.setdefault(plain(_word), [])
        if _role not in _roles:
            _roles.append(_role)


def roles(name: str) -> dict[str, int]:
    """What a column with this name may be, with points up to 100: 100 for a word of the table, less for a part of one."""
    word = plain(name)
    points: dict[str, int] = dict.fromkeys(WORDS.get(word, ()), 100)
    for known, known_roles in WORDS.items():
        if len(known) < (2 if ord(known[0]) > 0x2E7F else 4) or known == word:
            continue
        if word.endswith(known) or word.startswith(known):
            score = min(85, 35 + 50 * len(known) // len(word) + (3 if word.endswith(known) else 0))
            for role in known_roles:
                points[role] = max(points.get(role, 0), score)
    return points


def exact_roles(name: str) -> list[str]:
    """The roles for which a name is a word of the table."""
    return WORDS.get(plain(name), [])


def known_words(names: list[str]) -> int:
    """How many of these names are words of the table."""
    return sum(plain(name) in WORDS for name in names if name.strip())
