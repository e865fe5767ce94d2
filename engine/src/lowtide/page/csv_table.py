"""A table of a page as a CSV file that a spreadsheet opens: UTF-8 with its mark, plain numbers, no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from lowtide.page.ask import Download
from lowtide.words.formula import guarded

Cell = str | int | float | None


def csv_table(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, raw: bool = False
) -> Download:
    """The file `NAME.csv`. A text that a spreadsheet would compute gets an apostrophe before it, unless `raw`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows if raw else ([_cell(cell) for cell in row] for row in rows))
    return Download(f"{name}.csv", "text/csv; charset=utf-8", ("\ufeff" + out.getvalue()).encode("utf-8"))


def _cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return guarded(cell) if isinstance(cell, str) else cell
