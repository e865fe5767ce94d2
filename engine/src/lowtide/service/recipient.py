"""Who would get an alert: which route wins, who has it now, and who hears of it when nobody answers. Nothing is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.errors import SettingsError
from lowtide.ledger import SEVERITIES, TYPES
from lowtide.people.account import account
from lowtide.service.answer import Answer
from lowtide.service.caller import Caller
from lowtide.service.context import Context

FACTS = ("type", "location", "region", "category", "department", "supplier", "abc", "sku")
"""What a route can match on."""


@dataclass(frozen=True)
class Hearing(Answer):
    """One step of the ladder."""

    number: int
    who: str
    """owner, lead, manager or digest."""
    person: str
    """Key of the person; empty: the step reaches nobody."""
    at: int | None
    """When it is due, if the owner were told now; None: in the digest, not by a push."""


@dataclass(frozen=True)
class Recipient(Answer):
    """The way of an alert that opens now and is told at once. Persons by key."""

    severity: str
    place: int
    """Of the winning route in the file, from 1."""
    match: Mapping[str, tuple[str, ...]]
    """What the route matches; empty: all alerts."""
    team: str
    person: str
    row: str
    """Why this person: `duty.row.*`."""
    lead: str
    manager: str
    followers: tuple[str, ...]
    steps: tuple[Hearing, ...]
    acknowledge_by: int | None
    """None: the ladder has no such deadline."""


def recipient(
    context: Context, caller: Caller, facts: Mapping[str, str], severity: str = "warning"
) -> Recipient:
    """Who would get an alert with these facts. Raises SettingsError, which names the field."""
    if severity not in SEVERITIES:
        raise SettingsError(f"`severity`: there is no `{severity}`", f"Write one of {', '.join(SEVERITIES)}.")
    if facts.get("type", "") not in (*TYPES, ""):
        raise SettingsError(f"`type`: there is no `{facts['type']}`", f"Write one of {', '.join(TYPES)}.")
    unknown = sorted(facts.keys() - set(FACTS))
    if unknown:
        raise SettingsError(
            f"`{unknown[0]}`: a route cannot match on it", f"Write one of {', '.join(FACTS)}."
        )
    book, now = context.book(), context.moment()
    found = account(book, dict(facts), severity, now, now)
    route = found.assignment.route
    return Recipient(
        severity, route.place, {name: tuple(values) for name, values in route.match.items()}, found.assignment.team,
        found.owner, found.assignment.row, found.lead or "", found.manager or "", tuple(found.assignment.followers),
        tuple(
            Hearing(one.number, one.step.who, one.person or "",
                    None if one.step.who == "digest" else round(one.due.at.timestamp() * 1000))
            for one in found.rungs
        ),
        round(found.ack.at.timestamp() * 1000) if found.ack else None,
    )  # fmt: skip
