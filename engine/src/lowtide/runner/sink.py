"""Rows of a run go to the warehouse, and rejects to a topic of dead letters too."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

import pyarrow as pa

from lowtide.core import Job
from lowtide.inputs import InputsFolder
from lowtide.kafka.dead_letters import DeadLetters
from lowtide.operation.log import logger
from lowtide.runner.coordinator import Coordinator
from lowtide.runner.feed_clocks import FeedClocks
from lowtide.runner.observer import RunObserver
from lowtide.runner.run_row import RunRow
from lowtide.settings import Settings
from lowtide.warehouse import Warehouse, Writer, open_warehouse, retention


class WarehouseSink:
    """The sink of a run; it also keeps the run's own row. Any worker thread may call.

    `policy` is the text of the policy with which the run begins, `files` are those that people keep, by table, `learned`
    are the inputs that the logs may name, and `workers` is their number in all processes. `linger` is how many seconds rows
    may wait to become a large block; None: until there are many, or until a flush.
    """

    def __init__(
        self,
        settings: Settings,
        job: Job,
        policy: str,
        files: Mapping[str, pa.RecordBatch],
        learned: InputsFolder | None,
        observer: RunObserver,
        coordinator: Coordinator,
        *,
        workers: int,
        linger: float | None,
    ) -> None:
        self.rows: Counter[str] = Counter()
        """Rows taken, by table."""
        self._settings, self._job, self._policy, self._files = settings, job, policy, files
        self._learned = learned
        self._inputs_version: str | None = None
        self._observer, self._coordinator = observer, coordinator
        self._workers, self._linger = workers, linger
        self._warehouse: Warehouse | None = None
        self._writer: Writer | None = None
        self._clocks: FeedClocks | None = None
        self._row: RunRow | None = None
        self.counts: Callable[[], Mapping[str, int]] = dict
        """What the run has counted, for its row."""
        self._dead_letters = DeadLetters(settings.dead_letter.reveal()) if settings.dead_letter else None
        self._lock = threading.Lock()
        self._ended = False

    def open(self) -> None:
        """Opens the warehouse, if it is not open yet. Raises WarehouseError."""
        with self._lock:
            if self._writer is not None or self._ended or self._settings.warehouse.reveal() == "none":
                return
            self._warehouse = open_warehouse(self._settings.warehouse.reveal(), create=True)
            if self._settings.keep_days is not None:
                retention.keep(self._warehouse, self._settings.keep_days)
            metrics, health = self._observer.metrics, self._observer.health
            writer = Writer(
                self._warehouse,
                pipeline=self._settings.pipeline,
                max_age_s=self._linger,
                on_stored=lambda table, rows, seconds: metrics.stored(seconds),
            )
            if self._coordinator.leads:
                self._begin(writer)
                self._row = self._observer.row = RunRow(
                    writer, self._coordinator.run_id, lambda: self.counts()
                )
            self._writer = writer
            insert = partial(writer.insert_rows, "feed_clock")
            self._clocks = self._observer.clocks = FeedClocks(insert, self._settings.pipeline)
            metrics.watch(writer)
            health.watch(lambda: "the warehouse" if writer.waiting else None)
            health.reached("warehouse")

    def _begin(self, writer: Writer) -> None:
        job, run_id = self._job, self._coordinator.run_id
        version = job.policy_version
        writer.run_started(job.partition_name, policy_version=version, workers=self._workers, run_id=run_id)
        for killed in writer.end_killed(run_id, self._coordinator.before):
            logger("run").warning("run_killed", run_id=killed)
        writer.policy_version(version, self._policy, run_id)
        for table, batch in self._files.items():
            writer.reference(table, batch)

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        """Takes rows of a table; waits while there is no room for them."""
        self.open()
        with self._lock:
            self.rows[table] += batch.num_rows
        self._observer.wrote(table, batch.num_rows)
        if self._writer is not None:
            self._writer.write(table, batch)
        if table == "reject" and self._dead_letters is not None:
            self._dead_letters.send(self._settings.pipeline, batch)

    def policy(self, version: str, document: str) -> None:
        """Stores a policy that came in a log, beside the others."""
        if self._writer is not None:
            self._writer.policy_version(version, document, self._coordinator.run_id)

    def inputs(self, version: str) -> None:
        """Stores the classes of the inputs that a log has come to."""
        self.open()
        with self._lock:
            if self._writer is not None and version != self._inputs_version:
                one = self._learned.sets.get(version) if self._learned else None
                self._writer.inputs_version(version, one.classes if one else None)
                self._inputs_version = version

    def flush(self) -> None:
        """Returns when all rows that were taken are stored."""
        if self._writer is not None:
            self._writer.flush()
        if self._dead_letters is not None:
            self._dead_letters.flush()

    def end(self, status: str, counts: Mapping[str, int]) -> None:
        """Completes the run's row and the clocks of its logs, once, and closes the warehouse.

        The next run reads again what was not flushed.
        """
        with self._lock:
            ended, self._ended = self._ended, True
        if ended or self._writer is None or self._warehouse is None:
            return
        try:
            if self._clocks is not None:
                self._clocks.end(is_over=status in ("finished", "stopped"))
            if self._row is not None:
                self._row.end(status, counts)
        finally:
            self._writer.close()
            self._warehouse.close()
