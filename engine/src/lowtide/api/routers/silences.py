"""Silences: what nobody wants to hear about for a while, and what one would hit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from lowtide.api.bodies import Body, Id, Ms, Text, Word
from lowtide.api.depends import Here, Operator, Viewer, router
from lowtide.service import silences

ROUTER = router("silences")
Matchers = Annotated[list[Word], Field(min_length=1, max_length=20)]
"""Such as `["supplier=V002", "type=overdue_supply,negative_stock"]`."""


class Match(Body):
    """What it matches."""

    match: Matchers


class Silence(Match):
    """A silence that somebody makes."""

    reason: Text
    end_at: Ms
    start_at: Ms | None = None
    """Null: now."""
    ends_when_idle_s: Annotated[int, Field(ge=60, le=30 * 86_400)] | None = None
    """It ends early after so many seconds in which no open alert matched."""


@ROUTER.get("/silences")
def silence_list(here: Here, caller: Viewer, ended: bool = False) -> dict[str, Any]:
    """The silences that are in force or will be; with `ended` all."""
    return silences.silences(here, caller, ended).to_dict()


@ROUTER.post("/silences/preview")
def preview(here: Here, caller: Operator, wanted: Match) -> dict[str, Any]:
    """What such a silence would hit: open alerts with their loss, and alerts of the last 30 days."""
    return silences.preview(here, caller, wanted.match).to_dict()


@ROUTER.post("/silences", status_code=201)
def add(here: Here, caller: Operator, wanted: Silence) -> dict[str, Any]:
    """Make a silence, for at most 30 days."""
    start = None if wanted.start_at is None else _time(wanted.start_at)
    return silences.add(
        here, caller, wanted.match, wanted.reason, _time(wanted.end_at), start, wanted.ends_when_idle_s
    ).to_dict()


@ROUTER.post("/silences/{silence_id}/end")
def end(here: Here, caller: Operator, silence_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """End a silence now."""
    return silences.end(here, caller, silence_id).to_dict()


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
