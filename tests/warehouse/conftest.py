"""One store for all tests of this folder, because a process can open only one store at a time."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lowtide.warehouse import Warehouse, open_warehouse
from tests import launcher

TABLES = (
    "ledger",
    "alert_opening",
    "alert_end",
    "alert_act",
    "position",
    "demand_day",
    "reject",
    "stock_count",
    "supply_event",
    "calibration_day",
    "alert_latest",
    "catalogue",
    "location",
    "supplier",
    "lane",
    "policy_version",
    "run",
    "notification",
    "deadline",
    "silence",
    "people_version",
    "audit",
    "desk_generation",
    "feed_clock",
    "rule_change",
    "inputs_class",
    "policy_promise",
)
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store") / "warehouse"


@pytest.fixture(scope="package")
def opened(store: Path) -> Iterator[Warehouse]:
    """It is closed behind the last test of the folder, so that tests elsewhere can open a store of their own."""
    with open_warehouse(str(store), create=True) as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(opened: Warehouse) -> Warehouse:
    """The warehouse of these tests, emptied."""
    for table in TABLES:
        opened.command(f"TRUNCATE TABLE lowtide.{table}")
    return opened


@pytest.fixture
def python() -> Run:
    """Run Python code in a separate process, with this package on its path."""

    def run(code: str, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "COLUMNS": "200"}
        command = [*launcher.python(), "-c", code, *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=env, check=False, **options
        )  # type: ignore[call-overload, no-any-return]

    return run


def same_with_nulls_from_joins(warehouse: Warehouse, view: str) -> None:
    """Check that a view has the same rows on a reader's handle with `join_use_nulls`, where it cannot set it back."""
    ask = f"SELECT * FROM lowtide.{view} ORDER BY ALL"
    with warehouse.reader({"join_use_nulls": "1"}) as reader:
        assert reader.rows(ask) == warehouse.rows(ask), view
