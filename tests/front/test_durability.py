"""What was acknowledged is on disk: after kill -9, after a full disk; and a run does not mind either."""

from __future__ import annotations

from pathlib import Path

import pytest

from .kills import battery, generated


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("log"), days=60)


def test_a_store_that_is_killed_loses_nothing_and_stops_nobody(log: Path, tmp_path: Path) -> None:
    result = battery(3, log, tmp_path)
    assert result.good, result
    assert result.acknowledged > 0 and result.runs > 0
