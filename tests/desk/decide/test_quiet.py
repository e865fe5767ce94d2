"""Quiet hours end at the first minute at which the person works, not at the end on the clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lowtide.desk.decide import quiet
from lowtide.desk.decide.moment import ms_of, utc
from lowtide.people import Book

ZONE = ZoneInfo("Asia/Shanghai")
TEXT = """
time_zone: {zone}
calendars: {{office: {{holidays: CN, work: {{mon-fri: "09:00-18:00"}}}}}}
people:
  chen: {{name: Chen, contacts: [console], calendar: {calendar}, quiet: "{hours}"}}
  li: {{name: Li, contacts: [console]}}
routes: [{{to: chen}}]
"""


def until(
    text: str, hours: str = "21:00-08:00", calendar: str = "office", zone: ZoneInfo = ZONE
) -> str | None:
    book = Book.read(TEXT.format(hours=hours, calendar=calendar, zone=zone.key))
    found = quiet.until(book, "chen", ms_of(datetime.fromisoformat(text).replace(tzinfo=zone)))
    return None if found is None else f"{utc(found).astimezone(zone):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("at", "release"),
    [
        ("2026-11-30T20:59", None),
        ("2026-11-30T21:00", "Tue 2026-12-01 09:00"),
        ("2026-12-01T08:30", "Tue 2026-12-01 09:00"),
        ("2026-12-01T09:00", None),
        ("2026-11-27T22:00", "Mon 2026-11-30 09:00"),  # Friday night lasts to Monday
        ("2026-11-28T12:00", "Mon 2026-11-30 09:00"),
        ("2026-09-30T22:00", "Thu 2026-10-08 09:00"),  # the National Day
        ("2026-10-09T22:00", "Sat 2026-10-10 09:00"),  # a working Saturday
    ],
)
def test_quiet_until_the_first_working_minute(at: str, release: str | None) -> None:
    assert until(at) == release


def test_quiet_at_noon() -> None:
    assert until("2026-11-30T12:30", "12:00-13:00") == "Mon 2026-11-30 13:00"
    assert until("2026-11-30T13:00", "12:00-13:00") is None


def test_who_always_works_is_quiet_until_the_end() -> None:
    assert until("2026-11-28T23:00", calendar="always") == "Sun 2026-11-29 08:00"


def test_a_night_on_which_clocks_change() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert until("2026-10-24T23:00", calendar="always", zone=paris) == "Sun 2026-10-25 08:00"
    assert until("2026-03-28T23:00", calendar="always", zone=paris) == "Sun 2026-03-29 08:00"


def test_without_quiet_hours_it_is_never_quiet() -> None:
    book = Book.read(TEXT.format(hours="21:00-08:00", calendar="office", zone="Asia/Shanghai"))
    assert quiet.until(book, "li", ms_of(datetime(2026, 11, 28, 3, tzinfo=ZONE))) is None
