"""The book of people: who owns an alert, who is on duty, who hears next, and when a deadline ends.

It is a function of one file and what that file names: no clock, no store. Every time is an argument, aware of its zone.

>>> book = Book.alone("wang")
>>> from datetime import UTC, datetime
>>> book.assign({"type": "out_of_stock"}, datetime(2026, 11, 30, tzinfo=UTC)).person
'wang'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pyarrow as pa

from lowtide import strict
from lowtide.errors import PeopleError
from lowtide.people import build, hours
from lowtide.people.calendar import Calendar
from lowtide.people.checks import zone_of
from lowtide.people.duty import Duty, Facts, Roster
from lowtide.people.inhibition import Inhibition
from lowtide.people.ladder import Ladder
from lowtide.people.loading import load_source, read_source
from lowtide.people.person import Person
from lowtide.people.place import Places
from lowtide.people.route import Route, ranked
from lowtide.people.source import Source, version_of
from lowtide.people.target import Target
from lowtide.people.team import HOLE, HOURS, Absence, Override, Team

_MOST_FOUND = 4_096
"""So many answers of `route` are kept."""


@dataclass(frozen=True)
class Review:
    """Who gets the review of a week or of a month."""

    to: tuple[str, ...]
    every: Literal["week", "month"]


@dataclass(frozen=True)
class Stages:
    """How long a proposal may stay in a stage, in milliseconds of business time; `decide_ms` None: until the cut-off."""

    decide_ms: int | None = None
    export_ms: int = 2 * 3_600_000
    confirm_ms: int = 24 * 3_600_000


@dataclass(frozen=True)
class Assignment:
    """Who owns an alert from its first second, and why."""

    person: str
    team: str
    route: Route
    row: str
    """Which row of the schedule names the person: see `duty`."""
    followers: tuple[str, ...] = ()
    """Teams that see the alert in their queue and digest."""


@dataclass(frozen=True)
class Book:
    """One version of people."""

    version: str
    """12 hex digits of the hash of `document`."""
    document: str
    """The version as JSON: `Book.of_document` reads it back."""
    zone: ZoneInfo
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    routes: tuple[Route, ...]
    public_url: str | None
    currency: str
    targets: Mapping[str, Target]
    calendars: Mapping[str, Calendar]
    ladders: Mapping[str, Ladder]
    inhibit: tuple[Inhibition, ...]
    reviews: tuple[Review, ...]
    absences: tuple[Absence, ...]
    overrides: tuple[Override, ...]
    checklists: Mapping[str, str]
    """By `TYPE.LANG`: Markdown text."""
    stages: Stages
    donor: Literal["ask", "tell"]
    """Whether the owner of the place that gives is asked before a transfer is approved, or told of it afterwards."""
    stale_after_ms: int
    places: Places

    @classmethod
    def load(cls, path: Path, locations: pa.RecordBatch | None = None) -> Book:
        """The book of a file. `locations` stands above the file's own. Raises PeopleError, which lists every mistake."""
        return cls.of(load_source(Path(path), locations))

    @classmethod
    def read(
        cls,
        text: str,
        name: str = "people.yaml",
        folder: Path = Path(),
        locations: pa.RecordBatch | None = None,
    ) -> Book:
        """Likewise of a text; messages contain `name`, other files are looked for in `folder`."""
        return cls.of(read_source(text, name, folder, locations))

    @classmethod
    def of_document(cls, document: str) -> Book:
        """The book of a stored version. Raises PeopleError if it cannot be read."""
        return cls.of(Source.of(document))

    @classmethod
    def of(cls, source: Source) -> Book:
        """The book of a checked source."""
        file, document = source.file, source.document()
        zone = ZoneInfo(zone_of(file, source.places) or "UTC")
        decide = file.stages.decide
        return cls(
            version_of(document), document, zone, build.people(file), build.teams(file), build.routes(file),
            file.public_url.rstrip("/") if file.public_url else None, file.currency, build.targets(file),
            build.calendars(file, zone, source.days), build.ladders(file), build.inhibitions(file),
            tuple(Review(tuple(one.to), one.every) for one in file.reviews),
            build.absences(file, zone), build.overrides(file, zone), dict(source.checklists),
            Stages(None if isinstance(decide, str) else decide, file.stages.export, file.stages.confirm),
            file.donor, file.stale_after, source.places,
        )  # fmt: skip

    @classmethod
    def alone(cls, name: str, zone: str = "UTC") -> Book:
        """The book without a file: one person owns everything and no message is sent."""
        value = {"time_zone": zone, "people": {name: {"name": name}}, "routes": [{"to": name}]}
        return cls.of(Source(value))

    def route(self, facts: Facts) -> Route:
        """The route of an alert: the most specific that matches; among equals the later one."""
        facts = self._with_region(facts)
        key = tuple([facts.get(name, "") for name in self._matched_on])
        found = self._routes_found.get(key)
        if found is None:
            if len(self._routes_found) >= _MOST_FOUND:
                self._routes_found.clear()
            found = next(route for route in self._ranked if strict.matches(route.match, facts))
            self._routes_found[key] = found
        return found

    def assign(self, facts: Facts, at: datetime) -> Assignment:
        """Who owns an alert that is first seen at `at`."""
        route = self.route(facts)
        duty = self.on_duty(route.to, facts, at)
        followers = tuple(self.team(name, facts).name(facts) for name in route.follow)
        return Assignment(duty.person, self.team(route.to, facts).name(facts), route, duty.row, followers)

    def on_duty(self, team: str, facts: Facts, at: datetime) -> Duty:
        """Who is on duty in a team. Raises PeopleError if there is no such team."""
        known = self._duties.get(at)
        if known is None:
            self._duties.clear()
            known = self._duties[at] = {}
        key = (team, facts.get("location", ""), facts.get("region", ""))
        if key not in known:
            found = self._roster.on_duty(self.team(team, facts), facts, at)
            if found is None:
                raise PeopleError(f"nobody is on duty in team `{team}`", "Give the team a `fallback`.")
            known[key] = found
        return known[key]

    def team(self, name: str, facts: Facts) -> Team:
        """A team by its name in the file, or with its hole filled. Raises PeopleError if there is no such team."""
        if name in self.teams:
            return self.teams[name]
        for team in self.teams.values():
            if HOLE in team.key and team.name(facts) == name:
                return team
        raise PeopleError(f"there is no team `{name}`", f"There are {', '.join(self.teams)}.")

    def persons_of(self, team: str, facts: Facts) -> tuple[str, ...]:
        """All who take turns in a team or are members of it."""
        return self._roster.persons(self.team(team, facts), facts)

    def lead_of(self, team: str, facts: Facts) -> str | None:
        """The lead of a team; None if it has none."""
        lead = self._roster.lead(self.team(team, facts), facts)
        return lead if lead in self.people else None

    def manager_of(self, team: str, facts: Facts) -> str | None:
        """The lead of the lead of a team; None if nobody leads that lead."""
        lead = self.lead_of(team, facts)
        return self.people[lead].lead if lead else None

    def present(self, person: str, at: datetime) -> str:
        """The person, or while that one is absent the deputy; the person if nobody deputises."""
        return self._roster.present(person, at)

    def ladder(self, severity: str) -> Ladder:
        """The ladder of a severity."""
        return self.ladders[severity]

    def ladder_calendar(self, severity: str, team: str, facts: Facts) -> Calendar:
        """The calendar whose hours count on a ladder: its own, else the team's, else always."""
        return self._calendar(self.ladders[severity].calendar or self.team(team, facts).calendar, facts)

    def person_calendar(self, person: str, facts: Facts | None = None) -> Calendar:
        """When a person works; always, if the file does not say, or does not name the person."""
        known = self.people.get(person)
        return self._calendar(known.calendar if known else None, facts or {})

    def mutes(self, source: Facts, target: Facts) -> bool:
        """Whether an alert mutes another while it is open."""
        return any(rule.holds(self._with_region(source), self._with_region(target)) for rule in self.inhibit)

    @cached_property
    def _ranked(self) -> tuple[Route, ...]:
        return ranked(self.routes)

    @cached_property
    def _matched_on(self) -> tuple[str, ...]:
        """The facts that some route matches on; the others make no difference."""
        return tuple(sorted({name for route in self.routes for name in route.match}))

    @cached_property
    def _routes_found(self) -> dict[tuple[str, ...], Route]:
        """The answers of `route`: many alerts share the facts that count."""
        return {}

    @cached_property
    def _roster(self) -> Roster:
        return Roster(self.zone, self.people, self.places, self.absences, self.overrides, self._in_team)

    @cached_property
    def _duties(self) -> dict[datetime, dict[tuple[str, str, str], Duty]]:
        """The answers at one time: the desk asks for many alerts at once."""
        return {}

    @cached_property
    def _hours(self) -> dict[str, Calendar]:
        return {}

    def _in_team(self, person: str, team: Team, facts: Facts) -> Calendar:
        return self._calendar(self.people[person].calendar or team.calendar, facts)

    def _with_region(self, facts: Facts) -> Facts:
        region = self.places.region_of(facts)
        return facts if facts.get("region", "") == region else {**facts, "region": region}

    def _calendar(self, name: str | None, facts: Facts) -> Calendar:
        """A calendar by name; that of the opening hours of the location; None: always."""
        if name != HOURS:
            return self.calendars[name or "always"]
        location = facts.get("location", "")
        if location not in self._hours:
            place = self.places.rows.get(location)
            zone = ZoneInfo(place.time_zone) if place and place.time_zone else self.zone
            week = hours.week(place.hours) if place and place.hours else None
            self._hours[location] = Calendar(f"hours of {location}", zone, week)
        return self._hours[location]
