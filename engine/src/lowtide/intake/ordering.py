"""The rows of documents in order of event time: those of one document, or of several that were there at the same time.

A document is an export, and its past is known. So its rows are sorted (stable: then by document, then by their place in it),
and several documents are merged. A row without a readable time keeps the time of the row before it in its document.

>>> with Ordering() as ordering:
...     for document, time in ((0, 20), (0, None), (1, 10), (0, 5)):
...         ordering.add(document, b"{}", 1, time)
...     [(row.document, row.number) for row in ordering.rows()]
[(0, 2), (1, 0), (0, 0), (0, 1)]

More than `memory_bytes` of rows go to a temporary file without a name: it is gone when the process ends, however it ends.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

MEMORY_BYTES = 256 << 20
_ROW_BYTES = 200
"""What Python needs for a row beside its text."""
_BEFORE_ALL = -(1 << 62)


class OrderedRow(NamedTuple):
    """A row of a document; rows are compared as they are ordered."""

    time: int
    """Event time in ms since 1970; rows before the first readable time have a very low one."""
    document: int
    """Number of its document in the batch."""
    number: int
    """Its place in the document, from 0."""
    places: int
    """How many places it takes in the journal."""
    data: bytes
    """One line of JSON without its end."""


class Ordering:
    """Takes rows as they come and gives them in order. It is closed after use."""

    def __init__(self, folder: Path | None = None, memory_bytes: int = MEMORY_BYTES) -> None:
        """`folder` is for the temporary file (None: that of the system)."""
        self._folder = folder
        self._memory_bytes = memory_bytes
        self._rows: list[OrderedRow] = []
        self._bytes = 0
        self._times: dict[int, int] = {}
        self._counts: dict[int, int] = {}
        self._disk: sqlite3.Connection | None = None

    def __enter__(self) -> Ordering:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, document: int, data: bytes, places: int, time: int | None) -> None:
        """Take the next row of a document. Raises OSError where the temporary file cannot be written."""
        at = self._times.get(document, _BEFORE_ALL) if time is None else time
        number = self._counts.get(document, 0)
        self._times[document], self._counts[document] = at, number + 1
        self._rows.append(OrderedRow(at, document, number, places, data))
        self._bytes += len(data) + _ROW_BYTES
        if self._bytes > self._memory_bytes:
            self._spill()

    def forget(self, document: int) -> None:
        """Leave out a document of which rows were taken: it turned out that it cannot be read."""
        self._rows = [row for row in self._rows if row.document != document]
        if self._disk is not None:
            self._disk.execute("DELETE FROM row WHERE document = ?", (document,))

    def rows(self) -> Iterator[OrderedRow]:
        """All rows in order. Raises OSError."""
        if self._disk is None:
            self._rows.sort()
            yield from self._rows
            return
        self._spill()
        order = "SELECT time, document, number, places, data FROM row ORDER BY time, document, number"
        try:
            for row in self._disk.execute(order):
                yield OrderedRow._make(row)
        except sqlite3.Error as error:
            raise OSError(f"rows cannot be sorted on disk: {error}") from error

    def close(self) -> None:
        """Remove the temporary file."""
        if self._disk is not None:
            self._disk.close()
        self._rows = []

    def _spill(self) -> None:
        try:
            if self._disk is None:
                self._disk = _temporary_database(self._folder)
            self._disk.execute("BEGIN")
            self._disk.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?)", self._rows)
            self._disk.execute("COMMIT")
        except sqlite3.Error as error:
            raise OSError(f"rows cannot be sorted on disk: {error}") from error
        self._rows, self._bytes = [], 0


def _temporary_database(folder: Path | None) -> sqlite3.Connection:
    """An empty table in a file without a name."""
    handle, name = tempfile.mkstemp(prefix="lowtide-", suffix=".rows", dir=folder)
    try:
        disk = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
            disk.execute(f"PRAGMA {setting}")
        disk.execute("CREATE TABLE row (time, document, number, places, data)")
    finally:
        os.close(handle)
        Path(name).unlink()
    return disk
