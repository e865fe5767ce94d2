"""The table of a file's bad rows: line, column, code, sentence, in UTF-8 with a mark, as spreadsheets open it."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from lowtide.words import Language
from lowtide.words.formula import guarded

COLUMNS = ("line", "column", "code", "sentence")


class BadRow(NamedTuple):
    """A row that cannot be used, or that is taken with a warning."""

    line: int
    """Line or record of the file, from 1; 0: the file as a whole."""
    column: str
    code: str
    sentence: str


def write_errors(place: Path, rows: Iterable[BadRow], language: Language) -> None:
    """Write the table as a whole, its head and codes in a language. Raises OSError."""
    draft = place.with_name(f".{place.name}.part")
    draft.unlink(missing_ok=True)
    # A new file, so that a link under this name leads nowhere. The name of a file in a sentence may not be UTF-8.
    with draft.open("x", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        table = csv.writer(file)
        table.writerow([language.say(f"errors.{column}") for column in COLUMNS])
        for row in rows:
            code = language.word("reject", row.code) if row.code else ""
            table.writerow((row.line or "", guarded(row.column), code, guarded(row.sentence)))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)
