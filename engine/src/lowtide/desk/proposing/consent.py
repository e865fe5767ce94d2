"""Whether the owner of the place that gives agrees to a transfer: asked before (`donor: ask`), or told afterwards. Pure.

giver     who owns the place that gives, by the same rule as its alerts
asked     the SUBMITTED entry that waits for that person's answer
given     up to which quantity that side has agreed
may       who may answer: the person, the deputy during an absence, a lead above, an admin
hears     whom a message tells that a transfer takes goods from there, and since when
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lowtide.desk.decide import moment
from lowtide.desk.proposing import limit
from lowtide.errors import PeopleError
from lowtide.people import Book
from lowtide.propose import thousandths
from lowtide.rows import object_of

MARK = "donor_asked"
"""The mark of a transfer about which the owner of the place that gives was asked."""
ASKS, AGREES, THEN = "asks_donor", "donor_agrees", "then"
"""Keys in the detail of SUBMITTED and APPROVED: it asks that owner; that owner agrees; who decides after that."""

Entries = Sequence[Mapping[str, Any]]
"""The entries of one proposal."""


def giver(book: Book, proposal: Mapping[str, Any], told: Entries) -> str:
    """The person who owns alerts of the position that gives, when the transfer was proposed; empty: nobody."""
    if proposal["kind"] != "transfer":
        return ""
    first = next((row for row in told if row["entry"] == "PROPOSED"), None)
    given = object_of(first["detail"]).get("inputs") or {} if first else {}
    facts = {
        "type": "", "location": proposal["from_location"], "sku": proposal["sku"], "category": proposal["category"],
        "department": proposal["department"], "supplier": str(given.get("supplier") or ""), "abc": "", "xyz": "",
        "region": str((given.get("donor") or {}).get("region") or ""),
    }  # fmt: skip
    try:
        return book.assign(facts, moment.utc(proposal["proposed_at"])).person
    except PeopleError:
        return ""


def needed(book: Book, proposal: Mapping[str, Any], told: Entries, amount: str) -> str:
    """The person who has to agree to this quantity and has not; empty: nobody has to."""
    if book.donor != "ask" or ((agreed := given(told)) is not None and thousandths(amount) <= agreed):
        return ""
    return giver(book, proposal, told)


def asked(proposal: Mapping[str, Any], told: Entries) -> Mapping[str, Any] | None:
    """The entry that waits for the answer of the place that gives; None: nothing waits for it."""
    if proposal["state"] != "submitted":
        return None
    last = _last(told, "SUBMITTED")
    return last if last is not None and object_of(last["detail"]).get(ASKS) else None


def given(told: Entries) -> int | None:
    """Up to which quantity (thousandths) the place that gives has agreed; None: it has not."""
    agreed = (object_of(row["detail"]) for row in told if row["entry"] in ("SUBMITTED", "APPROVED"))
    return max((thousandths(one["quantity"]) for one in agreed if one.get(AGREES)), default=None)


def may(book: Book, person: str | None, owner: str, at: datetime) -> bool:
    """Whether a person may answer for the owner of the place that gives."""
    return person is not None and (
        limit.acts_for(book, person, owner, at) or person in limit.leads(book, owner)
    )


def hears(book: Book, proposal: Mapping[str, Any], told: Entries) -> tuple[str, int] | None:
    """Who is told of a transfer besides whoever decides it, and since when; None: nobody.

    Whoever has agreed, or approved it, knows of it.
    """
    if proposal["kind"] != "transfer":
        return None
    if (question := asked(proposal, told)) is not None:
        return str(proposal["holder"]), int(question["at"])
    approved = _last(told, "APPROVED")
    if proposal["state"] not in ("approved", "exported") or approved is None or given(told) is not None:
        return None
    owner = giver(book, proposal, told)
    return (owner, int(approved["at"])) if owner and owner != proposal["decided_by"] else None


def _last(told: Entries, entry: str) -> Mapping[str, Any] | None:
    return max(
        (row for row in told if row["entry"] == entry),
        key=lambda row: (row["at"], row["action_id"]),
        default=None,
    )
