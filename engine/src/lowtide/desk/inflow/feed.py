"""The clock of each source partition, and whether it runs ahead: a file is loaded, or a journal is read from behind."""

from __future__ import annotations

from collections.abc import Iterable

from lowtide.desk.store import Transaction
from lowtide.rows import Row

FAST = 10
"""So many times faster than the clock of the desk is too fast to push what it brings."""
_NEAR_MS = 600_000
"""A partition that is met for the first time and is not further behind than ten minutes is not read from behind."""
_LEAST_MS = 1_000


def take(tx: Transaction, rows: Iterable[Row], now: int) -> None:
    """Take over the clocks that have moved; rows have `pipeline`, `partition`, `clock` (ms) and `ended`."""
    for row in sorted(rows, key=lambda row: (row["pipeline"], row["partition"])):
        old = tx.row(
            "SELECT * FROM feed WHERE pipeline = ? AND partition = ?", row["pipeline"], row["partition"]
        )
        clock, ended = int(row["clock"]), int(row["ended"])
        if old is not None and (old["clock"], old["ended"]) == (clock, ended):
            continue
        if old is None:
            is_fast, before = now - clock > _NEAR_MS, None
        else:
            is_fast = clock - old["clock"] > FAST * max(now - old["at"], _LEAST_MS)
            before = old["fast_until"]
        tx.execute(
            "INSERT OR REPLACE INTO feed (pipeline, partition, clock, at, ended, fast_until) VALUES (?, ?, ?, ?, ?, ?)",
            row["pipeline"], row["partition"], clock, now, ended, now if is_fast else before,
        )  # fmt: skip


def clock(tx: Transaction) -> int | None:
    """The clock of the log: that of the partition that is furthest; None: no run has said one."""
    at = tx.value("SELECT max(clock) FROM feed")
    return None if at is None else int(at)
