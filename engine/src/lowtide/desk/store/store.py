"""Open desk.db: one writer at a time, readers beside it, and errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lowtide.desk.lock import Lock
from lowtide.desk.points import point
from lowtide.desk.store import fault, migration
from lowtide.desk.store.door import Transaction
from lowtide.errors import StateAccessError
from lowtide.operation.durable import make_folder

_WAIT_S = 30.0
"""Seconds for which a writer waits for a command that writes beside the desk."""


class Store:
    """An open desk.db. Any thread may use it: transactions wait for each other, readers wait for nobody."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: Lock | None) -> None:
        self.path = path
        self._writer = connection
        self._lock = lock
        self._turn = threading.Lock()
        self._in_turn: int | None = None
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open the file, which is made if it is missing, and lock its folder for this process.

        Raises StateInUseError if another desk has the folder, StateError if the file is damaged, StateAccessError if
        it cannot be used now, StateVersionError if a newer version wrote it.
        """
        try:
            make_folder(path.parent)
        except OSError as error:
            raise StateAccessError(
                f"`{path.parent}` cannot be made: {error.strerror}", "Give `--desk` another folder."
            ) from error
        lock = Lock(path.parent)
        try:
            with fault.explained(path):
                _keep_private(path)
                connection = _connect(path)
                with _closed_on_error(connection):
                    connection.execute("PRAGMA journal_mode = WAL")
                    migration.migrate(connection, path)
        except BaseException:
            lock.release()
            raise
        return cls(path, connection, lock)

    @classmethod
    def beside(cls, path: Path) -> Store:
        """Open the file of a desk that may be running, for a short command. Raises StateAccessError if it is missing."""
        if not path.exists():
            raise StateAccessError(
                f"there is no desk in `{path.parent}`", "`lowtide desk` makes one; `--desk` says where it is."
            )
        with fault.explained(path):
            connection = _connect(path)
            with _closed_on_error(connection):
                migration.migrate(connection, path)
        return cls(path, connection, None)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All that is done inside is kept, or nothing of it. Raises StateAccessError if the disk refuses to keep it."""
        if self._in_turn == threading.get_ident():
            raise RuntimeError("a transaction inside a transaction of the same thread")
        with self._turn, fault.explained(self.path):
            self._in_turn = threading.get_ident()
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield Transaction(self._writer)
                point("before_commit")
                self._writer.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._writer.rollback()
                raise
            finally:
                self._in_turn = None
        point("after_commit")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Rows of one moment. Nothing can be changed inside."""
        with fault.explained(self.path):
            connection = self._reader()
            try:
                connection.execute("BEGIN")
                yield Transaction(connection)
            finally:
                with suppress(sqlite3.Error):
                    connection.rollback()
                with self._guard:
                    self._idle.append(connection)

    def _reader(self) -> sqlite3.Connection:
        with self._guard:
            if self._idle:
                return self._idle.pop()
        connection = _connect(self.path)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def close(self) -> None:
        """Close the file and let another desk have the folder. The caller's threads have ended."""
        with self._turn, self._guard:
            for connection in (*self._idle, self._writer):
                with suppress(sqlite3.Error):
                    connection.close()
            self._idle.clear()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _keep_private(path: Path) -> None:
    """Only this user reads the file: messages that wait hold links that answer in the name of a person.

    SQLite gives the files beside it (`-wal`, `-shm`) the same mode.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
    except OSError as error:
        raise StateAccessError(
            f"`{path}` cannot be written: {error.strerror}",
            "Let the user of the desk own this file and its folder.",
        ) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    with _closed_on_error(connection):
        connection.execute("PRAGMA synchronous = FULL")
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise
