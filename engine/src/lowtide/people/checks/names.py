"""Names of the file: what may be one, and which of them nobody has."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lowtide.people.model import PeopleFile
from lowtide.people.sentences import instead
from lowtide.people.team import HOURS
from lowtide.strict import Path

Fault = tuple[Path, str]
"""Where a mistake stands in the file, and its sentence."""


def is_name(text: str) -> bool:
    """Whether a text can name a person, a team or a target."""
    return bool(text) and all(letter.isalnum() or letter in "-_." for letter in text)


def unknown(names: Collection[str], known: Collection[str], what: str, path: Path) -> Iterator[Fault]:
    """A mistake for each name that nobody has."""
    for name in names:
        if name not in known:
            yield path, f"there is no {what} `{name}`: {instead(name, known)}"


def unknown_calendar(file: PeopleFile, name: str | None, path: Path) -> Iterator[Fault]:
    """A mistake if there is no such calendar."""
    if name is not None:
        yield from unknown([name], [*file.calendars, "always", HOURS], "calendar", path)
