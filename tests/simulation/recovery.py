"""The dataflow library's recovery store: rows of an epoch come one by one, and stay if the epoch is never complete.

It is a file with the tables of the library, so that the product can clean it like a real one. The statements do the same as
those of the library: resume at the smallest front of the last execution's workers, load the newest snapshot of each key
below that, and delete snapshots that only older epochs than the committed one need.
"""

from __future__ import annotations

import pickle
import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from lowtide.runner import flow

_RESUME = """
WITH last AS (SELECT ex_num, worker_count, resume_epoch FROM exs ORDER BY ex_num DESC LIMIT 1)
SELECT ex_num + 1, CASE WHEN (SELECT count(*) FROM fronts WHERE fronts.ex_num = last.ex_num) < worker_count THEN resume_epoch
    ELSE max(resume_epoch, (SELECT min(worker_frontier) FROM fronts WHERE fronts.ex_num = last.ex_num)) END FROM last
"""
_LOAD = """
SELECT step_id, state_key, ser_change FROM snaps
JOIN (SELECT step_id, state_key, max(snap_epoch) AS snap_epoch FROM snaps WHERE snap_epoch < ? GROUP BY 1, 2)
USING (step_id, state_key, snap_epoch) ORDER BY step_id, state_key
"""
_FORGET = """
DELETE FROM snaps WHERE snap_epoch <
    (SELECT max(snap_epoch) FROM snaps AS other
     WHERE other.step_id = snaps.step_id AND other.state_key = snaps.state_key AND other.snap_epoch <= ?)
"""


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        flow.make_store(Path(folder))
        file = next(Path(folder).glob("part-*"))
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.close()
        return file.read_bytes()


class Snapshot(NamedTuple):
    """A key's state at the end of an epoch."""

    step: str
    key: str
    state: Any


class Recovery:
    """The store as one execution uses it, from its start to its end or crash."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "part-0.sqlite3"
        if not self.path.exists():
            self.path.write_bytes(_empty())
        self._rows = sqlite3.connect(self.path, isolation_level=None)
        self._rows.execute("PRAGMA synchronous = OFF")
        self.execution, self.epoch = self._rows.execute(_RESUME).fetchone() or (0, 1)

    def load(self) -> list[Snapshot]:
        """The snapshots with which the execution begins."""
        rows = self._rows.execute(_LOAD, (self.epoch,))
        return [Snapshot(step, key, pickle.loads(state)) for step, key, state in rows if state is not None]

    def begin(self, workers: int) -> None:
        """Stores the execution."""
        self._rows.execute(
            "INSERT INTO exs (ex_num, worker_count, resume_epoch) VALUES (?, ?, ?)",
            (self.execution, workers, self.epoch),
        )

    def snap(self, epoch: int, one: Snapshot) -> None:
        """Stores a snapshot."""
        self._rows.execute(
            "INSERT OR REPLACE INTO snaps (step_id, state_key, snap_epoch, ser_change) VALUES (?, ?, ?, ?)",
            (one.step, one.key, epoch, pickle.dumps(one.state)),
        )

    def front(self, worker: int, epoch: int) -> None:
        """Stores that everything before this epoch is complete, for one worker."""
        self._rows.execute(
            "INSERT OR REPLACE INTO fronts (ex_num, worker_index, worker_frontier) VALUES (?, ?, ?)",
            (self.execution, worker, epoch),
        )

    def commit(self, epoch: int) -> None:
        """Stores that runs do not begin with an older epoch any more."""
        self._rows.execute(
            "INSERT OR REPLACE INTO commits (part_index, commit_epoch) VALUES (0, ?)", (epoch,)
        )
        self._rows.execute(_FORGET, (epoch,))

    def close(self) -> None:
        """Closes the store after the execution ended or crashed."""
        self._rows.close()
