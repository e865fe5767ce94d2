"""The short battery: kills, damage and outages, and the tables of a run that nothing disturbed come out."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from tests.faults.battery import fight
from tests.faults.ground import ground
from tests.kafka.broker import Missing, java


def test_whatever_dies_and_whenever_the_tables_are_the_same(tmp_path: Path) -> None:
    try:
        java()
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no broker: {missing}")
        warnings.warn(f"THE BATTERY IS SKIPPED: {missing}", stacklevel=1)
        pytest.skip(str(missing))
    plan = {"killed": 4, "damaged": 1, "away": 1, "processes": 1, "clock": 1}
    with ground(tmp_path, shops=1, days=45) as made:
        told = fight(made, plan, side_by_side=3, first=1000)
    assert [outcome for outcome in told if outcome.wrong] == []
    assert sum(outcome.done.get("kills", 0) for outcome in told) >= 25, "it must have hit"
