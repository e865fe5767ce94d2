"""What a desk has to do, has sent and cannot send, in Prometheus' text.

What stands in desk.db is counted when Prometheus asks, so a restart changes nothing about it. What happens once (the time to
the target, a try) is counted as it happens, from 0 at the start. Labels hold reasons, severities and the targets of the
people file, never SKUs, places or persons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lowtide import __version__
from lowtide.desk.store import Store, Transaction
from lowtide.ledger import SEVERITIES

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)
_NAME = "lowtide_desk"


class Signs(Protocol):
    """What a desk says of itself; any thread may read it."""

    @property
    def behind_s(self) -> float: ...

    @property
    def repaired(self) -> int: ...

    @property
    def standby(self) -> str | None: ...

    @property
    def warehouse_away(self) -> str | None: ...


class DeskMetrics(Collector):
    """The figures of one desk. Any thread may call every method."""

    def __init__(self, store: Store | None, signs: Signs | None, now: Callable[[], int]) -> None:
        """`now` is the desk's clock in milliseconds. Without a store and signs only the names are there."""
        self._store, self._signs, self._now = store, signs, now
        self.registry = CollectorRegistry()
        self._push = Histogram(
            f"{_NAME}_push_seconds", "Time from when a message was due until a target took it.",
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._tries = Counter(
            f"{_NAME}_tries", "Tries by target and what came of them: sent, wait or dead.", ["target", "outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.registry.register(self)

    def sent(self, reason: str, severity: str, seconds: float) -> None:
        """A first target took a message, so many seconds after it was due."""
        self._push.observe(max(0.0, seconds))

    def tried(self, target: str, outcome: str, code: str) -> None:
        """A target answered a try. Of `mail:ADDRESS` and the like only the kind is a label."""
        self._tries.labels(target.partition(":")[0], outcome).inc()

    def text(self) -> bytes:
        """All of it as Prometheus reads it."""
        return generate_latest(self.registry)

    def describe(self) -> Iterator[Metric]:
        """Nothing: the registry need not ask desk.db for the names."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The figures that desk.db and the desk give now."""
        yield _gauge("build_info", "1; the version of Lowtide.", [((__version__,), 1.0)], ["version"])
        yield from self._of_desk()
        if self._store is None:
            yield from self._of_store(None)
        else:
            with self._store.read() as rows:
                yield from self._of_store(rows)

    def _of_desk(self) -> Iterator[Metric]:
        signs = self._signs
        behind = signs.behind_s if signs else 0.0
        yield _gauge(
            "behind_seconds", "Time since the desk last read the new rows of the warehouse.", [((), behind)]
        )
        yield _gauge(
            "standby", "1 while another desk is at work and this one waits.", [((), float(bool(signs and signs.standby)))]
        )  # fmt: skip
        away = float(bool(signs and signs.warehouse_away))
        yield _gauge("warehouse_away", "1 while the warehouse does not answer.", [((), away)])
        repaired = CounterMetricFamily(
            f"{_NAME}_repaired",
            "Differences between the mirror and the warehouse that a full compare mended.",
        )
        repaired.add_metric([], float(signs.repaired if signs else 0))
        yield repaired

    def _of_store(self, rows: Transaction | None) -> Iterator[Metric]:
        for name, about, labels, sql in _FIGURES:
            found = [] if rows is None else rows.rows(sql, *[self._now()] * sql.count("?"))
            samples = [
                (tuple(str(value) for value in row[: len(labels)]), float(row[len(labels)] or 0))
                for row in found
            ]
            if name == "alerts_open":
                known = dict(samples)
                samples = [((severity,), known.get((severity,), 0.0)) for severity in SEVERITIES]
            yield _gauge(name, about, samples, labels)


_FIGURES: tuple[tuple[str, str, list[str], str], ...] = (
    (
        "alerts_open", "Open alerts by severity.", ["severity"],
        "SELECT severity, count(*) FROM alert WHERE status = 'open' GROUP BY severity",
    ),
    (
        "alerts_quiet", "Open alerts that are not pushed now, by the reason.", ["because"],
        "SELECT because, count(*) FROM routed JOIN alert USING (alert_id) WHERE status = 'open' AND because != '' "
        "GROUP BY because",
    ),
    (
        "cut_worth", "Expected loss of the open alerts that are below the cut of the budget, as far as known.", [],
        "SELECT sum(worth) FROM routed JOIN alert USING (alert_id) WHERE status = 'open' AND because = 'OVER_BUDGET'",
    ),
    (
        "messages", "Messages of the last days by reason and state: pending, sending, sent, dead, dropped.",
        ["reason", "state"], "SELECT reason, state, count(*) FROM outbox GROUP BY reason, state",
    ),
    (
        "dead_messages", "Messages that no contact of their person took. `lowtide desk dead ls` lists them.", [],
        "SELECT count(DISTINCT notification_id) FROM outbox AS dead WHERE state = 'dead' AND NOT EXISTS ("
        "SELECT 1 FROM outbox WHERE notification_id = dead.notification_id AND state IN "
        "('sent', 'pending', 'sending', 'dropped'))",
    ),
    (
        "outbox_oldest_seconds", "For how long the oldest message that is not sent yet has been due.", [],
        "SELECT max(? - due_at) / 1000.0 FROM outbox WHERE state IN ('pending', 'sending') AND due_at <= ?",
    ),
    ("ship_rows", "Rows that wait for the warehouse.", [], "SELECT count(*) FROM ship"),
    (
        "rows_refused", "Rows that the warehouse refuses. `lowtide desk dead ls --rows` lists them.", [],
        "SELECT count(*) FROM ship_refused",
    ),
)  # fmt: skip
"""Figures of desk.db: name, what it means, labels, and the query, whose question marks are the clock."""


def _gauge(
    name: str, about: str, samples: list[tuple[tuple[str, ...], float]], labels: list[str] | None = None
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{_NAME}_{name}", about, labels=labels or [])
    for values, value in samples:
        family.add_metric(list(values), value)
    return family
