"""A file with a header becomes columns of text: CSV of any delimiter in UTF-8 or UTF-16 (also `.gz` or `.zst`), a
spreadsheet, or Parquet.

The header is the line, among the first ones, with most names that are known; the delimiter is the one with which that line
has them. Known names are matched whatever their case; other names stay as they are written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet

from lowtide.errors import PolicyError
from lowtide.readers import BadDocument, Reading, rows_of
from lowtide.rows import plain
from lowtide.sources.encoding import as_utf8, first_foreign, has_mark
from lowtide.sources.header import DELIMITERS, TITLES, best_line
from lowtide.sources.looks import other_kind
from lowtide.sources.stream import COMPRESSIONS, Damage, chunks

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How xlsx and ods begin, and xls."""


@dataclass
class Table:
    """The cells of a file, by column; an empty cell is None."""

    path: Path
    columns: dict[str, list[str | None]]
    decimal_comma: bool = False
    """Whether `2,5` in a cell may mean two and a half: with `;` between the columns."""
    lines: list[int] = field(default_factory=list)
    """The line on which each row begins, in a spreadsheet the row of the sheet; empty for Parquet."""

    def place(self, row: int) -> str:
        """Where a row stands, for a message: `items.csv:3`. Rows are counted from 0."""
        return f"{self.path}:{self.lines[row]}" if self.lines else f"{self.path}: row {row + 1}"


def read_table(path: Path, known: Iterable[str], what: str) -> Table:
    """The table in a file; `known` are the names of its columns, `what` names the kind of file in messages.

    Of a spreadsheet the first sheet is read. Raises PolicyError if there is no such file, if it is not a table in UTF-8 or
    UTF-16, or if a row does not fit the header.
    """
    names = set(known)
    hint = f"A {what} is a spreadsheet, CSV in UTF-8 with a header, or Parquet. Its columns are {', '.join(known)}."
    try:
        with path.open("rb") as file:
            head = file.read(64)
        if head.startswith(b"PAR1"):
            return _parquet(path, names)
        return _workbook(path, names) if head.startswith(_WORKBOOKS) else _text(path, names)
    except FileNotFoundError as error:
        raise PolicyError(f"there is no {what} `{path}`", hint) from error
    except _NoTable as fault:
        raise PolicyError(f"`{path}` {fault}", hint) from None
    except BadDocument as fault:
        raise PolicyError(f"`{path}`: {fault}", hint) from None
    except Damage as fault:
        raise PolicyError(f"`{path}`: {fault}", hint) from None
    except (OSError, pa.ArrowException) as error:
        raise PolicyError(f"`{path}` cannot be read: {error}", hint) from error


class _NoTable(Exception):
    """Why a file is not a table: the rest of a sentence that begins with its name."""


def _text(path: Path, known: set[str]) -> Table:
    text = io.StringIO(_decoded(path), newline="")
    first = list(islice(text, TITLES + 1))
    before, header, delimiter, count = best_line(first, known)
    if not count:
        shown = first[0].strip()[:60] if first else ""
        raise _NoTable(f"has no header: its first line is `{shown}`")
    text.seek(0)
    for _ in islice(text, before + 1):
        pass
    names = _named(header, known)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    for line, row in _rows(text, delimiter, before + 1):
        if not any(row):
            continue
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            raise PolicyError(
                f"{path}:{line}: the row has {len(row)} cells and the header {len(names)}",
                f"Quote cells that hold {DELIMITERS[delimiter]}.",
            )
        lines.append(line)
        rows.append((*row, *[""] * (len(names) - len(row))))
    cells = [[cell or None for cell in column] for column in zip(*rows, strict=False)] or [[] for _ in names]
    return Table(path, dict(zip(names, cells, strict=False)), delimiter == ";", lines)


def _workbook(path: Path, known: set[str]) -> Table:
    rows = [
        orjson.loads(line)
        for piece in rows_of(path, Reading(format="xlsx", header=0), name=path.name)
        for line in piece.splitlines()
    ]
    for row in rows:
        if "_reject" in row:
            raise PolicyError(f"{path}:{row['_line']}: {row['_message']}", "Correct the sheet and run again.")
    lines = [row.pop("_line") for row in rows]
    cells = [[str(cell).strip() for cell in row.values()] for row in rows]
    counts = [len(known & {cell.lower() for cell in row}) for row in cells[: TITLES + 1]]
    if not any(counts):
        raise _NoTable("has no header on its first sheet: no row names a column that is known")
    header = counts.index(max(counts))
    names = _named(cells[header], known)
    columns = zip(*cells[header + 1 :], strict=False) if cells[header + 1 :] else [[] for _ in names]
    texts = {name: [cell or None for cell in column] for name, column in zip(names, columns, strict=False)}
    return Table(path, texts, lines=lines[header + 1 :])


def _decoded(path: Path) -> str:
    """The text of a file. Raises _NoTable if it is not text in UTF-8 or UTF-16."""
    with path.open("rb") as file:
        data = b"".join(chunks(file, COMPRESSIONS.get(path.suffix.lower(), "")))
    kind = other_kind(data[:64])
    if kind:
        raise _NoTable(f"is {kind}")
    if has_mark(data):
        return b"".join(as_utf8(iter([data]))).decode()
    foreign = first_foreign(iter([data]))
    if foreign:
        convert = f"iconv -f {foreign.option.upper()} -t UTF-8 {path} > {path.stem}-utf8{path.suffix}"
        raise _NoTable(
            f"is not in UTF-8: line {foreign.line} looks like {foreign.name}. Save it as `CSV UTF-8`, or convert it: "
            f"`{convert}`"
        )
    return data.decode()


def _named(header: Iterable[str], known: set[str]) -> list[str]:
    """The names of columns: known ones in lower case, others as written, `column_7` where a name is missing."""
    names = [cell.lower() if cell.lower() in known else cell for cell in header]
    names = [name or f"column_{number}" for number, name in enumerate(names, 1)]
    for name in names:
        if names.count(name) > 1:
            raise _NoTable(f"has the column `{name}` twice: keep one of them")
    return names


def _rows(text: io.StringIO, delimiter: str, before: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins; `before` lines of the file were read already."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = before + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _NoTable(
                f"cannot be read from line {line} on ({error}): look for a quote that is not closed"
            ) from None
        yield line, row


def _parquet(path: Path, known: set[str]) -> Table:
    table = pa.parquet.read_table(path)
    names = _named(table.schema.names, known)
    columns = zip(names, table.columns, strict=True)
    return Table(path, {name: [_cell(value) for value in column.to_pylist()] for name, column in columns})


def _cell(value: Any) -> str | None:
    """A value of Parquet as text; lists and structs as JSON."""
    if value is None or isinstance(value, str):
        return value or None
    shown = plain(value)
    if isinstance(shown, (dict, list)):
        return orjson.dumps(shown, default=str).decode()
    return str(shown)
