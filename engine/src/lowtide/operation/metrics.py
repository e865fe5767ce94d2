"""What a run has done since this process started, in Prometheus' text; the number of series does not grow with the number
of SKUs.

The flow gives plain numbers, once per block or checkpoint. When Prometheus asks, the sink gives its numbers. A restored
state holds old totals; counting begins there, so they are not counted again.

    >>> metrics = Metrics(policy_version="sha256:0")
    >>> metrics.counts("sales/3", {"records": 1000, "rejects": 2, "reject.no_zone": 2}, before={"records": 990})
    >>> [line for line in metrics.text().decode().splitlines() if "{partition" in line and "_total" in line]
    ['lowtide_records_total{partition="sales/3"} 10.0', 'lowtide_rejects_total{partition="sales/3",reason="no_zone"} 2.0']
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lowtide import __version__

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, which says when the process started
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_COUNTED = {
    "records": "Records read, usable or not.",
    "accepted": "Records that were applied.",
    "duplicates": "Records that had been there before.",
    "late": "Records behind the clock of their partition.",
    "void_unmatched": "Voids whose record never came.",
    "void_of_what": "Voids that turned out to name a count, an order or the like.",
    "rows": "Rows that a map read.",
    "mapped": "Of these rows, those that became movements.",
    "skipped": "Of these rows, those that their map skips.",
    "unexpected": "Values that an `expect` of a map warns of.",
    "very_late": "Of the late records, those older than the window of corrections.",
}
_REJECT = "reject."


class Sink(Protocol):
    """The numbers that a sink, such as the warehouse's `Writer`, gives when Prometheus asks."""

    @property
    def queued_rows(self) -> int: ...
    @property
    def queued_bytes(self) -> int: ...
    @property
    def retries(self) -> int: ...
    @property
    def waiting(self) -> bool: ...


class Metrics:
    """The metrics of one process. Every method may be called from any thread."""

    def __init__(self, *, policy_version: str = "") -> None:
        self.registry = CollectorRegistry()
        self._lock = threading.Lock()
        self._seen: dict[str, Mapping[str, int]] = {}
        self._children: dict[tuple[str, str], Counter] = {}
        self._segments = 0
        registry, part = self.registry, ["partition"]
        self._counted = {
            name: Counter(f"lowtide_{name}", meaning, part, registry=registry)
            for name, meaning in _COUNTED.items()
        }
        self._rejects = Counter(
            "lowtide_rejects", "Records that cannot be used.", [*part, "reason"], registry=registry
        )
        self._lag = Gauge(
            "lowtide_lag_records",
            "Messages in the partition that were not read yet.",
            part,
            registry=registry,
        )
        self._clock = Gauge(
            "lowtide_clock_seconds", "Event time that the partition has reached, since 1970.", part,
            registry=registry,
        )  # fmt: skip
        self._epoch_close = Histogram(
            "lowtide_epoch_close_seconds", "Waited at an epoch's end until its rows were stored.",
            buckets=_SLOW, registry=registry,
        )  # fmt: skip
        self._epoch_last = Gauge(
            "lowtide_epoch_last_close_timestamp_seconds", "When an epoch was closed last.", registry=registry
        )
        self._checkpoint = Histogram(
            "lowtide_checkpoint_seconds", "Time to write what changed of one part of the state.",
            buckets=_FAST, registry=registry,
        )  # fmt: skip
        self._checkpoint_bytes = Counter(
            "lowtide_checkpoint_bytes", "Bytes of state written.", registry=registry
        )
        self._checkpoint_segments = Gauge(
            "lowtide_checkpoint_segments", "Files of the part that has most, at the last checkpoint.",
            registry=registry,
        )  # fmt: skip
        self._stored = Histogram(
            "lowtide_stored_latency_seconds", "From a row's arrival in the sink until it is stored.",
            buckets=_SLOW, registry=registry,
        )  # fmt: skip
        self._written = Counter(
            "lowtide_rows_written", "Rows taken for the warehouse.", ["table"], registry=registry
        )
        self._positions = Gauge("lowtide_positions", "Positions that are kept.", registry=registry)
        self._sink = _SinkFigures()
        registry.register(self._sink)
        self._info = Gauge(
            "lowtide_build_info", "Always 1; which program this is and which policy is in force.",
            ["version", "policy_version"], registry=registry,
        )  # fmt: skip
        self._policies: dict[str, str] = {}
        self._info.labels(__version__, policy_version).set(1)
        Gauge(
            "lowtide_start_timestamp_seconds", "When this process started to count.", registry=registry
        ).set(time.time())
        ProcessCollector(registry=registry)

    def counts(
        self, partition: str, totals: Mapping[str, int], before: Mapping[str, int] | None = None
    ) -> None:
        """The totals of a partition so far. `before` are the totals of a restored state; only the first call uses them.

        If totals fall because the state went back, counting continues from there. Counters never fall.
        """
        with self._lock:
            if self._seen.get(partition) == totals:
                return
            seen = self._seen.get(partition, before or {})
            for name, total in totals.items():
                if counter := self._counter(partition, name):
                    counter.inc(max(0, total - seen.get(name, 0)))
            self._seen[partition] = dict(totals)

    def _counter(self, partition: str, name: str) -> Counter | None:
        key = (partition, name)
        if key not in self._children:
            if name.startswith(_REJECT):
                self._children[key] = self._rejects.labels(partition, name.removeprefix(_REJECT))
            elif name in self._counted:
                self._children[key] = self._counted[name].labels(partition)
        return self._children.get(key)

    def reached(self, partition: str, *, clock_ms: int | None, behind: int) -> None:
        """The event time that a partition has reached, and the number of messages that it has not read yet."""
        self._lag.labels(partition).set(behind)
        if clock_ms is not None:
            self._clock.labels(partition).set(clock_ms / 1000)

    def policy(self, partition: str, version: str) -> None:
        """The policy that is in force in a partition; two of them are shown until a new one has come in all partitions."""
        with self._lock:
            if self._policies.get(partition) == version:
                return
            self._policies[partition] = version
            self._info.clear()
            for one in sorted(set(self._policies.values())):
                self._info.labels(__version__, one).set(1)

    def saved(self, seconds: float, written: int, segments: int) -> None:
        """A log or key group was saved: the seconds it took, its bytes, and the number of its files."""
        self._checkpoint.observe(seconds)
        self._checkpoint_bytes.inc(written)
        with self._lock:
            self._segments = max(self._segments, segments)

    def fenced(self, seconds: float) -> None:
        """An epoch was closed: the seconds until its rows were stored."""
        self._epoch_close.observe(seconds)
        self._epoch_last.set_to_current_time()
        with self._lock:
            segments, self._segments = self._segments, 0
        if segments:
            self._checkpoint_segments.set(segments)

    def wrote(self, table: str, rows: int) -> None:
        """Rows of a table went to the sink."""
        self._written.labels(table).inc(rows)

    def stored(self, seconds: float) -> None:
        """Seconds from the arrival of the oldest row of an insert until it was stored."""
        self._stored.observe(seconds)

    def positions(self, count: int) -> None:
        """The number of positions in this process."""
        self._positions.set(count)

    def watch(self, sink: Sink) -> None:
        """Ask this sink for its numbers each time Prometheus asks."""
        self._sink.sink = sink

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)


class _SinkFigures(Collector):
    """The numbers that a sink keeps itself; they are read when Prometheus asks."""

    def __init__(self) -> None:
        self.sink: Sink | None = None

    def collect(self) -> Iterator[Metric]:
        sink = self.sink
        rows, size, retries, waiting = (
            (sink.queued_rows, sink.queued_bytes, sink.retries, sink.waiting) if sink else (0, 0, 0, False)
        )
        yield GaugeMetricFamily("lowtide_sink_queue_rows", "Rows that wait for the warehouse.", rows)
        yield GaugeMetricFamily("lowtide_sink_queue_bytes", "Their size.", size)
        yield CounterMetricFamily("lowtide_sink_retries", "Inserts that were tried again.", retries)
        yield GaugeMetricFamily(
            "lowtide_sink_waiting", "1 while the warehouse is away and waited for.", float(waiting)
        )
