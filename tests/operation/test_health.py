""" "Not alive" means restart, "not ready" means wait: they must not be confused."""

from __future__ import annotations

from lowtide.operation import Health


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def health(*needs: str) -> tuple[Health, Clock]:
    clock = Clock()
    return Health(needs=needs, stall_s=10, start_s=100, clock=clock), clock


def test_ready_when_all_is_there() -> None:
    one, _ = health("state", "warehouse", "source")
    assert one.not_ready() == "not yet: state, warehouse, source"
    for need in ("warehouse", "state"):
        one.reached(need)
    assert one.not_ready() == "not yet: source" and one.stalled() is None
    one.reached("source")
    assert one.not_ready() is None


def test_a_loop_that_stops_is_dead() -> None:
    one, clock = health()
    one.beat()
    clock.now = 10
    assert one.stalled() is None
    clock.now = 11
    assert one.stalled() == "the flow has stood still for 11 s" == one.not_ready()
    one.beat()
    assert one.stalled() is None


def test_a_warehouse_that_is_away_is_no_reason_to_restart() -> None:
    one, clock = health()
    one.beat()
    one.waiting("the warehouse is away")
    clock.now = 10_000
    assert one.stalled() is None and one.not_ready() == "the warehouse is away"
    one.waiting(None)
    assert one.stalled() is None and one.not_ready() is None
    clock.now += 11
    assert one.stalled()


def test_who_does_not_say_what_it_waits_for_is_asked() -> None:
    one, clock = health()
    away: list[str] = ["away"]
    one.beat()
    one.watch(lambda: away[-1] if away else None)
    assert one.not_ready() == "away"
    clock.now = 500
    assert one.stalled() is None
    away.clear()
    clock.now = 501
    assert one.stalled() is None, "the loop had no time to come round since"
    clock.now = 512
    assert one.stalled()


def test_a_start_may_take_long_and_not_for_ever() -> None:
    one, clock = health("state")
    clock.now = 100
    assert one.stalled() is None
    clock.now = 101
    assert one.stalled()


def test_a_process_without_a_partition_never_beats_and_lives() -> None:
    one, clock = health("state")
    one.reached("state")
    clock.now = 10_000
    assert one.stalled() is None and one.not_ready() is None


def test_a_process_that_only_saves_is_not_expected_to_go_on() -> None:
    """A process without a partition works only when others send it something."""
    one, clock = health("state")
    one.reached("state")
    one.moved()
    clock.now = 10_000
    assert one.stalled() is None and one.beats == 1


def test_a_long_checkpoint_is_no_standstill() -> None:
    one, clock = health()
    one.beat()
    for clock.now in range(0, 100, 9):
        one.moved()
        assert one.stalled() is None
    clock.now += 11
    assert one.stalled()


def test_an_end_may_take_long_too() -> None:
    one, clock = health()
    one.beat()
    clock.now = 5
    one.ending()
    clock.now = 105
    assert one.not_ready() == "ending" and one.stalled() is None
    clock.now = 106
    assert one.stalled()
