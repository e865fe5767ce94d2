"""Partitions of the source that are read from behind, or whose data ended long ago: their alerts are not pushed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.desk.decide.moment import MINUTE
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people.book import Book

REST_MS = MINUTE
"""A partition has caught up when it has moved no faster than usual for so long."""
_COMPARED, _RELEASED = "compared", "released"
_HELD = "('CATCHING_UP', 'WAITING', 'OVER_BUDGET', 'QUIET', 'STALE')"


def started(tx: Transaction) -> None:
    """A desk has started: nothing is pushed until its mirror was compared in full."""
    tx.set_meta(_COMPARED, "")


def compared(tx: Transaction) -> None:
    """The mirror was compared in full: what is open is known, and what was held until then may go."""
    tx.set_meta(_COMPARED, _RELEASED)


def is_compared(tx: Transaction) -> bool:
    """Whether the mirror was compared in full since the desk started; before that nothing is pushed."""
    return tx.meta(_COMPARED) != ""


def changes(tx: Transaction, book: Book, now: int) -> set[str]:
    """Note how each partition stands now. Returns the alerts for which that makes a difference."""
    before = {row["partition"]: row["standing"] for row in tx.rows("SELECT * FROM partition")}
    after = {name: _standing(tx, book, feed, now) for name, feed in _feeds(tx).items()}
    changed = _released(tx)
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            tx.execute("INSERT OR REPLACE INTO partition VALUES (?, ?)", name, new)
            changed |= _alerts(tx, name, everything=Reason.STALE in (old, new))
    return changed


def _released(tx: Transaction) -> set[str]:
    """After the first full compare: the alerts that were held until then."""
    if tx.meta(_COMPARED) != _RELEASED:
        return set()
    tx.set_meta(_COMPARED, "yes")
    return {row["alert_id"] for row in tx.rows("SELECT alert_id FROM routed WHERE because = 'CATCHING_UP'")}


def _alerts(tx: Transaction, partition: str, *, everything: bool) -> set[str]:
    """The open alerts of a partition; unless `everything`, those that have something to tell or a clock that runs."""
    which = "because != 'ENDED'" if everything else f"(because IN {_HELD} OR clock_at IS NOT NULL)"
    rows = tx.rows(f"SELECT alert_id FROM routed WHERE partition = ? AND {which}", partition)
    return {row["alert_id"] for row in rows}


@dataclass(frozen=True)
class Standings:
    """How all partitions stand in one step."""

    is_compared: bool
    known: Mapping[str, str]

    def of(self, partition: str) -> str:
        """CATCHING_UP, STALE, or empty: the alerts of the partition may be pushed."""
        return self.known.get(partition, "") if self.is_compared else Reason.CATCHING_UP


def standings(tx: Transaction) -> Standings:
    """How all partitions stand, as `changes` has noted it."""
    rows = tx.rows("SELECT * FROM partition")
    return Standings(is_compared(tx), {row["partition"]: row["standing"] for row in rows})


def next_change(tx: Transaction, book: Book, now: int) -> int | None:
    """When a partition will stand otherwise, if nothing is heard of it until then."""
    ends = [end for feed in _feeds(tx).values() if (end := _end(tx, book, feed, now)) is not None]
    return min(ends, default=None)


def _feeds(tx: Transaction) -> dict[str, Row]:
    rows = tx.rows("SELECT * FROM feed ORDER BY pipeline, partition")
    return {f"{row['pipeline']}\x1f{row['partition']}": row for row in rows}


def _standing(tx: Transaction, book: Book, feed: Row, now: int) -> str:
    fast = feed["fast_until"]
    if fast is not None and now - fast < REST_MS and not feed["ended"]:
        return Reason.CATCHING_UP
    if tx.meta("clock") != "log" and now - feed["clock"] > book.stale_after_ms:
        return Reason.STALE
    return ""


def _end(tx: Transaction, book: Book, feed: Row, now: int) -> int | None:
    ends = [int(feed["clock"]) + book.stale_after_ms + 1] if tx.meta("clock") != "log" else []
    if feed["fast_until"] is not None and not feed["ended"]:
        ends.append(int(feed["fast_until"]) + REST_MS)
    return min((end for end in ends if end > now), default=None)
