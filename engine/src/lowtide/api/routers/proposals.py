"""Proposals: what waits to be ordered, approved against the numbers that were shown, and exported."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import Field

from lowtide.api.asked import Raw
from lowtide.api.bodies import Body, Cursor, Id, Ids, Limit, Text, Word
from lowtide.api.depends import Here, Key, Operator, Viewer, router
from lowtide.errors import ActionError, SettingsError
from lowtide.service import Caller, Context, Missing, Moved, NotAllowed, proposals
from lowtide.service.proposals import ProposalRow, Result, Wanted
from lowtide.words.formula import guarded_unless_number

ROUTER = router("proposals")
Words = Annotated[list[Word] | None, Query(max_length=20)]
_CSV = (
    "proposal_id", "ref", "kind", "state", "version", "location", "location_name", "sku", "name", "supplier",
    "supplier_name", "from_location", "quantity", "unit", "unit_cost", "cost", "avoided", "requested_at", "cut_off_at",
    "holder", "marks",
)  # fmt: skip
_MOST = 10_000


class Approval(Body):
    """The proposals to approve, each with the version of the numbers that were shown."""

    versions: Annotated[dict[Id, Word], Field(min_length=1, max_length=1_000)]
    """By proposal_id: `version` of GET /proposals."""
    quantities: Annotated[dict[Id, Word], Field(max_length=1_000, default_factory=dict)]
    """By proposal_id: another quantity, as a decimal text in units."""
    reason: Text = ""


class Rejection(Body):
    """The proposals to reject, and why."""

    ids: Ids
    reason: Word
    """ordered_already, not_needed, too_much, too_little, wrong_supplier, delisted, no_budget or other."""
    comment: Text = ""


class Export(Body):
    """The approved proposals to export, and where to."""

    ids: Ids
    to: Word = "csv"
    """csv, json, form:NAME (a file in the answer) or webhook:NAME, a target of the people file."""
    bom: bool = False
    """Whether a CSV begins with a byte order mark, which some spreadsheets want."""


class OneApproval(Body):
    """The version of the numbers that were shown, and perhaps another quantity."""

    version: Word
    quantity: Word | None = None
    reason: Text = ""


class OneRejection(Body):
    """Why one is rejected."""

    reason: Word
    comment: Text = ""


def _wanted(
    state: Words = None, kind: Words = None, location: Word = "", supplier: Word = "", sku: Word = "", category: Word = "",
    holder: Word = "", team: Word = "", alert_id: Word = "", list_id: Word = "", over_time: bool = False, q: Word = "",
) -> Wanted:  # fmt: skip
    return Wanted(
        tuple(state) if state else proposals.WAITING, tuple(kind or ()), location, supplier, sku, category, holder, team,
        alert_id, list_id, over_time, q,
    )  # fmt: skip


@ROUTER.get("/proposals")
def proposal_list(
    here: Here, caller: Viewer, state: Words = None, kind: Words = None, location: Word = "", supplier: Word = "",
    sku: Word = "", category: Word = "", holder: Word = "", team: Word = "", alert_id: Word = "", list_id: Word = "",
    over_time: bool = False, q: Word = "", cursor: Cursor = None, limit: Limit = 50,
) -> dict[str, Any]:  # fmt: skip
    """Proposals as they are ordered, the earliest cut-off first."""
    wanted = _wanted(
        state, kind, location, supplier, sku, category, holder, team, alert_id, list_id, over_time, q
    )
    return proposals.proposals(here, caller, wanted, cursor, limit).to_dict()


@ROUTER.get("/proposals.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def proposal_csv(
    here: Here, caller: Viewer, state: Words = None, kind: Words = None, location: Word = "", supplier: Word = "",
    q: Word = "", raw: Raw = False,
) -> Response:  # fmt: skip
    """The same as a table; exporting is another thing: this changes nothing."""
    rows = _all(here, caller, _wanted(state, kind, location, supplier, q=q))
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(_CSV)
    lines.writerows([_cell(row, name, raw=raw) for name in _CSV] for row in rows)
    head = {"Content-Disposition": 'attachment; filename="proposals.csv"'}
    return Response(text.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=head)


@ROUTER.get("/proposals/{proposal_id}")
def proposal(here: Here, caller: Viewer, proposal_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """One proposal with everything that happened to it and how it was reckoned."""
    return proposals.proposal(here, caller, proposal_id).to_dict()


@ROUTER.post("/proposals/approve")
def approve_some(here: Here, caller: Operator, key: Key, wanted: Approval) -> dict[str, Any]:
    """Approve proposals; for each what became of it, or as `conflict` the numbers that have moved since."""
    done = proposals.approve(
        here, caller, list(wanted.versions), wanted.versions, wanted.quantities, wanted.reason, key
    )
    return _results(done)


@ROUTER.post("/proposals/reject")
def reject_some(here: Here, caller: Operator, key: Key, wanted: Rejection) -> dict[str, Any]:
    """Reject proposals for a reason; for each what became of it."""
    return _results(proposals.reject(here, caller, wanted.ids, wanted.reason, wanted.comment, key))


@ROUTER.post("/proposals/export")
def export(here: Here, caller: Operator, key: Key, wanted: Export) -> dict[str, Any]:
    """Export approved proposals. A file for the caller is in `file`, its content as base64."""
    done = proposals.export(here, caller, wanted.ids, wanted.to, key, wanted.bom)
    body = base64.b64encode(done.body).decode()
    file = {"name": done.name, "media_type": done.media_type, "base64": body} if done.name else None
    return {**_results(done.results), "file": file}


@ROUTER.post("/proposals/{proposal_id}/approve")
def approve(
    here: Here, caller: Operator, key: Key, proposal_id: Annotated[Id, Path()], wanted: OneApproval
) -> dict[str, Any]:
    """Approve one proposal of the version that was shown; 409 with both numbers if they have moved since."""
    quantities = {} if wanted.quantity is None else {proposal_id: wanted.quantity}
    return _one(
        proposals.approve(
            here, caller, [proposal_id], {proposal_id: wanted.version}, quantities, wanted.reason, key
        )
    )


@ROUTER.post("/proposals/{proposal_id}/reject")
def reject(
    here: Here, caller: Operator, key: Key, proposal_id: Annotated[Id, Path()], wanted: OneRejection
) -> dict[str, Any]:
    """Reject one proposal for a reason."""
    return _one(proposals.reject(here, caller, [proposal_id], wanted.reason, wanted.comment, key))


def _results(done: Sequence[Result]) -> dict[str, Any]:
    return {
        "done": sum(one.is_done for one in done), "refused": sum(not one.is_done for one in done),
        "results": [one.to_dict() for one in done],
    }  # fmt: skip


def _one(done: Sequence[Result]) -> dict[str, Any]:
    """The only result, or why there is not one."""
    (one,) = done
    if one.is_done:
        return one.to_dict()
    if one.conflict is not None:
        raise Moved(one.error, one.hint, asdict(one.conflict))
    kinds = {404: Missing, 403: NotAllowed, 422: SettingsError}
    raise kinds.get(one.status, ActionError)(one.error, one.hint)


def _all(here: Context, caller: Caller, wanted: Wanted) -> list[ProposalRow]:
    rows: list[ProposalRow] = []
    cursor: str | None = None
    while len(rows) < _MOST:
        found = proposals.proposals(here, caller, wanted, cursor, 500)
        rows += [line for one in found.lists for line in one.lines]
        cursor = found.cursor
        if cursor is None:
            break
    return rows


def _cell(row: ProposalRow, name: str, *, raw: bool) -> str:
    """A cell; what a spreadsheet would take for a formula is marked as text."""
    value = getattr(row, name)
    text = "" if value is None else " ".join(value) if isinstance(value, tuple) else str(value)
    return text if raw else guarded_unless_number(text)
