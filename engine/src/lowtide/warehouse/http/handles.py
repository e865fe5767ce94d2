"""Handles on the engine: one for each request, one for each session, and how a query is ended from outside.

A handle is a session of the engine: its settings and temporary tables are its own, and it runs one statement at a
time. Opening one costs 0.2 ms, so a request takes a new one and no setting outlives it. Each carries a mark in
`log_comment`, by which `kill` finds what it runs: the embedded engine gives its own ids to queries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import chdb

from lowtide.warehouse.http.faults import Fault, fault


def quoted(text: str) -> str:
    """A string as a literal of SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


class Handle:
    """A handle. Its methods belong to one thread at a time."""

    def __init__(self, path: Path, mark: str) -> None:
        try:
            self._connection: Any = chdb.connect(  # type: ignore[no-untyped-call]
                str(path.resolve())
            )
        except RuntimeError as error:
            raise fault(str(error)) from error
        self.mark = mark

    def prepare(self, database: str | None, settings: Mapping[str, str]) -> None:
        """Take a database and settings, all in one statement; after `readonly` no further ones are taken."""
        comment = f"{settings.get('log_comment', '')} {self.mark}".strip()
        self.set({**settings, "log_comment": comment, **({"database": database} if database else {})})

    def set(self, settings: Mapping[str, str]) -> None:
        """Take settings."""
        for name in settings:
            if not re.fullmatch(r"\w+", name):
                raise Fault(115, f"Unknown setting '{name}'.")
        self.run("SET " + ", ".join(f"{name} = {quoted(value)}" for name, value in settings.items()))

    def run(self, sql: str, fmt: str = "TabSeparated", parameters: Mapping[str, str] | None = None) -> Any:
        """Run a statement to its end; the engine's result, which knows its bytes and counts."""
        try:
            return self._connection.query(sql, fmt, params=dict(parameters or {}))
        except RuntimeError as error:
            raise fault(str(error)) from error

    def text(self, sql: str, parameters: Mapping[str, str] | None = None) -> str:
        """The answer of a statement as TabSeparated text."""
        return bytes(self.run(sql, parameters=parameters).bytes()).decode("utf-8", "replace")

    def stream(self, sql: str, fmt: str, parameters: Mapping[str, str]) -> Any:
        """Start a statement whose answer comes in blocks."""
        try:
            return self._connection.send_query(sql, fmt, params=dict(parameters))
        except RuntimeError as error:
            raise fault(str(error)) from error

    def insert(self, sql: str, settings: str, fmt: str, file: str) -> Any:
        """Insert the rows of a file; when it returns, they are on disk.

        The engine's own insert in pieces (`send_insert`) would need no file, but it says that all is well when the
        disk is full or a constraint is violated, and the rows are nowhere.
        """
        return self.run(f"{sql} FROM INFILE {quoted(file)} {settings} FORMAT {fmt}")

    def close(self) -> None:
        """Give the handle back; what it still streams is ended."""
        self._connection.close()


def kill(path: Path, mark: str) -> None:
    """End what the handle with this mark runs, if it runs something."""
    handle = Handle(path, "")
    try:
        handle.run(f"KILL QUERY WHERE endsWith(Settings['log_comment'], {quoted(mark)}) ASYNC")
    finally:
        handle.close()
