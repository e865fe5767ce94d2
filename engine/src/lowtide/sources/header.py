"""The header of a table of movements: which line it is, and what stands between its columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Set
from typing import NamedTuple

from lowtide.readers.reading import Reading
from lowtide.sources.movement import FIELDS

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
NEEDED = ("id", "source", "kind", "event_time")
"""Every movement has these; `sku`, `location` and `quantity` all but a heartbeat."""
TITLES = 10
"""So many lines may stand before the header: a title, a date of the export, `sep=;`."""
_KNOWN = frozenset(FIELDS)
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

    def rows(self, head: bytes) -> bytes:
        """What follows below the header in the first bytes of its document."""
        at = _start_of_line(head, self.before)
        return head[at + len(self.line) :].removeprefix(b"\r").removeprefix(b"\n") if self.line else head[at:]


def find_header(head: bytes) -> Header | str:
    """The header among the first lines of a table, or a sentence that says what is missing.

    The delimiter is the one with which most columns of one line are fields of a movement.

    >>> find_header(b"Export of Monday\\nID;Source;Kind;SKU;Event_Time\\n").delimiter
    ';'
    """
    lines = head[:_FAR].split(b"\n")[: TITLES + 1]
    best = best_line((line.decode("utf-8", "replace") for line in lines), _KNOWN)
    if best.known < 2:
        shown = lines[0][:60].decode("utf-8", "replace").rstrip("\r")
        return (
            f"its first line does not name the columns of movements (it begins `{shown}`): write a header with "
            "`id`, `source`, `kind`, `sku`, `location`, `quantity`, `event_time`, or begin a map for it with "
            "`lowtide map guess FILE`"
        )
    names = [cell.lower() for cell in best.cells]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        return (
            f"its header lacks {' and '.join(f'`{name}`' for name in missing)}: it names {', '.join(names)}, "
            f"separated by {DELIMITERS[best.delimiter]}; `lowtide map guess FILE` begins a map for a table of others"
        )
    return Header(lines[best.before].rstrip(b"\r"), best.delimiter, best.before)


def header_of_map(head: bytes, reading: Reading, columns: Iterable[str]) -> Header | None:
    """The header of a table that a map reads: the line that the map says, or an empty one where columns are c1, c2, ….

    `delimiter: auto` is the one with which most columns of the map stand in the line. None: there is no such line.

    >>> header_of_map(b"Export\\nNr;Menge\\n1;2\\n", Reading("csv", header=2), ["Menge"])
    Header(line=b'Nr;Menge', delimiter=';', before=1)
    """
    given = None if reading.delimiter in (None, "auto") else reading.delimiter
    if reading.header == 0:
        line = head.split(b"\n", 1)[0].decode("utf-8", "replace")
        return Header(b"", given or max(DELIMITERS, key=lambda one: len(_cells(line, one))), 0)
    before = reading.header - 1
    if head.count(b"\n") < before:
        return None
    line_bytes = _record(head[_start_of_line(head, before) :])
    known = frozenset(columns)
    text = line_bytes.decode("utf-8", "replace")
    best = max(DELIMITERS, key=lambda one: (len(known & set(_cells(text, one))), len(_cells(text, one))))
    return Header(line_bytes, given or best, before)


def _start_of_line(text: bytes, before: int) -> int:
    at = 0
    for _ in range(before):
        at = text.index(b"\n", at) + 1
    return at


def _record(text: bytes) -> bytes:
    """The first record of CSV, without its end: a quoted cell may hold line ends."""
    end = text.find(b"\n")
    while end >= 0 and text.count(b'"', 0, end) % 2:
        end = text.find(b"\n", end + 1)
    if end < 0:
        end = text.find(b"\n") if b"\n" in text else len(text)
    return text[:end].rstrip(b"\r")


class BestLine(NamedTuple):
    """The line among the first ones of a table that names most known columns, whatever their case."""

    before: int
    """How many lines stand before it."""
    cells: list[str]
    """What it names, without quotes and spaces around it."""
    delimiter: str
    known: int
    """How many known columns it names."""


def best_line(lines: Iterable[str], known: Set[str]) -> BestLine:
    """The first line with most of the `known` names, and the delimiter with which it has them."""
    best = BestLine(0, [], ",", 0)
    for before, line in enumerate(lines):
        for delimiter in DELIMITERS:
            cells = _cells(line, delimiter)
            count = len(known & {cell.lower() for cell in cells})
            if count > best.known:
                best = BestLine(before, cells, delimiter, count)
    return best


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader(line.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return []  # it is not a line of a table
    return [cell.strip().strip('"').strip() for cell in row]
