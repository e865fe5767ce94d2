"""What is wrong between the parts of the file: names that nobody has, teams with a gap, leads in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lowtide.people import holiday
from lowtide.people.checks.ladders import faults_of_ladders
from lowtide.people.checks.names import Fault, unknown
from lowtide.people.checks.persons import faults_of_people
from lowtide.people.checks.routes import faults_of_inhibition, faults_of_routes
from lowtide.people.checks.targets import faults_of_contacts, faults_of_targets
from lowtide.people.checks.teams import faults_of_spans, faults_of_teams
from lowtide.people.model import PeopleFile
from lowtide.people.place import Places
from lowtide.people.team import HOURS

_LONGEST_LINK = 90
_TOKEN = len("/a/") + 38
_ADDRESS = re.compile(r"https?://([\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~%-]+)*/?")
"""What every chat and every mail reads as one address and as nothing else: no user, no query, no sign of markup."""


def faults(file: PeopleFile, places: Places) -> Iterator[Fault]:
    """Every mistake of a file whose single values are right."""
    yield from _of_the_whole(file, places)
    yield from _of_calendars(file)
    yield from faults_of_people(file)
    yield from faults_of_contacts(file)
    yield from faults_of_targets(file)
    yield from faults_of_teams(file, places)
    yield from faults_of_spans(file, places)
    yield from faults_of_routes(file, places)
    yield from faults_of_ladders(file, places)
    yield from faults_of_inhibition(file, places)


def zone_of(file: PeopleFile, places: Places) -> str | None:
    """The zone of the file, else the one zone of the places; None if the places have no zone, or several."""
    zones = {place.time_zone for place in places.rows.values() if place.time_zone}
    return file.time_zone or (zones.pop() if len(zones) == 1 else None)


def _of_the_whole(file: PeopleFile, places: Places) -> Iterator[Fault]:
    if zone_of(file, places) is None:
        yield (), "`time_zone` is missing: write such as `time_zone: Asia/Shanghai`"
    if not file.people:
        yield ("people",), "`people` names nobody: write at least one person with a contact"
    if file.public_url is not None:
        if not _ADDRESS.fullmatch(file.public_url):
            yield ("public_url",), "`public_url`: write an address such as https://stock.example.com"
        elif len(file.public_url.rstrip("/")) + _TOKEN > _LONGEST_LINK:
            room = _LONGEST_LINK - _TOKEN
            yield ("public_url",), f"`public_url` has more than {room} characters: chats would cut its links"
    for number, review in enumerate(file.reviews):
        yield from unknown(review.to, file.people, "person", ("reviews", number, "to"))


def _of_calendars(file: PeopleFile) -> Iterator[Fault]:
    for name, calendar in file.calendars.items():
        if name == HOURS:
            yield ("calendars", name), f"`{HOURS}` is built in: give this calendar another name"
        if calendar.work is None and (calendar.holidays or calendar.holidays_file):
            yield ("calendars", name), f"calendar `{name}` has holidays and no `work`: write its hours"
        try:
            holiday.public(calendar.holidays or "", 2026)
        except ValueError as error:
            yield ("calendars", name, "holidays"), f"`holidays`: {error}"


__all__ = ["Fault", "faults", "zone_of"]
