"""The door to desk.db: SQL inside one transaction, rows by name, and the few things that every user needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from lowtide.rows import plain

Row = sqlite3.Row
"""A row by name, as in `row["alert_id"]`, or by place."""


class Transaction:
    """One transaction. It ends with the `with` that gave it; only the thread that has it may use it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, *args: Any) -> list[Row]:
        """All rows of a query. `args` stand for its question marks."""
        return self._connection.execute(sql, args).fetchall()

    def each(self, sql: str, *args: Any) -> Iterator[Row]:
        """The rows of a query one after the other, for a table that is large."""
        return iter(self._connection.execute(sql, args))

    def row(self, sql: str, *args: Any) -> Row | None:
        """The first row of a query, or None."""
        row: Row | None = self._connection.execute(sql, args).fetchone()
        return row

    def value(self, sql: str, *args: Any) -> Any:
        """The first column of the first row of a query; None without a row."""
        row = self.row(sql, *args)
        return None if row is None else row[0]

    def execute(self, sql: str, *args: Any) -> int:
        """Run a statement; returns how many rows it changed."""
        return self._connection.execute(sql, args).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once for each row."""
        self._connection.executemany(sql, rows)

    def ship(self, table: str, row_id: str, row: Mapping[str, Any]) -> None:
        """Put a row on its way to a table of the warehouse. `row_id` tells its rows apart; the same again replaces it.

        Times may be aware datetimes or RFC 3339, `detail` and the like are JSON texts, as the columns are.
        """
        text = orjson.dumps({name: plain(value) for name, value in row.items()}).decode()
        self.execute(
            "INSERT OR REPLACE INTO ship (table_name, row_id, row) VALUES (?, ?, ?)", table, row_id, text
        )

    def meta(self, key: str) -> str | None:
        """A text that is kept under a name, or None."""
        value: str | None = self.value("SELECT value FROM meta WHERE key = ?", key)
        return value

    def set_meta(self, key: str, value: str) -> None:
        """Keep a text under a name."""
        self.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value)
