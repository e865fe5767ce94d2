"""A value of a map is text with holes: `{name}` is a column or a path, `{name?}` one that may be missing; other text stays.

>>> template("stock_move/{after.id}#d")
(Text('stock_move/'), Hole('after.id', optional=False), Text('#d'))

`{{` and `}}` are the characters `{` and `}`. `{^id}` names a value of the document around an `each`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


@dataclass(frozen=True)
class Text:
    """Text that stays as it is."""

    text: str

    def __repr__(self) -> str:
        return f"Text({self.text!r})"

    @property
    def compiled(self) -> dict[str, Any]:
        """Its compiled form."""
        return {"text": self.text}


@dataclass(frozen=True)
class Hole:
    """The name of a column, a header or a path. An optional one may be missing from the header of a document."""

    name: str
    optional: bool = False

    def __repr__(self) -> str:
        return f"Hole({self.name!r}, optional={self.optional})"

    @property
    def compiled(self) -> dict[str, Any]:
        """Its compiled form."""
        return {"hole": self.name, "optional": self.optional}


Part = Text | Hole


def hole(name: str) -> Hole:
    """The hole that a name in braces, or a key of a condition, stands for. Raises ValueError if it is empty."""
    optional = name.rstrip().endswith("?")
    plain = unicodedata.normalize("NFC", name.rstrip()[:-1].strip() if optional else name.strip())
    if not plain.removeprefix("^"):
        raise ValueError("a hole names a column, such as {quantity}")
    return Hole(plain, optional)


def template(text: str) -> tuple[Part, ...]:
    """The parts of a text, neighbouring texts joined. Raises ValueError for a brace that stands alone."""
    parts: list[Part] = []
    for match in _PIECE.finditer(text):
        piece = match[0]
        if match[1] is not None:
            parts.append(hole(match[1]))
            continue
        if piece in ("{", "}"):
            raise ValueError(
                f"`{piece}` stands alone: write {{column}}, or {piece}{piece} for the character itself"
            )
        plain = unicodedata.normalize("NFC", {"{{": "{", "}}": "}"}.get(piece, piece))
        if parts and isinstance(parts[-1], Text):
            parts[-1] = Text(parts[-1].text + plain)
        else:
            parts.append(Text(plain))
    return tuple(parts)


def is_constant(parts: tuple[Part, ...]) -> bool:
    """Whether a text has no hole."""
    return not any(isinstance(part, Hole) for part in parts)
