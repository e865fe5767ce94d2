"""The PostgreSQL server that the tests of tables share."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator

import pytest

from tests.intake.tables.cluster import Cluster, Missing


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A real server; without PostgreSQL the tests are skipped with a warning, and fail where CI runs them."""
    try:
        made = Cluster()
        running = made.__enter__()
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no PostgreSQL: {missing}")
        warnings.warn(f"TESTS WITH A REAL POSTGRESQL ARE SKIPPED: {missing}", stacklevel=1)
        pytest.skip(str(missing))
    yield running
    running.__exit__()
