"""What the entries of a proposal make of it: its row, whatever the order in which the entries come.

`lowtide.propose.life` says which entry leads to which state. One that the state does not allow has no effect: of two people
who decide at once, the earlier one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from lowtide.propose import life
from lowtide.rows import Row, moment, object_of

ACTIVE = tuple(state for state in life.STATES if state in life.ACTIVE)
"""States in which somebody has something to do."""
ENDED_WITH_ALERT = "alert_ended"
"""Why a proposal was withdrawn: its alert has ended, so it is closed."""
SUPERSEDED = "SUPERSEDED"
"""What the PROPOSED of another proposal is to the one whose place it takes; the ledger has no entry of this kind."""
NEED_GONE = "need_gone"
ENTRY_COLUMNS = (
    "proposal_id", "action_id", "entry", "at", "event_time", "actor", "owner", "comment", "detail",
)  # fmt: skip
FACTS = (
    "list_id", "kind", "version", "ref", "location_name", "region", "name", "category", "department", "supplier",
    "supplier_name", "from_location", "quantity", "unit", "unit_cost", "cost", "avoided", "requested_at", "cut_off_at",
    "team", "marks",
)  # fmt: skip
"""What PROPOSED says in `detail.proposal`."""
COLUMNS = (
    "proposal_id", "list_id", "kind", "state", "version", "ref", "pipeline", "partition", "alert_id", "location",
    "location_name", "region", "sku", "name", "category", "department", "supplier", "supplier_name", "from_location",
    "quantity", "proposed_quantity", "unit", "unit_cost", "cost", "avoided", "requested_at", "cut_off_at", "owner",
    "holder", "team", "stage_at", "due_at", "event_time", "proposed_at", "decided_by", "reason", "exported_to",
    "order_ref", "superseded_by", "marks", "detail",
)  # fmt: skip
"""The columns of a proposal in desk.db."""


def fold(entries: Iterable[Mapping[str, Any]]) -> Row | None:
    """The row of a proposal, without `holder` and `due_at`; None while its PROPOSED is not among the entries."""
    told = {row["action_id"]: row for row in sorted(entries, key=_order, reverse=True)}
    ordered = sorted(told.values(), key=_order)
    first = next((row for row in ordered if row["entry"] == "PROPOSED"), None)
    if first is None:
        return None
    proposal = _proposed(first)
    for row in ordered:
        _take(proposal, row)
    return proposal


def changed_version(version: str, quantity: str) -> str:
    """The version of a proposal of which a person has changed the quantity: who saw the old one has not seen this."""
    return sha256(f"{version} {quantity}".encode()).hexdigest()[:12]


def ms_of(at: str | None) -> int | None:
    """A time of a detail in milliseconds since 1970 UTC."""
    return None if at is None else round(moment(at).timestamp() * 1000)


def _order(row: Mapping[str, Any]) -> tuple[bool, int, str]:
    return row["entry"] != "PROPOSED", row["at"], row["action_id"]


def _proposed(row: Mapping[str, Any]) -> Row:
    facts = object_of(row["detail"]).get("proposal") or {}
    given = {name: facts.get(name) for name in FACTS}
    texts = {name: given[name] or "" for name in FACTS if name not in _MAY_BE_NULL}
    return {
        **given,
        **texts,
        "requested_at": ms_of(given["requested_at"]),
        "cut_off_at": ms_of(given["cut_off_at"]),
        "marks": list(facts.get("marks") or ()),
        "quantity": facts.get("quantity") or "0",
        "proposed_quantity": facts.get("quantity") or "0",
        "state": "proposed",
        "stage_at": row["at"],
        "proposed_at": row["at"],
        "decided_by": "",
        "reason": "",
        "exported_to": "",
        "order_ref": "",
        "superseded_by": "",
        "partition": facts.get("partition") or "",
        **{name: row[name] for name in _OWN},
        "detail": "{}",
    }


_OWN = ("proposal_id", "pipeline", "alert_id", "location", "sku", "event_time", "owner")
_MAY_BE_NULL = ("unit_cost", "cost", "avoided", "requested_at", "cut_off_at", "marks")


def _take(proposal: Row, row: Mapping[str, Any]) -> None:
    """One entry; it has no effect where the state does not allow it."""
    entry, detail = row["entry"], object_of(row["detail"])
    state = _state(proposal["state"], entry, detail)
    if state is None:
        return
    proposal["state"] = state
    if entry != "SUBMITTED":
        proposal["stage_at"] = row["at"]
    if entry in ("SUBMITTED", "APPROVED", "REJECTED"):
        proposal["decided_by"] = row["actor"]
        proposal["reason"] = str(detail.get("reason") or row["comment"])
        proposal["marks"] = sorted({*proposal["marks"], *(detail.get("marks") or ())})
    if entry in ("SUBMITTED", "APPROVED"):
        proposal["handed_to"] = row["owner"]
        amount = str(detail.get("quantity") or proposal["quantity"])
        if amount != proposal["quantity"]:
            proposal["version"] = changed_version(proposal["version"], amount)
        proposal["quantity"] = amount
        proposal["cost"] = detail.get("cost", proposal["cost"])
    elif entry == "EXPORTED":
        proposal["exported_to"] = str(detail.get("to") or "")
    elif entry == "CONFIRMED":
        proposal["order_ref"] = str(detail.get("order_ref") or "")
    elif entry == SUPERSEDED:
        proposal["superseded_by"] = str(detail.get("by") or "")
    elif entry == "WITHDRAWN":
        proposal["reason"] = str(detail.get("why") or "")


def _state(state: life.State, entry: str, detail: Mapping[str, Any]) -> life.State | None:
    """The state after an entry; None: it changes nothing there."""
    if entry == SUPERSEDED:
        return "superseded" if life.superseded(state) != state else None
    if entry == "WITHDRAWN" and detail.get("why") == ENDED_WITH_ALERT:
        return "closed" if life.closed(state) != state else None
    return life.after(state, entry)
