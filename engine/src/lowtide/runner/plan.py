"""A plan holds what the steps of a run share: logs, sink, observer, state, and the keys under which parts run.

The steps (`steps.py`) do the work; `flow.py` gives them to Bytewax, and the simulation to a scheduler of its own.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from lowtide.core import Job, Log, Partition, placed
from lowtide.errors import JobError, LowtideError
from lowtide.runner.cluster import Cluster
from lowtide.settings import Settings
from lowtide.sources import Feed
from lowtide.state import Chain, Manifest, StateFolder, StateIdentity

CROWDED = 32
"""Blocks of a key group that may wait in memory for slower workers of the process."""
_OF_BLOCKS = 4
"""Which part of the memory for records the blocks of all logs may take."""


class Sink(Protocol):
    """Where rows go. Called from any worker thread."""

    def open(self) -> None:
        """Called before the first row, perhaps more than once."""

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        """Take rows of `table`: one of `core.TABLES`, or reject."""

    def policy(self, version: str, document: str) -> None:
        """A policy from a record of a log holds from now on."""

    def inputs(self, version: str) -> None:
        """The inputs in force, when a log begins and when a record changes them. An empty version means no inputs."""

    def flush(self) -> None:
        """Return when all rows that were taken are stored."""


class Observer:
    """Sees how a run goes on. This one does nothing; others override what they need. Called from any worker thread."""

    def begun(self) -> None:
        """All processes of the run are connected to each other."""

    def after_block(self, log: Log) -> None:
        """A block of a log was decoded, or there was no block."""

    def ended(self) -> None:
        """A log came to its end."""

    def saved(self, seconds: float, written: int, segments: int) -> None:
        """A part was saved: seconds it took, bytes written, segments of its chain."""

    def fenced(self, seconds: float) -> None:
        """All rows of an epoch are stored: seconds that the epoch waited for them."""


UNOBSERVED = Observer()


@dataclass
class Plan:
    """One run: its logs by name, where rows go, who observes, and where its state is kept."""

    logs: dict[str, Log]
    sink: Sink
    observer: Observer = UNOBSERVED
    state: StateFolder | None = None
    stride: int = 1
    """How the key groups of a log are laid over workers: the largest power of two up to the number of logs at first."""
    checkpoint_every: float = 10.0
    """Seconds between two checkpoints."""
    linger: float | None = None
    """Seconds that rows may wait for others to make a larger batch; None: until the log ends or they are many."""
    memory_bytes: int = 256 << 20
    """What records may take that wait in memory."""
    max_rejects: int | None = None
    """After more rejects in this process every log ends, and the run fails. None: never."""
    process: int = 0
    processes: int = 1
    failure: LowtideError | None = None
    """The first error of a step in this process."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """When set, the run reads no further, keeps its state and ends well."""

    @classmethod
    def of(
        cls,
        job: Job,
        feeds: Mapping[str, Feed],
        identity: StateIdentity,
        sink: Sink,
        observer: Observer,
        state: StateFolder | None,
        settings: Settings,
        cluster: Cluster,
        linger: float | None,
    ) -> Plan:
        """The plan of `job` over feeds, by the name of their log, with the key groups that the state has."""
        logs = [Log(job.named(name), feed, identity.key_groups) for name, feed in feeds.items()]
        return cls(
            {log.name: log for log in logs},
            sink,
            observer,
            state=state,
            stride=identity.stride,
            checkpoint_every=settings.checkpoint_every,
            linger=linger,
            max_rejects=settings.max_rejects,
            memory_bytes=settings.memory_bytes,
            process=cluster.process,
            processes=cluster.processes,
        )

    def __post_init__(self) -> None:
        self.fence_key = f"process-{self.process:03d}"
        self.key_groups = sum(log.key_groups for log in self.logs.values())
        self._keys: dict[tuple[str, int], str] = {}
        self._routed: Counter[str] = Counter()
        self._applied: dict[str, Counter[int]] = {name: Counter() for name in self.logs}
        self._routed_bytes: Counter[str] = Counter()
        self._applied_bytes: dict[str, Counter[int]] = {name: Counter() for name in self.logs}

    def source_key(self, log: Log) -> str:
        """The name of a log as a source: a format. The partitions of a topic sort by their numbers."""
        topic, slash, number = log.name.rpartition("/")
        return f"{topic}/{int(number):05d}" if slash and number.isdigit() else log.name

    def log_key(self, log: Log) -> str:
        """The key under which a log is decoded, on the worker that reads it: a format."""
        return self._key(log, -1)

    def group_key(self, log: Log, number: int) -> str:
        """The key of a key group, on the worker that reads its log or on one that reads no log: a format."""
        return self._key(log, number)

    def _key(self, log: Log, number: int) -> str:
        key = self._keys.get((log.name, number))
        if key is None:
            name, place = self.source_key(log), log.feed.place
            of_group = (f"{name}/{number:04d}", place + self.stride * number)
            key = self._keys[log.name, number] = placed(name, place) if number < 0 else placed(*of_group)
        return key

    def routed(self, log: Log, count: int, size: int) -> None:
        """Counts blocks that are on their way to key groups, and their bytes."""
        self._routed[log.name] += count
        self._routed_bytes[log.name] += size

    def applied(self, log: Log, number: int, count: int, size: int) -> None:
        """Counts blocks that a key group has applied, and their bytes."""
        self._applied[log.name][number] += count
        self._applied_bytes[log.name][number] += size

    def crowded(self, log: Log) -> bool:
        """Whether the workers of this process are too far behind the reader."""
        if self.processes > 1:
            return False
        waiting = self._routed[log.name] - sum(self._applied[log.name].values())
        return waiting > CROWDED * log.key_groups or self._bytes_of(
            log.name
        ) > self.memory_bytes // _OF_BLOCKS / len(self.logs)

    def _bytes_of(self, name: str) -> int:
        """What the blocks of a log take that are on their way."""
        return self._routed_bytes[name] - sum(self._applied_bytes[name].values())

    def counts(self) -> dict[str, int]:
        """What this run counted, without what a restored state had counted before it."""
        total: Counter[str] = Counter()
        for log in self.logs.values():
            total.update(log.partition.counts())
            total.subtract(log.before)
        return {name: n for name, n in total.items() if n or not name.startswith("reject.")}

    def positions(self) -> int:
        """How many positions this process holds."""
        return sum(log.positions for log in self.logs.values())

    def silent(self) -> int:
        """How many of them get no reorder alert because nobody plans them."""
        return sum(log.silent for log in self.logs.values())

    def too_many_rejects(self) -> bool:
        """Whether there are more rejects than the run may have."""
        return self.max_rejects is not None and self.counts()["rejects"] > self.max_rejects

    def fence(self) -> None:
        """Waits until all rows of the epoch are stored. A run without a state does not wait.

        Raises SupersededError if another run has taken over the state.
        """
        if self.state is None:
            return
        self.state.must_be_held()
        started = time.monotonic()
        self.sink.flush()
        self.observer.fenced(time.monotonic() - started)

    def chain(self, log: Log, part: str) -> Chain | None:
        """Where a part of a log is saved; None for a run without a state."""
        if self.state is None:
            return None
        job = log.job
        if part == "log":
            return self.state.chain(
                log.name, part, lambda segments: lambda _, path: Partition.fold(job.config, segments, path)
            )
        return self.state.chain(log.name, part, lambda segments: job.restored_group(segments).save)

    def restored(self, state: bytes) -> tuple[Log, Manifest, Chain, list[bytes]]:
        """Reads the bytes of a manifest: the log it belongs to, the manifest, its chain, and the segments.

        Raises JobError for a log that the sources do not have, and for a damaged segment.
        """
        manifest = Manifest.of_json(state)
        log = self.logs.get(manifest.log)
        chain = self.chain(log, manifest.part) if log else None
        if log is None or chain is None:
            raise unknown_log(manifest.log)
        return log, manifest, chain, chain.restore(manifest)


def unknown_log(name: str) -> JobError:
    """The error for a log that the state has and the sources do not."""
    return JobError(
        f"the state knows the log `{name}`, and the source has none of that name",
        "Give the same source, or an empty state folder.",
    )
