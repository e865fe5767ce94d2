"""A deadline that is an hour off wakes the wrong person: holidays, exchanged weekends, nights, and clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.people.calendar import Calendar
from lowtide.people.holiday import Holidays
from lowtide.people.hours import week, week_of
from tests.people.shop import SHANGHAI, at

OFFICE = Calendar("office", SHANGHAI, week("mon-fri 09:00-18:00"), Holidays("CN"))
PARIS = ZoneInfo("Europe/Paris")
MINUTE = 60_000

VECTORS = [
    ("2026-09-30 17:30", 120, "2026-10-08 10:30"),  # the national holiday lies between
    ("2026-10-09 17:00", 240, "2026-10-10 12:00"),  # a Saturday that works
    ("2026-02-13 17:00", 120, "2026-02-14 10:00"),  # likewise before the Spring Festival
    ("2026-09-20 10:00", 30, "2026-09-20 10:30"),  # a Sunday that works
    ("2026-11-28 10:00", 60, "2026-11-30 10:00"),
    ("2026-11-30 09:00", 540, "2026-11-30 18:00"),  # the end of a day is still that day
    ("2026-11-30 18:00", 1, "2026-12-01 09:01"),
    ("2026-11-28 10:00", 0, "2026-11-28 10:00"),  # no time passes at once, also on a Saturday
]


@pytest.mark.parametrize(("start", "minutes", "due"), VECTORS)
def test_the_vectors_of_the_office(start, minutes, due):
    told = OFFICE.due(at(start), minutes * MINUTE)
    assert (told.at, told.confirmed) == (at(due), True)
    assert told.at.utcoffset() == timedelta(hours=8), "in the zone of the calendar"
    assert OFFICE.elapsed(at(start), told.at) == minutes * MINUTE


@pytest.mark.parametrize(
    "calendar", [Calendar("always", PARIS), Calendar("whole days", PARIS, week("00:00-24:00"))]
)
def test_the_hour_that_comes_twice_counts_twice(calendar):
    start = datetime(2026, 10, 24, 23, tzinfo=PARIS)
    due = calendar.due(start, 360 * MINUTE).at
    assert due.isoformat() == "2026-10-25T04:00:00+01:00"
    assert calendar.elapsed(start, due) == 360 * MINUTE


def test_a_night_has_seven_eight_or_nine_hours():
    night = Calendar("night", PARIS, week("22:00-06:00"))
    lengths = [
        night.elapsed(
            datetime(2026, month, day, 22, tzinfo=PARIS), datetime(2026, month, day + 1, 6, tzinfo=PARIS)
        )
        for month, day in ((3, 28), (6, 10), (10, 24))
    ]
    assert lengths == [7 * 3_600_000, 8 * 3_600_000, 9 * 3_600_000]


def test_a_night_shift_belongs_to_the_day_on_which_it_begins():
    weekend = Calendar("weekend nights", SHANGHAI, week_of({"fri": ["22:00-06:00"]}))
    assert weekend.is_open(at("2026-12-05 05:59")) and not weekend.is_open(at("2026-12-05 06:00"))
    assert not weekend.is_open(at("2026-12-04 05:00"))
    assert weekend.is_open(at("2027-01-02 03:00")), "the night of New Year's Day 2027, a Friday"


def test_a_night_into_the_new_year_is_counted_once():
    nights = Calendar("nights", SHANGHAI, week("22:00-06:00"))
    assert nights.elapsed(at("2026-12-31 22:00"), at("2027-01-01 22:00")) == 8 * 3_600_000
    assert nights.due(at("2026-12-31 23:00"), 120 * MINUTE).at == at("2027-01-01 01:00")
    assert nights.is_open(at("2027-01-01 00:00"))


def test_a_year_of_china_without_exchanged_days_is_not_confirmed():
    over = OFFICE.due(at("2026-12-31 17:30"), 60 * MINUTE)
    assert (over.at, over.confirmed) == (at("2027-01-04 09:30"), False)
    assert OFFICE.due(at("2026-12-31 17:00"), 60 * MINUTE).confirmed
    told = Calendar("office", SHANGHAI, OFFICE.week, Holidays("CN", frozenset({2027})))
    assert told.due(at("2026-12-31 17:30"), 60 * MINUTE).confirmed
    own = Calendar("office", SHANGHAI, OFFICE.week, Holidays("CN", days={date(2027, 1, 30): True}))
    assert own.due(at("2026-12-31 17:30"), 60 * MINUTE).confirmed
    assert (
        Calendar("bureau", PARIS, OFFICE.week, Holidays("FR")).due(at("2030-05-01 10:00"), MINUTE).confirmed
    )


def test_days_of_the_shop_stand_above_those_of_the_country():
    days = {date(2026, 10, 1): True, date(2026, 11, 30): False, date(2026, 12, 6): True}
    own = Calendar("office", SHANGHAI, OFFICE.week, Holidays("CN", days=days))
    assert own.is_open(at("2026-10-01 10:00")), "the shop works on the national day"
    assert not own.is_open(at("2026-11-30 10:00"))
    assert own.is_open(at("2026-12-06 10:00")), "a Sunday, with the hours of Monday"


def test_an_adjusted_day_has_its_own_hours_if_the_week_has_them():
    shop = Calendar(
        "shop", SHANGHAI, week_of({"mon-fri": ["09:00-18:00"], "sun": ["10:00-16:00"]}), Holidays("CN")
    )
    assert not shop.is_open(at("2026-09-20 17:00")) and shop.is_open(at("2026-09-20 10:00"))
    assert shop.is_open(at("2026-10-10 17:00")), "a Saturday: the hours of the first working weekday"


def test_who_opens_next():
    assert OFFICE.next_open(at("2026-11-30 10:00")) == at("2026-11-30 10:00")
    assert OFFICE.next_open(at("2026-11-27 18:00")) == at("2026-11-30 09:00")
    assert OFFICE.next_open(at("2026-02-14 18:00")) is None, "the Spring Festival lasts nine days"
    assert OFFICE.next_open(at("2026-02-14 18:00"), timedelta(days=30)) == at("2026-02-24 09:00")


def test_the_first_minute_of_a_day():
    assert OFFICE.first_minute_of_day(at("2026-11-30 22:00")) == at("2026-11-30 09:00")
    assert OFFICE.first_minute_of_day(at("2026-10-01 22:00")) is None
    assert OFFICE.is_working_day(at("2026-10-10 23:00")) and not OFFICE.is_working_day(at("2026-10-11 10:00"))
    assert Calendar("always", PARIS).first_minute_of_day(datetime(2026, 7, 1, tzinfo=UTC)) == datetime(
        2026, 7, 1, tzinfo=PARIS
    )


TIMES = st.integers(0, 60 * 24 * 60 - 1).map(
    lambda minute: at("2026-09-15 00:00") + timedelta(minutes=minute)
)
WEEKS = st.sampled_from(
    [
        "mon-fri 09:00-18:00",
        "mon-fri 08:00-12:00,13:00-17:00; sat 22:00-02:00",
        "20:00-04:00",
        "sun 00:00-24:00",
    ]
)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(WEEKS, TIMES, st.integers(0, 1_500), st.booleans())
def test_business_time_is_the_number_of_open_minutes(hours, start, minutes, has_holidays):
    """The model walks minute by minute."""
    calendar = Calendar("c", SHANGHAI, week(hours), Holidays("CN" if has_holidays else ""))
    due = calendar.due(start, minutes * MINUTE).at
    ends = min(due, start + timedelta(days=12))
    walked, now = 0, start
    while now < ends:
        walked += calendar.is_open(now)
        now += timedelta(minutes=1)
    assert calendar.elapsed(start, ends) == walked * MINUTE
    if ends == due:
        assert walked == minutes


def test_many_deadlines_share_one_layout_of_a_year():
    calendar = Calendar("office", SHANGHAI, OFFICE.week, Holidays("CN"))
    for minute in range(20_000):
        calendar.due(at("2026-11-30 09:00"), minute * 3_000)
    assert sorted(calendar._years) == [2026]
