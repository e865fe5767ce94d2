"""The same core as a Bytewax dataflow: the only module that names Bytewax.

    source ──▶ decode ──▶ route ──▶ inventory ──▶ rows ──▶ warehouse
    blocks     one a      by key    one a key     a table   what the sink
               partition  group     group         each      makes of them

Step names are a format: they are keys in Bytewax's recovery store, and a renamed step would silently drop its state.
Workers are threads of this process; every native call releases the interpreter lock. An item is a block of
thousands of records, never a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import bytewax.operators as op
import pyarrow as pa
from bytewax._bytewax import cli_main
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.operators import StatefulBatchLogic
from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from lowtide.core import Log, feed
from lowtide.errors import LowtideError
from lowtide.sources import Block

STEPS = ("source", "decode", "route", "inventory", "rows", "warehouse")
_EPOCH = timedelta(milliseconds=500)
"""Blocks of one epoch may wait in memory for a slower worker; an epoch's end is the only back-pressure."""
_WORTH_TAKING = 2000
"""Rows that a key group gathers before they are handed on: a batch of a few rows costs as much as one of a thousand."""
_END = None
"""Follows the last block of a finite source."""

Item = tuple[str, Any]


class Sink(Protocol):
    """Where rows go. Called from any worker thread."""

    def open(self) -> None:
        """Called before the first row, perhaps more than once."""

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        """Take rows of `table`: ledger, position, demand_day, stock_count, supply_event or reject."""

    def close(self) -> None:
        """The last rows of a finite source have been written. May be called more than once."""


@dataclass
class Plan:
    """One run: its logs by name, where rows go and what to call after each block."""

    logs: dict[str, Log]
    sink: Sink
    after_block: Callable[[Log], None] | None = None


class _Blocks(StatefulSourcePartition[Item, None]):
    def __init__(self, key: str, blocks: Iterable[Block]) -> None:
        self._key = key
        self._blocks: Iterator[Block] | None = iter(blocks)

    def next_batch(self) -> list[Item]:
        if self._blocks is None:
            raise StopIteration
        block = next(self._blocks, _END)
        if block is _END:
            self._blocks = None
        return [(self._key, (self._key, block))]

    def snapshot(self) -> None:
        return None


class _Source(FixedPartitionedSource[Item, None]):
    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def list_parts(self) -> list[str]:
        return list(self._plan.logs)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> _Blocks:
        return _Blocks(for_part, self._plan.logs[for_part].blocks)


class _Decode(StatefulBatchLogic[Any, Item, None]):
    """Blocks of a partition in; blocks for key groups and rejects out."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def on_batch(self, values: list[tuple[str, Any]]) -> tuple[Iterable[Item], bool]:
        out: list[Item] = []
        for name, block in values:
            log, last = self._plan.logs[name], block is _END
            routed = log.partition.finish() if last else feed(log.partition, block)
            out.extend((group_key(name, number), (name, number, data, last)) for number, data in routed)
            rejects = log.partition.rejects()
            if rejects.num_rows:
                self._plan.sink.write("reject", rejects)
            if self._plan.after_block:
                self._plan.after_block(log)
        return out, StatefulBatchLogic.RETAIN

    def snapshot(self) -> None:
        return None


class _Inventory(StatefulBatchLogic[tuple[str, int, bytes, bool], Item, None]):
    """Movements of a key group in; rows by table out, in batches worth handing on."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def on_batch(self, values: list[tuple[str, int, bytes, bool]]) -> tuple[Iterable[Item], bool]:
        name, number, _, _ = values[0]
        group = self._plan.logs[name].group(number)
        for _, _, block, _ in values:
            group.apply(block)
        if group.pending < _WORTH_TAKING and not values[-1][3]:
            return [], StatefulBatchLogic.RETAIN
        rows = [(table, batch) for table, batch in group.take().items() if batch.num_rows]
        return rows, StatefulBatchLogic.RETAIN

    def snapshot(self) -> None:
        return None


class _Rows(StatefulSinkPartition[Item, None]):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write_batch(self, values: list[Item]) -> None:
        for table, batch in values:
            self._sink.write(table, batch)

    def snapshot(self) -> None:
        return None

    def close(self) -> None:
        self._sink.close()


class _Warehouse(FixedPartitionedSink[Item, None]):
    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def list_parts(self) -> list[str]:
        return ["warehouse"]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> _Rows:
        self._plan.sink.open()
        return _Rows(self._plan.sink)


def group_key(partition: str, number: int) -> str:
    """The name of a key group: a format, like the step names."""
    return f"{partition}/{number:04d}"


def build(plan: Plan) -> Dataflow:
    """The dataflow of a plan."""
    flow = Dataflow("lowtide")
    blocks = op.input("source", flow, _Source(plan))
    routed = op.stateful_batch("decode", blocks, lambda _: _Decode(plan))
    keyed = op.map("route", routed, lambda item: item[1])
    rows = op.stateful_batch("inventory", keyed, lambda _: _Inventory(plan))
    op.output("warehouse", op.map("rows", rows, lambda item: ("warehouse", item[1])), _Warehouse(plan))
    return flow


def run(plan: Plan, workers: int = 1) -> None:
    """Runs a plan of finite sources to its end over `workers` threads. A LowtideError of a step comes out as itself."""
    try:
        cli_main(  # type: ignore[no-untyped-call]
            build(plan), workers_per_process=workers, epoch_interval=_EPOCH
        )
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, LowtideError):
                raise cause from None
            cause = cause.__cause__
        raise
