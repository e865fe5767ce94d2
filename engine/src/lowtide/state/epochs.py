"""Bytewax's recovery store: for each epoch, the manifests and offsets that were given at its end.

Its tables (SQLite): `snaps` step_id, state_key, snap_epoch, ser_change (a pickle); `fronts` the epoch that each worker of
an execution reached; `exs` the executions. The run continues at the smallest front of the last execution, with the newest
snapshot of each key below it. Snapshots above belong to an epoch that was never complete. A later run that reaches that
epoch would load them, so they are deleted before each start.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lowtide.errors import StateError
from lowtide.state.durable import inaccessible
from lowtide.state.manifest import Manifest

LOCKED_S = 30.0
"""How long a store that another program has locked is waited for."""
_TABLES = frozenset({"parts", "exs", "fronts", "commits", "snaps"})
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""Errors that prove damage. All others say only that the store cannot be opened, read or written now."""


class Epochs:
    """The recovery store in a folder. It is one file, because all processes share it.

    Every method raises StateError for damage that is proven, and StateAccessError if the store cannot be used now.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "part-0.sqlite3"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            address = f"{self.path.absolute().as_uri()}?mode=rw"  # never makes a file
            with closing(sqlite3.connect(address, timeout=LOCKED_S, uri=True)) as connection:
                yield connection
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                raise StateError(f"`{self.path}` of the state is damaged: {error}") from error
            raise inaccessible(self.path, error) from error

    def exists(self) -> bool:
        """Whether there is a store, with or without content."""
        try:
            self.path.stat()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise inaccessible(self.path, error) from error
        return True

    def is_complete(self) -> bool:
        """Whether the store exists with all its tables. If a full disk cut off its making, it never held a checkpoint."""
        if not self.exists():
            return False
        with self._open() as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name for (name,) in rows} >= _TABLES

    def check(self) -> None:
        """Raises StateError if the store is not what was written."""
        with self._open() as connection:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            raise StateError(f"`{self.path}` of the state is damaged: {answer}")

    def copy(self, target: Path) -> None:
        """Copies the store, as it is now, to a new file."""
        with self._open() as connection, closing(sqlite3.connect(target)) as copied:
            connection.backup(copied)

    def resume_epoch(self) -> int:
        """The epoch with which the next run begins; 1 for a new store."""
        if not self.exists():
            return 1
        with self._open() as connection:
            last = connection.execute(
                "SELECT ex_num, worker_count, resume_epoch FROM exs ORDER BY ex_num DESC LIMIT 1"
            ).fetchone()
            if last is None:
                return 1
            number, workers, began = last
            fronts = [
                int(front)
                for (front,) in connection.execute(
                    "SELECT worker_frontier FROM fronts WHERE ex_num = ?", (number,)
                )
            ]
        return max(int(began), min(fronts)) if len(fronts) == workers else int(began)

    def go_back(self, epoch: int, drop: tuple[str, ...] = ()) -> None:
        """Makes the next run begin with `epoch`. Deletes everything later, and every snapshot of the steps in `drop`."""
        with self._open() as connection, connection:
            connection.execute("DELETE FROM snaps WHERE snap_epoch >= ?", (epoch,))
            connection.executemany("DELETE FROM snaps WHERE step_id = ?", [(step,) for step in drop])
            connection.execute("UPDATE fronts SET worker_frontier = min(worker_frontier, ?)", (epoch,))
            connection.execute("UPDATE exs SET resume_epoch = min(resume_epoch, ?)", (epoch,))

    def kept(self) -> list[int]:
        """The epochs with which a run could begin, newest first, back to the oldest complete one."""
        with self._open() as connection:
            least = connection.execute("SELECT max(commit_epoch) FROM commits").fetchone()[0] or 1
            rows = connection.execute("SELECT DISTINCT snap_epoch + 1 FROM snaps").fetchall()
        last = self.resume_epoch()
        return sorted({last, *(epoch for (epoch,) in rows if least < epoch < last)}, reverse=True)

    def manifests(self, epoch: int | None = None) -> list[Manifest]:
        """The manifest of every part with which `epoch` would begin; if None, all manifests in the store."""
        if not self.exists():
            return []
        newest = "SELECT step_id, state_key, max(snap_epoch) FROM snaps WHERE snap_epoch < ? GROUP BY 1, 2"
        where = "" if epoch is None else f"WHERE (step_id, state_key, snap_epoch) IN ({newest})"
        with self._open() as connection:
            rows = connection.execute(
                f"SELECT ser_change FROM snaps {where} ORDER BY step_id, state_key, snap_epoch",
                () if epoch is None else (epoch,),
            ).fetchall()
        states = (_unpickled(change) for (change,) in rows if change is not None)
        return [Manifest.of_json(state) for state in states if isinstance(state, bytes)]


def _unpickled(change: bytes) -> object:
    try:
        return pickle.loads(change)
    except Exception as error:  # what damaged bytes raise has no common class
        raise StateError(f"a snapshot of the state cannot be read: {error}") from error
