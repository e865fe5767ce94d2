"""Counters in Prometheus' text: queries by user, kind and code, their seconds, bytes, waiting queries, clients that left."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The counters of one warehouse."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        name, labels = "lowtide_warehouse", ["user", "kind"]
        self.queries = Counter(
            f"{name}_queries", "Queries ended; code 0 is good, others are ClickHouse's.", [*labels, "code"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            f"{name}_query_seconds", "Time from a query's arrival to the end of its answer.", labels,
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self.received = Counter(f"{name}_received_bytes", "Bytes of bodies received.", registry=self.registry)
        self.sent = Counter(f"{name}_sent_bytes", "Bytes of answers sent.", registry=self.registry)
        self.rows = Counter(
            f"{name}_inserted_rows", "Rows inserted and acknowledged.", registry=self.registry
        )
        self.left = Counter(
            f"{name}_clients_left", "Clients that left before their answer.", registry=self.registry
        )
        self.running = Gauge(
            f"{name}_running_queries", "Queries that ClickHouse runs.", registry=self.registry
        )
        self.waiting = Gauge(
            f"{name}_waiting_queries", "Queries that wait for their turn.", registry=self.registry
        )
        self.sessions = Gauge(f"{name}_sessions", "Sessions of writers.", registry=self.registry)

    def text(self) -> bytes:
        """All counters as Prometheus reads them."""
        return generate_latest(self.registry)
