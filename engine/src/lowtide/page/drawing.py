"""A chart for a screen and for a phone, with the table that says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

WIDE, NARROW = 860.0, 340.0
"""Pixels of a drawing on a screen or a sheet of paper, and on a phone."""


@dataclass(frozen=True)
class Drawing:
    """`legend`: class and word of each colour; `columns` and `rows` are those of the table."""

    title: str
    wide: Markup
    narrow: Markup
    note: str = ""
    legend: Sequence[tuple[str, str]] = ()
    columns: Sequence[tuple[str, str, str]] = ()
    rows: Sequence[Sequence[str]] = field(default_factory=list)


def drawn(title: str, draw: Callable[[float], Markup], wide: float = WIDE, **more: object) -> Drawing:
    """The same drawing in two widths."""
    return Drawing(title, draw(wide), draw(NARROW), **more)  # type: ignore[arg-type]
