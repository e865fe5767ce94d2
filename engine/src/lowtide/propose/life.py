"""The life of a proposal: which entry of the ledger leads to which state, and who may do what in which state.

    python -m lowtide.propose.life

prints the table. A proposal is proposed, is submitted where somebody else has to agree (it is above the limit of who
approves it, or takes stock of a place whose owner is asked), is approved or rejected, is exported, and is confirmed when
the order, transfer or count itself comes in as a movement.

>>> after("proposed", "APPROVED"), legal("exported", "approve"), verbs("proposed")
('approved', False, ('approve', 'reject'))
"""

from __future__ import annotations

from typing import Literal, get_args

State = Literal[
    "proposed",
    "submitted",
    "approved",
    "exported",
    "confirmed",
    "rejected",
    "superseded",
    "withdrawn",
    "closed",
]
Verb = Literal["approve", "reject", "export", "withdraw"]

STATES: tuple[State, ...] = get_args(State)
UNDECIDED: frozenset[State] = frozenset({"proposed", "submitted"})
"""Somebody has to decide."""
WAITING: frozenset[State] = frozenset({"approved", "exported"})
"""Decided, and its order has not come in: the position gets no other proposal of its kind."""
ACTIVE = UNDECIDED | WAITING
ENDED: frozenset[State] = frozenset({"confirmed", "rejected", "superseded", "withdrawn", "closed"})

_STEPS: dict[str, tuple[frozenset[State], State]] = {
    "PROPOSED": (frozenset(), "proposed"),
    "SUBMITTED": (UNDECIDED, "submitted"),
    "APPROVED": (UNDECIDED, "approved"),
    "REJECTED": (ACTIVE, "rejected"),
    "EXPORTED": (WAITING, "exported"),
    "CONFIRMED": (ACTIVE, "confirmed"),
    "WITHDRAWN": (ACTIVE, "withdrawn"),
}
"""By entry: from which states it leads to which. EXPORTED again stays exported: a file can be written twice.

CONFIRMED of what nobody approved: the order came all the same. REJECTED of what was exported: the supplier refused it, or
the order came without its ref; else the position would wait for it for ever and get no other proposal. A proposal is
superseded by the PROPOSED entry of the one that took its place, and closed by the end of its alert: neither has an entry
of its own.
"""

_ENTRY: dict[Verb, tuple[str, ...]] = {
    "approve": ("APPROVED", "SUBMITTED"),
    "reject": ("REJECTED",),
    "export": ("EXPORTED",),
    "withdraw": ("WITHDRAWN",),
}

REASONS = (
    "ordered_already", "not_needed", "too_much", "too_little", "wrong_supplier", "delisted", "no_budget", "other",
)  # fmt: skip
"""Why a proposal is rejected; `proposal.reason.CODE` is the sentence. `other` needs a comment."""


def after(state: State | None, entry: str) -> State | None:
    """The state after an entry; None if the entry changes nothing there. `state` None: it is not known yet."""
    if entry not in _STEPS:
        return None
    before, to = _STEPS[entry]
    if entry == "PROPOSED":
        return to if state is None else None
    return to if state in before else None


def superseded(state: State) -> State:
    """The state after another proposal of the position took its place: what was decided stays."""
    return "superseded" if state in UNDECIDED else state


def closed(state: State) -> State:
    """The state after its alert ended: what was decided stays until it is confirmed."""
    return "closed" if state in UNDECIDED else state


def legal(state: State, verb: Verb) -> bool:
    """Whether a person may do that now."""
    return any(after(state, entry) is not None for entry in _ENTRY[verb])


def verbs(state: State) -> tuple[Verb, ...]:
    """What a person may do now; `withdraw` is the desk's."""
    return tuple(verb for verb in _ENTRY if verb != "withdraw" and legal(state, verb))


def table() -> list[tuple[str, str, str]]:
    """Each step as (state before, entry, state after)."""
    found = [("–", "PROPOSED", "proposed")]
    for state in STATES:
        for entry in _STEPS:
            to = after(state, entry)
            if to is not None:
                found.append((state, entry, to))
        if superseded(state) != state:
            found.append((state, "PROPOSED of another", superseded(state)))
        if closed(state) != state:
            found.append((state, "end of its alert", closed(state)))
    return found


if __name__ == "__main__":
    for before, entry, to in table():
        print(f"{before:<10} {entry:<20} {to}")
