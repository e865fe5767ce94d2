"""The parts of a checked file become the values that the desk works with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.ledger import SEVERITIES
from lowtide.people import hours, ladder
from lowtide.people.calendar import Calendar
from lowtide.people.holiday import Holidays
from lowtide.people.inhibition import Inhibition
from lowtide.people.ladder import Ladder
from lowtide.people.model import PeopleFile
from lowtide.people.person import Person
from lowtide.people.route import Match, Route
from lowtide.people.staff import CalendarFile, SpanFile
from lowtide.people.target import PERSONAL, Target
from lowtide.people.target_file import TargetFile
from lowtide.people.team import Absence, Override, Team
from lowtide.people.value import days_of, moment


def calendars(
    file: PeopleFile, zone: ZoneInfo, days: Mapping[str, Mapping[date, bool]]
) -> dict[str, Calendar]:
    """The calendars by name; `always` among them."""
    built = {
        name: _calendar(name, one, zone, days.get(name, {})) for name, one in sorted(file.calendars.items())
    }
    return {"always": Calendar("always", zone)} | built


def _calendar(name: str, file: CalendarFile, zone: ZoneInfo, days: Mapping[date, bool]) -> Calendar:
    here = ZoneInfo(file.time_zone) if file.time_zone else zone
    if file.work is None:
        return Calendar(name, here)
    holidays = Holidays(file.holidays or "", frozenset(file.confirmed), days)
    return Calendar(name, here, hours.week_of(file.work), holidays)


def people(file: PeopleFile) -> dict[str, Person]:
    """The persons by key."""
    found = {}
    for key, one in sorted(file.people.items()):
        quiet = hours.shift(one.quiet) if one.quiet else None
        found[key] = Person(
            key, one.name or key, one.lead, one.lang or file.lang, one.calendar, tuple(one.contacts),
            (quiet[0], quiet[1] % 1440) if quiet else None, tuple(sorted(map(hours.minute, one.digest))), one.budget,
            one.approve_up_to, one.deputy,
        )  # fmt: skip
    return found


def teams(file: PeopleFile) -> dict[str, Team]:
    """The teams by name; a person whom a route names is a team of one."""
    found = {}
    for key, one in sorted(file.teams.items()):
        found[key] = Team(
            key, one.lead, tuple(one.members), tuple(one.rotate), days_of(one.every),
            moment(one.from_) if one.from_ else None, one.fallback, one.calendar,
        )  # fmt: skip
    named = {name for route in routes(file) for name in (route.to, *route.follow)}
    named |= {override.team for override in file.overrides}
    for key in sorted(named & set(file.people) - set(found)):
        found[key] = alone(key, file.people[key].lead)
    return found


def alone(person: str, lead: str | None = None) -> Team:
    """The team of one person."""
    return Team(person, lead, (person,), fallback=person)


def routes(file: PeopleFile) -> tuple[Route, ...]:
    """The routes in the order of the file; without any, the only team or person takes all."""
    if not file.routes:
        (only,) = file.teams or file.people
        return (Route.of({}, only, place=1),)
    return tuple(
        Route.of(_match(one.match), one.to, tuple(one.follow), tuple(one.group_by), place)
        for place, one in enumerate(file.routes, 1)
    )


def _match(match: Mapping[Any, list[str]]) -> Match:
    return {key: tuple(patterns) for key, patterns in sorted(match.items())}


def inhibitions(file: PeopleFile) -> tuple[Inhibition, ...]:
    """The rules by which alerts mute others."""
    return tuple(Inhibition(_match(one.when), _match(one.mutes), tuple(one.equal)) for one in file.inhibit)


def ladders(file: PeopleFile) -> dict[str, Ladder]:
    """The ladder of each severity."""
    found = {}
    for severity in SEVERITIES:
        one = getattr(file.ladders, severity)
        if one is None:
            found[severity] = ladder.USUAL[severity]
            continue
        tell_end = severity == "critical" if one.tell_end is None else one.tell_end
        found[severity] = Ladder(
            severity, one.ack, one.resolve, ladder.steps(one.steps), one.calendar, one.repeat, tell_end
        )
    return found


def targets(file: PeopleFile) -> dict[str, Target]:
    """The targets by name."""
    return {name: _target(name, one) for name, one in sorted(file.targets.items())}


def _target(name: str, one: TargetFile) -> Target:
    personal = one.kind in PERSONAL if one.personal is None else one.personal
    return Target(
        one.kind, name, personal, one.url, one.url_file, tuple(one.secret_file), tuple(one.allow), one.keyword,
        one.ca_file, one.host, one.port, one.tls, one.user, one.password_file, one.from_, one.corp_id, one.agent_id,
        one.path,
    )  # fmt: skip


def absences(file: PeopleFile, zone: ZoneInfo) -> tuple[Absence, ...]:
    """Who is away, and when."""
    return tuple(Absence(one.person, *_span(one, zone), one.deputy) for one in file.absences)


def overrides(file: PeopleFile, zone: ZoneInfo) -> tuple[Override, ...]:
    """Who is on duty out of turn, and when."""
    return tuple(Override(one.team, one.person, *_span(one, zone)) for one in file.overrides)


def _span(span: SpanFile, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first instant until before the last."""
    return moment(span.from_).replace(tzinfo=zone), moment(span.to, is_end=True).replace(tzinfo=zone)
