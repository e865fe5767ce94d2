"""What a file of people would have done to a period: who would have heard of what, and what nobody."""

from __future__ import annotations

from typing import Any

from lowtide.desk.history.simulated import difference
from lowtide.desk.history.simulation import simulate
from lowtide.people import Book
from tests.desk.entries import DAY, HOUR, MINUTE, NOON, entry

PEOPLE = """
time_zone: UTC
people:
  chen: {{name: 陈晨, contacts: [console], budget: {budget}}}
  li: {{name: Li, contacts: [console]}}
routes:
  - {{match: {{location: "9*"}}, to: {north}}}
  - {{to: chen, group_by: [sku]}}
ladders:
  warning: {{steps: [owner 0m]}}
"""
START, END = NOON - HOUR, NOON + 2 * HOUR


def book(budget: int = 6, north: str = "chen") -> Book:
    return Book.read(PEOPLE.format(budget=budget, north=north))


def history() -> list[dict[str, Any]]:
    """Twelve warnings at noon, one in the north, one that ended before the period, one that was open all the time."""
    rows = [entry(f"A{n:02}", worth=float(n)) for n in range(12)]
    rows.append(entry("N", at=NOON + MINUTE, opened_at=NOON + MINUTE, location="901", worth=50.0))
    rows.append(entry("OLD", at=NOON - DAY, opened_at=NOON - DAY, worth=7.0))
    rows += [entry("GONE", at=NOON - DAY, worth=99.0), entry("GONE", 2, "CLEARED", at=NOON - 2 * HOUR)]
    return rows


def test_a_budget_of_six_tells_six_an_hour_dearest_first() -> None:
    made = simulate(history(), book(), START, END)
    (chen,) = made.loads
    assert (chen.person, chen.most, chen.hours) == ("chen", 6, 3.0)
    assert made.alerts == 14 and made.worth == 66 + 50 + 7  # GONE had ended
    assert (
        made.pushes == 13 and made.to_dict()["pushes_an_owner_hour"] == 4.3333
    )  # OLD, six at noon, six at one
    assert [one.alert_id for one in made.untold] == ["A00"]
    assert made.worth_told == made.worth


def test_the_difference_names_who_hears_now_and_who_no_more() -> None:
    seen: list[tuple[int, int]] = []
    before = simulate(history(), book(), START, END)
    after = simulate(history(), book(budget=2, north="li"), START, END, progress=lambda *at: seen.append(at))
    made = difference(before, after)
    assert made["changed_owner"] == 1 and made["changes_of_owner"] == [
        {"from": "chen", "to": "li", "alerts": 1}
    ]
    assert made["changed_first"] == ["N"] and seen[-1] == (20, 20)
    assert made["told_no_more"] > 0 and made["told_now"] == 0
    assert made["told_no_more_first"][0]["worth"] == max(one["worth"] for one in made["told_no_more_first"])
    assert {load["person"]: load["pushes"] for load in made["after"]["people"]}["li"] == 1


def test_the_same_file_makes_no_difference() -> None:
    one, two = (simulate(history(), book(), START, END) for _ in range(2))
    assert one == two
    made = difference(one, two)
    assert (made["changed_owner"], made["told_no_more"], made["told_now"]) == (0, 0, 0)
