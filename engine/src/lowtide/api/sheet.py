"""Rows as a CSV file: UTF-8 with a byte order mark, so that a spreadsheet reads Chinese; no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from fastapi import Response

from lowtide.words.formula import guarded


def sheet(name: str, rows: Iterable[Mapping[str, Any]], *, raw: bool = False) -> Response:
    """The file; its columns are those of the first row. Lists and objects stand as JSON. `raw`: no cell is guarded."""
    text, writer = io.StringIO(), None
    for row in rows:
        writer = writer or csv.writer(text, lineterminator="\r\n")
        if text.tell() == 0:
            writer.writerow(row)
        writer.writerow([cell(value, raw=raw) for value in row.values()])
    head = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=head)


def cell(value: Any, *, raw: bool = False) -> str:
    """One cell.

    >>> cell("=1+1"), cell(-5), cell(None), cell(["a"])
    ("'=1+1", '-5', '', '["a"]')
    """
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return cell(orjson.dumps(value).decode(), raw=raw)
    return guarded(value) if isinstance(value, str) and not raw else str(value)
