"""Metrics count everything since this process started, once, under names that do not change."""

from __future__ import annotations

import re
import threading
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lowtide import __version__
from lowtide.core import Job, Log, decode
from lowtide.operation import Metrics
from lowtide.sources import Block

BASE_UNITS = (
    "seconds",
    "bytes",
    "records",
    "rows",
    "ratio",
    "segments",
    "positions",
    "retries",
    "info",
    "waiting",
)
GOOD = b'{"id":"%d","source":"t","kind":"count","sku":"a","location":"b","quantity":5,"event_time":1795339800000}\n'
BAD = (
    b'{"id":"x","source":"t","kind":"count","sku":"a","location":"b","quantity":5,"event_time":"yesterday"}\n'
)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"lowtide_{name}", labels)


def test_a_restored_state_is_not_counted_again() -> None:
    """A restart would look like a billion records in a second."""
    metrics = Metrics()
    metrics.counts("sales/0", {"records": 1_000_010, "rejects": 5}, {"records": 1_000_000, "rejects": 5})
    metrics.counts("sales/0", {"records": 1_000_025, "rejects": 5}, {"records": 1_000_000, "rejects": 5})
    assert value(metrics, "records_total", partition="sales/0") == 25


def test_a_partition_that_is_idle_after_a_restart_has_its_series() -> None:
    """Prometheus computes a rate from 0 to 5, but not from an absent sample to 5."""
    metrics = Metrics()
    metrics.counts("sales/0", {"records": 1_000_000}, {"records": 1_000_000})
    assert value(metrics, "records_total", partition="sales/0") == 0
    assert b"_created" not in metrics.text(), "twice as many series tell nothing more"


def test_a_state_that_goes_back_takes_nothing_off() -> None:
    metrics = Metrics()
    for records in (10, 4, 6):
        metrics.counts("sales/0", {"records": records})
    assert value(metrics, "records_total", partition="sales/0") == 12


def test_rejects_are_told_apart_by_reason() -> None:
    metrics = Metrics()
    metrics.counts("sales/0", {"records": 9, "rejects": 3, "reject.no_zone": 2, "reject.not_json": 1})
    assert value(metrics, "rejects_total", partition="sales/0", reason="no_zone") == 2
    assert value(metrics, "rejects_total", partition="sales/0", reason="not_json") == 1


def test_it_understands_what_a_partition_counts() -> None:
    """The names come from the core. A name that was renamed there would always be 0 here."""
    log = Log(Job.of(partition="sales/0"), [], 1)
    decode(log.partition, Block("lines", GOOD % 1 + GOOD % 2 + GOOD % 1 + BAD, 4))
    metrics = Metrics()
    metrics.counts(log.name, log.partition.counts(), log.before)
    metrics.reached(log.name, clock_ms=log.partition.clock_ms, behind=log.feed.behind)
    found = {
        name: value(metrics, f"{name}_total", partition="sales/0")
        for name in log.partition.counts()
        if not name.startswith("reject")
    }
    assert found == {"records": 4, "accepted": 2, "duplicates": 1, "late": 0, "very_late": 0} | dict.fromkeys(
        ("void_unmatched", "void_of_what"), 0
    )
    assert value(metrics, "rejects_total", partition="sales/0", reason="bad_time") == 1
    assert value(metrics, "clock_seconds", partition="sales/0") == 1795339800
    assert value(metrics, "lag_records", partition="sales/0") == 0


def test_before_the_first_record_there_is_no_clock() -> None:
    """A clock of 0 would look like a delay of half a century."""
    metrics = Metrics()
    metrics.reached("sales/0", clock_ms=None, behind=3)
    assert value(metrics, "clock_seconds", partition="sales/0") is None
    assert value(metrics, "lag_records", partition="sales/0") == 3


def test_a_checkpoint_of_many_parts_shows_the_longest_chain() -> None:
    metrics = Metrics()
    for written, segments in ((100, 2), (50, 7), (25, 3)):
        metrics.saved(0.01, written, segments)
    metrics.fenced(0.2)
    assert value(metrics, "checkpoint_segments") == 7
    metrics.saved(0.01, 1, 1)
    metrics.fenced(0.2)
    assert value(metrics, "checkpoint_segments") == 1
    assert value(metrics, "checkpoint_bytes_total") == 176
    assert (
        value(metrics, "checkpoint_seconds_count") == 4 and value(metrics, "epoch_close_seconds_count") == 2
    )
    assert value(metrics, "epoch_last_close_timestamp_seconds") > 0  # type: ignore[operator]


def test_the_sink_is_asked_when_somebody_looks() -> None:
    metrics = Metrics()
    assert value(metrics, "sink_queue_rows") == 0
    sink = SimpleNamespace(queued_rows=7, queued_bytes=700, retries=2, waiting=True)
    metrics.watch(sink)
    sink.queued_rows = 8
    shown = [
        value(metrics, f"sink_{name}") for name in ("queue_rows", "queue_bytes", "retries_total", "waiting")
    ]
    assert shown == [8, 700, 2, 1]


def test_rows_positions_and_latency() -> None:
    metrics = Metrics(policy_version="sha256:1")
    metrics.wrote("ledger", 3)
    metrics.wrote("ledger", 4)
    metrics.positions(12)
    metrics.stored(0.3)
    assert value(metrics, "rows_written_total", table="ledger") == 7
    assert value(metrics, "positions") == 12
    assert value(metrics, "stored_latency_seconds_bucket", le="0.5") == 1
    assert value(metrics, "build_info", version=__version__, policy_version="sha256:1") == 1


def test_many_threads_count_each_record_once() -> None:
    metrics = Metrics()

    def count(partition: int) -> None:
        for total in range(0, 2001, 10):
            metrics.counts(f"sales/{partition % 4}", {"records": total})
            metrics.text() if total % 500 == 0 else None

    threads = [threading.Thread(target=count, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [value(metrics, "records_total", partition=f"sales/{number}") for number in range(4)] == [2000] * 4


def test_names_keep_to_the_rules_of_prometheus() -> None:
    """Those of `promtool check metrics`: base units, `_total` for counters alone, a help, no capitals."""
    metrics = Metrics()
    for family in metrics.registry.collect():
        name = family.name.removeprefix("lowtide_")
        assert family.documentation and re.fullmatch(r"[a-z][a-z0-9_]*", family.name)
        assert not re.search(r"(total|count|sum|bucket|gauge|counter|histogram|_ms|minutes|hours)$", name)
        if family.name.startswith("lowtide_") and family.type != "counter":
            assert name.endswith(BASE_UNITS), name


def test_no_label_grows_with_the_shop() -> None:
    metrics = Metrics()
    metrics.counts("sales/0", {"records": 1, "rejects": 1, "reject.no_zone": 1})
    metrics.reached("sales/0", clock_ms=1, behind=1)
    metrics.wrote("ledger", 1)
    labels = {
        label
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
        for label in sample.labels
    }
    assert labels == {"partition", "reason", "table", "le", "version", "policy_version"}


def test_the_page_of_the_module_is_right() -> None:
    import doctest

    from lowtide.operation import endpoint, health, metrics, secrets

    for module in (metrics, health, secrets, endpoint):
        assert doctest.testmod(module).failed == 0, module.__name__


@pytest.mark.parametrize("name", ["records", "rejects"])
def test_a_counter_is_there_before_it_counts(name: str) -> None:
    """An alert rule finds the metric before its first sample."""
    assert f"# TYPE lowtide_{name}_total counter" in Metrics().text().decode()
