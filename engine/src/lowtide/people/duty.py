"""Who is on duty: override, then absence, then rotation, then members; if all are closed, whoever opens next; then fallback.

The rows of a schedule are tried in this order:

    override     somebody was named for these days, whatever the calendars say
    absence      the deputy of an absent person, else the next in the rotation
    rotation     whose turn it is
    member       the others of the team, in the order of the file
    next open    nobody's calendar is open: who is on duty when the first one opens, within 7 days
    fallback     nobody opens within 7 days
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide.people.calendar import Calendar
from lowtide.people.person import Person
from lowtide.people.place import Places
from lowtide.people.team import MANAGER, REGION, Absence, Override, Team

Facts = Mapping[str, str]
_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Duty:
    """Who is on duty, and which row of the schedule says so."""

    person: str
    row: str


@dataclass(frozen=True)
class Roster:
    """All schedules of a file."""

    zone: ZoneInfo
    people: Mapping[str, Person]
    places: Places
    absences: tuple[Absence, ...]
    overrides: tuple[Override, ...]
    calendar: Callable[[str, Team, Facts], Calendar]
    """The calendar of a person in a team."""

    def on_duty(self, team: Team, facts: Facts, at: datetime) -> Duty | None:
        """Who is on duty in a team at a time; None if nobody is and the team has no fallback."""
        duty = self._open(team, facts, at)
        if duty is not None:
            return duty
        for later in self._openings(team, facts, at):
            duty = self._open(team, facts, later)
            if duty is not None:
                return Duty(duty.person, "next open")
        last = team.fallback or self.lead(team, facts)
        return Duty(self.present(last, at), "fallback") if last else None

    def lead(self, team: Team, facts: Facts) -> str | None:
        """The lead of a team: a person, or the manager of the region."""
        return self.places.region_lead(facts) if team.lead == REGION else team.lead

    def persons(self, team: Team, facts: Facts) -> tuple[str, ...]:
        """All who take turns or are members, each once, in the order of the schedule."""
        local = team.members == (MANAGER,)
        members = self.places.managers(facts.get("location", "")) if local else team.members
        return tuple(dict.fromkeys((*team.rotate, *members)))

    def present(self, person: str, at: datetime) -> str:
        """The person, or while that one is absent the deputy; the person if nobody deputises."""
        return self._deputy(person, at) or person

    def is_absent(self, person: str, at: datetime) -> bool:
        """Whether somebody is absent at a time."""
        return self._absence(person, at) is not None

    def _open(self, team: Team, facts: Facts, at: datetime) -> Duty | None:
        """The first of the schedule whose calendar is open; an override needs no open calendar."""
        for duty in self._schedule(team, facts, at):
            if duty.row == "override" or self.calendar(duty.person, team, facts).is_open(at):
                return duty
        return None

    def _schedule(self, team: Team, facts: Facts, at: datetime) -> Iterator[Duty]:
        """All who may be on duty at a time, the first before the others."""
        name = team.name(facts)
        for override in self.overrides:
            if override.team in (team.key, name) and override.start <= at < override.end:
                yield Duty(override.person, "override")
        yield from self._turn(team, at)
        for person in self.persons(team, facts):
            if not self.is_absent(person, at):
                yield Duty(person, "member")
            elif deputy := self._deputy(person, at):
                yield Duty(deputy, "absence")

    def _turn(self, team: Team, at: datetime) -> Iterator[Duty]:
        """Whose turn it is; while that one is absent, the deputy, else the next of the rotation who is here."""
        if not team.rotate or team.since is None:
            return
        passed = at.astimezone(self.zone).replace(tzinfo=None) - team.since
        number = passed // timedelta(days=team.every_days)
        order = [team.rotate[(number + n) % len(team.rotate)] for n in range(len(team.rotate))]
        if not self.is_absent(order[0], at):
            yield Duty(order[0], "rotation")
        elif deputy := self._deputy(order[0], at):
            yield Duty(deputy, "absence")
        here = [person for person in order[1:] if not self.is_absent(person, at)]
        row = "absence" if self.is_absent(order[0], at) else "member"
        yield from (Duty(person, row) for person in here)

    def _openings(self, team: Team, facts: Facts, at: datetime) -> list[datetime]:
        """The instants of the next 7 days at which somebody may come on duty."""
        persons = self.persons(team, facts)
        deputies = [self.people[person].deputy for person in persons]
        deputies += [absence.deputy for absence in self.absences if absence.person in persons]
        changes = [time for absence in self.absences for time in (absence.start, absence.end)]
        changes += [override.start for override in self.overrides]
        bases = [at, *(time for time in changes if at < time <= at + _AHEAD)]
        found = set(bases)
        for person in dict.fromkeys((*persons, *filter(None, deputies))):
            calendar = self.calendar(person, team, facts)
            found |= {time for base in bases if (time := calendar.next_open(base, _AHEAD)) is not None}
        return sorted(time for time in found if at < time <= at + _AHEAD)

    def _absence(self, person: str, at: datetime) -> Absence | None:
        return next((a for a in self.absences if a.person == person and a.start <= at < a.end), None)

    def _deputy(self, person: str, at: datetime) -> str | None:
        """Who stands in for an absent person: the deputy, the deputy's deputy; None if nobody is here."""
        seen = {person}
        while (absence := self._absence(person, at)) is not None:
            person = absence.deputy or self.people[person].deputy or ""
            if not person or person in seen:
                return None
            seen.add(person)
        return person if len(seen) > 1 else None
