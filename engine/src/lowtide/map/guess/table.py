"""The table in a text: what stands between its columns, which line is the header, and its first rows."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from typing import NamedTuple

from lowtide.map.guess.header_words import known_words
from lowtide.map.guess.numbers import is_number

DELIMITERS = (",", ";", "\t", "|")
_TITLES = 15
_LOOKED_AT = 200
_LAST = 5
"""Records at the end that are looked at too: a total stands there."""
Row = dict[str, str]


class Table(NamedTuple):
    """The first rows of a sample, by column."""

    columns: list[str]
    rows: list[Row]
    delimiter: str
    header: int
    """The line of the header, from 1; 0 without one."""
    titles: tuple[str, ...] = ()
    """The lines above the header."""


def table_of(text: str, most: int) -> Table | None:
    """The table in a text: at most `most` rows, the last ones among them. None if it has no two columns."""
    best: tuple[float, str, int] | None = None
    for delimiter in DELIMITERS:
        lines = _cells(text, delimiter, _LOOKED_AT)
        for at, (_, cells) in enumerate(lines[:_TITLES]):
            score = _score(cells, [row for _, row in lines[at + 1 :]])
            if score > 0 and (best is None or score > best[0] + 1e-9):
                best = (score, delimiter, at)
    if best is None:
        return None
    _, delimiter, at = best
    return _table(_cells(text, delimiter, most - _LAST + at + 1, _LAST), delimiter, at)


def table_of_records(records: list[tuple[int, list[str]]]) -> Table | None:
    """The table in records of cells, each with its line; None if it has no two columns."""
    scores = {
        at: _score(cells, [row for _, row in records[at + 1 :]])
        for at, (_, cells) in enumerate(records[:_TITLES])
    }
    best = max(scores, key=lambda at: scores[at], default=None)
    return None if best is None or scores[best] <= 0 else _table(records, ",", best)


def _table(lines: list[tuple[int, list[str]]], delimiter: str, at: int) -> Table:
    line, cells = lines[at]
    if all(is_number(cell) or not cell.strip() or any(c.isdigit() for c in cell) for cell in cells):
        columns = [f"c{number}" for number in range(1, len(cells) + 1)]
        return Table(columns, _rows(columns, lines[at:]), delimiter, 0)
    columns = [cell.strip() for cell in cells]
    titles = tuple(" ".join(cell for cell in row if cell.strip()) for _, row in lines[:at])
    return Table(
        list(dict.fromkeys(name for name in columns if name)),
        _rows(columns, lines[at + 1 :]),
        delimiter,
        line,
        titles,
    )


def _rows(columns: list[str], lines: list[tuple[int, list[str]]]) -> list[Row]:
    rows = []
    for _, cells in lines:
        if any(cell.strip() for cell in cells):
            padded = cells + [""] * (len(columns) - len(cells))
            row: Row = {}
            for name, cell in zip(columns, padded, strict=False):
                if name:
                    row.setdefault(name, cell)
            rows.append(row)
    return rows


def _cells(text: str, delimiter: str, most: int, last: int = 0) -> list[tuple[int, list[str]]]:
    """The first records and the `last` ones behind them, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records: list[tuple[int, list[str]]] = []
    ending: deque[tuple[int, list[str]]] = deque(maxlen=last)
    try:
        line = 1
        for cells in reader:
            (records if len(records) < most else ending).append((line, cells))
            line = reader.line_num + 1
            if len(records) >= most and not last:
                break
    except csv.Error:
        pass  # what was read before it is enough to guess from
    return [*records, *ending]


def _score(header: list[str], rows: list[list[str]]) -> float:
    """Points for a line as the header of the lines below it."""
    names = [cell.strip() for cell in header if cell.strip()]
    if len(set(names)) < 2:
        return 0.0
    different = (len(set(names)) / len(names)) ** 2
    full = [row for row in rows if any(cell.strip() for cell in row)]
    same = sum(len(row) == len(header) for row in full) / len(full) if full else 0.5
    widest = Counter(len(row) for row in full).most_common(1)
    alike = 1.0 if not widest or widest[0][0] == len(header) else 0.2
    wordy = sum(not is_number(name) and not any(c.isdigit() for c in name[:4]) for name in names) / len(names)
    return (3 * known_words(names) + len(names)) * (0.2 + same * alike) * (0.3 + wordy) * different
