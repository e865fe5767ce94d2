"""One thread puts blocks into the warehouse, one at a time, while whoever has rows goes on.

    write ──▶ Queue, bounded ──▶ the sender ──▶ insert
      waits while it is full       starts with the first batch, ends with close()

A block that fails stays in the queue, and nothing more is sent: the error is raised by every `put` and by the next `flush`,
and the flush after that one tries again.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable

import pyarrow as pa

from lowtide.errors import WarehouseError
from lowtide.warehouse.queue import Block, Queue

Stored = Callable[[str, int, float], None]
"""Told of every block that is stored: table, rows, seconds since its oldest batch came."""


class Sender:
    """The queue and its thread. Any thread may call."""

    def __init__(
        self,
        insert: Callable[[str, pa.Table], None],
        queue: Queue,
        on_stored: Stored,
        leave_s: float | None = None,
    ) -> None:
        self.closed = False
        self._insert = insert
        self._queue = queue
        self._on_stored = on_stored
        self._leave_s = leave_s
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._wanted = -1
        self._blocked = 0
        self._failure: WarehouseError | None = None
        self._told = False

    @property
    def rows(self) -> int:
        """Rows that wait or are being inserted."""
        with self._changed:
            return self._queue.rows

    @property
    def bytes(self) -> int:
        """Their size."""
        with self._changed:
            return self._queue.bytes

    @property
    def age_s(self) -> float:
        """Seconds since the oldest of them came."""
        with self._changed:
            return self._queue.age(time.monotonic())

    def put(self, table: str, batch: pa.RecordBatch) -> None:
        """Take a batch; waits while the queue is full. Raises what the sender failed with, and has not taken it then."""
        with self._changed:
            self._usable()
            while not self._queue.room(batch.nbytes):
                self._wait_for_room()
                self._usable()
            self._queue.put(table, batch, time.monotonic())
            self._begin()
            self._changed.notify_all()

    def _wait_for_room(self) -> None:
        self._blocked += 1
        self._changed.notify_all()
        self._changed.wait()
        self._blocked -= 1

    def flush(self) -> None:
        """Return when all that was put before is stored. Raises what the sender failed with."""
        with self._changed:
            if self._failure is not None and not self._told:
                self._tell(self._failure)
            self._failure = None
            wanted = self._queue.last
            self._wanted = max(self._wanted, wanted)
            while self._queue.holds(wanted):
                self._usable()
                self._begin()
                self._changed.notify_all()
                self._changed.wait()

    def close(self) -> None:
        """End the thread, after the insert that it is in. What waits is dropped: `flush` first."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
            thread, self._thread = self._thread, None
        atexit.unregister(self.close)
        if thread is not None:
            thread.join(self._leave_s)

    def _usable(self) -> None:
        if self._failure is not None:
            self._tell(self._failure)
        if self.closed:
            raise WarehouseError("the way into the warehouse is closed", "Open a writer of its own.")

    def _tell(self, failure: WarehouseError) -> None:
        self._told = True
        raise WarehouseError(failure.message, failure.hint) from failure

    def _begin(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        self._thread = threading.Thread(target=self._run, name="lowtide-warehouse", daemon=True)
        self._thread.start()
        # The engine of an embedded warehouse must not be left in an insert when the interpreter takes itself apart.
        atexit.register(self.close)

    def _run(self) -> None:
        while (block := self._next()) is not None:
            failure: BaseException | None = None
            try:
                self._insert(block.table, block.arrow())
                self._on_stored(block.table, block.rows, time.monotonic() - block.since)
            except BaseException as error:  # whatever it is, those who wait must hear of it
                failure = error
            self._ended(block, failure)

    def _next(self) -> Block | None:
        with self._changed:
            while not self.closed:
                now, pause = time.monotonic(), None
                if self._failure is None:
                    table = self._queue.due(now, self._wanted, crowded=self._blocked > 0)
                    if table is not None:
                        return self._queue.take(table)
                    pause = self._queue.due_in(now)
                self._changed.wait(pause)
            return None

    def _ended(self, block: Block, failure: BaseException | None) -> None:
        with self._changed:
            if failure is None:
                self._queue.stored()
            else:
                self._queue.refused()
                self._failure, self._told = _known(block.table, failure), False
            self._changed.notify_all()


def _known(table: str, error: BaseException) -> WarehouseError:
    if isinstance(error, WarehouseError):
        return error
    failure = WarehouseError(f"rows of `{table}` cannot be written: {error}", "They were never sent.")
    failure.__cause__ = error
    return failure
