"""One served warehouse for the whole session, without tokens; a test that needs another starts its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from .process import Front, front


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A warehouse with short limits for its readers."""
    folder: Path = tmp_path_factory.mktemp("front") / "warehouse"
    limits = ("--reader-seconds", "3", "--reader-memory-mb", "200", "--reader-rows", "200000")
    with front(folder, *limits, "--reader-result-mb", "20", "--log") as one:
        with one.client(autogenerate_session_id=False) as client:
            client.command(
                "CREATE TABLE lowtide.shelf (sku String, units Int64) ENGINE = MergeTree ORDER BY sku"
            )
            client.command("INSERT INTO lowtide.shelf SELECT toString(number), number FROM numbers(1000)")
        yield one


@pytest.fixture
def writer(served: Front) -> Iterator[Client]:
    with served.client(database="lowtide") as client:
        yield client


@pytest.fixture
def reader(served: Front) -> Iterator[Client]:
    with served.client(username="reader", database="lowtide") as client:
        yield client
