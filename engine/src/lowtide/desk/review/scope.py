"""Whose alerts a review counts: a person's own teams, those of everybody below, and the alerts of these persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lowtide.people import Book
from lowtide.warehouse import Warehouse


@dataclass(frozen=True)
class Scope:
    """Persons and teams whose alerts count; both empty: all alerts, also those that nobody was routed."""

    people: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()

    @classmethod
    def of(cls, book: Book, person: str) -> Scope:
        """What a person sees; `""` sees everything."""
        if not person:
            return cls()
        below = _below(book, person)
        teams = {
            name
            for name, team in book.teams.items()
            if team.lead in below or below & {*team.rotate, *team.members}
        }  # fmt: skip
        return cls(frozenset(below), frozenset(teams))

    def where(self, warehouse: Warehouse) -> tuple[str, Mapping[str, Any]]:
        """A condition on `alert_id`, and its values."""
        if not self.people:
            return "1", {}
        routed = (
            f"SELECT alert_id FROM {warehouse.database}.alert_desk WHERE entry = 'ROUTED' "
            "AND (person IN {people:Array(String)} OR team IN {teams:Array(String)})"
        )
        return f"alert_id IN ({routed})", {"people": sorted(self.people), "teams": sorted(self.teams)}


def _below(book: Book, person: str) -> set[str]:
    """A person and everybody whose leads lead to that person."""
    found = {person}
    while True:
        more = {key for key, one in book.people.items() if one.lead in found} - found
        if not more:
            return found
        found |= more
