"""An account of one alert: which route wins, who owns it, who hears next and when. Nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lowtide.people.book import Assignment, Book
from lowtide.people.calendar import Calendar, Due
from lowtide.people.duty import Facts
from lowtide.people.ladder import Ladder, Step
from lowtide.rows import instant


@dataclass(frozen=True)
class Rung:
    """A step of the ladder with the person who hears it, and when; None: it reaches nobody."""

    number: int
    step: Step
    person: str | None
    due: Due

    def to_dict(self) -> dict[str, Any]:
        """As JSON; times in UTC."""
        return {
            "step": self.number, "who": self.step.who, "after_ms": self.step.after_ms, "assign": self.step.assign,
            "person": self.person, **_due(self.due),
        }  # fmt: skip


@dataclass(frozen=True)
class Account:
    """What the book says about one alert."""

    version: str
    assignment: Assignment
    owner: str
    """The person who has it: by an action, or by the route."""
    lead: str | None
    manager: str | None
    ladder: Ladder
    calendar: Calendar
    """Whose hours count on the ladder."""
    told_at: datetime
    rungs: tuple[Rung, ...]
    ack: Due | None
    resolve_ms: int | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON; times in UTC."""
        route = self.assignment.route
        return {
            "people_version": self.version,
            "route": {"id": route.id, "place": route.place, "match": route.match, "to": route.to},
            "team": self.assignment.team, "person": self.assignment.person, "row": self.assignment.row,
            "followers": self.assignment.followers, "owner": self.owner, "lead": self.lead, "manager": self.manager,
            "severity": self.ladder.severity, "calendar": self.calendar.name, "told_at": instant(self.told_at),
            "acknowledge": _due(self.ack) if self.ack else None, "resolve_ms": self.resolve_ms,
            "repeat_ms": self.ladder.repeat_ms, "steps": [rung.to_dict() for rung in self.rungs],
        }  # fmt: skip


def account(
    book: Book, facts: Facts, severity: str, at: datetime, told_at: datetime, owner: str = ""
) -> Account:
    """The account of an alert that is routed at `at`, and whose owner was told at `told_at`."""
    assignment = book.assign(facts, at)
    team, has = assignment.team, owner or assignment.person
    lead, manager = book.lead_of(team, facts), book.manager_of(team, facts)
    ladder, calendar = book.ladder(severity), book.ladder_calendar(severity, team, facts)
    persons = {"owner": has, "lead": lead, "manager": manager, "digest": has}
    rungs = tuple(
        Rung(number, step, persons[step.who], calendar.due(told_at, step.after_ms))
        for number, step in enumerate(ladder.steps, 1)
    )
    ack = calendar.due(told_at, ladder.ack_ms) if ladder.ack_ms is not None else None
    return Account(
        book.version, assignment, has, lead, manager, ladder, calendar, told_at, rungs, ack, ladder.resolve_ms
    )


def _due(due: Due) -> dict[str, Any]:
    return {"due": instant(due.at), "confirmed": due.confirmed}
