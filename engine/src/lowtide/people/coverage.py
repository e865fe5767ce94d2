"""How well the next days are covered: the hours at which somebody of a team works, and those left to the fallback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lowtide.people.book import Book
from lowtide.people.duty import Duty
from lowtide.people.team import HOLE
from lowtide.rows import instant

DAYS = 14
_AHEAD = timedelta(days=60)
_HOUR = timedelta(hours=1)
_STEPS = (1, 2, 4, 12)
_MOST_LOOKS = 60_000


@dataclass(frozen=True)
class Coverage:
    """One team over the coming days."""

    team: str
    now: Duty
    """Who is on duty at the beginning."""
    open_hours: int
    """Full hours at which somebody works."""
    fallback: tuple[tuple[datetime, datetime], ...] = ()
    """From when to when nobody comes on duty within 7 days, so that the fallback has it."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON; times in UTC."""
        return {
            "team": self.team, "person": self.now.person, "row": self.now.row, "open_hours": self.open_hours,
            "fallback": [[instant(start), instant(end)] for start, end in self.fallback],
        }  # fmt: skip


def teams_of(book: Book) -> list[tuple[str, dict[str, str]]]:
    """Each team by name, with the facts that name it; a team with a hole stands there for each location."""
    found: list[tuple[str, dict[str, str]]] = []
    for team in book.teams.values():
        shops = book.places.shops if HOLE in team.key else ()
        for facts in [{"location": shop.location} for shop in shops] or (
            [{}] if HOLE not in team.key else []
        ):
            found.append((team.name(facts), facts))
    return found


def coverage(book: Book, start: datetime, days: int = DAYS) -> list[Coverage]:
    """The coverage of each team, looked at each full hour; with very many teams less often, each 2 to 12 hours."""
    teams, first = teams_of(book), start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    step = next((hours for hours in _STEPS if len(teams) * days * 24 <= _MOST_LOOKS * hours), _STEPS[-1])
    hours = [first + number * _HOUR for number in range(0, days * 24, step)]
    return [_of_team(book, name, facts, hours, step) for name, facts in teams]


def _of_team(book: Book, name: str, facts: dict[str, str], hours: list[datetime], step: int) -> Coverage:
    rows = [book.on_duty(name, facts, hour).row for hour in hours]
    spans: list[tuple[datetime, datetime]] = []
    for hour, row in zip(hours, rows, strict=True):
        if row == "fallback":
            begins = spans.pop()[0] if spans and spans[-1][1] == hour else hour
            spans.append((begins, hour + step * _HOUR))
    is_open = step * sum(row not in ("next open", "fallback") for row in rows)
    return Coverage(name, book.on_duty(name, facts, hours[0]), is_open, tuple(spans))


def unconfirmed(book: Book, start: datetime) -> list[tuple[str, int]]:
    """Calendars with a year within the next 60 days whose holidays are not confirmed."""
    years = sorted({start.astimezone(book.zone).year, (start + _AHEAD).astimezone(book.zone).year})
    return [
        (name, year)
        for name, calendar in book.calendars.items()
        for year in years
        if not calendar.holidays.is_confirmed(year)
    ]
