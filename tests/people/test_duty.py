"""One person is on duty at any time; who it is follows from the file alone."""

from __future__ import annotations

import pytest

from lowtide.people import Book
from tests.people.shop import PEOPLE, at, book

DAIRY = {"category": "DAIRY", "location": "330"}


@pytest.fixture
def shop(tmp_path):
    return book(tmp_path)


def duty(shop: Book, team: str, when: str, **facts: str) -> tuple[str, str]:
    found = shop.on_duty(team, facts, at(when))
    return found.person, found.row


@pytest.mark.parametrize(
    ("when", "person", "row"),
    [
        ("2026-11-30 10:00", "chen", "rotation"),
        ("2026-12-02 11:59", "chen", "rotation"),
        ("2026-12-02 12:00", "wang", "override"),
        ("2026-12-02 23:59", "wang", "override"),  # a day as the end is included, whatever the calendar says
        ("2026-12-03 10:00", "chen", "rotation"),
        ("2026-12-07 10:00", "li", "rotation"),
        ("2026-12-14 10:00", "li", "absence"),  # chen's turn, and chen is away: the deputy
        ("2026-12-19 10:00", "li", "next open"),  # a Saturday: on Monday li's turn begins
        ("2026-12-05 10:00", "li", "next open"),
        ("2026-12-08 20:00", "li", "next open"),
        ("2026-11-23 10:00", "li", "rotation"),  # turns go on backwards from their first day
        ("2027-01-22 10:00", "li", "rotation"),
    ],
)
def test_whose_turn_it_is(shop, when, person, row):
    assert duty(shop, "dairy-buyers", when) == (person, row)


def test_nobody_within_seven_days_is_the_fallback(shop):
    assert duty(shop, "buyers", "2026-02-14 19:00") == ("wang", "fallback"), "the Spring Festival"
    assert duty(shop, "buyers", "2026-02-17 10:00") == ("li", "next open")


def test_a_member_whose_calendar_is_open_comes_before_one_whose_is_closed(tmp_path):
    text = """
time_zone: Asia/Shanghai
calendars: {early: {work: {daily: "06:00-12:00"}}, late: {work: {daily: "12:00-20:00"}}}
people:
  an: {calendar: early, contacts: console}
  bo: {calendar: late, contacts: console}
teams: {shop: {members: [an, bo]}}
"""
    shop = Book.read(text)
    assert duty(shop, "shop", "2026-12-01 07:00") == ("an", "member")
    assert duty(shop, "shop", "2026-12-01 15:00") == ("bo", "member")
    assert duty(shop, "shop", "2026-12-01 21:00") == ("an", "next open")


def test_without_a_deputy_the_next_in_the_rotation_stands_in(tmp_path):
    text = PEOPLE.replace(", deputy: li}\n  li:", "}\n  li:").replace(
        "to: 2026-12-18, deputy: li", "to: 2026-12-18"
    )
    shop = book(tmp_path, text)
    assert duty(shop, "dairy-buyers", "2026-12-14 10:00") == ("li", "absence")


def test_a_deputy_who_is_away_too_passes_the_duty_on(tmp_path):
    away = "absences:\n  - {person: li, from: 2026-12-16, to: 2026-12-16, deputy: wang}\n"
    shop = book(tmp_path, PEOPLE.replace("absences:\n", away))
    assert duty(shop, "dairy-buyers", "2026-12-15 10:00") == ("li", "absence")
    assert duty(shop, "dairy-buyers", "2026-12-16 10:00") == ("wang", "absence")


def test_two_who_deputise_for_each_other_are_nobody(tmp_path):
    away = "absences:\n  - {person: li, from: 2026-12-14, to: 2026-12-18, deputy: chen}\n"
    shop = book(tmp_path, PEOPLE.replace("absences:\n", away))
    assert duty(shop, "dairy-buyers", "2026-12-15 10:00") == ("li", "next open"), (
        "both are back on Monday, and it is li's turn"
    )


def test_an_absence_that_ends_at_noon_is_an_opening(tmp_path):
    text = """
time_zone: Asia/Shanghai
calendars: {office: {work: {mon-fri: "09:00-18:00"}}}
people: {an: {calendar: office, contacts: console}, bo: {contacts: console}}
teams: {shop: {members: an, fallback: bo}}
routes: [{to: shop}]
absences: [{person: an, from: 2026-12-01, to: "2026-12-02 12:00"}]
"""
    shop = Book.read(text)
    assert duty(shop, "shop", "2026-12-01 10:00") == ("an", "next open")
    longer = Book.read(text.replace('"2026-12-02 12:00"', "2026-12-20"))
    assert duty(longer, "shop", "2026-12-01 10:00") == ("bo", "fallback")


def test_a_deputy_does_nothing_without_an_absence(shop):
    assert shop.present("chen", at("2026-12-13 23:59")) == "chen"
    assert shop.present("chen", at("2026-12-14 00:00")) == "li"
    assert shop.present("chen", at("2026-12-19 00:00")) == "chen"


def test_a_turn_changes_at_its_local_time(tmp_path):
    shop = book(tmp_path, PEOPLE.replace("from: 2026-11-30,", "from: 2026-11-30 12:00,"))
    assert duty(shop, "dairy-buyers", "2026-12-07 11:59")[0] == "chen"
    assert duty(shop, "dairy-buyers", "2026-12-07 12:00")[0] == "li"


def test_a_location_has_a_team_of_its_own(shop):
    here = {"type": "negative_stock", "location": "330"}
    found = shop.assign(here, at("2026-12-01 10:00"))
    assert (found.person, found.team, found.row, found.followers) == (
        "sun",
        "store-330",
        "member",
        ("stock-control",),
    )
    assert shop.lead_of("store-330", here) == "qian", "the manager of the row whose location is the region"
    assert shop.manager_of("store-{location}", here) == "zhao"
    assert shop.persons_of("store-330", here) == ("sun", "li")
    empty = shop.assign({"type": "negative_stock", "location": "331"}, at("2026-12-01 10:00"))
    assert (empty.person, empty.row) == ("wang", "fallback"), "a location without a manager"
    strange = shop.assign({"type": "negative_stock", "location": "999"}, at("2026-12-01 10:00"))
    assert (strange.person, strange.team) == ("wang", "store-999"), "a location that the file does not have"
    assert shop.lead_of("store-999", {"location": "999"}) is None


def test_the_hours_of_a_location_are_a_calendar_in_its_zone(shop):
    hours = shop.ladder_calendar("warning", "store-330", {"location": "330"})
    assert hours.is_open(at("2026-12-05 10:00")) and not hours.is_open(at("2026-12-06 10:00"))
    tokyo = shop.ladder_calendar("warning", "store-331", {"location": "331"})
    assert tokyo.is_open(at("2026-12-05 21:00")) and not tokyo.is_open(at("2026-12-05 05:00"))
    assert shop.ladder_calendar("critical", "store-331", {"location": "331"}).name == "shop"
    assert shop.ladder_calendar("warning", "dairy-buyers", {}).name == "office"
    assert shop.ladder_calendar("warning", "chasers", {}).name == "always"
