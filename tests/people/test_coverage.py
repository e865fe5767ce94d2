"""A gap that nobody sees before the holiday is a gap on the holiday."""

from __future__ import annotations

from lowtide.people import Book
from lowtide.people.account import account
from lowtide.people.coverage import coverage, unconfirmed
from tests.people.shop import at, book


def test_a_long_holiday_is_a_gap_that_the_summary_tells(tmp_path):
    shop = book(tmp_path)
    covered = {one.team: one for one in coverage(shop, at("2026-02-12 10:00"))}
    dairy = covered["dairy-buyers"]
    assert (dairy.now.person, dairy.open_hours) == ("chen", 45), (
        "8, 9 and 9 hours, and from the 24th 9, 9 and 1"
    )
    ((start, end),) = dairy.fallback
    assert (start, end) == (at("2026-02-14 18:00"), at("2026-02-17 09:00")), "until the 24th is within 7 days"
    assert covered["chasers"].open_hours == 336 and covered["chasers"].fallback == ()
    assert dairy.to_dict()["fallback"] == [["2026-02-14T10:00:00.000Z", "2026-02-17T01:00:00.000Z"]]


def test_each_location_is_a_team(tmp_path):
    names = [one.team for one in coverage(book(tmp_path), at("2026-12-01 10:00"), days=1)]
    assert [name for name in names if name.startswith("store")] == ["store-330", "store-331", "store-DC1"]


def test_years_that_come_soon_and_are_not_confirmed(tmp_path):
    shop = book(tmp_path)
    assert unconfirmed(shop, at("2026-12-01 10:00")) == [("office", 2027)]
    assert unconfirmed(shop, at("2026-09-01 10:00")) == []


def test_the_account_of_an_alert_names_who_hears_next_and_when(tmp_path):
    shop = book(tmp_path)
    told = account(shop, {"category": "DAIRY"}, "critical", at("2026-12-01 10:00"), at("2026-12-01 21:50"))
    assert [(rung.person, rung.due.at) for rung in told.rungs] == [
        ("chen", at("2026-12-01 21:50")),
        ("chen", at("2026-12-02 08:05")),  # the shop closes at 22:00 and opens at 08:00
        ("wang", at("2026-12-02 08:20")),
        ("zhao", at("2026-12-02 09:50")),
    ]
    assert told.ack.at == at("2026-12-02 08:20") and told.owner == "chen"
    assert (
        account(shop, {}, "watch", at("2026-12-01 10:00"), at("2026-12-01 10:00"), "sun").rungs[0].person
        == "sun"
    )
    alone = account(Book.alone("wang"), {}, "critical", at("2026-12-01 10:00"), at("2026-12-01 10:00"))
    assert [rung.person for rung in alone.rungs] == ["wang", "wang", None, None], "a step that reaches nobody"


def test_with_very_many_teams_the_hours_are_looked_at_less_often(tmp_path, monkeypatch):
    shop = book(tmp_path)
    often = {one.team: one.open_hours for one in coverage(shop, at("2026-12-01 08:00"), days=7)}
    monkeypatch.setattr("lowtide.people.coverage._MOST_LOOKS", 600)
    seldom = {one.team: one.open_hours for one in coverage(shop, at("2026-12-01 08:00"), days=7)}
    assert seldom.keys() == often.keys() and seldom != often
    assert all(abs(seldom[team] - often[team]) <= 8 for team in often)
