"""What is read from behind is told once, when it has caught up; what a desk finds at its start is told too."""

from __future__ import annotations

from typing import Any

from lowtide.desk import decide
from lowtide.desk.history.script import Script
from lowtide.desk.inflow import mirror
from lowtide.desk.reasons import Reason
from tests.desk.decide.conftest import Make, at, opened, reasons
from tests.desk.decide.world import World


def feed(minutes: float, clock: float, *, ended: bool = False) -> dict[str, Any]:
    return {
        "at": at(minutes),
        "feed": {"pipeline": "lowtide", "partition": "p", "clock": at(clock), "ended": int(ended)},
    }


def start(world: World, rows: list[dict[str, Any]], minutes: float) -> None:
    """A start of the desk with a mirror that holds these alerts, as `lowtide desk` makes it."""
    found = Script.of(rows).between(-1, at(minutes))["entry"]
    with world.store.transaction() as tx:
        mirror.apply(tx, found, at(minutes))
        decide.started(tx)
        before = tx.value("SELECT count(*) FROM outbox")
        assert decide.step(tx, world.book, at(minutes)) is None
        assert tx.value("SELECT count(*) FROM outbox") == before, "nothing is pushed before the full compare"
        decide.compared(tx)
    world.now, world._next = at(minutes), at(minutes) + 1


def test_what_was_open_before_the_first_start_is_told(desk: Make) -> None:
    world = desk([], 0)
    start(world, [opened(f"a{n}", 0, "warning") for n in range(2)], 1)
    world.live(Script.of([]), at(5))
    assert reasons(world) == [("chen", "FIRST"), ("chen", "FIRST")]


def test_what_was_open_is_one_message_if_it_is_many(desk: Make) -> None:
    world = desk([], 0)
    start(world, [opened(f"a{n:02}", 0, "warning") for n in range(11)], 1)
    world.live(Script.of([]), at(5))
    ((_, message),) = world.told
    assert (message.reason, message.count, len(message.lines)) == (Reason.CATCH_UP, 11, 10)


def test_a_restart_tells_nothing_again_and_holds_no_cut(desk: Make) -> None:
    """What lies below the cut at a restart stays there; it does not become a CATCH_UP message."""
    world = desk([opened(f"a{n:02}", 0, "warning") for n in range(20)], 5)
    told = list(world.told)
    start(world, [], 6)
    world.live(Script.of([]), at(30))
    assert world.told == told


def test_a_deadline_waits_while_its_partition_catches_up(desk: Make) -> None:
    rows = [feed(0, 0), opened("a", 0, partition="p"), feed(20, 20)]
    rows += [
        feed(20 + n / 4, 20 + n * 60) for n in range(1, 60)
    ]  # from 20 to 35 minutes it moves 240 times too fast
    world = desk(rows, 60)
    (_, (step_at, step)) = world.told
    assert step.reason == "STEP"
    assert step_at >= at(35.75), "60 seconds after the partition has slowed down"


def test_a_run_that_has_ended_has_caught_up(desk: Make) -> None:
    rows = [feed(0, -9000), opened("a", -100, partition="p", at=at(0)), feed(1, -60, ended=True)]
    world = desk(rows, 10)
    assert [(moment, message.reason) for moment, message in world.told] == [(at(1), "FIRST")]


def test_the_age_of_an_entry_does_not_count(desk: Make) -> None:
    """What opened three weeks ago and is open now is told, while its feed is up to date."""
    world = desk([feed(0, 0), opened("a", -3 * 7 * 24 * 60, partition="p", at=at(1))], 10)
    assert reasons(world) == [("chen", "FIRST")]


def test_a_feed_that_stands_still_for_longer_than_eight_days(desk: Make) -> None:
    day = 24 * 60
    world = desk([feed(0, 0), opened("a", 9 * day, partition="p", at=at(9 * day))], 9 * day + 60)
    assert world.told == []
    assert world.rows("SELECT because FROM routed") == [{"because": "STALE"}]
