"""Clocks of feeds: what is loaded from behind is fast, what runs along is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.desk.clock import LogClock, ScriptedClock
from lowtide.desk.inflow import feed
from lowtide.desk.store import Store
from tests.desk.entries import DAY, HOUR, MINUTE, NOON, desk_db, one


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with desk_db(tmp_path) as store:
        yield store


def met(store: Store, clock: int, now: int, ended: int = 0) -> int | None:
    """When the feed was last seen to be fast, after its clock was met."""
    row = {"pipeline": "p", "partition": "f", "clock": clock, "ended": ended}
    with store.transaction() as tx:
        feed.take(tx, [row], now)
        at = one(tx, "SELECT fast_until FROM feed")["fast_until"]
        return None if at is None else int(at)


def test_a_live_feed_is_never_fast(store: Store) -> None:
    assert [met(store, NOON + n * 5_000, NOON + n * 5_000 + 300) for n in range(5)] == [None] * 5


def test_a_feed_that_beats_after_an_hour_of_rest_is_not_fast(store: Store) -> None:
    met(store, NOON, NOON)
    assert met(store, NOON + HOUR, NOON + HOUR) is None


def test_a_file_of_last_week_is_fast_while_it_is_loaded(store: Store) -> None:
    assert met(store, NOON - 7 * DAY, NOON) == NOON
    assert met(store, NOON - 5 * DAY, NOON + 5_000) == NOON + 5_000
    assert met(store, NOON - 5 * DAY + 10_000, NOON + 15_000) == NOON + 5_000
    assert met(store, NOON, NOON + 20_000, ended=1) == NOON + 20_000


def test_the_same_clock_again_changes_nothing(store: Store) -> None:
    met(store, NOON, NOON)
    met(store, NOON, NOON + HOUR)
    with store.read() as tx:
        assert one(tx, "SELECT at FROM feed")["at"] == NOON and feed.clock(tx) == NOON


def test_a_clock_of_the_log_goes_on_by_itself_and_with_the_log() -> None:
    time = [0.0]
    clock = LogClock(NOON, lambda: time[0])
    time[0] = 60.0
    assert clock.now() == NOON + MINUTE
    clock.at_least(NOON + HOUR)
    assert clock.now() == NOON + HOUR
    clock.at_least(NOON)
    time[0] = 61.0
    assert clock.now() == NOON + HOUR + 1_000


def test_a_scripted_clock_stands_still() -> None:
    clock = ScriptedClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.set(NOON + 1)
    assert clock.now() == NOON + 1
