"""What the answer of a target means: sent, try again later, or refused for good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a try."""

    SENT = "sent"
    WAIT = "wait"
    """Not sent: a later try may succeed. Also everything that is not understood."""
    DEAD = "dead"
    """Refused for good: no later try mends it."""


@dataclass(frozen=True)
class Answer:
    """The answer to one try. `code` is the target's own (an errcode, a status), `detail` a sentence for people."""

    outcome: Outcome
    code: str = ""
    detail: str = ""
    retry_after_s: float | None = None
    """Seconds that the target asks to wait; None: it does not say."""
    may_have_arrived: bool = False
    """The request was sent whole and no answer was understood: a repeat may arrive twice."""
