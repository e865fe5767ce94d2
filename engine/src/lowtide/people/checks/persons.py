"""Mistakes of persons: unknown leads and deputies, leads in a circle, two persons with one mark in links."""

from __future__ import annotations

from collections.abc import Iterator

from lowtide.people.checks.names import Fault, is_name, unknown, unknown_calendar
from lowtide.people.model import PeopleFile
from lowtide.people.person import mark
from lowtide.strict import Path


def faults_of_people(file: PeopleFile) -> Iterator[Fault]:
    marks: dict[bytes, str] = {bytes(4): "nobody"}
    for key, person in file.people.items():
        path: Path = ("people", key)
        if not is_name(key):
            yield path, f"the key `{key}` of a person has letters, digits, `-`, `_` and `.` only"
        other = marks.setdefault(mark(key), key)
        if other != key:
            yield path, f"`{key}` and `{other}` have the same mark in links: give one of them another key"
        for word in ("lead", "deputy"):
            name = getattr(person, word)
            yield from unknown([name] if name else [], file.people, "person", (*path, word))
            if name == key:
                yield (*path, word), f"`{key}` cannot be the {word} of `{key}`"
        yield from unknown_calendar(file, person.calendar, (*path, "calendar"))
    yield from _circles(file)


def _circles(file: PeopleFile) -> Iterator[Fault]:
    """Persons whose leads lead back to them; each circle once."""
    known: set[str] = set()
    for start in file.people:
        chain: list[str] = []
        person: str | None = start
        while person in file.people and person not in chain and person not in known:
            chain.append(person)
            person = file.people[person].lead
        known |= set(chain)
        if person in chain and len(chain) > chain.index(person) + 1:
            circle = [*chain[chain.index(person) :], person]
            yield ("people", circle[0], "lead"), f"leads form a circle: {' → '.join(map(str, circle))}"
