"""A route: which team owns an alert. The most specific route wins; among equals the later one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from lowtide import strict

KEYS = ("type", "sku", "category", "supplier", "abc", "xyz", "department", "region", "location")
"""The facts of an alert that a route can match on, from the most to the least specific."""

Match = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Route:
    """One route. `place` is its number in the file, from 1; `id` is the beginning of the hash of its content."""

    id: str
    match: Match
    to: str
    follow: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    place: int = 0

    @classmethod
    def of(
        cls,
        match: Match,
        to: str,
        follow: tuple[str, ...] = (),
        group_by: tuple[str, ...] = (),
        place: int = 0,
    ) -> Route:
        """The route with this content."""
        content = orjson.dumps([match, to, follow, group_by], option=orjson.OPT_SORT_KEYS)
        return cls(hashlib.sha256(content).hexdigest()[:8], match, to, follow, group_by, place)


def ranked(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """The routes in the order in which they are tried: the first that matches wins."""
    return tuple(sorted(routes, key=lambda route: (-strict.specificity(route.match), -route.place)))
