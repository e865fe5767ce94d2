"""Text of others (a name, a comment, an answer) as a line that a person can read safely."""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK = frozenset({"Zs", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""The text on one line, without the characters that nobody sees and a terminal or a browser obeys.

    >>> visible("Milk\x1b[2J 1 L\nnew")
    'Milk[2J 1 L new'
    """
    return "".join(_visible(sign) for sign in text)


def _visible(sign: str) -> str:
    kind = unicodedata.category(sign)
    if sign in "\t\n\r" or kind in _BLANK:
        return " "
    return "" if kind in _HIDDEN else sign
