"""What all tests share: a broker, the option that accepts a story, and which tests stay together side by side.

`pytest -n 2` (`make test`) runs two workers. Each is a process with a session of its own and gets whole groups of tests,
in the order given here. What needs the broker is one group, so that one worker starts one broker; every other file is a
group. Long groups come first, so that both workers end at about the same time.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kafka.broker import Broker, Missing

BROKER = ("tests/kafka/", "tests/faults/test_faults")
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


def group_of(nodeid: str) -> str:
    """The name of the group of tests that run in one worker, one after another."""
    file = nodeid.partition("::")[0]
    return "broker" if file.startswith(BROKER) else file


def place_of(group: str) -> int:
    """A smaller number begins earlier."""
    places = [place for place, start in enumerate(LONG_GROUPS) if group.startswith(start)]
    return min(places, default=len(LONG_GROUPS))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place_of(group_of(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out the groups above. Marks of groups (`--dist loadgroup`) do not reach xdist 3.8 with pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real broker, started by the first test that asks and stopped at the end of the session."""
    try:
        running = Broker(tmp_path_factory.mktemp("kafka"), secured=True).start()
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no broker: {missing}")
        warnings.warn(f"TESTS WITH A REAL BROKER ARE SKIPPED: {missing}", stacklevel=1)
        pytest.skip(str(missing))
    yield running
    running.stop()
