r"""Text of others (a name, a comment, an answer) as a person can read it safely: what nobody would see is written out.

A terminal and a browser obey some signs that they do not show: ESC clears a screen, a line end begins a line that looks
like one of ours, a mark for right-to-left writing turns a name around. All of these are shown as one would type them.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and signs that are drawn as nothing."""
_LAYOUT = frozenset("\t\n\r")
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def visible(text: str) -> str:
    r"""The text on one line: what is hidden is written out, every kind of space is a space.

    >>> print(visible("Milk\x1b[2J 1 L\nnew"))
    Milk\x1b[2J 1 L\nnew
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if unicodedata.category(sign) == "Zs" else _escaped(sign) for sign in text)


def bare(text: str) -> str:
    r"""The text on one line without what is hidden: for a name or a comment that is kept, where nothing has to be proved.

    >>> bare("Milk\x1b[2J\nnew")
    'Milk[2J new'
    """
    return "".join(
        " " if sign in _SHORT or unicodedata.category(sign)[0] == "Z" else sign
        for sign in text
        if sign in _SHORT or _escaped(sign) == sign or unicodedata.category(sign)[0] == "Z"
    )


def escaped(text: str) -> str:
    """The same with every kind of space as it is: inside double quotes, YAML reads the text back."""
    return "".join(map(_escaped, text))


def visible_lines(text: str) -> str:
    """The same for a text of ours that has several lines: its line ends stay."""
    return "\n".join(visible(line) for line in text.split("\n"))


def visible_text(text: str) -> str:
    r"""The same for a page: line ends, tabs and every kind of space stay as they are.

    >>> print(visible_text("Milk\u200b\u202e 1 L\n"), end="")
    Milk\u200b\u202e 1 L
    """
    if text.isascii() and text.isprintable():
        return text
    signs = {ord(sign): _escaped(sign) for sign in set(text) - _LAYOUT}
    return text.translate(signs) if any(chr(sign) != shown for sign, shown in signs.items()) else text


def _escaped(sign: str) -> str:
    if unicodedata.category(sign) not in _HIDDEN and sign not in _EMPTY:
        return sign
    code = ord(sign)
    return _SHORT.get(sign) or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )
