"""The steps of a run as a Bytewax dataflow: the only module that names Bytewax.

    source ──▶ decode ──▶ route ──▶ inventory ──▶ rows ──▶ warehouse
    blocks     one a      by key    one a key     to its   all that was written
               partition  group     group         process  is stored: the epoch may end

Step names and keys are a format: they are keys in Bytewax's recovery store, and a renamed step would silently drop its
state. An item is a block of thousands of records, never a record. Rows go straight to the sink of the process; the items
behind `inventory` only say that there were rows, so that the end of the epoch waits until they are stored.

Workers are threads of this process and of others; every native call releases the interpreter lock. A key is salted so
that a log is decoded by the worker that reads it, and its key groups run there or on workers that read no log.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import bytewax.operators as op
from bytewax._bytewax import cli_main
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.operators import StatefulBatchLogic
from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir

from lowtide.errors import JobError, LowtideError
from lowtide.operation.raw_lines import raw_lines
from lowtide.runner.plan import Plan
from lowtide.runner.reader import LogReader
from lowtide.runner.steps import Decoding, Inventory, KeyedItem
from lowtide.state.durable import inaccessible, sync_folder, unwritable

STEPS = ("source", "decode", "route", "inventory", "rows", "warehouse")
FENCE_STEP = "lowtide.warehouse"
_EPOCH = timedelta(milliseconds=500)
"""Without a state an epoch's end costs nothing."""
_KEPT_EPOCHS = 4
"""Older checkpoints that are kept, to go back to when the newest is damaged."""
_STORE_ERROR = re.compile(r'SqliteFailure\(.*Some\("([^"]+)"\)')
"""How the library says that it cannot use its recovery store."""
AtEnd = Callable[[], object]
Given = ParamSpec("Given")
Result = TypeVar("Result")


class _OfPlan(Protocol):
    plan: Plan


Step = TypeVar("Step", bound=_OfPlan)


def _nothing() -> None:
    """The caller of `run` knows by itself when the flow has ended."""


def _noted(method: Callable[Concatenate[Step, Given], Result]) -> Callable[Concatenate[Step, Given], Result]:
    """Keeps the error of a step: of a cluster, the library may report only that a connection to a peer broke."""

    @wraps(method)
    def noted(self: Step, /, *given: Given.args, **named: Given.kwargs) -> Result:
        try:
            return method(self, *given, **named)
        except LowtideError as error:
            self.plan.failure = self.plan.failure or error
            raise

    return noted


class _Source(StatefulSourcePartition[KeyedItem, str]):
    def __init__(self, plan: Plan, reader: LogReader) -> None:
        self.plan, self._reader = plan, reader

    @_noted
    def next_batch(self) -> list[KeyedItem]:
        block = self._reader.next()
        return [] if block is None else [(self._reader.key, (self._reader.log.name, block))]

    def next_awake(self) -> Any:
        return self._reader.next_awake()

    @_noted
    def snapshot(self) -> str:
        return self._reader.snapshot()


class _Sources(FixedPartitionedSource[KeyedItem, str]):
    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def list_parts(self) -> list[str]:
        return [self.plan.source_key(log) for log in self.plan.logs.values()]

    @_noted
    def build_part(self, step_id: str, for_part: str, resume_state: str | None) -> _Source:
        return _Source(self.plan, LogReader.of(self.plan, for_part, resume_state))


class _DecodingStep(StatefulBatchLogic[Any, Any, bytes | None]):
    """Lets Bytewax drive the decoding of a log."""

    def __init__(self, plan: Plan, state: bytes | None) -> None:
        self.plan = plan
        self._decoding = self._restored(state)

    @_noted
    def _restored(self, state: bytes | None) -> Decoding:
        return Decoding(self.plan, state)

    @_noted
    def on_batch(self, values: list[Any]) -> tuple[Iterable[Any], bool]:
        return self._decoding.take(values), StatefulBatchLogic.RETAIN

    @_noted
    def snapshot(self) -> bytes | None:
        return self._decoding.save()


class _InventoryStep(StatefulBatchLogic[Any, Any, bytes | None]):
    """Lets Bytewax drive a key group, whose rows may wait for a moment."""

    def __init__(self, plan: Plan, state: bytes | None) -> None:
        self.plan = plan
        self._inventory = self._restored(state)

    @_noted
    def _restored(self, state: bytes | None) -> Inventory:
        return Inventory(self.plan, state)

    @_noted
    def on_batch(self, values: list[Any]) -> tuple[Iterable[Any], bool]:
        return self._inventory.take(values), StatefulBatchLogic.RETAIN

    @_noted
    def on_notify(self) -> tuple[Iterable[Any], bool]:
        return self._inventory.hand_on(), StatefulBatchLogic.RETAIN

    def notify_at(self) -> Any:
        return self._inventory.due()

    @_noted
    def snapshot(self) -> bytes | None:
        return self._inventory.save()


class _Fence(StatefulSinkPartition[bool, None]):
    """Ends an epoch only when everything that this process wrote in it is stored."""

    def __init__(self, plan: Plan, at_end: AtEnd) -> None:
        self.plan, self._at_end = plan, at_end

    def write_batch(self, values: list[bool]) -> None:
        pass

    @_noted
    def snapshot(self) -> None:
        self.plan.fence()

    def close(self) -> None:
        self._at_end()


class _Fences(FixedPartitionedSink[bool, None]):
    """One fence a process, under the number of the process."""

    def __init__(self, plan: Plan, at_end: AtEnd) -> None:
        self.plan, self._at_end = plan, at_end

    def list_parts(self) -> list[str]:
        return [self.plan.fence_key]

    def part_fn(self, item_key: str) -> int:
        return int(item_key)

    @_noted
    def build_part(self, step_id: str, for_part: str, resume_state: None) -> _Fence:
        self.plan.observer.begun()
        self.plan.sink.open()
        return _Fence(self.plan, self._at_end)


def build(plan: Plan, at_end: AtEnd = _nothing) -> Dataflow:
    """The dataflow of a plan. `at_end` is called in each process when the flow has come to its end."""
    flow = Dataflow("lowtide")
    blocks = op.input("source", flow, _Sources(plan))
    routed = op.stateful_batch("decode", blocks, lambda state: _DecodingStep(plan, state))
    keyed = op.map("route", routed, lambda item: item[1])
    wrote = op.stateful_batch("inventory", keyed, lambda state: _InventoryStep(plan, state))
    rows = op.map("rows", wrote, lambda item: (str(item[1]), True))
    op.output("warehouse", rows, _Fences(plan, at_end))
    return flow


def make_store(folder: Path) -> None:
    """Makes an empty recovery store, unless there is one. Raises JobError if the disk does not take it."""
    if any(folder.glob("part-*")):
        return
    try:
        init_db_dir(folder, 1)  # type: ignore[no-untyped-call]
        sync_folder(folder)
    except Exception as error:  # Bytewax and SQLite raise several
        raise unwritable(folder, error) from error


def run(plan: Plan, workers: int = 1, process: int = 0, addresses: list[str] | None = None) -> None:
    """Runs a plan over `workers` threads, as one of the processes at `addresses`. Raises the LowtideError of a step."""
    os.environ.pop("BYTEWAX_DATAFLOW_API_ENABLED", None)  # its endpoint binds to every interface
    every = timedelta(seconds=plan.checkpoint_every) if plan.state else _EPOCH
    recovery = None
    if plan.state:
        recovery = RecoveryConfig(plan.state.epochs.folder, every * _KEPT_EPOCHS)  # type: ignore[no-untyped-call]
    try:
        with raw_lines(), _quiet_stdout() if addresses else nullcontext():
            cli_main(  # type: ignore[no-untyped-call]
                build(plan),
                workers_per_process=workers,
                process_id=process if addresses else None,
                addresses=addresses,
                epoch_interval=every,
                recovery_config=recovery,
            )
    except BaseException as error:  # a panic of the library is not an Exception
        if plan.failure is not None:
            raise plan.failure from None
        if plan.state is not None and (found := _STORE_ERROR.search(str(error))):
            raise inaccessible(plan.state.epochs.path, OSError(0, found[1])) from None
        if addresses and not isinstance(error, Exception | KeyboardInterrupt):
            raise JobError("another process of this run has ended", "Its own message says why.") from None
        raise


@contextmanager
def _quiet_stdout() -> Iterator[None]:
    """Sends to stderr what the library prints about its peers: stdout is for the summary, which programs read."""
    sys.stdout.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
