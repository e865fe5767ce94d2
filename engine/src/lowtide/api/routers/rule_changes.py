"""Changes of rules: propose, list, approve, reject. Nobody approves the own change."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from lowtide.api.depends import Admin, Here, Key, Operator, Viewer, router
from lowtide.api.rule_edits import EditBody, edits_of
from lowtide.service import Caller, Context, Missing
from lowtide.service.rules import desk, hints, private
from lowtide.service.rules.change import RuleChange
from lowtide.service.rules.texts import Kind

ROUTER = router("rules")
StateQuery = Annotated[Literal["", "proposed", "approved", "applied", "rejected"], Query()]
_MOST = {"x-most-bytes": 4 << 20}


class ChangeBody(BaseModel):
    """A change: edits of the text in force, or a whole text; why; and the version that its author saw."""

    model_config = ConfigDict(extra="forbid")
    edits: list[EditBody] = Field(default=[], max_length=500)
    document: str | None = Field(default=None, max_length=2_000_000)
    reason: str = Field(max_length=2000)
    based_on: str = Field(default="", max_length=40)


class DecisionBody(BaseModel):
    """What whoever decides has to say."""

    model_config = ConfigDict(extra="forbid")
    comment: str = Field(default="", max_length=2000)


def _routes(kind: Kind) -> None:
    """The routes of one kind of rules."""

    def text(here: Here, caller: Viewer) -> dict[str, Any]:
        """The text in force that a change starts from; contacts and targets of people are shown to an admin."""
        return _seen(here, caller, desk.in_force(here, kind))

    def changes(here: Here, caller: Viewer, state: StateQuery = "") -> dict[str, Any]:
        """The changes, the newest first."""
        found = desk.changes(here, kind, state)
        shown = tuple(private.seen(here.book(), caller, one) for one in found.changes)
        return replace(found, changes=shown).to_dict()

    def propose(here: Here, caller: Operator, body: ChangeBody, key: Key) -> dict[str, Any]:
        """Propose a change; it is checked as the file is. 409 if another version is in force than `based_on`.

        A whole text of people is an admin's; an operator sends edits.
        """
        private.check_whole(caller, kind, body.document)
        made = desk.draft(here, kind, edits_of(body.edits), body.document, body.based_on)
        return _seen(here, caller, desk.propose(here, caller, made, body.reason, key=key))

    def change(here: Here, caller: Viewer, change_id: str) -> dict[str, Any]:
        """One change."""
        return _seen(here, caller, _known(here, kind, change_id))

    def approve(here: Here, caller: Admin, change_id: str, body: DecisionBody) -> dict[str, Any]:
        """Approve a change of somebody else and put it in force."""
        _known(here, kind, change_id)
        return desk.approve(here, caller, change_id, body.comment).to_dict()

    def reject(here: Here, caller: Operator, change_id: str, body: DecisionBody) -> dict[str, Any]:
        """Refuse a change, with a comment; an operator takes the own one back."""
        _known(here, kind, change_id)
        return _seen(here, caller, desk.reject(here, caller, change_id, body.comment))

    at = f"/{kind}/changes"
    ROUTER.get(f"/{kind}/text", name=f"{kind}_text")(text)
    ROUTER.get(at, name=f"{kind}_changes")(changes)
    ROUTER.post(at, name=f"propose_{kind}", openapi_extra=_MOST)(propose)
    ROUTER.get(f"{at}/{{change_id}}", name=f"{kind}_change")(change)
    ROUTER.post(f"{at}/{{change_id}}/approve", name=f"approve_{kind}")(approve)
    ROUTER.post(f"{at}/{{change_id}}/reject", name=f"reject_{kind}")(reject)


def _known(here: Context, kind: Kind, change_id: str) -> RuleChange:
    one = desk.change(here, change_id)
    if one.kind != kind:
        raise Missing(f"there is no change `{change_id[:40]}` of {kind}")
    return one


def _seen(here: Context, caller: Caller, answer: private.T) -> dict[str, Any]:
    return private.seen(here.book(), caller, answer).to_dict()


_routes("policy")
_routes("people")


@ROUTER.get("/policy/hints")
def policy_hints(here: Here, caller: Viewer) -> dict[str, Any]:
    """Alerts of the last 90 days that people rated as false, by type and category."""
    return hints.hints(here).to_dict()
