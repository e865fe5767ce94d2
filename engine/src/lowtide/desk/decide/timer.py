"""Timers are rows: what is due, when, and about what. One subject has at most one timer of a kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lowtide.desk.store import Transaction


class Kind(StrEnum):
    """What a timer is for."""

    DEADLINE = "deadline"
    """The next step, reminder or deadline of an alert."""
    LOOK = "look"
    """An alert is decided upon again."""
    TURN = "turn"
    """A person may have a free slot, or quiet hours end."""
    DIGEST = "digest"
    REVIEW = "review"
    SILENCE = "silence"
    """A silence starts, ends, is about to end, or was idle for long enough."""


@dataclass(frozen=True)
class Timer:
    """One timer. `subject` is an alert, a person or a silence; `due_at` is in milliseconds since 1970 UTC."""

    kind: Kind
    subject: str
    due_at: int
    detail: str = ""


def put(tx: Transaction, kind: Kind, subject: str, due_at: int, detail: str = "") -> None:
    """Set the timer of this kind and subject, in place of an earlier one."""
    tx.execute(
        "INSERT OR REPLACE INTO timer (timer_id, due_at, kind, subject, detail) VALUES (?, ?, ?, ?, ?)",
        f"{kind}:{subject}", due_at, kind.value, subject, detail,
    )  # fmt: skip


def put_earliest(tx: Transaction, kind: Kind, subject: str, due_at: int) -> None:
    """Likewise, unless one is set that is due before."""
    tx.execute(
        "INSERT INTO timer (timer_id, due_at, kind, subject, detail) VALUES (?, ?, ?, ?, '')"
        " ON CONFLICT (timer_id) DO UPDATE SET due_at = min(due_at, excluded.due_at)",
        f"{kind}:{subject}", due_at, kind.value, subject,
    )  # fmt: skip


def clear(tx: Transaction, kind: Kind, subject: str) -> None:
    """Take a timer away, if there is one."""
    tx.execute("DELETE FROM timer WHERE timer_id = ?", f"{kind}:{subject}")


def take_due(tx: Transaction, now: int) -> list[Timer]:
    """Take away all timers that are due, in the order of time and name."""
    rows = tx.rows("SELECT * FROM timer WHERE due_at <= ? ORDER BY due_at, timer_id", now)
    if rows:
        tx.execute("DELETE FROM timer WHERE due_at <= ?", now)
    return [Timer(Kind(row["kind"]), row["subject"], row["due_at"], row["detail"]) for row in rows]


def next_due(tx: Transaction) -> int | None:
    """When the next timer is due; None: no timer waits."""
    due: int | None = tx.value("SELECT min(due_at) FROM timer")
    return due


def take_kind(tx: Transaction, kind: Kind, now: int) -> list[str]:
    """Take away the timers of one kind that are due now; returns their subjects in the order of time and name."""
    rows = tx.rows(
        "SELECT subject FROM timer WHERE kind = ? AND due_at <= ? ORDER BY due_at, timer_id", kind.value, now
    )
    if rows:
        tx.execute("DELETE FROM timer WHERE kind = ? AND due_at <= ?", kind.value, now)
    return [row["subject"] for row in rows]
