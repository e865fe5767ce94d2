"""The core and the plain arithmetic of `explain` give the same numbers, entry for entry."""

from __future__ import annotations

from collections import Counter, defaultdict

from lowtide.core import Job
from lowtide.explain import explain
from lowtide.policy import read_policy_text
from lowtide.rows import ledger_rows
from lowtide.samples.synthetic import Synthetic

POLICY = "defaults: {reorder_point: formula, spike_min: 3}\n"


def test_every_number_of_a_long_log_is_computed_again():
    job = Job.of(read_policy_text(POLICY, "policy"))
    partition, group = job.partition(1), job.group()
    entries = []
    routed = [partition.lines(day) for day in Synthetic(positions=200, days=70, seed=5).lines()]
    for blocks in [*routed, partition.finish()]:
        for _, block in blocks:
            group.apply(block)
        entries += ledger_rows(group.take()["ledger"])
    alerts = defaultdict(list)
    for entry in entries:
        alerts[entry["alert_id"]].append(entry)
    looked_at: Counter[str] = Counter()
    for number, alert in enumerate(alerts.values()):
        told = explain(alert, lang="zh" if number % 2 else "en")
        assert told.agrees, (told.alert, told.wrong)
        looked_at.update(
            check.name.partition(" PO")[0] for found in told.all_checks.values() for check in found
        )
    assert len({entry["type"] for entry in entries}) >= 5
    for name in (
        "out_by",
        "p_stockout",
        "rate_per_day",
        "arrives",
        "expected day",
        "safety_stock",
        "trip_level",
        "reorder_point",
        "inventory_position",
        "overdue",
        "tail_p",
    ):
        assert looked_at[name] > 5, f"{name} was never put to the test"
