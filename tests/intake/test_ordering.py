"""Rows in order of event time, in memory and on disk."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lowtide.intake.ordering import Ordering

TIMES = st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(-5, 5)), max_size=40)


def order(
    rows: list[tuple[int, int | None]], memory_bytes: int, folder: Path | None = None
) -> list[tuple[int, bytes]]:
    with Ordering(folder, memory_bytes) as ordering:
        for number, (document, time) in enumerate(rows):
            ordering.add(document, str(number).encode(), 1, time)
        return [(row.document, row.data) for row in ordering.rows()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TIMES)
def test_memory_and_disk_give_what_a_stable_sort_gives(rows: list[tuple[int, int | None]]) -> None:
    last: dict[int, int] = {}
    keyed = []
    for number, (document, time) in enumerate(rows):
        at = last.get(document, -99) if time is None else time
        last[document] = at
        keyed.append((at, document, number))
    expected = [(document, str(number).encode()) for _, document, number in sorted(keyed)]
    assert order(rows, 1 << 20) == order(rows, 600) == expected


def test_a_forgotten_document_leaves_nothing_behind(tmp_path: Path) -> None:
    with Ordering(tmp_path, 500) as ordering:
        for number in range(10):
            ordering.add(number % 2, b"x", 1, number)
        ordering.forget(0)
        assert {row.document for row in ordering.rows()} == {1}
        assert not list(tmp_path.iterdir()), "a killed process leaves no file either"
