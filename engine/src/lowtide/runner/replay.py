"""The reference runner: a log, its key groups, and nothing else; what every other runner must equal.

Without Bytewax, state on disk or a warehouse. It is the oracle of the tests, the engine of back-tests, and the way out
should the dataflow library ever fail us.

    >>> done = replay_lines(b'{"id":"1","source":"t","kind":"sale","sku":"a","location":"b","quantity":"2",'
    ...                     b'"event_time":"2026-11-22T09:30:00Z"}')
    >>> done.positions[0]["on_hand"], done.ledger[0]["type"]
    ('-2', 'negative_stock')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from lowtide.core import TABLES, Job, Log, Routed, feed
from lowtide.ledger import POSITION_COLUMNS
from lowtide.policy import read_policy_text
from lowtide.rows import Row, instant_of_ms, json_rows, ledger_key, ledger_rows, reject_rows
from lowtide.sources import Block
from lowtide.sources.lines import line_blocks

Rows = dict[str, list[pa.RecordBatch]]


class Replay:
    """One log over its key groups, in this thread."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def feed(self, block: Block) -> Rows:
        """Applies one block; the rows it led to, by table, rejects too."""
        return self._apply(feed(self.log.partition, block))

    def finish(self) -> Rows:
        """Ends the log: what is due fires, what is open is published."""
        return self._apply(self.log.partition.finish())

    def _apply(self, routed: Routed) -> Rows:
        for number, block in routed:
            self.log.group(number).apply(block)
        rows: Rows = {table: [] for table in TABLES}
        for number in sorted({number for number, _ in routed}):
            for table, batch in self.log.group(number).take().items():
                if batch.num_rows:
                    rows[table].append(batch)
        rejects = self.log.partition.rejects()
        rows["reject"] = [rejects] if rejects.num_rows else []
        return rows

    def positions(self) -> list[Row]:
        """The final state of every position, by location and SKU."""
        found = (
            row
            for group in self.log.groups.values()
            for row in json_rows(group.positions(), POSITION_COLUMNS)
        )
        return sorted(found, key=lambda row: (row["location"], row["sku"]))


@dataclass
class InOrder:
    """Hands ledger entries on in canonical order as soon as none before them can follow."""

    waiting: list[Row] = field(default_factory=list)

    def release(self, batches: list[pa.RecordBatch], clock_ms: int | None) -> Iterator[Row]:
        """Entries older than the clock; `None` releases all."""
        for batch in batches:
            self.waiting.extend(ledger_rows(batch))
        if not self.waiting:
            return
        self.waiting.sort(key=ledger_key)
        limit = None if clock_ms is None else instant_of_ms(clock_ms)
        keep = len(self.waiting)
        if limit is not None:
            keep = next((n for n, row in enumerate(self.waiting) if row["event_time"] >= limit), keep)
        yield from self.waiting[:keep]
        del self.waiting[:keep]


@dataclass
class Replayed:
    """All that a small log led to, as rows of JSON values."""

    ledger: list[Row] = field(default_factory=list)
    positions: list[Row] = field(default_factory=list)
    rejects: list[Row] = field(default_factory=list)
    demand_days: list[Row] = field(default_factory=list)
    stock_counts: list[Row] = field(default_factory=list)
    supply_events: list[Row] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def replay_blocks(job: Job, blocks: Iterable[Block], groups: int = 1) -> Replayed:
    """Replays blocks to the end. For logs whose ledger fits in memory."""
    runner, done, in_order = Replay(Log(job, blocks, groups)), Replayed(), InOrder()
    days: dict[tuple[str, str, str, str], Row] = {}

    def keep(rows: Rows, clock_ms: int | None) -> None:
        done.ledger.extend(in_order.release(rows["ledger"], clock_ms))
        for batch in rows["reject"]:
            done.rejects.extend(reject_rows(batch))
        for batch in rows["demand_day"]:
            for row in json_rows(batch, ("location", "sku", "day", "part", "demand", "offset")):
                days[row["location"], row["sku"], row["day"], row["part"]] = row
        for table, found in (("stock_count", done.stock_counts), ("supply_event", done.supply_events)):
            for batch in rows[table]:
                found.extend(json_rows(batch, tuple(batch.schema.names)))

    for block in blocks:
        keep(runner.feed(block), runner.log.partition.clock_ms)
    keep(runner.finish(), None)
    done.demand_days = [days[key] for key in sorted(days)]
    for found in (done.stock_counts, done.supply_events):
        found.sort(key=lambda row: row["offset"])
    done.positions = runner.positions()
    done.counts = runner.log.partition.counts()
    return done


def replay_lines(
    data: bytes, *, policy: str | None = None, block_records: int = 4096, groups: int = 1
) -> Replayed:
    """Replays JSON lines under a policy given as YAML text; `block_records` 0 makes one block of all."""
    rules = None if policy is None else read_policy_text(policy, "policy")
    job = Job.of(rules, partition="lines")
    return replay_blocks(job, line_blocks(iter([data]), "lines", block_records), groups)
