"""The cut: how much of what a person could hear was pushed, and what lies below."""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.desk.decide.budget import WINDOW_MS
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Transaction
from lowtide.people.book import Book


@dataclass(frozen=True)
class Cut:
    """As in "6 of 41 pushed; the 35 below are worth 500 together": groups, and messages of the last 60 minutes."""

    pushed: int
    budget: int | None
    below: int
    worth: float | None
    """Expected loss of what lies below, over those of which it is known; None: of none."""
    alerts: int
    """Alerts of the groups below."""

    @property
    def candidates(self) -> int:
        """What was pushed and what lies below together."""
        return self.pushed + self.below


def cut(tx: Transaction, book: Book, person: str, now: int) -> Cut:
    """The cut of a person now."""
    pushed = tx.value(
        "SELECT count(*) FROM push WHERE person = ? AND at > ? AND reason != ?",
        person,
        now - WINDOW_MS,
        Reason.FLOOD,
    )
    below = tx.row(
        "SELECT count(*) AS n, sum(worth) AS worth, sum(pending) AS alerts FROM grp WHERE person = ? AND because = ?",
        person, Reason.OVER_BUDGET,
    )  # fmt: skip
    assert below is not None
    known = book.people.get(person)
    return Cut(int(pushed), known.budget if known else None, below["n"], below["worth"], below["alerts"] or 0)
