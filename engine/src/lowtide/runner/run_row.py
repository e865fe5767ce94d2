"""The row of a run says that the run lives: at each checkpoint with what was counted until then, and each minute.

A run that was killed cannot end its row. The next run of its pipeline does: the one that takes over its state knows it by
name, and any other takes a run for dead that has given no sign for ten minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from lowtide.errors import WarehouseError
from lowtide.operation.log import logger
from lowtide.warehouse import Writer

OFTEN_S = 5.0
"""Checkpoints that come faster than this write no row of their own."""
IDLE_S = 60.0
"""A run without records has no checkpoints, and gives a sign so often."""
_LEAVE_S = 2.0
"""Seconds for which the end waits for a row that is on its way."""


class RunRow:
    """Keeps the row of the run that `writer` has begun. `counts` says what was counted so far."""

    def __init__(self, writer: Writer, run_id: str, counts: Callable[[], Mapping[str, int]]) -> None:
        self._writer, self._run_id, self._counts = writer, run_id, counts
        self._last = time.monotonic()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._idle, name="lowtide-run-row", daemon=True)
        self._thread.start()

    def beat(self, every_s: float = OFTEN_S) -> None:
        """Writes a sign of life, unless the last one is not `every_s` seconds old."""
        with self._lock:
            if self._over.is_set() or time.monotonic() - self._last < every_s:
                return
            self._last = time.monotonic()
            try:
                self._writer.run_seen(self._run_id, self._counts())
            except WarehouseError as error:  # the run's own rows meet the same error, and end it
                logger("run").warning("run_unwritten", why=error.message)

    def end(self, status: str, counts: Mapping[str, int]) -> None:
        """Writes the last row. Raises WarehouseError if it is not stored."""
        self._over.set()
        self._thread.join(_LEAVE_S)
        self._writer.run_finished(self._run_id, status, counts)

    def _idle(self) -> None:
        while not self._over.wait(OFTEN_S):
            self.beat(IDLE_S)
