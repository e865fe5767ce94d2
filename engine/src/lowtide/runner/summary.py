"""What a run did, in all its processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from lowtide.catalogue import unknown_skus
from lowtide.core import Job, Log
from lowtide.runner.meter import Meter
from lowtide.runner.shared_positions import SharedPositions


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
    """Shared positions, with the logs that have their movements: their stock is wrong."""
    unknown_skus: list[str] = field(default_factory=list)
    """SKUs of movements that the catalogue does not have; empty without a catalogue."""
    damaged_skus: list[str] = field(default_factory=list)
    """Those of them that a spreadsheet has probably changed."""
    damaged_in_catalogue: list[str] = field(default_factory=list)
    """SKUs of the catalogue that look so."""
    first_reject: dict[str, Any] | None = None
    """The first reject: partition, offset, file, line, reason, field, message, record."""
    unreadable_files: list[dict[str, Any]] = field(default_factory=list)
    """The first few rejects of files of which nothing, or not all, could be read."""
    map_changed: dict[str, int] = field(default_factory=dict)
    """Logs that are read with another map than before, and the first record or message that is."""
    order: str = "arrival"
    """Order in which records were read: `arrival` or `event`, `offset` for a topic."""
    silent: int = 0
    """Positions that get no reorder alert because nobody plans them: nothing was ever ordered or received for them."""
    status: str = "finished"
    """`finished`: the source has ended; `stopped`: a signal stopped the run, and the state is kept; `grown`: the topic has
    more partitions than when the run began, and the run should be started again; `failed`."""

    @property
    def is_mostly_late(self) -> bool:
        """Whether more than 1 in 20 records were very late: then the order of the records is probably wrong."""
        return self.counts.get("very_late", 0) * 20 > self.counts.get("accepted", 0)

    @property
    def is_useless(self) -> bool:
        """Whether no record could be used, though some came: all were rejected. Then the run has failed."""
        used = self.counts.get("accepted", 0) + self.counts.get("duplicates", 0)
        return not used and bool(self.counts.get("rejects"))

    def with_others(self, others: list[Summary]) -> Summary:
        """Adds up the processes of a run; several of them may have found one shared position."""
        counts, rows = Counter(self.counts), Counter(self.rows)
        for other in others:
            counts.update(other.counts)
            rows.update(other.rows)
        every = [self, *others]
        shared = {(row["location"], row["sku"]): row for summary in every for row in summary.shared}
        if shared:
            counts["shared_positions"] = len(shared)
        return replace(
            self,
            counts=dict(counts),
            positions=sum(summary.positions for summary in every),
            silent=sum(summary.silent for summary in every),
            entries=sum(summary.entries for summary in every),
            seconds=max(summary.seconds for summary in every),
            rows=dict(sorted(rows.items())),
            shared=[shared[position] for position in sorted(shared)],
            first_reject=next((one.first_reject for one in every if one.first_reject), None),
            map_changed={name: first for one in every for name, first in one.map_changed.items()},
            unreadable_files=[file for one in every for file in one.unreadable_files][:_FEW],
            unknown_skus=sorted({sku for summary in every for sku in summary.unknown_skus}),
            damaged_skus=sorted({sku for summary in every for sku in summary.damaged_skus}),
        )

    def compared(self, logs: Iterable[Log], catalogue: pa.RecordBatch | None) -> Summary:
        """The summary with the SKUs of the logs' positions that the catalogue does not have."""
        if catalogue is None:
            return self
        groups = (group for log in logs for group in list(log.groups.values()))
        columns = (group.positions()["sku"].unique() for group in groups)
        found = unknown_skus({sku for column in columns for sku in column.to_pylist()}, catalogue)
        return replace(
            self,
            unknown_skus=found.skus,
            damaged_skus=found.damaged,
            damaged_in_catalogue=found.damaged_in_catalogue,
        )

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON; of each list of SKUs the number and the first few."""
        lists = {
            name: value for name, value in vars(self).items() if name.endswith(("_skus", "_in_catalogue"))
        }
        return vars(self) | {name: {"count": len(skus), "first": skus[:_FEW]} for name, skus in lists.items()}


_FEW = 5


def summary_of(job: Job, logs: list[Log], meter: Meter) -> Summary:
    """What a replay did that has read these logs."""
    counts: Counter[str] = Counter()
    for log in logs:
        counts.update(log.partition.counts())
    shared = SharedPositions(logs).look()
    return Summary(
        source=job.partition_name,
        counts=dict(counts) | ({"shared_positions": len(shared)} if shared else {}),
        positions=sum(log.positions for log in logs),
        silent=sum(log.silent for log in logs),
        entries=meter.entries,
        seconds=meter.seconds,
        policy_version=job.policy_version,
        shared=shared,
        first_reject=first_reject(logs),
        unreadable_files=unreadable_files(logs),
        order=order_of(logs),
    ).compared(logs, job.catalogue)


def first_reject(logs: Iterable[Log]) -> dict[str, Any] | None:
    """The first reject of the first log that has one."""
    return next((log.first_reject for log in logs if log.first_reject), None)


def unreadable_files(logs: Iterable[Log]) -> list[dict[str, Any]]:
    """The first few rejects of files that could not be read, or not all of them."""
    return [file for log in logs for file in log.unreadable_files][:_FEW]


def order_of(logs: Iterable[Log]) -> str:
    """The order in which records were read: `arrival` or `event`, `offset` for the partitions of a topic."""
    files = [log.feed.order for log in logs if log.feed.fingerprints]
    return files[0] if files else "offset"


def map_changes(logs: Iterable[Log]) -> dict[str, int]:
    """Logs that are read with another map than before, by name: the first record or message that is."""
    return {log.name: log.map_changed_at for log in logs if log.map_changed_at is not None}
