"""One thread inserts blocks into the warehouse, one at a time, while the callers go on.

    put ──▶ Queue, bounded ──▶ the thread ──▶ insert
      waits while it is full     starts with the first batch, ends with close()

A block that fails stays in the queue, and the thread waits: every `put` and the next `flush` raise the error, and the
`flush` after that one tries again.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable

import pyarrow as pa

from lowtide.errors import WarehouseError
from lowtide.warehouse.queue import Block, Queue

OnStored = Callable[[str, int, float], None]
"""Called after every block that is stored, with its table, its rows, and the seconds since its oldest batch came."""


class Sender:
    """The queue and its thread. Any thread may call its methods."""

    def __init__(
        self,
        insert: Callable[[str, pa.Table], None],
        queue: Queue,
        on_stored: OnStored,
        leave_s: Callable[[], float | None] = lambda: None,
    ) -> None:
        self.closed = False
        self._insert = insert
        self._queue = queue
        self._on_stored = on_stored
        self._leave_s = leave_s
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._flush_upto = -1
        self._blocked = 0
        self._failure: WarehouseError | None = None
        self._reported = False

    @property
    def rows(self) -> int:
        """Rows that wait or are being inserted."""
        with self._changed:
            return self._queue.rows

    @property
    def bytes(self) -> int:
        """Bytes of the rows that are not stored."""
        with self._changed:
            return self._queue.bytes

    @property
    def age_s(self) -> float:
        """Seconds since the oldest row that is not stored came."""
        with self._changed:
            return self._queue.age(time.monotonic())

    def put(self, table: str, batch: pa.RecordBatch) -> None:
        """Take a batch; waits while the queue is full. Raises the error of the thread; then the batch was not taken."""
        with self._changed:
            self._usable()
            size = batch.nbytes
            while not self._queue.room(size):
                self._wait_for_room()
                self._usable()
            self._queue.put(table, batch, size, time.monotonic())
            self._start()
            self._changed.notify_all()

    def _wait_for_room(self) -> None:
        self._blocked += 1
        self._changed.notify_all()
        self._changed.wait()
        self._blocked -= 1

    def flush(self) -> None:
        """Return when all batches put before are stored. Raises the error of the thread."""
        with self._changed:
            if self._failure is not None and not self._reported:
                self._report(self._failure)
            self._failure = None
            last = self._queue.last
            self._flush_upto = max(self._flush_upto, last)
            while self._queue.holds(last):
                self._usable()
                self._start()
                self._changed.notify_all()
                self._changed.wait()

    def close(self) -> None:
        """End the thread after its present insert. Rows that wait are dropped, so `flush` first."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
            thread, self._thread = self._thread, None
        atexit.unregister(self.close)
        if thread is not None:
            thread.join(self._leave_s())

    def _usable(self) -> None:
        if self._failure is not None:
            self._report(self._failure)
        if self.closed:
            raise WarehouseError("the writer of the warehouse is closed", "Open another writer.")

    def _report(self, failure: WarehouseError) -> None:
        self._reported = True
        raise WarehouseError(failure.message, failure.hint) from failure

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        self._thread = threading.Thread(target=self._run, name="lowtide-warehouse", daemon=True)
        self._thread.start()
        # An embedded ClickHouse must not be inside an insert when the interpreter ends.
        atexit.register(self.close)

    def _run(self) -> None:
        while (block := self._next()) is not None:
            failure: BaseException | None = None
            try:
                self._insert(block.table, block.arrow())
                self._on_stored(block.table, block.rows, time.monotonic() - block.since)
            except BaseException as error:  # any error must reach the callers that wait
                failure = error
            self._ended(block, failure)

    def _next(self) -> Block | None:
        with self._changed:
            while not self.closed:
                now, pause = time.monotonic(), None
                if self._failure is None:
                    table = self._queue.due(now, self._flush_upto, crowded=self._blocked > 0)
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
                self._failure, self._reported = _failure(block.table, failure), False
            self._changed.notify_all()


def _failure(table: str, error: BaseException) -> WarehouseError:
    if isinstance(error, WarehouseError):
        return error
    failure = WarehouseError(f"rows of `{table}` cannot be written: {error}", "They were never sent.")
    failure.__cause__ = error
    return failure
