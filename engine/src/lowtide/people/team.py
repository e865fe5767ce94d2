"""A team: who belongs to it, in which order they take turns, and who leads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

MANAGER = "locations.manager"
"""In place of members: the managers of the location, as the locations file names them."""
REGION = "locations.region"
"""In place of a lead: the manager of the row whose location is the name of the region."""
HOURS = "locations.hours"
"""In place of a calendar: the opening hours of the location."""
HOLE = "{location}"
"""In the name of a team: there is one such team for each location."""


@dataclass(frozen=True)
class Team:
    """One team of the file; with a hole in its name, one team for each location."""

    key: str
    lead: str | None = None
    """A person, or `locations.region`."""
    members: tuple[str, ...] = ()
    """Persons, or the one word `locations.manager`."""
    rotate: tuple[str, ...] = ()
    every_days: int = 7
    since: datetime | None = None
    """When the first of `rotate` took the first turn: a local time without a zone."""
    fallback: str | None = None
    calendar: str | None = None
    """A calendar, or `locations.hours`."""

    def name(self, facts: Mapping[str, str]) -> str:
        """The name of the team for these facts: the hole is filled with the location."""
        return self.key.replace(HOLE, facts.get("location", ""))


@dataclass(frozen=True)
class Absence:
    """Nobody gives duty to this person from `start` until before `end`; `deputy` takes it, else the person's own deputy."""

    person: str
    start: datetime
    end: datetime
    deputy: str | None = None


@dataclass(frozen=True)
class Override:
    """This person is on duty in this team from `start` until before `end`, whatever the rest of the schedule says."""

    team: str
    person: str
    start: datetime
    end: datetime
