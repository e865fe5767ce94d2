"""The short battery: 25 kills on a scripted clock, and what was decided is that of a desk nobody disturbed."""

from __future__ import annotations

from pathlib import Path

from tests.desk.battery import scripted
from tests.desk.battery.history import Size


def test_wherever_a_desk_is_killed_it_decides_what_it_would_have_decided(tmp_path: Path) -> None:
    size = Size(alerts=80, kills=25, life_s=0.06)
    outcome = scripted.tell(tmp_path, None, "short", 1000, size)
    assert outcome.wrong == []
    assert outcome.done["kills"] == size.kills, "it must have hit"
    assert outcome.done["escalations"], "a step must have come"
