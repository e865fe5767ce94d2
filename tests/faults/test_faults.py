"""The short battery: kills, damage and outages, and the tables must equal those of an undisturbed run."""

from __future__ import annotations

from pathlib import Path

from tests.faults.battery import fight
from tests.faults.ground import ground
from tests.kafka.broker import Broker


def test_whatever_dies_and_whenever_the_tables_are_the_same(broker: Broker, tmp_path: Path) -> None:
    plan = {"killed": 4, "damaged": 1, "away": 1, "processes": 1, "clock": 1}
    with ground(tmp_path, broker, shops=1, days=45) as made:
        told = fight(made, plan, side_by_side=3, first=1000)
    assert [outcome for outcome in told if outcome.wrong] == []
    assert sum(outcome.done.get("kills", 0) for outcome in told) >= 25, "it must have hit"
