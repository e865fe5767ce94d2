"""Text that comes from data (names, ids) made harmless: no chat tool finds a link, a mention or markup in it.

    >>> harmless("Milk <@all> [sale](http://bad.example/x) 1.5L")
    'Milk ＜＠all＞ 1.5L'
    >>> harmless("see www.bad.example @all"), harmless("No.7*new*")
    ('see www bad example ＠all', 'No.7＊new＊')

Signs that a chat tool acts on become their wide forms, which every tool shows and no tool acts on.
An address is left out, or loses its dots.
"""

from __future__ import annotations

import re

from lowtide.words.visible import visible

MOST = 60
"""The longest text that is taken from data, in characters."""

_WIDE = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "@<>[]*`\\&#|"})
_ADDRESS = re.compile(r"\S*:/{1,}\S*")
_SCHEME = re.compile(":(?! )")
_DOT = re.compile(r"[.。．｡․](?=[^\W\d_])")


def harmless(text: str, most: int = MOST) -> str:
    """The text without control and bidi characters, addresses, mentions and markup; at most `most` characters."""
    bare = _DOT.sub(" ", _ADDRESS.sub(" ", visible(text))).translate(_WIDE)
    words = " ".join(bare.split())
    short = words if len(words) <= most else words[: most - 1] + "…"
    return _SCHEME.sub("：", short)
