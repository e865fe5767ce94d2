"""Spans that wait are handed on as a list of messages would be."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.core import Span
from lowtide.kafka import waiting
from lowtide.kafka.waiting import Waiting

MOST = 2000


def spans(sizes: list[list[int]]) -> Iterator[Span]:
    offset = 0
    for run in sizes:
        rows = [
            (bytes(size), offset + at, at, 3, [("at", b"%d" % (offset + at))]) for at, size in enumerate(run)
        ]
        offset += len(run)
        yield Span(rows)


def plain(sizes: list[int], at_most: int) -> int:
    """How many of these messages are taken: as many as have room, at least one."""
    total = 0
    for count, size in enumerate(sizes[:at_most]):
        total += size + waiting._OVERHEAD
        if total > MOST:
            return max(1, count)
    return min(len(sizes), at_most)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 2500), max_size=6), max_size=5),
    st.lists(st.integers(1, 9), min_size=30, max_size=30),
)
def test_messages_are_taken_as_from_a_list(sizes: list[list[int]], counts: list[int]) -> None:
    waits = Waiting(1 << 20)
    for span in spans(sizes):
        waits.add(0, span)
    left = [size for run in sizes for size in run]
    offset = 0
    for at_most in counts:
        assert waits.of(0) == len(left) and waits.bytes == sum(left) + waiting._OVERHEAD * len(left)
        taken, count = waits.take(0, at_most, MOST), plain(left, at_most)
        assert taken.lengths.to_pylist() == left[:count]
        assert taken.offsets.to_pylist() == list(range(offset, offset + count))
        assert [taken.headers(at) for at in range(count)] == [
            [("at", b"%d" % (offset + at))] for at in range(count)
        ]
        left, offset = left[count:], offset + count
    assert waits.of(1) == 0 and len(waits.take(1, 5, MOST)) == 0
