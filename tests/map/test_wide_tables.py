"""Tables of very many columns: the work grows with them, and not with their square.

What was seen before: a CSV of 100,000 columns, 700 KB, kept the intake busy for minutes.
"""

from __future__ import annotations

import time

import pytest

from lowtide.core import Mapping, MapReader
from lowtide.errors import MapError
from lowtide.intake.own_map import own_map
from lowtide.intake.reading import mapped


def seconds(columns: int) -> float:
    """The least CPU time of three readings of a header."""
    header = ",".join(f"column {number}" for number in range(columns)).encode()
    best = float("inf")
    for _ in range(3):
        reader = MapReader(Mapping(own_map().document))
        started = time.process_time()
        reader.csv_header(header, 44, 0)
        best = min(best, time.process_time() - started)
    return best


def test_thirty_times_the_columns_are_not_a_thousand_times_the_work() -> None:
    assert seconds(64_000) < 300 * seconds(2_000)


def test_a_header_without_its_columns_names_a_few_of_the_others() -> None:
    header = ",".join(f"column {number}" for number in range(50_000)).encode() + b"\n"
    with pytest.raises(MapError) as refused:
        list(mapped(own_map(), header, "wide.csv"))
    assert "and others" in str(refused.value) and len(str(refused.value)) < 10_000
