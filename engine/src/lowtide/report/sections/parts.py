"""What a section is made of: charts with their legend, tables, notes; or one sentence that says why it is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from lowtide.words import Language

WIDE, NARROW = 880.0, 340.0
"""Pixels of a drawing on a screen or a sheet of paper, and on a phone."""


@dataclass(frozen=True)
class Cell:
    """One cell: its text, a smaller line under it (`code`: something to copy), and the class of the mark before it."""

    text: str
    below: str = ""
    mark: str = ""
    code: bool = False


@dataclass(frozen=True)
class Table:
    """`numeric` columns are aligned to the right. A folded table is the text form of a chart, which a reader can open."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: frozenset[int] = frozenset()
    folded: bool = False
    summary: str = ""
    """What a reader opens, if it is not simply the numbers of the chart."""


@dataclass(frozen=True)
class Chart:
    """A drawing in two widths, and what its colours and marks mean: (class, word)."""

    title: str
    wide: Markup
    narrow: Markup
    legend: Sequence[tuple[str, str]] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Section:
    """A heading, one sentence on how to read it, and what it shows. With `empty` it shows nothing else."""

    key: str
    heading: str
    lead: str = ""
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    empty: str = ""
    beside: bool = False
    """Its charts and tables are side by side where there is room."""

    @classmethod
    def of(cls, key: str, tell: Language) -> Section:
        """The section of that key, with its heading and its first sentence."""
        return cls(key, tell.say(key), tell.say(f"{key}.lead"))

    def nothing(self, why: str) -> Section:
        """The same, with nothing to show."""
        return replace(self, empty=why)


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str | Cell]], numeric: Sequence[int],
          *, folded: bool = False) -> Table:  # fmt: skip
    """A table of texts and cells."""
    cells = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    return Table(caption, columns, cells, frozenset(numeric), folded)


def both(draw: Callable[[float], Markup], wide: float = WIDE) -> tuple[Markup, Markup]:
    """The same drawing for a screen and for a phone."""
    return draw(wide), draw(NARROW)
