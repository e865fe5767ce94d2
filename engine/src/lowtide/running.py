"""One run of a finite log, from sources to warehouse: what `lowtide run`, the demo and `dataflows/` share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from lowtide import flow
from lowtide.catalogue import load_catalogue
from lowtide.core import Job, Partition
from lowtide.errors import JobError
from lowtide.policy import load_policy, policy_document
from lowtide.progress import Meter
from lowtide.settings import Settings
from lowtide.sources import Block, open_sources, partition_name, total_bytes
from lowtide.state import restore, save
from lowtide.warehouse import Writer, open_warehouse


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


class _Sink:
    """Rows go to the warehouse, if there is one, and are counted."""

    def __init__(self, writer: Writer | None, meter: Meter) -> None:
        self._writer, self._meter = writer, meter
        self.rows: dict[str, int] = {}

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        self.rows[table] = self.rows.get(table, 0) + batch.num_rows
        if table == "ledger":
            self._meter.wrote(batch.num_rows)
        if self._writer is not None:
            self._writer.write(table, batch)


def _limited(blocks: Iterator[Block], plan: flow.Plan, most: int | None) -> Iterator[Block]:
    for block in blocks:
        if most is not None and plan.log().counts()["rejects"] > most:
            raise JobError(
                f"more than {most:,} rejects",
                "See what is wrong with `lowtide sql \"SELECT reason, count() FROM reject GROUP BY reason\"`, "
                "or run without `--max-rejects`.",
            )
        yield block


def run(sources: list[str], settings: Settings, meter: Meter | None = None) -> Summary:
    """Runs sources to their end under these settings and says what came of it.

    Raises InputError, SettingsError, WarehouseError before the first record, JobError when `max_rejects` is exceeded.
    """
    policy = load_policy(settings.policy)
    catalogue = load_catalogue(settings.catalogue) if settings.catalogue else None
    name = partition_name(sources)
    job = Job.of(policy, catalogue, pipeline=settings.pipeline, partition=name)
    meter = meter or Meter(total_bytes(sources))
    blocks = open_sources(
        sources, settings.block_records, max_record_bytes=policy.max_record_bytes, progress=meter.read
    )
    with ExitStack() as stack:
        writer, run_id = None, None
        if settings.warehouse != "none":
            warehouse = stack.enter_context(open_warehouse(settings.warehouse, create=True))
            writer = stack.enter_context(Writer(warehouse, pipeline=settings.pipeline))
            run_id = writer.run_started(name, policy_version=job.policy_version, workers=settings.workers)
            writer.policy_version(job.policy_version, policy_document(policy), run_id)
            if catalogue is not None:
                writer.catalogue(catalogue)
        sink = _Sink(writer, meter)
        plan = flow.Plan(job, (), sink, settings.key_groups, meter.after_block)
        if settings.state:
            restore(plan, Path(settings.state))
        plan.blocks = _limited(blocks, plan, settings.max_rejects)
        with meter:
            try:
                flow.run(plan, settings.workers)
                if writer:
                    writer.flush()
            except BaseException:
                if writer and run_id:
                    writer.run_finished(run_id, "failed", _counts(plan.partition))
                raise
            seconds = meter.seconds
        if settings.state:
            save(plan, Path(settings.state))
        if writer and run_id:
            writer.run_finished(run_id, "finished", _counts(plan.partition))
        positions = sum(len(group) for group in plan.groups.values())
        return Summary(
            name, _counts(plan.partition), positions, meter.entries, seconds, job.policy_version, run_id, sink.rows
        )


def _counts(partition: Partition | None) -> dict[str, int]:
    return partition.counts() if partition is not None else {}
