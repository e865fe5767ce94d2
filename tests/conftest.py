"""What all tests share: a broker, the option that accepts a story, and which tests stay together side by side.

`make test` runs `pytest -n 2 --dist loadgroup --no-loadscope-reorder`: each worker is a process with a session of its
own, and gets whole groups, in the order of the items. Tests that need the broker are one group, so that one worker
starts one broker; all others are grouped by their file. Long groups come first, so that no worker ends much earlier.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator

import pytest

from tests.kafka.broker import Broker, Missing

LONG_GROUPS = (
    "broker",
    "tests/warehouse/test_analysts",
    "tests/warehouse/http",
    "tests/cli",
    "tests/warehouse",
    "tests/operation",
)
"""How the names of groups begin that take the most time, the longest first."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write each story's ledger.jsonl")


def group_of(item: pytest.Item) -> str:
    """The name of the group of tests that run in one worker."""
    needs_broker = "broker" in getattr(item, "fixturenames", ())
    return "broker" if needs_broker else item.nodeid.partition("::")[0]


def place_of(group: str) -> int:
    """A smaller number begins earlier."""
    places = [place for place, start in enumerate(LONG_GROUPS) if group.startswith(start)]
    return min(places, default=len(LONG_GROUPS))


@pytest.hookimpl(tryfirst=True)  # before xdist names the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place_of(group_of(item)))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real broker, started by the first test that asks and stopped at the end of the session."""
    try:
        running = Broker(tmp_path_factory.mktemp("kafka")).start()
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no broker: {missing}")
        warnings.warn(f"TESTS WITH A REAL BROKER ARE SKIPPED: {missing}", stacklevel=1)
        pytest.skip(str(missing))
    yield running
    running.stop()
