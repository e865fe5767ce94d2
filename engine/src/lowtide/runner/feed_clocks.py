"""A run says how far each source partition has come: at its first block, each 5 seconds while records come, at its end.

The desk reads it to tell a file that is loaded from a shop that is selling: while the clock of a partition runs ahead of the
wall clock, nobody is called. A row replaces the one before it, and no entry depends on it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from lowtide.errors import WarehouseError
from lowtide.operation.log import logger
from lowtide.rows import Row, instant_of_ms

EVERY_S = 5.0
"""A partition whose records come says its clock at least so often."""
_LEAVE_S = 2.0
"""Seconds for which the end waits for a row that is on its way."""

Insert = Callable[[Sequence[Row]], None]


class FeedClocks:
    """The clocks of the logs that this process reads. `insert` stores rows of `feed_clock`; any thread may note a clock."""

    def __init__(self, insert: Insert, pipeline: str, every_s: float = EVERY_S) -> None:
        self._insert, self._pipeline, self._every_s = insert, pipeline, every_s
        self._noted: dict[str, int] = {}
        self._moved: set[str] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lowtide-feed-clock", daemon=True)
        self._thread.start()

    def knows(self, log: str) -> bool:
        """Whether the first clock of a log was noted."""
        return log in self._noted

    def note(self, log: str, clock_ms: int | None) -> None:
        """Takes the clock of a log, after a block of it. The first one is stored on return, before any row of the log.

        None: the log has no event yet, or another process reads it. Raises WarehouseError if the first is not stored.
        """
        if clock_ms is None:
            return
        with self._lock:
            is_first = log not in self._noted
            self._noted[log] = clock_ms
            if not is_first:
                self._moved.add(log)
        if is_first:
            self._insert(self._rows({log: clock_ms}, ended=False))

    def end(self, *, is_over: bool) -> None:
        """Says no more. If the run is over, that is stored with the last clock of each log; a run that has failed or was
        superseded goes on in another process. Raises WarehouseError if the clocks are not stored.
        """
        self._over.set()
        self._thread.join(_LEAVE_S)
        if self._noted and is_over:
            self._insert(self._rows(self._noted, ended=True))

    def _beat(self) -> None:
        while not self._over.wait(self._every_s):
            with self._lock:
                clocks = {log: self._noted[log] for log in sorted(self._moved)}
                self._moved.clear()
            if clocks:
                self._say(clocks)

    def _say(self, clocks: dict[str, int]) -> None:
        try:
            self._insert(self._rows(clocks, ended=False))
        except WarehouseError as error:  # the run's own rows meet the same error, and end it
            logger("run").warning("feed_clock_unwritten", why=error.message)

    def _rows(self, clocks: dict[str, int], *, ended: bool) -> list[Row]:
        now = datetime.now(UTC)
        return [
            {
                "pipeline": self._pipeline,
                "partition": log,
                "clock": datetime.fromisoformat(instant_of_ms(clock)),
                "at": now,
                "ended": ended,
            }
            for log, clock in clocks.items()
        ]
