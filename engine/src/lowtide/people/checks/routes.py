"""Mistakes of routes and inhibition: no last resort, teams that nobody made, words that no alert has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lowtide.ledger import SEVERITIES, TYPES
from lowtide.people.checks.names import Fault, unknown
from lowtide.people.model import PeopleFile
from lowtide.people.place import Places
from lowtide.people.sentences import instead
from lowtide.strict import Path, fits


def faults_of_routes(file: PeopleFile, places: Places) -> Iterator[Fault]:
    """Every mistake of the routes."""
    names = [*file.teams, *file.people]
    seen: dict[str, int] = {}
    for number, route in enumerate(file.routes):
        path: Path = ("routes", number)
        yield from unknown([route.to], names, "team", (*path, "to"))
        yield from unknown(route.follow, names, "team", (*path, "follow"))
        yield from _of_match(route.match, places, (*path, "match"))
        before = seen.setdefault(
            repr(sorted((key, sorted(patterns)) for key, patterns in route.match.items())), number
        )
        if before != number:
            yield (
                path,
                f"route {number + 1} matches what route {before + 1} matches, so that one never wins: keep one",
            )
    if any(not route.match for route in file.routes):
        return
    if file.routes:
        yield (
            ("routes",),
            "`routes` has no last resort: end with `- {to: TEAM}`, which takes what no other route takes",
        )
    elif len(file.teams or file.people) != 1:
        yield (), "`routes` is missing: write at least `routes: [{to: TEAM}]`"


def faults_of_inhibition(file: PeopleFile, places: Places) -> Iterator[Fault]:
    """Words of inhibition that no alert has."""
    for number, rule in enumerate(file.inhibit):
        for key, match in (("when", rule.when), ("mutes", rule.mutes)):
            path: Path = ("inhibit", number, key)
            yield from _of_match(match, places, path)
            if not match:
                yield path, f"`{key}` is empty: name at least one key, such as {{type: out_of_stock}}"


def _of_match(match: Mapping[Any, list[str]], places: Places, path: Path) -> Iterator[Fault]:
    """Patterns that fit no word, where the words are known."""
    words: dict[str, tuple[str, ...]] = {"type": TYPES, "severity": SEVERITIES}
    if places.rows:
        words |= {"region": tuple(places.regions), "location": tuple(places.rows)}
    for key, patterns in match.items():
        if key == "region" and not places.rows:
            why = "the locations file says which region a place is in: name it with `locations: F` or `--locations F`"
            yield (*path, key), why
        for pattern in patterns:
            if key in words and pattern != "*" and not any(fits([pattern], word) for word in words[key]):
                yield (*path, key), f"there is no {key} `{pattern}`: {instead(pattern, _some(words[key]))}"


def _some(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words to choose from; of many, the first ones."""
    return tuple(sorted(words)[:1000])
