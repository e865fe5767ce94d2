"""What becomes of an answer of `lowtide sql`: it is shown to a person, or written to a file in the format of its ending."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import orjson

from lowtide.cli.files import write_whole
from lowtide.errors import SettingsError
from lowtide.operation.screen import echo
from lowtide.warehouse import Warehouse
from lowtide.warehouse.guard import answer, checked
from lowtide.words.formula import guarded, guarded_unless_number
from lowtide.words.visible import visible

FORMATS = {
    ".csv": "CSVWithNames",
    ".tsv": "TabSeparatedWithNames",
    ".json": "JSON",
    ".jsonl": "JSONEachRow",
    ".parquet": "Parquet",
    ".arrow": "Arrow",
    ".md": "Markdown",
}
"""The format of a file, by its ending. `.arrow` is a file that Arrow, Polars and DuckDB map into memory."""

PLAIN = {"output_format_pretty_color": "0"}
"""Settings of a reader whose answers are for a terminal: a sign that colours text may also come from the data."""
_FOR_PEOPLE = ("Pretty", "Vertical", "Markdown")
_BY_NAME = "JSONCompactStringsEachRowWithNames"
_TABS = ("TSV", "TABSEPARATED")
_TAB_CELL = re.compile(r"[^\t\n]+")
_TEXT_CELL = re.compile(r'"((?:[^"]|"")*)"')
"""A cell of ClickHouse's CSV that is text; numbers have no quotes."""


def show(reader: Warehouse, query: str, fmt: str, *, raw: bool = False, chosen: bool = True) -> None:
    """Print an answer: as it came for a program, with everything hidden written out for a person.

    `chosen`: the format was asked for. A pipe without one is for a program.
    """
    data, fmt = _answer(reader, query, fmt, raw or (not chosen and checked(reader, query).format is None))
    if data.startswith(b"Row 1:") and not checked(reader, query).format:
        data = _vertical(reader, query)
    elif fmt.startswith(_FOR_PEOPLE) or sys.stdout.isatty():
        text = data.decode("utf-8", "backslashreplace")
        cells = ("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))
        data = "\n".join(cells).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _vertical(reader: Warehouse, query: str) -> bytes:
    """Rows with a line for each column: ClickHouse's own does not say which of its lines a text of the data began."""
    names, *rows = (orjson.loads(line) for line in answer(reader, query, _BY_NAME).splitlines())
    wide = max(map(len, names))
    lines = []
    for number, row in enumerate(rows, 1):
        lines += [f"Row {number}:", "─" * len(f"Row {number}:")]
        lines += [
            f"{f'{visible(name)}:':<{wide + 1}} {visible(cell)}"
            for name, cell in zip(names, row, strict=True)
        ]
        lines.append("")
    return "\n".join(lines).encode()


def save(reader: Warehouse, query: str, file: Path, fmt: str | None = None, *, raw: bool = False) -> None:
    """Write an answer to a file, in the format of its ending unless one is given; completely or not at all."""
    fmt = fmt or FORMATS.get(file.suffix.lower())
    if fmt is None:
        known = ", ".join(f"`{ending}`" for ending in FORMATS)
        raise SettingsError(f"which format has `{file}`?", f"Let it end in {known}, or give `--format`.")
    data, fmt = _answer(reader, query, fmt, raw)
    write_whole(file, data)
    echo(f"{len(data):,} bytes in {file} ({fmt})", err=True)


def _answer(reader: Warehouse, query: str, fmt: str, raw: bool) -> tuple[bytes, str]:
    """The answer, and the format that it is in. No spreadsheet computes a text of CSV or TSV unless it is `raw`.

    CSV says which cells are text. TSV does not, so there a cell that is a number stays as it is.
    """
    fmt = checked(reader, query).format or fmt
    data = answer(reader, query, fmt)
    if raw or not fmt.upper().startswith(("CSV", *_TABS)):
        return data, fmt
    text = data.decode("utf-8", "surrogateescape")
    if fmt.upper().startswith(_TABS):
        text = _TAB_CELL.sub(lambda cell: guarded_unless_number(cell[0]), text)
    else:
        text = _TEXT_CELL.sub(lambda cell: f'"{guarded(cell[1])}"', text)
    return text.encode("utf-8", "surrogateescape"), fmt
