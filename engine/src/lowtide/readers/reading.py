"""How a document is read: the `read:` part of a map, as its readers take it.

>>> Reading(format="xlsx", sheet="Bestand").header
1
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """The `read:` part of a map. What the map does not say has the default of the map language."""

    format: str
    """`xlsx` (also xls and ods), `x12`, `edifact`, `epcis`, `poslog` and `xml` are read here; the others elsewhere."""
    encoding: str | None = None
    """The encoding of text; without it the document's own statement, else UTF-8."""
    delimiter: str | None = None
    """Of CSV; no reader of this room uses it."""
    header: int = 1
    """The line of a sheet that holds the names of its columns; 0 means that they are called c1, c2 and so on."""
    sheet: int | str = 1
    """Number (from 1) or name of the sheet of a spreadsheet."""
    root: str | None = None
    """Of JSON; no reader of this room uses it."""
    each: str | None = None
    """XML: the name of the element that is a row, or the end of its path (`order/line`)."""
    fill_down: tuple[str, ...] = ()
    """Columns that repeat their last value; the mapping does this, no reader of this room uses it."""
    ours: tuple[str, ...] = ()
    """EPCIS: patterns (`0614141*`) of the locations that are ours, as GLN or as URI."""
    making: bool = False
    """EPCIS: commissioning makes stock. The column `making` says so to the map."""


class BadDocument(Exception):
    """A document that cannot be read as a whole; nothing of it is used. The message is a sentence for its sender."""
