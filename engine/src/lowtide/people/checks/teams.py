"""Mistakes of teams and of absences and overrides: unknown names, and times at which nobody is on duty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lowtide.people.checks.names import Fault, is_name, unknown, unknown_calendar
from lowtide.people.hours import week
from lowtide.people.model import PeopleFile
from lowtide.people.place import Places
from lowtide.people.staff import TeamFile
from lowtide.people.team import HOLE, HOURS, MANAGER, REGION
from lowtide.people.value import moment
from lowtide.strict import Path

_SHOWN = 5


def faults_of_teams(file: PeopleFile, places: Places) -> Iterator[Fault]:
    """Every mistake of the teams."""
    for name, team in file.teams.items():
        path: Path = ("teams", name)
        if not is_name(name.replace(HOLE, "x", 1)):
            yield (
                path,
                f"the name `{name}` of a team has letters, digits, `-`, `_`, `.` and one `{HOLE}` only",
            )
        if name in file.people:
            yield path, f"`{name}` is a person and a team: give one of them another name"
        members = [] if team.members == [MANAGER] else team.members
        yield from unknown(members, file.people, "person", (*path, "members"))
        yield from unknown(team.rotate, file.people, "person", (*path, "rotate"))
        lead = [] if team.lead in (None, REGION) else [str(team.lead)]
        yield from unknown(lead, file.people, "person", (*path, "lead"))
        yield from unknown(
            [team.fallback] if team.fallback else [], file.people, "person", (*path, "fallback")
        )
        yield from unknown_calendar(file, team.calendar, (*path, "calendar"))
        if team.rotate and team.from_ is None:
            yield path, f"team `{name}` takes turns: say since when, such as `from: 2026-11-30`"
        if why := _gap(file, name, team):
            yield path, f"team `{name}` has a gap: {why}"
        yield from ((path, why) for why in _of_columns(file, name, team, places))
    yield from _of_hours(file, places)


def _gap(file: PeopleFile, name: str, team: TeamFile) -> str:
    """Why there may be a time at which nobody is on duty; empty if somebody is on duty at all times."""
    if team.fallback or (team.lead and team.lead != REGION):
        return ""
    if not (team.members or team.rotate):
        return "it has no `members`, no `rotate`, no `lead` and no `fallback`"
    if team.members == [MANAGER]:
        return "a location may have no manager; name a `fallback`"
    always = [person for person in (*team.rotate, *team.members) if _is_always_there(file, person, team)]
    if always:
        return ""
    return "holidays or absences may last longer than 7 days; name a `fallback` or a `lead`"


def _is_always_there(file: PeopleFile, person: str, team: TeamFile) -> bool:
    """Whether somebody comes on duty at least every 7 days."""
    named = file.people[person].calendar if person in file.people else None
    calendar = file.calendars.get(named or team.calendar or "always")
    has_holidays = calendar is not None and (calendar.holidays or calendar.holidays_file)
    return not has_holidays and all(absence.person != person for absence in file.absences)


def _of_columns(file: PeopleFile, name: str, team: TeamFile, places: Places) -> Iterator[str]:
    """Mistakes of what a team takes from the locations file."""
    columns = [
        column for column in (MANAGER, REGION, HOURS) if column in (*team.members, team.lead, team.calendar)
    ]
    if columns and not places.rows:
        yield f"team `{name}` uses `{columns[0]}`: name the file with `locations: F` or `--locations F`"
        return
    if columns and HOLE not in name and columns != [REGION]:
        yield f"team `{name}` uses `{columns[0]}`: write its name with the hole, such as `{name}-{HOLE}`"
    if MANAGER in team.members:
        managers = ((place.location, one) for place in places.shops for one in place.managers)
        yield from _strangers(file, managers)
    if team.lead == REGION:
        without = sorted(name for name in places.regions if not places.managers(name))
        if without:
            yield (
                f"team `{name}`: the locations file has no row with a manager for the region {_few(without)}: "
                "a region's lead is the manager of the row whose location is its name"
            )
        leads = ((name, one) for name in sorted(places.regions) for one in places.managers(name))
        yield from _strangers(file, leads)


def _strangers(file: PeopleFile, managers: Iterator[tuple[str, str]]) -> Iterator[str]:
    for location, manager in managers:
        if manager not in file.people:
            yield f"the manager `{manager}` of `{location}` in the locations file is not a person of this file"


def _of_hours(file: PeopleFile, places: Places) -> Iterator[Fault]:
    """Locations whose hours are needed and are missing or cannot be read."""
    users = [(("teams", name), team.calendar) for name, team in file.teams.items()]
    users += [(("people", key), person.calendar) for key, person in file.people.items()]
    user = next((path for path, calendar in users if calendar == HOURS), None)
    if user is None or not places.rows:
        return
    missing = [place.location for place in places.shops if not place.hours]
    if missing:
        yield (*user, "calendar"), f"the locations file has no `hours` for {_few(missing)}"
    for place in places.shops:
        try:
            week(place.hours or "00:00-24:00")
        except ValueError as error:
            yield (*user, "calendar"), f"the `hours` of `{place.location}` in the locations file: {error}"


def faults_of_spans(file: PeopleFile, places: Places) -> Iterator[Fault]:
    """Mistakes of absences and overrides."""
    for number, absence in enumerate(file.absences):
        path: Path = ("absences", number)
        yield from unknown([absence.person], file.people, "person", (*path, "person"))
        yield from unknown(
            [absence.deputy] if absence.deputy else [], file.people, "person", (*path, "deputy")
        )
        if absence.deputy == absence.person:
            yield (*path, "deputy"), f"`{absence.person}` cannot be the deputy of `{absence.person}`"
    names = set(file.teams) | set(file.people)
    names |= {
        team.replace(HOLE, place.location) for team in file.teams if HOLE in team for place in places.shops
    }
    for number, override in enumerate(file.overrides):
        path = ("overrides", number)
        yield from unknown([override.person], file.people, "person", (*path, "person"))
        yield from unknown([override.team], names, "team", (*path, "team"))
    for word, spans in (("absences", file.absences), ("overrides", file.overrides)):
        for number, span in enumerate(spans):
            if moment(span.to, is_end=True) <= moment(span.from_):
                yield (word, number, "to"), f"`to` is before `from`: {span.from_} to {span.to}"
    yield from _overlaps(file)


def _overlaps(file: PeopleFile) -> Iterator[Fault]:
    """Two overrides of one team at one time."""
    counts = Counter(override.team for override in file.overrides)
    last: dict[str, int] = {}
    order = sorted(range(len(file.overrides)), key=lambda n: moment(file.overrides[n].from_))
    for number in order:
        override = file.overrides[number]
        before = last.get(override.team)
        if counts[override.team] > 1 and before is not None:
            other = file.overrides[before]
            if moment(override.from_) < moment(other.to, is_end=True):
                yield (
                    ("overrides", number),
                    f"overrides of `{override.team}` overlap: {other.person} and {override.person}",
                )
        last[override.team] = number


def _few(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more
