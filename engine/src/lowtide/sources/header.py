"""The header of a table of movements: which line it is, and what stands between its columns."""

from __future__ import annotations

from typing import NamedTuple

from lowtide.sources.movement import FIELDS

DELIMITERS = ",;\t|"
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
NEEDED = ("id", "source", "kind", "event_time")
"""Every movement has these; `sku`, `location` and `quantity` all but a heartbeat."""
_TITLES = 10
"""So many lines may stand before the header: a title, a date of the export."""
_FAR = 1 << 16
"""Bytes in which the header ends."""


class Header(NamedTuple):
    """The header line of a table, without its end; the one character between its columns; how many lines stand before it."""

    line: bytes
    delimiter: str = ","
    before: int = 0

    @property
    def for_core(self) -> tuple[bytes, int, int]:
        """Line, byte of the delimiter, lines before: the arguments of `csv_header`."""
        return self.line, ord(self.delimiter), self.before


def find_header(head: bytes) -> Header | str:
    """The header among the first lines of a table, or a sentence that says why there is none.

    The delimiter is the one with which most columns of one line are fields of a movement.

    >>> find_header(b"Export of Monday\\nID;Source;Kind;SKU;Event_Time\\n").delimiter
    ';'
    """
    lines = head[:_FAR].split(b"\n")[: _TITLES + 1]
    best, known = Header(b""), 0
    for before, line in enumerate(lines):
        for delimiter in DELIMITERS:
            fields = {name for name in names_of(line, delimiter) if name in FIELDS}
            if len(fields) > known:
                best, known = Header(line.rstrip(b"\r"), delimiter, before), len(fields)
    if known < 2:
        shown = lines[0][:60].decode("utf-8", "replace").rstrip("\r")
        return (
            f"its first line does not name the columns of movements (it begins `{shown}`): write a header with "
            "`id`, `source`, `kind`, `sku`, `location`, `quantity`, `event_time`"
        )
    names = names_of(best.line, best.delimiter)
    missing = [name for name in NEEDED if name not in names]
    if missing:
        return (
            f"its header lacks {' and '.join(f'`{name}`' for name in missing)}: it names {', '.join(names)}, "
            f"separated by {_NAMES[best.delimiter]}"
        )
    return best


def names_of(line: bytes, delimiter: str) -> list[str]:
    """The names of the columns, in lower case and without quotes."""
    cells = line.decode("utf-8", "replace").split(delimiter)
    return [cell.strip().strip('"').strip().lower() for cell in cells]
