"""The budget of a person: which candidates go now, by what they are worth, and when the next slot is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lowtide.desk.decide.moment import HOUR, MINUTE
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Transaction

WINDOW_MS = HOUR
CRITICAL_MOST = 12
"""Messages of a person in any 60 minutes up to which a critical one goes though the budget is spent."""
FLOOD_MS = 10 * MINUTE
"""The least time between two FLOOD messages."""


@dataclass(frozen=True)
class Candidate:
    """What may go to a person now: a group, or a nudge. `worth` is an expected loss; None: not known."""

    key: str
    is_nudge: bool
    worth: float | None
    due_at: int
    first: str
    is_critical: bool

    @property
    def rank(self) -> tuple[bool, float, int, str, str]:
        """The dearest first, unknown last; then the earliest due, then the least alert_id."""
        return self.worth is None, -(self.worth or 0.0), self.due_at, self.first, self.key


@dataclass(frozen=True)
class Window:
    """The messages of a person in the last 60 minutes that count, and the last FLOOD; times of the desk."""

    sent_at: tuple[int, ...]
    flood_at: int | None = None

    def free_at(self, most: int) -> int | None:
        """When there will be fewer than `most` in the window; None: there are fewer now, or it never will be."""
        if len(self.sent_at) < most or most <= 0:
            return None
        return self.sent_at[len(self.sent_at) - most] + WINDOW_MS


def window(tx: Transaction, person: str, now: int) -> Window:
    """The window of a person; older messages are forgotten."""
    tx.execute("DELETE FROM push WHERE person = ? AND at <= ?", person, now - WINDOW_MS)
    rows = tx.rows("SELECT at, reason FROM push WHERE person = ? ORDER BY at, notification_id", person)
    floods = [row["at"] for row in rows if row["reason"] == Reason.FLOOD]
    return Window(
        tuple(row["at"] for row in rows if row["reason"] != Reason.FLOOD), floods[-1] if floods else None
    )


def choose(candidates: Sequence[Candidate], sent: int, budget: int | None) -> list[Candidate]:
    """The candidates that go now, in order. `sent` messages count in the window; `budget` None: no limit.

    >>> few = [Candidate(str(n), False, w, 0, "", w == 40) for n, w in enumerate((700, 650, 300, 120, 40))]
    >>> [one.worth for one in choose(few, 3, 6)]
    [700, 650, 300, 40]
    """
    chosen = []
    for candidate in sorted(candidates, key=lambda one: one.rank):
        fits = budget is None or sent < budget
        if fits or (candidate.is_critical and sent < max(CRITICAL_MOST, budget or 0)):
            chosen.append(candidate)
            sent += 1
    return chosen


def may_flood(window: Window, now: int) -> bool:
    """Whether a FLOOD message may go now."""
    return window.flood_at is None or now - window.flood_at >= FLOOD_MS
