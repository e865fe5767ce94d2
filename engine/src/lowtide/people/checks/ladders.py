"""Mistakes of ladders: steps that reach nobody, because a team has no lead or its lead has none."""

from __future__ import annotations

from collections.abc import Iterator

from lowtide.ledger import SEVERITIES
from lowtide.people import ladder
from lowtide.people.checks.names import Fault, unknown_calendar
from lowtide.people.model import PeopleFile
from lowtide.people.place import Places
from lowtide.people.team import HOURS, REGION
from lowtide.strict import Path


def faults_of_ladders(file: PeopleFile, places: Places) -> Iterator[Fault]:
    """Every mistake of the ladders that are written; the usual ones pass over a step that reaches nobody."""
    for severity in SEVERITIES:
        written = getattr(file.ladders, severity)
        if written is None:
            continue
        path: Path = ("ladders", severity)
        yield from unknown_calendar(file, written.calendar, (*path, "calendar"))
        if written.calendar == HOURS and not places.rows:
            yield (*path, "calendar"), f"`{HOURS}` needs the locations file: name it with `locations: F`"
        whos = {step.who for step in ladder.steps(written.steps)}
        if "digest" in whos and len(whos) > 1:
            yield (*path, "steps"), "`digest` stands alone: an alert is either pushed or only listed"
        if whos & {"lead", "manager"}:
            yield from (((*path, "steps"), why) for why in _unreached(file, places, "manager" in whos))


def _unreached(file: PeopleFile, places: Places, needs_manager: bool) -> Iterator[str]:
    """Teams of routes whose lead, or the lead's own lead, is nobody."""
    known = {*file.teams, *file.people}
    for name in dict.fromkeys(route.to for route in file.routes if route.to in known):
        leads = _leads(file, places, name)
        if not leads:
            yield f"the ladder goes to the lead, and team `{name}` has no `lead`"
        for lead in leads if needs_manager else ():
            if lead in file.people and file.people[lead].lead is None:
                yield f"the ladder goes to the manager, and `{lead}`, who leads `{name}`, has no `lead`"


def _leads(file: PeopleFile, places: Places, name: str) -> list[str]:
    """All who may lead a team: one person, or one for each region."""
    if name not in file.teams:
        person = file.people.get(name)
        return [person.lead] if person and person.lead else []
    lead = file.teams[name].lead
    if lead == REGION:
        return [manager for region in sorted(places.regions) for manager in places.managers(region)[:1]]
    return [lead] if lead else []
