"""Rows are inserted in large blocks and at least once; the tables keep one row of each.

Batches of the core wait in a queue, and a thread inserts them: those of a table when it has 250,000 rows, or when its
oldest batch is `max_age_s` seconds old, and those of all tables on `flush()`. The queue holds at most 64 MB; while it is
full, `write` waits. The rows of an insert that failed stay in the queue, so `flush()` may be called again; a row that
was inserted twice is the same row twice, and ReplacingMergeTree keeps one.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeVar

import pyarrow as pa
from clickhouse_connect.driver.exceptions import ClickHouseError

from lowtide import __version__
from lowtide.errors import WarehouseError
from lowtide.warehouse import class_rows
from lowtide.warehouse.client import Warehouse
from lowtide.warehouse.queue import Queue
from lowtide.warehouse.reference_tables import reference_rows
from lowtide.warehouse.retry import passes, retry
from lowtide.warehouse.sender import OnStored, Sender
from lowtide.warehouse.server_errors import sentence

Result = TypeVar("Result")
FLUSH_ROWS = 250_000
FLUSH_BYTES = 64 << 20
_LEAVE_S = 2.0
"""Seconds for which `close` waits for the answer of a server. For an embedded ClickHouse it waits without a limit."""
_COUNTS = ("records", "accepted", "duplicates", "late", "very_late", "rejects")
_RUN = (
    "run_id", "pipeline", "source", "started_at", "ended_at", "seen_at", "status", "policy_version", "workers",
    "lowtide_version", *_COUNTS, "counts", "version",
)  # fmt: skip
_START = "%Y%m%dT%H%M%S"
_SILENT_S = 600
"""A run that has given no sign of life for so long was killed."""


def new_run_id() -> str:
    """A name for a run: when it started (UTC), and six random digits."""
    return f"{datetime.now(UTC):{_START}}-{secrets.token_hex(3)}"


def _start_of(run_id: str) -> datetime:
    return datetime.strptime(run_id.rpartition("-")[0], _START).replace(tzinfo=UTC)


class Writer:
    """Takes rows and inserts them later. Any thread may write; the order in which tables are inserted does not matter."""

    def __init__(
        self,
        warehouse: Warehouse,
        *,
        pipeline: str = "lowtide",
        flush_rows: int = FLUSH_ROWS,
        flush_bytes: int = FLUSH_BYTES,
        max_age_s: float | None = None,
        on_stored: OnStored | None = None,
    ) -> None:
        self.warehouse = warehouse
        self.pipeline = pipeline
        self.written: Counter[str] = Counter()
        """Rows inserted so far, per table."""
        self.retries = 0
        """Inserts that failed because the warehouse was away."""
        self._away = 0
        self._counting = threading.Lock()
        self._flush_rows = flush_rows
        self._sender = Sender(
            self._insert,
            Queue(flush_rows, flush_bytes, max_age_s),
            on_stored or (lambda table, rows, seconds: None),
            lambda: None if warehouse.embedded else _LEAVE_S,
        )
        self._runs: dict[str, dict[str, Any]] = {}

    @property
    def waiting(self) -> bool:
        """Whether the warehouse is away, and an insert is tried again."""
        return self._away > 0

    @property
    def queued_rows(self) -> int:
        """Rows that were written and are not stored yet."""
        return self._sender.rows

    @property
    def queued_bytes(self) -> int:
        """Bytes of the rows that are not stored yet."""
        return self._sender.bytes

    @property
    def queued_s(self) -> float:
        """Seconds since the oldest row that is not stored was written."""
        return self._sender.age_s

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        """Take a batch whose columns are those of the table; waits while the queue is full.

        Raises WarehouseError if an insert has failed; then this batch was not taken.
        """
        if batch.num_rows:
            self._sender.put(table, batch)

    def flush(self) -> None:
        """Return when all rows written before are stored, the ledger first. Raises WarehouseError; then rows stay queued."""
        self._sender.flush()

    def close(self) -> None:
        """End the thread. Rows that were not flushed are dropped."""
        self._sender.close()

    def run_started(
        self, source: str, *, policy_version: str = "", workers: int = 1, run_id: str | None = None
    ) -> str:
        """Write the row of a run that starts, under a new run_id unless one is given; returns the run_id."""
        run = {
            "run_id": run_id or new_run_id(),
            "pipeline": self.pipeline,
            "source": source,
            "started_at": (now := datetime.now(UTC)),
            "ended_at": None,
            "seen_at": now,
            "status": "running",
            "policy_version": policy_version,
            "workers": workers,
            "lowtide_version": __version__,
            "version": 0,
        }
        self._runs[str(run["run_id"])] = run
        self._write_run(run, {})
        return str(run["run_id"])

    def run_seen(self, run_id: str, counts: Mapping[str, int]) -> None:
        """Write that a run of this writer lives, and its counts so far."""
        if run := self._runs.get(run_id):
            self._write_run({**run, "seen_at": datetime.now(UTC)}, counts)

    def end_killed(self, run_id: str, before: str | None) -> list[str]:
        """End the rows of runs of this pipeline that were killed, for a run that begins; returns their run_ids.

        `before` is the run whose state this one has taken over. Others were killed if they have been silent for ten minutes.
        """
        columns = ", ".join(_RUN)
        dead = (
            f"SELECT {columns} FROM {self.warehouse.database}.run FINAL WHERE pipeline = {{pipeline:String}} "
            "AND status = 'running' AND run_id != {run_id:String} AND (run_id = {before:String} "
            "OR coalesce(seen_at, started_at) < now64(3) - toIntervalSecond({silent:UInt32}))"
        )
        given = {"pipeline": self.pipeline, "run_id": run_id, "before": before or "", "silent": _SILENT_S}
        rows = self._attempt("run", lambda: self.warehouse.rows(dead, given))
        for row in rows:
            self.insert_row("run", {**row, "status": "killed", "version": 1})
        return [row["run_id"] for row in rows]

    def run_finished(self, run_id: str, status: str, counts: Mapping[str, int]) -> None:
        """Write the row of a run of this writer that has ended: `finished` or `failed`, and its counts by name."""
        run = self._runs.pop(run_id)
        self._write_run(
            {**run, "ended_at": (now := datetime.now(UTC)), "seen_at": now, "status": status, "version": 1},
            counts,
        )

    def policy_version(self, version: str, policy_json: str, run_id: str) -> None:
        """Record a policy with the run that brought it, unless it is known already."""
        table = f"{self.warehouse.database}.policy_version"
        known = f"SELECT 1 FROM {table} WHERE version = {{version:String}} LIMIT 1"
        if not self._attempt("policy_version", lambda: self.warehouse.rows(known, {"version": version})):
            seen = self._runs.get(run_id, {}).get("started_at") or _start_of(run_id)
            row = {"version": version, "policy": policy_json, "first_run": run_id, "first_seen": seen}
            self.insert_row("policy_version", row)

    def inputs_version(self, version: str, classes: pa.RecordBatch | None) -> None:
        """Record that inputs are in force, with their classes if these are new. An empty `version` means no inputs."""
        pipeline, table = self.pipeline, class_rows.TABLE
        known, since = self._attempt(table, lambda: class_rows.in_force(self.warehouse, pipeline))
        if known == version or (known is None and not version):
            return
        if classes is not None and not self._attempt(
            table, lambda: class_rows.is_known(self.warehouse, pipeline, version)
        ):
            rows = class_rows.table_of(pipeline, version, classes, datetime.now(UTC))
            for start in range(0, rows.num_rows, self._flush_rows):
                self._insert(table, rows.slice(start, self._flush_rows))
        self._insert(table, class_rows.marker(pipeline, version, since))

    def reference(self, table: str, batch: pa.RecordBatch | pa.Table) -> None:
        """Write a file that people keep, as `lowtide.catalogue` reads it: `catalogue`, `location`, `supplier` or `lane`."""
        for rows in reference_rows(table, batch, datetime.now(UTC)).to_batches(
            max_chunksize=self._flush_rows
        ):
            self.write(table, rows)

    def _write_run(self, run: Mapping[str, Any], counts: Mapping[str, int]) -> None:
        rest = {name: count for name, count in counts.items() if name not in _COUNTS}
        row = {**run, **{name: counts.get(name, 0) for name in _COUNTS}, "counts": rest}
        self.insert_row("run", {name: row[name] for name in _RUN})

    def insert_row(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert one row, at once. When it returns, the row is on disk."""
        self.insert_rows(table, [row])

    def insert_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows with the same columns, at once and in one insert. When it returns, they are on disk."""
        names, values = list(rows[0]), [list(row.values()) for row in rows]
        self._attempt(table, lambda: self.warehouse.insert_rows(table, names, values))

    def _insert(self, table: str, rows: pa.Table) -> None:
        def insert() -> None:
            if self._sender.closed:
                raise WarehouseError("the run has ended")
            self.warehouse.insert_arrow(table, rows)

        self._attempt(table, insert)
        self.written[table] += rows.num_rows

    def _attempt(self, table: str, insert: Callable[[], Result]) -> Result:
        """Insert; while a server is away, wait and try again. A row that is inserted twice stays one row.

        An error of the ClickHouse in this process is raised at once: waiting does not help it.
        """
        failed = 0

        def counted() -> Result:
            nonlocal failed
            try:
                return insert()
            except Exception as error:
                if passes(error) and not self.warehouse.embedded:
                    failed += 1
                    self._count(retries=1, away=int(failed == 1))
                raise

        try:
            address = self.warehouse.address
            return retry(counted, address.shown, address.retry_s, until=lambda: self.warehouse.embedded)
        except (ClickHouseError, WarehouseError, OSError) as error:
            reason = error.__cause__ if isinstance(error, WarehouseError) and error.__cause__ else error
            raise WarehouseError(
                f"the warehouse did not take rows of `{table}`: {sentence(reason)}",
                "Nothing is lost: run again, and they are written again.",
            ) from error
        finally:
            self._count(away=-int(failed > 0))

    def _count(self, *, retries: int = 0, away: int = 0) -> None:
        with self._counting:
            self.retries += retries
            self._away += away

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()
