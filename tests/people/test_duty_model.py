"""Whatever the schedule, exactly one person is on duty, and it is the one whom a plain walk through the hours finds."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.people import Book
from tests.people.shop import at

START = at("2026-12-07 00:00")
CALENDARS = {
    "early": {"work": {"mon-fri": "06:00-14:00"}},
    "late": {"work": {"mon-sat": "14:00-22:00"}},
    "night": {"work": {"daily": "22:00-06:00"}},
    "monday": {"work": {"mon": "09:00-17:00"}},
}
PEOPLE = ("an", "bo", "cy", "di")
PERSONS = st.fixed_dictionaries(
    {key: st.fixed_dictionaries({"calendar": st.sampled_from([*CALENDARS, "always"])}) for key in PEOPLE}
)
SPANS = st.tuples(
    st.sampled_from(PEOPLE), st.integers(0, 9), st.integers(0, 4), st.sampled_from([None, *PEOPLE])
)
DEPUTIES = st.lists(SPANS.filter(lambda span: span[0] != span[3]), max_size=4)
ROTATION = st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True)


def day(number: int) -> str:
    return f"{START + timedelta(days=number):%Y-%m-%d}"


def file(persons: dict, rotate: list[str], members: list[str], away: list[tuple], turns: list[tuple]) -> str:
    team = {"fallback": "di", "members": members, "rotate": rotate, "from": "2026-12-07", "every": "1d"}
    return orjson.dumps(
        {
            "time_zone": "Asia/Shanghai",
            "calendars": CALENDARS,
            "people": {key: {**one, "contacts": "console"} for key, one in persons.items()},
            "teams": {"t": team},
            "routes": [{"to": "t"}],
            "absences": [
                {"person": person, "from": day(first), "to": day(first + more)}
                | ({"deputy": deputy} if deputy else {})
                for person, first, more, deputy in away
            ],
            "overrides": [
                {"team": "t", "person": person, "from": day(first), "to": day(first)}
                for person, first in turns
            ],
        }
    ).decode()


class Walk:
    """The schedule as somebody reads it aloud."""

    def __init__(
        self, book: Book, rotate: list[str], members: list[str], away: list[tuple], turns: list[tuple]
    ) -> None:
        self.book, self.rotate, self.members, self.away, self.turns = book, rotate, members, away, turns

    def absence(self, person: str, now: datetime) -> tuple | None:
        today = (now - START).days
        return next(
            (one for one in self.away if one[0] == person and one[1] <= today <= one[1] + one[2]), None
        )

    def stand_in(self, person: str, now: datetime) -> str | None:
        seen = []
        while (absence := self.absence(person, now)) and person not in seen:
            seen.append(person)
            person = absence[3] or ""
        return person if person and person not in seen else None

    def here(self, now: datetime) -> str | None:
        """Who is on duty at once; None if nobody works."""
        today = (now - START).days
        for person, override in self.turns:
            if override == today:
                return person
        order: list[str | None] = []
        if self.rotate:
            turn = self.rotate[today % len(self.rotate) :] + self.rotate[: today % len(self.rotate)]
            order.append(self.stand_in(turn[0], now))
            order += [person for person in turn[1:] if not self.absence(person, now)]
        order += [self.stand_in(person, now) for person in (*self.rotate, *self.members)]
        works = (one for one in order if one and self.book.person_calendar(one).is_open(now))
        return next(works, None)

    def duty(self, now: datetime) -> tuple[str, bool]:
        for hours in range(7 * 24 + 1):
            if found := self.here(now + timedelta(hours=hours)):
                return found, hours == 0
        return self.stand_in("di", now) or "di", False


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    PERSONS, ROTATION, ROTATION, DEPUTIES,
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 9)), max_size=2, unique_by=lambda turn: turn[1]),
    st.lists(st.integers(0, 24 * 8), min_size=1, max_size=6),
)  # fmt: skip
def test_the_one_on_duty_is_the_one_whom_a_walk_finds(persons, rotate, members, away, turns, hours):
    book = Book.read(file(persons, rotate, members, away, turns))
    walk = Walk(book, rotate, members, away, turns)
    for hour in hours:
        now = START + timedelta(hours=hour)
        found = book.on_duty("t", {}, now)
        assert found.person in PEOPLE
        assert (found.person, found.row not in ("next open", "fallback")) == walk.duty(now), (hour, found)
