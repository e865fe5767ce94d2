"""The child that reads one spreadsheet: standard input is the document, standard output its rows. See `workbook`.

`python -m lowtide.readers.workbook_child '{"sheet": 1, "header": 1}' < document > rows`
"""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Iterator
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, WorksheetNotFound

from lowtide.readers import cells, rows
from lowtide.readers.confinement import REFUSED, confine
from lowtide.readers.formula_errors import UnreadableSheet, formula_errors

_MOST_NUMBERS = 1 << 16


class Refusal(Exception):
    """The document cannot be read; the message is a sentence for its sender."""


def sheet_rows(document: Any, sheet: int | str, header: int) -> Iterator[bytes]:
    """The rows of one sheet. Raises Refusal."""
    try:
        with CalamineWorkbook.from_filelike(document) as workbook:
            found, number = _sheet(workbook, sheet)
            table = found.to_python(skip_empty_area=False)
        errors = formula_errors(document, number)
    except (CalamineError, UnreadableSheet) as error:
        raise Refusal(f"it is not a whole spreadsheet, or has a password: {error}") from None
    names = _names(table, header)
    del table[:header]
    timed = _timed(table)
    columns = list(names.values())
    dense = list(names) == list(range(len(names)))
    waiting: list[dict[str, Any]] = []
    numbers: dict[float, str] = {}
    for at, row in enumerate(table, header):
        texts = [
            cell
            if type(cell) is str
            else (numbers.get(cell) or _number(numbers, cell))
            if type(cell) is float
            else cells.text_of(cell, column in timed)
            for column, cell in enumerate(row)
        ]
        if errors:
            texts = [errors.get((at, column), text) for column, text in enumerate(texts)]
        if not any(texts):
            continue
        if cells.ERRORS.isdisjoint(texts):
            own: dict[str, Any] = {"_line": at + 1}
            own.update(zip(columns, texts if dense else [texts[column] for column in names], strict=False))
            waiting.append(own)
            if len(waiting) < rows.ROWS_AT_ONCE:
                continue
            yield from rows.lines_of(waiting)
        else:
            yield from rows.lines_of(waiting)
            yield _line(at + 1, names, texts)
        waiting = []
    yield from rows.lines_of(waiting)


def _timed(table: list[list[Any]]) -> set[int]:
    """The columns in which a cell has a time."""
    return {
        column
        for row in table
        if datetime.datetime in map(type, row)
        for column, cell in enumerate(row)
        if cells.has_time(cell)
    }


def _number(numbers: dict[float, str], cell: float) -> str:
    """The text of a number, which is kept: most sheets have few different ones."""
    text = cells.number(cell)
    if len(numbers) < _MOST_NUMBERS:
        numbers[cell] = text
    return text


def _sheet(workbook: CalamineWorkbook, sheet: int | str) -> tuple[CalamineSheet, int]:
    """A sheet by number (from 1) or name, and its number from 0."""
    names = workbook.sheet_names
    shown = ", ".join(f"`{name}`" for name in names[:20])
    if isinstance(sheet, int) and not 1 <= sheet <= len(names):
        raise Refusal(f"it does not have a sheet {sheet}; its sheets are {shown}")
    if isinstance(sheet, str) and sheet not in names:
        raise Refusal(f"it does not have a sheet `{sheet}`; its sheets are {shown}")
    number = sheet - 1 if isinstance(sheet, int) else names.index(sheet)
    try:
        return workbook.get_sheet_by_index(number), number
    except WorksheetNotFound:
        raise Refusal(f"`{names[number]}` is not a sheet of cells") from None


def _names(table: list[list[Any]], header: int) -> dict[int, str]:
    """The names of the columns by their number; a second column of one name is NAME.2."""
    if not table:
        return {}
    if header == 0:
        return {column: f"c{column + 1}" for column in range(len(table[0]))}
    if len(table) < header:
        raise Refusal(f"its header should be line {header}, but the sheet ends at line {len(table)}")
    names: dict[int, str] = {}
    seen: dict[str, int] = {}
    for column, cell in enumerate(table[header - 1]):
        name = " ".join(cells.text_of(cell).split())
        if not name:
            continue
        seen[name] = seen.get(name, 0) + 1
        names[column] = name if seen[name] == 1 else f"{name}.{seen[name]}"
    if not names:
        raise Refusal(f"line {header} is empty: `header:` says which line holds the names of the columns")
    return names


def _line(number: int, names: dict[int, str], texts: list[str]) -> bytes:
    row: dict[str, Any] = {"_line": number}
    for column, name in names.items():
        text = texts[column]
        if text[:1] == "#" and text in cells.ERRORS:
            message = f"`{name}` holds the error {text} of a formula"
            return rows.reject(number, "wrong_type", message, orjson.dumps(texts))
        row[name] = text
    return rows.line(row)


def main() -> int:
    arguments = orjson.loads(sys.argv[1])
    document = os.fdopen(0, "rb")
    out = os.fdopen(1, "wb")
    "".encode(
        "cp437"
    )  # a codec is a file that Python opens at its first use; names in a zip file need this one
    confine()
    try:
        for line in sheet_rows(document, arguments["sheet"], arguments["header"]):
            out.write(line)
        out.flush()
    except Refusal as refusal:
        os.write(2, str(refusal).encode("utf-8", "replace"))
        return REFUSED
    return 0


if __name__ == "__main__":
    os._exit(main())  # nothing has to be tidied, and a large sheet takes its time
