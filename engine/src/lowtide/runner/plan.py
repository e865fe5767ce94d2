"""One run: its logs, where rows go, who watches, where its state is kept, and under which key each part of it runs.

The steps (`steps.py`) do the work; `flow.py` gives them to Bytewax, and the simulation to a scheduler of its own.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from lowtide.core import Group, Log, Partition, placed
from lowtide.errors import JobError
from lowtide.state import Chain, Manifest, StateFolder

CROWDED = 32
"""Blocks of a log that may wait in memory for slower workers of the process."""


class Sink(Protocol):
    """Where rows go. Called from any worker thread."""

    def open(self) -> None:
        """Called before the first row, perhaps more than once."""

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        """Take rows of `table`: one of `core.TABLES`, or reject."""

    def policy(self, version: str, document: str) -> None:
        """A policy that a record of a log brought holds from now on."""

    def flush(self) -> None:
        """Return when all that was taken is stored."""

    def close(self) -> None:
        """The flow has ended. May be called more than once."""


class Observer(Protocol):
    """What wants to know how a run goes on: progress, metrics, watchdog. Called from any worker thread."""

    def after_block(self, log: Log) -> None:
        """A block of a log was decoded, or there was none."""

    def ended(self) -> None:
        """A log came to its end."""

    def saved(self, seconds: float, written: int, segments: int) -> None:
        """A part was saved: how long it took, bytes written, segments of its chain."""

    def fenced(self, seconds: float) -> None:
        """All rows of an epoch are stored: how long was waited for them."""


@dataclass
class Plan:
    """One run: its logs by name, where rows go, who watches, and where its state is kept."""

    logs: dict[str, Log]
    sink: Sink
    observer: Observer | None = None
    state: StateFolder | None = None
    stride: int = 1
    """How the key groups of a log are laid over workers: the largest power of two up to the number of logs at first."""
    checkpoint_every: float = 10.0
    """Seconds between two checkpoints."""
    linger: float | None = None
    """Seconds that rows may wait to become a batch; None: until the log ends or they are many."""
    max_rejects: int | None = None
    """After more rejects in this process every log ends, and the run fails. None: never."""
    process: int = 0
    processes: int = 1
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set: read no further, keep the state, end well."""

    def __post_init__(self) -> None:
        self.fence_key = f"process-{self.process:03d}"
        self._keys: dict[tuple[str, int], str] = {}
        self._routed: Counter[str] = Counter()
        self._applied: dict[str, Counter[int]] = {name: Counter() for name in self.logs}

    def source_key(self, log: Log) -> str:
        """The name of a log as a source: a format. Those of a topic sort by their numbers."""
        topic, slash, number = log.name.rpartition("/")
        return f"{topic}/{int(number):05d}" if slash and number.isdigit() else log.name

    def log_key(self, log: Log) -> str:
        """The key under which a log is decoded, on the worker that reads it: a format."""
        return self._key(log, -1)

    def group_key(self, log: Log, number: int) -> str:
        """The key of a key group, on the worker that reads its log or on one that reads none: a format."""
        return self._key(log, number)

    def _key(self, log: Log, number: int) -> str:
        key = self._keys.get((log.name, number))
        if key is None:
            name, place = self.source_key(log), log.feed.place
            of_group = (f"{name}/{number:04d}", place + self.stride * number)
            key = self._keys[log.name, number] = placed(name, place) if number < 0 else placed(*of_group)
        return key

    def routed(self, log: Log, count: int) -> None:
        """So many blocks are on their way to key groups."""
        self._routed[log.name] += count

    def applied(self, log: Log, number: int, count: int) -> None:
        """A key group has applied so many of them."""
        self._applied[log.name][number] += count

    def crowded(self, log: Log) -> bool:
        """Whether the workers of this process are too far behind the reader."""
        if self.processes > 1:
            return False
        waiting = self._routed[log.name] - sum(self._applied[log.name].values())
        return waiting > CROWDED * log.key_groups

    def counts(self) -> dict[str, int]:
        """What this run counted, without what a restored state had counted before it."""
        total: Counter[str] = Counter()
        for log in self.logs.values():
            total.update(log.partition.counts())
            total.subtract(log.before)
        return {name: n for name, n in total.items() if n or not name.startswith("reject.")}

    def too_many_rejects(self) -> bool:
        """Whether there are more rejects than the run may have."""
        return self.max_rejects is not None and self.counts()["rejects"] > self.max_rejects

    def fence(self) -> None:
        """Waits until all rows of the epoch are stored; a run without a state has nothing to wait for."""
        if self.state is None:
            return
        started = time.monotonic()
        self.sink.flush()
        if self.observer:
            self.observer.fenced(time.monotonic() - started)

    def chain(self, log: Log, part: str) -> Chain | None:
        """Where a part of a log is saved; None for a run without a state."""
        if self.state is None:
            return None
        job = log.job
        if part == "log":
            return self.state.chain(
                log.name, part, lambda held: lambda _, path: Partition.fold(job.config, held, path)
            )
        return self.state.chain(
            log.name, part, lambda held: Group.restore(job.config, job.catalogue, held).save
        )

    def restored(self, state: bytes) -> tuple[Log, Manifest, Chain, list[bytes]]:
        """What a manifest stands for: its log, itself, its chain, and the segments."""
        manifest = Manifest.read(state)
        log = self.logs.get(manifest.log)
        chain = self.chain(log, manifest.part) if log else None
        if log is None or chain is None:
            raise JobError(
                f"the state knows the log `{manifest.log}`, and the source has none of that name",
                "Give the same source, or an empty state folder.",
            )
        return log, manifest, chain, chain.restore(manifest)
