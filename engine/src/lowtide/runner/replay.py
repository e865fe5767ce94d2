"""The reference runner: a log, its key groups, and nothing else. Every other runner must give the same rows.

It needs neither Bytewax nor state on disk nor a warehouse. The tests measure the other runners by it, back-tests run on it,
and it could replace the dataflow library.

    Replay         one log, block by block            replay_logs    logs, one after another, with ordered entries
    replay_blocks, replay_lines                       a small log in memory, for tests and examples

    >>> record = '{"id":"%d","source":"t","kind":"%s","sku":"a","location":"b","quantity":%d,"event_time":1795339800000}'
    >>> done = replay_lines("\\n".join([record % (1, "receipt", 2), record % (2, "transfer_out", 3)]).encode())
    >>> done.positions[0]["on_hand"], done.ledger[0]["type"]
    ('-1', 'negative_stock')
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import NamedTuple

import orjson
import pyarrow as pa

from lowtide.core import TABLES, Inputs, Job, Log, Routed, decode
from lowtide.errors import JobError
from lowtide.policy import read_policy_text
from lowtide.rows import Keyed, Row, json_rows, ledger_lines, position_lines, reject_rows
from lowtide.runner.plan import UNOBSERVED, Observer
from lowtide.sources import Block
from lowtide.sources.lines import line_blocks

Rows = dict[str, list[pa.RecordBatch]]
_KEY = itemgetter(0)


class Replay:
    """One log over its key groups, in this thread."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def apply(self, block: Block) -> Rows:
        """Applies one block; gives the rows it led to, by table, with rejects."""
        return self._rows(decode(self.log.partition, block))

    def finish(self) -> Rows:
        """Ends the log: timers that are due fire, positions that changed are published."""
        return self._rows(self.log.partition.finish())

    def _rows(self, routed: Routed) -> Rows:
        for number, block in routed:
            group = self.log.group(number)
            group.apply(block)
            group.settle()
        rows: Rows = {table: [] for table in TABLES}
        for number in sorted({number for number, _ in routed}):
            for table, batch in self.log.group(number).take().items():
                if batch.num_rows:
                    rows[table].append(batch)
        rejects = self.log.take_rejects()
        rows["reject"] = [rejects] if rejects.num_rows else []
        return rows

    def positions(self) -> list[Keyed]:
        """The final state of every position, in no order."""
        return [one for group in self.log.groups.values() for one in position_lines(group.positions())]


class _InOrder:
    """Gives ledger entries in canonical order, when no earlier one can follow."""

    def __init__(self) -> None:
        self._waiting: list[Keyed] = []

    def take(self, batches: list[pa.RecordBatch]) -> None:
        """Keeps entries until they are released."""
        for batch in batches:
            self._waiting.extend(ledger_lines(batch))

    def release(self, clock_ms: int | None = None) -> list[bytes]:
        """Gives the entries older than the clock, or all without one."""
        self._waiting.sort(key=_KEY)
        count = len(self._waiting)
        if clock_ms is not None:
            count = bisect_left(self._waiting, (clock_ms,), key=_KEY)
        entries, self._waiting = self._waiting[:count], self._waiting[count:]
        return [line for _, line in entries]


class Outcome(NamedTuple):
    """What one block of a log led to, or the end of the log."""

    replay: Replay
    entries: list[bytes]
    """Ledger entries as lines of JSON, in canonical order over all logs, perhaps of earlier blocks."""
    rows: Rows
    ended: bool


def replay_logs(
    job: Job,
    sources: Mapping[str, Iterable[Block]],
    *,
    groups: int = 1,
    max_rejects: int | None = None,
    observer: Observer = UNOBSERVED,
) -> Iterator[Outcome]:
    """Replays logs, by name, one after another, each over `groups` key groups.

    The entries of several logs wait until all have ended. Raises JobError after more than `max_rejects` rejects.
    """
    in_order, rejects, left = _InOrder(), 0, len(sources)
    for name, blocks in sources.items():
        replay, left = Replay(Log(job.named(name), blocks, groups)), left - 1
        partition = replay.log.partition
        for block in blocks:
            rows = replay.apply(block)
            in_order.take(rows["ledger"])
            entries = in_order.release(partition.clock_ms) if len(sources) == 1 else []
            yield Outcome(replay, entries, rows, ended=False)
            observer.after_block(replay.log)
            if max_rejects is not None and rejects + partition.counts()["rejects"] > max_rejects:
                raise JobError(f"more than {max_rejects:,} rejects", "See them with `--rejects F`.")
        rejects += partition.counts()["rejects"]
        rows = replay.finish()
        in_order.take(rows["ledger"])
        yield Outcome(replay, [] if left else in_order.release(), rows, ended=True)


@dataclass
class Replayed:
    """All that a small log led to, as rows of JSON values."""

    ledger: list[Row] = field(default_factory=list)
    positions: list[Row] = field(default_factory=list)
    rejects: list[Row] = field(default_factory=list)
    demand_days: list[Row] = field(default_factory=list)
    stock_counts: list[Row] = field(default_factory=list)
    supply_events: list[Row] = field(default_factory=list)
    calibration_days: list[Row] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def replay_blocks(job: Job, blocks: Iterable[Block], groups: int = 1) -> Replayed:
    """Replays blocks to the end. For logs whose ledger fits in memory."""
    result = Replayed()
    days: dict[tuple[str, str, str, str], Row] = {}
    for replay, entries, rows, ended in replay_logs(job, {job.partition_name: blocks}, groups=groups):
        result.ledger.extend(map(orjson.loads, entries))
        for batch in rows["reject"]:
            result.rejects.extend(reject_rows(batch))
        for batch in rows["demand_day"]:
            for row in json_rows(batch, ("location", "sku", "day", "part", "demand", "offset")):
                days[row["location"], row["sku"], row["day"], row["part"]] = row
        for table, kept in (
            ("stock_count", result.stock_counts),
            ("supply_event", result.supply_events),
            ("calibration_day", result.calibration_days),
        ):
            for batch in rows[table]:
                kept.extend(json_rows(batch, tuple(batch.schema.names)))
        if ended:
            result.positions = [orjson.loads(line) for _, line in sorted(replay.positions(), key=_KEY)]
            result.counts = replay.log.partition.counts()
    result.demand_days = [days[key] for key in sorted(days)]
    for kept in (result.stock_counts, result.supply_events):
        kept.sort(key=lambda row: row["offset"])
    result.calibration_days.sort(key=lambda row: (row["location"], row["sku"], row["day"]))
    return result


def replay_lines(
    data: bytes,
    *,
    policy: str | None = None,
    block_records: int = 4096,
    groups: int = 1,
    inputs: Inputs | None = None,
) -> Replayed:
    """Replays JSON lines under a policy given as YAML text; `block_records` 0 makes one block of all.

    `inputs` are the sets that the log may name.
    """
    rules = None if policy is None else read_policy_text(policy, "policy")
    job = replace(Job.of(rules, partition="lines"), inputs=inputs)
    return replay_blocks(job, line_blocks(iter([data]), block_records), groups)
