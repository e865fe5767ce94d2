"""What intake has taken since it started, in Prometheus' text."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from lowtide.intake.journal import Journal
from lowtide.intake.rows import DocumentRows

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
OWN = "none"
"""The label of documents that need no map."""


class IntakeMetrics:
    """The counters of one intake. Any thread may call every method."""

    def __init__(self, journal: Journal) -> None:
        self.registry = CollectorRegistry()
        self._records = Counter(
            "lowtide_intake_records",
            "Rows that are in the journal, by map and code: good, skipped, or why a row is a reject.",
            ["map", "code"], registry=self.registry,
        )  # fmt: skip
        self._requests = Counter(
            "lowtide_intake_requests", "Requests by status.", ["status"], registry=self.registry
        )
        waiting = Gauge(
            "lowtide_intake_bytes_waiting", "Bytes that wait for the disk.", registry=self.registry
        )
        waiting.set_function(lambda: journal.bytes_waiting)
        place = Gauge(
            "lowtide_intake_next_place",
            "The place after the last row of the journal.",
            registry=self.registry,
        )
        place.set_function(lambda: journal.next)
        writable = Gauge(
            "lowtide_intake_writable", "1 while the journal takes documents, 0 after the disk refused one.",
            registry=self.registry,
        )  # fmt: skip
        writable.set_function(lambda: float(journal.failure is None))
        sync = Histogram(
            "lowtide_intake_sync_seconds", "Time of a sync, which serves all documents that wait.",
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        journal.synced = sync.observe

    def answered(self, status: int) -> None:
        """A request was answered."""
        self._requests.labels(str(status)).inc()

    def taken(self, rows: DocumentRows) -> None:
        """The rows of a document are in the journal."""
        self.count(rows.map_name or OWN, {"good": rows.good, "skipped": rows.skipped, **rows.codes})

    def count(self, name: str, codes: Mapping[str, int]) -> None:
        """Rows that were read with the map of this name are in the journal, so many of each code."""
        for code, count in codes.items():
            if count:
                self._records.labels(name, code).inc(count)

    def text(self) -> bytes:
        """All of it as Prometheus reads it."""
        return generate_latest(self.registry)
