"""One run of a finite log, from sources to warehouse: what `lowtide run`, the demo and `dataflows/` share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowtide import flow
from lowtide.catalogue import load_catalogue
from lowtide.core import Job, Log, shared_positions
from lowtide.errors import JobError, SettingsError
from lowtide.policy import load_policy, policy_document
from lowtide.progress import Meter
from lowtide.settings import Settings
from lowtide.sources import Block, open_logs, total_bytes
from lowtide.state import partition_of, restore, save
from lowtide.warehouse import Warehouse, Writer, open_warehouse, retention


@dataclass
class Summary:
    """What a run did: counts by name, positions held, entries written, seconds, rows a table."""

    source: str
    counts: dict[str, int]
    positions: int
    entries: int
    seconds: float
    policy_version: str
    run_id: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    shared: list[dict[str, Any]] = field(default_factory=list)
    """Positions whose movements were in more than one log, with those logs: their stock is wrong."""


class Run:
    """A run that is set up: sources found, state restored. `plan` is what a flow needs, with the run as its sink.

    Raises InputError, SettingsError or JobError here, before the first record. Rows go to the warehouse, if there
    is one, and are counted; `close()` puts the last of them and the run's own row there.
    """

    def __init__(self, sources: list[str], settings: Settings, meter: Meter | None = None) -> None:
        policy = load_policy(settings.policy)
        catalogue = load_catalogue(settings.catalogue) if settings.catalogue else None
        self.settings = settings
        self.meter = meter or Meter(total_bytes(sources))
        self.rows: dict[str, int] = {}
        self.shared: list[dict[str, Any]] = []
        self._ended = False
        opened = open_logs(
            sources,
            settings.block_records,
            max_record_bytes=policy.max_record_bytes,
            progress=self.meter.read,
        )
        if settings.state:
            opened = {partition_of(Path(settings.state)) or name: blocks for name, blocks in opened.items()}
        self.job = Job.of(policy, catalogue, pipeline=settings.pipeline, partition=" ".join(opened))
        logs = [
            Log(self.job.named(name), self._limited(blocks), settings.key_groups)
            for name, blocks in opened.items()
        ]
        self.plan = flow.Plan({log.name: log for log in logs}, self, self.meter.after_block)
        if settings.state:
            if len(logs) > 1:
                raise SettingsError("a state folder holds one log", "Run a topic without `--state`.")
            restore(logs[0], Path(settings.state))
        self._before = self._counted()
        self._policy_text = policy_document(policy)
        self._warehouse: Warehouse | None = None
        self._writer: Writer | None = None
        self.run_id: str | None = None

    def open(self) -> None:
        """Opens the warehouse, if it is not open yet. Raises WarehouseError."""
        if self._writer is not None or self.settings.warehouse == "none":
            return
        job = self.job
        self._warehouse = open_warehouse(self.settings.warehouse, create=True)
        if self.settings.keep_days is not None:
            retention.keep(self._warehouse, self.settings.keep_days)
        self._writer = Writer(self._warehouse, pipeline=self.settings.pipeline)
        self.run_id = self._writer.run_started(
            job.partition_name, policy_version=job.policy_version, workers=self.settings.workers
        )
        self._writer.policy_version(job.policy_version, self._policy_text, self.run_id)
        if job.catalogue is not None:
            self._writer.catalogue(job.catalogue)

    def _limited(self, blocks: Iterator[Block]) -> Iterator[Block]:
        for block in blocks:
            if self._too_many_rejects():
                return
            yield block

    def _too_many_rejects(self) -> bool:
        most = self.settings.max_rejects
        return most is not None and self.counts()["rejects"] > most

    def counts(self) -> dict[str, int]:
        """What this run counted, without what a restored state had counted before it."""
        counts = {name: n - self._before.get(name, 0) for name, n in self._counted().items()}
        return counts | ({"shared_positions": len(self.shared)} if self.shared else {})

    def _counted(self) -> dict[str, int]:
        total: Counter[str] = Counter()
        for log in self.plan.logs.values():
            total.update(log.partition.counts())
        return dict(total)

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        """Takes rows of a table from any worker."""
        self.rows[table] = self.rows.get(table, 0) + batch.num_rows
        if table == "ledger":
            self.meter.wrote(batch.num_rows)
        if self._writer is not None:
            self._writer.write(table, batch)

    def close(self) -> None:
        """The flow has come to its end: everything is on disk when this returns."""
        if not self._ended:
            self.shared = shared_positions(self.plan.logs.values())
        if self._writer is not None:
            self._writer.flush()
        self._end("failed" if self._too_many_rejects() else "finished")

    def _end(self, status: str) -> None:
        if self._ended:
            return
        self._ended = True
        writer, self._writer = self._writer, None
        warehouse, self._warehouse = self._warehouse, None
        if writer is not None and warehouse is not None and self.run_id is not None:
            try:
                writer.run_finished(self.run_id, status, self.counts())
            finally:
                warehouse.close()
        if status == "finished" and self.settings.state:
            for log in self.plan.logs.values():
                save(log, Path(self.settings.state))

    def to_end(self) -> Summary:
        """Runs the flow over this run's worker threads and says what came of it."""
        with self.meter:
            try:
                self.open()
                flow.run(self.plan, self.settings.workers)
                if self._too_many_rejects():
                    raise JobError(f"more than {self.settings.max_rejects:,} rejects", _SEE_REJECTS)
            except BaseException:
                self._end("failed")
                raise
            self.close()
            seconds = self.meter.seconds
        return Summary(
            source=self.job.partition_name,
            counts=self.counts(),
            positions=sum(len(group) for log in self.plan.logs.values() for group in log.groups.values()),
            entries=self.meter.entries,
            seconds=seconds,
            policy_version=self.job.policy_version,
            run_id=self.run_id,
            rows=dict(sorted(self.rows.items())),
            shared=self.shared,
        )


_SEE_REJECTS = (
    'See them with `lowtide sql "SELECT reason, count() FROM reject GROUP BY reason"`, '
    "or run without `--max-rejects`."
)


def run(sources: list[str], settings: Settings, meter: Meter | None = None) -> Summary:
    """Runs sources to their end under these settings. Raises JobError when `max_rejects` is exceeded."""
    return Run(sources, settings, meter).to_end()
