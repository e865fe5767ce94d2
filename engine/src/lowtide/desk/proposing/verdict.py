"""What a person decides about a proposal, as an entry of the ledger: SUBMITTED, APPROVED, REJECTED, EXPORTED.

    approve   within the limit APPROVED; above it SUBMITTED to the next lead whose limit covers it; a transfer that the
              place which gives has to agree to (`consent`) is SUBMITTED there first
    reject    REJECTED, for a reason of a list
    export    EXPORTED, once a file was written or a target has taken the document

It is a function of the proposal, the people and the time: the same in a desk and in a command without one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.actions import life as alert_life
from lowtide.desk.decide import moment
from lowtide.desk.proposing import consent, entries
from lowtide.desk.proposing.approval import approval
from lowtide.desk.proposing.decider import Decider, MovedError
from lowtide.errors import ActionError, SettingsError
from lowtide.people import Book
from lowtide.propose import life, thousandths, units
from lowtide.rows import Row, object_of

_MOST = 10_000
"""Characters of a comment."""


@dataclass(frozen=True)
class Verdict:
    """What was decided. `row`: the entry; None: it had been decided before."""

    entry: str
    holder: str
    row: Row | None
    asks_donor: bool = False
    """Of SUBMITTED: it waits for the owner of the place that gives, not for a lead."""

    @property
    def is_repeated(self) -> bool:
        """Whether nothing has to be written."""
        return self.row is None


def approve(
    book: Book,
    proposal: Mapping[str, Any],
    told: Sequence[Mapping[str, Any]],
    by: Decider,
    *,
    version: str,
    quantity: str | None = None,
    reason: str = "",
    key: str | None = None,
    at: int,
) -> Verdict:
    """Approve a proposal of the version that was shown, or submit it to the next lead. `told`: its entries.

    Raises MovedError, NotAllowedError, ActionError if its state does not allow it, SettingsError for a malformed quantity.
    """
    _check(by, reason)
    if (done := _done(proposal, told, ("APPROVED", "SUBMITTED"), by, key)) is not None:
        return done
    _possible(proposal, "approve")
    if version != proposal["version"]:
        raise MovedError({"version": version}, {name: proposal[name] for name in NUMBERS})
    amount = proposal["quantity"] if quantity in (None, "") else _amount(quantity)
    cost = proposal["cost"] if amount == proposal["quantity"] else _cost(proposal, amount)
    next_ = approval(book, proposal, told, by, amount, cost, at)
    detail: dict[str, Any] = {
        "version": version, "quantity": amount, "cost": cost, "people_version": book.version, **next_.detail,
    }  # fmt: skip
    if reason:
        detail["reason"] = reason
    return _verdict(proposal, told, next_.entry, by, at, key, detail, owner=next_.owner, comment=reason)


def reject(
    proposal: Mapping[str, Any],
    told: Sequence[Mapping[str, Any]],
    by: Decider,
    *,
    reason: str,
    comment: str = "",
    key: str | None = None,
    at: int,
) -> Verdict:
    """Reject a proposal for a reason of `life.REASONS`. Raises what `approve` raises."""
    _check(by, comment)
    if reason not in life.REASONS:
        raise SettingsError(
            f"not a reason: `{reason}`" if reason else "rejecting asks for a reason",
            f"There are {', '.join(life.REASONS)}.",
        )
    if reason == "other" and not comment.strip():
        raise SettingsError("the reason `other` needs a comment", "Say in a few words why.")
    if (done := _done(proposal, told, ("REJECTED",), by, key)) is not None:
        return done
    _possible(proposal, "reject")
    return _verdict(proposal, told, "REJECTED", by, at, key, {"reason": reason}, comment=comment)


def export(
    proposal: Mapping[str, Any],
    told: Sequence[Mapping[str, Any]],
    by: Decider,
    *,
    to: str,
    key: str | None = None,
    at: int,
) -> Verdict:
    """The order has left: `to` says where it went. Exported again it is written again. Raises ActionError."""
    if key and (done := _done(proposal, told, ("EXPORTED",), by, key)) is not None:
        return done
    _possible(proposal, "export")
    return _verdict(proposal, told, "EXPORTED", by, at, key, {"to": to})


NUMBERS = ("proposal_id", "version", "quantity", "unit", "cost", "avoided", "requested_at", "cut_off_at")
"""What a person decides on, on both sides of a conflict."""


def _done(
    proposal: Mapping[str, Any],
    told: Sequence[Mapping[str, Any]],
    kinds: tuple[str, ...],
    by: Decider,
    key: str | None,
) -> Verdict | None:
    """The same decision, made before: under the same key at any time, else as the last thing that was decided."""
    if key:
        ids = {_identity(proposal, kind, by, key, told): kind for kind in kinds}
        found = next((row for row in told if row["action_id"] in ids), None)
        if found is None:
            return None
        return Verdict(
            found["entry"], proposal["holder"], None, bool(object_of(found["detail"]).get(consent.ASKS))
        )
    last = max(
        (row for row in told if row["entry"] in ("APPROVED", "SUBMITTED", "REJECTED")),
        key=lambda row: (row["at"], row["action_id"]),
        default=None,
    )
    is_same = last is not None and last["entry"] in kinds and last["actor"] == by.actor
    if is_same and proposal["state"] in ("approved", "rejected"):
        assert last is not None
        return Verdict(last["entry"], proposal["holder"], None)
    return None


def _possible(proposal: Mapping[str, Any], verb: life.Verb) -> None:
    state = proposal["state"]
    if state == "superseded":
        raise MovedError(
            {name: proposal[name] for name in NUMBERS}, {"proposal_id": proposal["superseded_by"]}
        )
    if not life.legal(state, verb):
        may = ", ".join(f"`{one}`" for one in life.verbs(state)) or "nothing"
        raise ActionError(
            f"`{verb}` is not possible: proposal {proposal['ref']} is {state}", f"Possible now: {may}."
        )


def _check(by: Decider, text: str) -> None:
    if not by.actor.strip():
        raise SettingsError("nobody does it", "Say who you are: `--as NAME`, or set `LOWTIDE_ACTOR`.")
    if len(text) > _MOST:
        raise SettingsError(f"the text has {len(text):,} characters", f"It may have {_MOST:,}.")


def _amount(quantity: str | None) -> str:
    try:
        milli = thousandths(str(quantity).strip())
    except (ValueError, ArithmeticError):
        milli = 0
    if not 0 < milli < 10**15:
        raise SettingsError(
            f"not a quantity: `{quantity}`", "Write a number above 0 with at most three decimals, such as 24."
        )
    return units(milli)


def _cost(proposal: Mapping[str, Any], amount: str) -> float | None:
    """What the changed quantity costs; of a transfer the cost of moving stays."""
    if proposal["kind"] not in ("order", "production"):
        return None if proposal["cost"] is None else float(proposal["cost"])
    return None if proposal["unit_cost"] is None else round(float(proposal["unit_cost"]) * float(amount), 2)


def _verdict(
    proposal: Mapping[str, Any], told: Sequence[Mapping[str, Any]], kind: str, by: Decider, at: int, key: str | None,
    detail: Mapping[str, Any], owner: str = "", comment: str = "",
) -> Verdict:  # fmt: skip
    at = max([at, *(row["at"] + 1 for row in told)])
    action_id = _identity(proposal, kind, by, key, told)
    row = entries.person_row(
        proposal, kind, action_id, by.actor, at=at, owner=owner, comment=comment, detail=detail
    )
    return Verdict(kind, owner or by.person or by.actor, row, bool(detail.get(consent.ASKS)))


def _identity(
    proposal: Mapping[str, Any], kind: str, by: Decider, key: str | None, told: Sequence[Mapping[str, Any]]
) -> str:
    """By the caller's key, else by what was told before: two attempts at one decision are one entry."""
    if key:
        return entries.identity(proposal["proposal_id"], kind, by.actor, f"{by.actor}:{key}")
    last = max(((row["at"], row["action_id"]) for row in told), default=(0, ""))
    return alert_life.identity(
        proposal["proposal_id"], alert_life.Action(kind, by.actor, moment.utc(0)), f"after:{last[1]}"
    )
