"""Handles on ClickHouse: one for each request, one for each session; and how a query is ended from outside.

A handle is a session of ClickHouse: its settings and temporary tables are its own, and it runs one statement at a
time. Opening one costs 0.2 ms, so a request takes a new one and its settings end with it. Each has a tag in
`log_comment`, by which `kill` finds its query: chDB gives its own ids to queries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import chdb

from lowtide.warehouse.http.errors import QueryError, query_error


def quoted(text: str) -> str:
    """A string as a literal of SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


class Handle:
    """A handle. One thread at a time may call its methods."""

    def __init__(self, path: Path, tag: str) -> None:
        try:
            self._connection: Any = chdb.connect(  # type: ignore[no-untyped-call]
                str(path.resolve())
            )
        except RuntimeError as error:
            raise query_error(str(error)) from error
        self.tag = tag

    def prepare(self, database: str | None, settings: Mapping[str, str]) -> None:
        """Set database and settings in one statement; once `readonly` is set, ClickHouse takes no other settings."""
        comment = f"{settings.get('log_comment', '')} {self.tag}".strip()
        self.set({**settings, "log_comment": comment, **({"database": database} if database else {})})

    def set(self, settings: Mapping[str, str]) -> None:
        """Set settings."""
        for name in settings:
            if not re.fullmatch(r"\w+", name):
                raise QueryError(115, f"Unknown setting '{name}'.")
        self.run("SET " + ", ".join(f"{name} = {quoted(value)}" for name, value in settings.items()))

    def run(self, sql: str, fmt: str = "TabSeparated", parameters: Mapping[str, str] | None = None) -> Any:
        """Run a statement to its end; returns chDB's result, which has its bytes and counts."""
        try:
            return self._connection.query(sql, fmt, params=dict(parameters or {}))
        except RuntimeError as error:
            raise query_error(str(error)) from error

    def text(self, sql: str, parameters: Mapping[str, str] | None = None) -> str:
        """The answer of a statement as TabSeparated text."""
        return bytes(self.run(sql, parameters=parameters).bytes()).decode("utf-8", "replace")

    def stream(self, sql: str, fmt: str, parameters: Mapping[str, str]) -> Any:
        """Start a statement whose answer comes in blocks."""
        try:
            return self._connection.send_query(sql, fmt, params=dict(parameters))
        except RuntimeError as error:
            raise query_error(str(error)) from error

    def insert(self, sql: str, settings: str, fmt: str, file: str) -> Any:
        """Insert the rows of a file; when it returns, they are on disk.

        chDB's own insert in pieces (`send_insert`) would not need a file, but it reports success when the disk is full
        or a constraint is violated, and the rows are lost.
        """
        return self.run(f"{sql} FROM INFILE {quoted(file)} {settings} FORMAT {fmt}")

    def close(self) -> None:
        """Close the handle; a stream that has not ended is ended."""
        self._connection.close()


def kill(path: Path, tag: str) -> None:
    """End the query of the handle with this tag, if there is one."""
    handle = Handle(path, "")
    try:
        handle.run(f"KILL QUERY WHERE endsWith(Settings['log_comment'], {quoted(tag)}) ASYNC")
    finally:
        handle.close()
