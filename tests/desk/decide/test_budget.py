"""The budget: who goes, in which order, and when there is room again."""

from __future__ import annotations

from lowtide.desk.decide import cut
from lowtide.desk.decide.budget import Candidate, Window, choose, may_flood
from lowtide.desk.decide.moment import HOUR, MINUTE
from tests.desk.decide.conftest import Make, at, opened


def candidate(worth: float | None, *, critical: bool = False, due: int = 0, first: str = "a") -> Candidate:
    return Candidate(f"{worth}-{first}", False, worth, due, first, critical)


def worths(chosen: list[Candidate]) -> list[float | None]:
    return [one.worth for one in chosen]


def test_the_worked_case_at_ten() -> None:
    values = [candidate(900, critical=True), *map(candidate, (700, 650, 300, 120, 80))]
    assert worths(choose(values, 3, 6)) == [900, 700, 650]


def test_critical_goes_when_the_budget_is_spent_but_not_beyond_twelve() -> None:
    values = [candidate(40, critical=True), candidate(99)]
    assert worths(choose(values, 6, 6)) == [40]
    assert choose(values, 12, 6) == []


def test_a_greater_budget_than_twelve_is_no_limit_to_what_is_critical() -> None:
    assert worths(choose([candidate(1, critical=True)], 14, 20)) == [1]


def test_unknown_is_last_and_no_loss_before_it() -> None:
    assert worths(choose([candidate(None), candidate(0), candidate(1)], 0, None)) == [1, 0, None]


def test_equal_worth_goes_by_due_and_then_by_alert() -> None:
    values = [candidate(1, due=2, first="a"), candidate(1, due=1, first="c"), candidate(1, due=1, first="b")]
    assert [one.first for one in choose(values, 0, None)] == ["b", "c", "a"]


def test_a_slot_is_free_sixty_minutes_after_the_oldest_message() -> None:
    window = Window((10, 20, 30))
    assert window.free_at(3) == 10 + HOUR
    assert window.free_at(2) == 20 + HOUR
    assert window.free_at(4) is None


def test_a_flood_each_ten_minutes() -> None:
    assert may_flood(Window(()), 0)
    assert not may_flood(Window((), 0), 10 * MINUTE - 1)
    assert may_flood(Window((), 0), 10 * MINUTE)


def test_the_cut_says_what_lies_below(desk: Make) -> None:
    world = desk([opened(f"a{n}", n, "warning", worth=float(n)) for n in range(6)], 20)
    with world.store.read() as tx:
        found = cut(tx, world.book, "chen", at(20))
    assert (found.pushed, found.below, found.worth, found.candidates) == (2, 4, 14.0, 6)
