"""Opening hours are typed by hand: each form that people write is read, and every other one is refused."""

from __future__ import annotations

import pytest

from lowtide.people.hours import clock, minute, shift, week, week_of, weekdays


def test_what_people_write():
    assert week("08:00-22:00") == (((480, 1320),),) * 7
    assert week("mon-fri 08:00-20:00; sat 09:00-18:00")[4:] == (((480, 1200),), ((540, 1080),), ())
    assert week("mon-fri 08:00-12:00,13:00-17:00")[0] == ((480, 720), (780, 1020))
    assert week("daily 00:00-24:00")[6] == ((0, 1440),)
    assert week_of({"sat-mon": ["22:00-06:00"]})[0] == ((1320, 1800),)
    assert weekdays("fri-mon") == [4, 5, 6, 0] and weekdays("mon,wed") == [0, 2]
    assert (minute("9:05"), clock(545), shift("17:00–01:00")) == (545, "09:05", (1020, 1500))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("9 to 5", "such as"),
        ("09:00", "09:00-18:00"),
        ("25:00-26:00", "time of day"),
        ("24:30-02:00", "time of day"),
        ("09:00-09:00", "no length"),
        ("09:00-12:00,11:00-13:00", "overlap"),
        ("mun 09:00-12:00", "weekdays"),
        ("mon-fri 09:00-12:00; mon 13:00-14:00", "twice"),
        ("", "no day has hours"),
    ],
)
def test_what_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        week(text)
