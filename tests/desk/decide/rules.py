"""What must hold after every step of a desk, whatever happened."""

from __future__ import annotations

import json
from itertools import pairwise

from lowtide.desk.decide.budget import CRITICAL_MOST, FLOOD_MS, WINDOW_MS
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people import Book
from tests.desk.decide.world import World

UNCOUNTED = (Reason.DIGEST, Reason.ALL_ENDED, Reason.FLOOD, Reason.REVIEW)
WAITS = (Reason.WAITING, Reason.OVER_BUDGET, Reason.QUIET)


def hold(world: World) -> None:
    """All rules that can be seen in the tables."""
    tx, book = world.tx, world.book
    for row in tx.rows("SELECT a.*, r.* FROM alert AS a LEFT JOIN routed AS r ON r.alert_id = a.alert_id"):
        if row["status"] == "open":
            _has_one_owner(row, book)
            _says_why(tx, row)
    _groups_are_counted(tx)
    _budget_holds(tx, book, world.now)


def _has_one_owner(row: Row, book: Book) -> None:
    assert row["person"], "an open alert was not routed"
    assert row["grp"], "an open alert is in no group"


def _says_why(tx: Transaction, row: Row) -> None:
    """Pushed as it stands, or with a reason that is true."""
    because, is_new = row["because"], row["state"] == "new"
    assert (because == Reason.ACKNOWLEDGED) == (not is_new)
    assert (row["due_at"] is not None) == (because in WAITS)
    if because in ("", Reason.UNCHANGED):
        assert row["said_round"] == row["round"]
        assert tx.row("SELECT 1 FROM outbox WHERE notification_id = ?", row["because_of"])
    if because == Reason.SILENCED:
        assert tx.row("SELECT 1 FROM silence WHERE silence_id = ?", row["because_of"])
    if because == Reason.INHIBITED:
        assert tx.row("SELECT 1 FROM alert WHERE alert_id = ? AND status = 'open'", row["because_of"])
    assert because != Reason.ENDED


def _groups_are_counted(tx: Transaction) -> None:
    for row in tx.rows("SELECT * FROM grp"):
        pending = tx.value("SELECT count(*) FROM routed WHERE grp = ? AND due_at IS NOT NULL", row["grp"])
        assert pending == row["pending"]
        assert (row["because"] != "") == (pending > 0)


def _budget_holds(tx: Transaction, book: Book, now: int) -> None:
    """No more than the budget in any 60 minutes but for what is critical, of which 12; FLOOD at most each 10 minutes."""
    for person, found in book.people.items():
        rows = tx.rows(
            "SELECT * FROM outbox WHERE person = ? AND state != 'dropped' ORDER BY decided_at", person
        )
        counted = [row for row in rows if row["reason"] not in UNCOUNTED]
        budget = found.budget or 0
        for place, row in enumerate(counted):
            window = [
                one for one in counted[: place + 1] if one["decided_at"] > row["decided_at"] - WINDOW_MS
            ]
            assert len(window) <= max(budget, CRITICAL_MOST)
            if row["severity"] != "critical" and row["decided_at"] == now:
                same = [one for one in window if one["decided_at"] == now and one["severity"] == "critical"]
                assert len(window) - len(same) <= budget
        floods = [row["decided_at"] for row in rows if row["reason"] == Reason.FLOOD]
        assert all(later - earlier >= FLOOD_MS for earlier, later in pairwise(floods))


def tables(world: World) -> dict[str, list[str]]:
    """All decisions, row by row, in an order that does not depend on when a row was written."""
    names = (
        "routed",
        "grp",
        "timer",
        "push",
        "step",
        "nudge",
        "nudge_alert",
        "silence_alert",
        "outbox",
        "ship",
    )
    found = {}
    for name in names:
        rows = world.rows(f"SELECT * FROM {name}")
        found[name] = sorted(
            json.dumps({key: value for key, value in row.items() if key not in ("n", "body")}) for row in rows
        )
    return found
