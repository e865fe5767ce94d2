"""The history of desk.db: numbered SQL files, applied in order. `user_version` is the number of the last one."""

from __future__ import annotations

import re
import sqlite3
from functools import cache
from importlib.resources import files
from pathlib import Path

from lowtide.errors import StateVersionError


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """Number and text of each file, in order."""
    folder = files("lowtide.desk.store")
    names = sorted(entry.name for entry in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", entry.name))
    return tuple((int(name[:4]), folder.joinpath(name).read_text("utf-8")) for name in names)


def check(connection: sqlite3.Connection, path: Path) -> int:
    """The number of the last migration applied. Raises StateVersionError if this version does not know it."""
    number = int(connection.execute("PRAGMA user_version").fetchone()[0])
    newest = migrations()[-1][0]
    if number > newest:
        raise StateVersionError(
            f"`{path}` has the version {number}; this Lowtide knows {newest}",
            "Install the version of Lowtide that wrote it, or a newer one; or move it away: the desk makes it again.",
        )
    return number


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply what is missing. Each file is applied as a whole or not at all."""
    last = check(connection, path)
    for number, sql in migrations():
        if number > last:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for statement in statements(sql):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
            except BaseException:
                connection.rollback()
                raise
            connection.execute("COMMIT")


def statements(sql: str) -> list[str]:
    """The statements of a file."""
    found, begun = [], ""
    for line in sql.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    return found
