"""Decide what an alert becomes in people's hands.

    new ──ack──▶ acknowledged ──start──▶ in_progress ──resolve──▶ resolved ──close──▶ closed
                      └────────────────resolve──────────────────────▲  ▲                │
                      ▲                                                └── the data ended it: close from anywhere
                      └───────────────────────reopen───────────────────────────────────┘

A note may be written at any time, and an owner may be named until the alert is closed. A person who acknowledges or starts
an alert owns it from then on, also when it was a colleague's. Until somebody takes it or gets it, the owner is the person to
whom the desk routed it; whatever else the desk writes changes nothing here. What the data say (open, cleared, expired,
superseded) is decided by the core and does not change with this.

    python -m lowtide.actions.life      prints the table
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from lowtide.errors import ActionError

State = Literal["new", "acknowledged", "in_progress", "resolved", "closed"]
FEEDBACK = ("right", "false", "unnecessary")


@dataclass(frozen=True)
class Verb:
    """What may be done: from which states, to which (None: it stays), and the entry it writes."""

    entry: str
    before: tuple[State, ...]
    after: State | None


_ALL: tuple[State, ...] = ("new", "acknowledged", "in_progress", "resolved", "closed")
VERBS: dict[str, Verb] = {
    "ack": Verb("ACKNOWLEDGED", ("new",), "acknowledged"),
    "assign": Verb("ASSIGNED", _ALL[:4], None),
    "start": Verb("STARTED", ("acknowledged",), "in_progress"),
    "resolve": Verb("RESOLVED", ("acknowledged", "in_progress"), "resolved"),
    "close": Verb("CLOSED", ("resolved",), "closed"),
    "reopen": Verb("REOPENED", ("resolved", "closed"), "acknowledged"),
    "note": Verb("NOTED", _ALL, None),
}
TAKES = ("ack", "start")
"""The verbs with which a person takes an alert."""
_OF_ENTRY = {verb.entry: verb for verb in VERBS.values()}


@dataclass(frozen=True)
class Action:
    """One thing that somebody did, when (UTC), and with which words. What the desk did has the time of its clock."""

    entry: str
    actor: str
    at: datetime
    owner: str = ""
    feedback: str = ""
    comment: str = ""
    action_id: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it is an action of people; other kinds of entries are passed over, as if they were not there."""
        return self.entry in _OF_ENTRY

    @property
    def content(self) -> tuple[str, ...]:
        """Everything but the time: the same content again is a retry."""
        return (self.entry, self.actor, self.owner, self.feedback, self.comment)


@dataclass(frozen=True)
class Standing:
    """How people left an alert. `ended`: the data have ended it."""

    state: State = "new"
    owner: str = ""
    feedback: str = ""
    ended: bool = False

    def may(self) -> list[str]:
        """The verbs that are legal now."""
        return [name for name, verb in VERBS.items() if self._legal(verb)]

    def _legal(self, verb: Verb) -> bool:
        by_data = verb.entry == "CLOSED" and self.ended and self.state != "closed"
        return by_data or self.state in verb.before

    def check(self, name: str, alert_id: str) -> None:
        """Raises ActionError, which names the legal verbs, if `name` is not one of them."""
        if not self._legal(VERBS[name]):
            owner = f" by `{self.owner}`" if self.owner and self.state != "new" else ""
            state = self.state.replace("_", " ")
            raise ActionError(
                f"`{name}` is not possible: alert {alert_id} is {state}{owner}",
                f"Possible now: {', '.join(f'`{verb}`' for verb in self.may())}.",
            )

    def after(self, action: Action) -> Standing:
        """The standing after an action that is in the ledger. Of two people who act at once, the later one counts."""
        state = _OF_ENTRY[action.entry].after or self.state
        feedback = action.feedback if state == "closed" else ""
        if action.entry in ("ASSIGNED", "NOTED"):
            feedback = self.feedback
        return replace(self, state=state, owner=action.owner or self.owner, feedback=feedback)


def fold(actions: Iterable[Action], *, ended: bool = False) -> Standing:
    """The standing after all known actions, given in any order: they count in order of time, then of identity.

    Where the desk has routed the alert, that person is the owner as long as no action names another, whenever it was.
    """
    told = list(actions)
    routed = max((action.owner for action in told if action.entry == "ROUTED"), default="")
    standing = Standing(owner=routed, ended=ended)
    known = (action for action in told if action.is_known)
    for action in sorted(known, key=lambda action: (action.at, action.action_id)):
        standing = standing.after(action)
    return standing


def identity(alert_id: str, action: Action, before: str, key: str | None = None) -> str:
    """26 characters of Crockford base 32: a hash of the alert, the content, and the identity of the action before.

    The time is not in it, so two attempts at one action are one entry. With `key`, a caller's own name for
    the action, the key alone tells actions of an alert apart.
    """
    parts = (alert_id, "key", key) if key is not None else (alert_id, before, *action.content)
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()[:17]
    text = base64.b32encode(digest).decode().rstrip("=")[:26]
    return text.translate(
        str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    )


if __name__ == "__main__":
    for _name, _verb in VERBS.items():
        print(f"{_name:<8} {', '.join(_verb.before):<55} -> {_verb.after or '(stays)':<13} {_verb.entry}")
