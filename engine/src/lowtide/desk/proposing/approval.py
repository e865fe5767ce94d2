"""Which entry it is when a person approves: APPROVED, or SUBMITTED to whom. Pure.

A transfer to which the place that gives has to agree goes there first. What is above the limit of who approves goes to the
nearest lead whose limit covers it, and who submitted it does not change what that lead looks at: only a quantity within
the own limit may be approved meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.desk.decide import moment
from lowtide.desk.proposing import consent, limit
from lowtide.desk.proposing.decider import Decider, HeldError, NotAllowedError
from lowtide.errors import ActionError
from lowtide.people import Book
from lowtide.propose import thousandths
from lowtide.rows import object_of


@dataclass(frozen=True)
class Approval:
    """Which entry an approval is. `owner`: of SUBMITTED who decides next, of APPROVED who goes on if not the actor."""

    entry: str
    owner: str
    detail: Mapping[str, Any]


def approval(
    book: Book, proposal: Mapping[str, Any], told: Sequence[Mapping[str, Any]], by: Decider, amount: str,
    cost: float | None, at: int,
) -> Approval:  # fmt: skip
    """First the place that gives is asked, then the lead above the limit. Raises HeldError where somebody else is asked."""
    if (question := consent.asked(proposal, told)) is not None and proposal["holder"] in book.people:
        return _agreed(book, proposal, question, by, amount, cost, at)
    to, marks = _above(book, proposal, by, cost, at)
    if to:
        _check_holder(book, proposal, by, to, at)
    agrees: dict[str, Any] = {}
    if giver := consent.needed(book, proposal, told, amount):
        if not by.is_unlimited and not consent.may(book, by.person, giver, moment.utc(at)):
            asks = {"marks": [*marks, consent.MARK], consent.ASKS: True, consent.THEN: to}
            return Approval("SUBMITTED", giver, asks)
        agrees = {consent.AGREES: True}
    return Approval("SUBMITTED" if to else "APPROVED", to, {"marks": marks, **agrees})


def _agreed(
    book: Book, proposal: Mapping[str, Any], question: Mapping[str, Any], by: Decider, amount: str, cost: float | None,
    at: int,
) -> Approval:  # fmt: skip
    """The place that gives agrees: it goes on to who decides after that, or is approved for who has asked."""
    if not by.is_unlimited and not consent.may(book, by.person, proposal["holder"], moment.utc(at)):
        raise HeldError(
            proposal,
            "who owns the place that gives",
            "That person, the deputy during an absence, or a lead above may approve or reject it.",
        )
    if thousandths(amount) > thousandths(proposal["quantity"]):
        raise ActionError(
            f"{amount} is more than the {proposal['quantity']} that are asked for",
            "Approve as much, or less.",
        )
    then = str(object_of(question["detail"]).get(consent.THEN) or "")
    decides = (
        by.person is not None
        and then in book.people
        and limit.acts_for(book, by.person, then, moment.utc(at))
    )
    if by.is_unlimited or (decides and limit.covers(book, str(by.person), cost)):
        then = ""
    owner = then or str(question["actor"])
    return Approval("SUBMITTED" if then else "APPROVED", owner, {"marks": [], consent.AGREES: True})


def _check_holder(book: Book, proposal: Mapping[str, Any], by: Decider, to: str, at: int) -> None:
    """Raises HeldError if somebody approves again, above the own limit, what a lead looks at already."""
    holder = proposal["holder"]
    if proposal["state"] != "submitted" or holder not in book.people:
        return
    if to != holder and by.person is not None and limit.acts_for(book, by.person, holder, moment.utc(at)):
        return
    raise HeldError(
        proposal,
        "because it is above your limit",
        "Approve a quantity within your own limit, reject it, or leave it to that person.",
    )


def _above(
    book: Book, proposal: Mapping[str, Any], by: Decider, cost: float | None, at: int
) -> tuple[str, list[str]]:
    """To whom it goes because it is above the limit of who decides; empty: it is not, or nobody is above.

    The last of the leads, and who has no lead, approves above the own limit: the proposal is marked.
    """
    if by.is_unlimited or (by.person is not None and limit.covers(book, by.person, cost)):
        return "", []
    if by.person is None or by.person not in book.people:
        raise NotAllowedError(
            f"`{by.actor}` is not a person of the people file, so no limit says what it may approve",
            "Say who approves: `--as NAME`, or sign in as a person; an admin has no limit.",
        )
    found = limit.next_above(book, by.person, cost, moment.utc(at))
    if found is None and proposal["state"] == "submitted" and proposal["holder"] != by.person:
        return str(proposal["holder"]), []  # a deputy without a lead: it stays with whom it was submitted to
    if found is None:
        return "", [limit.OVER_LIMIT]
    return found.person, [] if found.is_covered else [limit.OVER_LIMIT]
