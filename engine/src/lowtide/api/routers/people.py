"""People: who is who, who is on duty when, and who is put in out of turn."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query

from lowtide.api.bodies import LATEST_MS, Body, Id, Ms, Text, Word
from lowtide.api.depends import Admin, Here, Viewer, router
from lowtide.service import overrides, people

ROUTER = router("people")
At = Annotated[
    int | None, Query(ge=0, le=LATEST_MS, description="Milliseconds since 1970 UTC; left out: now.")
]


class Override(Body):
    """Somebody who is on duty out of turn."""

    team: Word
    person: Word
    start_at: Ms
    end_at: Ms
    reason: Text


@ROUTER.get("/people")
def everybody(here: Here, caller: Viewer) -> dict[str, Any]:
    """All persons with their teams and, where the caller may see it, their load."""
    found = people.people(here, caller).to_dict()
    return {name: found[name] for name in ("version", "at", "persons", "absences", "unconfirmed")}


@ROUTER.get("/teams")
def teams(here: Here, caller: Viewer) -> dict[str, Any]:
    """All teams: who has each now, who next, and when nobody comes."""
    found = people.people(here, caller).to_dict()
    return {name: found[name] for name in ("version", "at", "teams", "teams_more")}


@ROUTER.get("/duty")
def duty(here: Here, caller: Viewer, at: At = None) -> dict[str, Any]:
    """Who is on duty in each team at a time."""
    found = people.people(here, caller, at)
    on_duty = [{"team": team.team, "lead": team.lead, **team.now.to_dict()} for team in found.teams]
    return {"at": found.at, "duty": on_duty}


@ROUTER.get("/overrides")
def override_list(here: Here, caller: Viewer) -> dict[str, Any]:
    """The overrides that have not ended."""
    return {"overrides": [one.to_dict() for one in overrides.overrides(here)]}


@ROUTER.post("/overrides", status_code=201)
def add(here: Here, caller: Admin, wanted: Override) -> dict[str, Any]:
    """Put somebody on duty out of turn: a new version of people comes into force."""
    return overrides.add(
        here, caller, wanted.team, wanted.person, wanted.start_at, wanted.end_at, wanted.reason
    ).to_dict()


@ROUTER.post("/overrides/{override_id}/end")
def end(here: Here, caller: Admin, override_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Take an override back."""
    return overrides.end(here, caller, override_id).to_dict()
