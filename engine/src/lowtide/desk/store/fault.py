"""What SQLite says went wrong, as an error that says what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lowtide.errors import LowtideError, StateAccessError, StateError

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REBUILD = "Move `desk.db`, `desk.db-wal` and `desk.db-shm` away and start the desk: it makes them again from the warehouse."
_WHY = {
    sqlite3.SQLITE_FULL: ("the disk is full", "Make room on the disk: the desk goes on by itself."),
    sqlite3.SQLITE_READONLY: ("it may not be written", "Mend the permissions of the file and its folder."),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "Mend the permissions of the file and its folder."),
    sqlite3.SQLITE_BUSY: (
        "another process has locked it",
        "End the other process, or wait until it is ready.",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk failed",
        "Make room on the disk, or mend it: the desk goes on by itself.",
    ),
}


def error_of(path: Path, error: sqlite3.Error) -> LowtideError | None:
    """StateError for proven damage, StateAccessError where the file cannot be used now; None: a mistake of the caller."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return StateError(f"`{path}` is damaged: {error}", _REBUILD)
    if code in _WHY:
        why, hint = _WHY[code]
        return StateAccessError(f"`{path}` cannot be used now: {why} ({error})", hint)
    return None


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raises StateError or StateAccessError for what SQLite raises inside."""
    try:
        yield
    except sqlite3.Error as error:
        if explained_error := error_of(path, error):
            raise explained_error from error
        raise
