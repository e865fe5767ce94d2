"""What an answer of the world means: somebody was told, or cannot be reached; and what the record says of earlier ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lowtide.desk.decide import deadline, group, ladder, notice, timer
from lowtide.desk.decide.case import Case, load, save
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people.book import Book

_SILENT = (Reason.ALL_ENDED, Reason.DIGEST, Reason.REVIEW, Reason.TEST, Reason.EXPORT)
"""Messages that start no clock."""
_REOPENED = 1_000_000
"""What a round has more when somebody has reopened the alert."""


def told(tx: Transaction, book: Book, row: Row, at: int) -> None:
    """A first target has accepted a message: the clock of its alerts begins for the owner whom it tells."""
    for case, seq, round_, step in _named(tx, row):
        ladder.heard(tx, case.alert_id, round_, step)
        if case.routed.owner == row["person"]:
            _tell(tx, book, case, row, seq, round_, at)


def unreachable(tx: Transaction, book: Book, row: Row, at: int) -> None:
    """The last contact of a person has refused a message: the next step of its alerts is due at once."""
    for case, _, round_, _ in _named(tx, row):
        routed = case.routed
        if routed.owner == row["person"]:
            if (routed.told_round, routed.told_to) != (round_, row["person"]):
                routed.told_at = at
            _begin(tx, book, case, round_, at)
        _hasten(book, case)
        save(tx, routed)
        timer.put_earliest(tx, timer.Kind.LOOK, case.alert_id, at)


def remember(tx: Transaction, book: Book, row: Mapping[str, Any], at: int) -> None:
    """Take over a message that an earlier desk sent at `at`, so that a desk.db that is made again tells nothing twice.

    Call it after a first `step` has routed the alerts, in the order of `at`, before anything is pushed.
    """
    content = json.loads(row["content"])
    for alert_id, seq in content["told"] if row["reason"] not in _SILENT else ():
        case = load(tx, alert_id)
        if case is None or seq < case.alert["round"] % _REOPENED:
            continue
        ladder.heard(tx, alert_id, case.alert["round"], int(content["step"]))
        if case.routed.owner == row["person"]:
            _tell(tx, book, case, row, int(seq), case.alert["round"], at)
            group.refresh(tx, case.routed.grp or "", at)
    tx.execute("UPDATE grp SET told = 1, last_sent_at = ? WHERE grp = ?", row["decided_at"], content["grp"])
    for key in (json.loads(value) for name, value in content["about"] if name == "waits"):
        tx.execute(
            "INSERT OR REPLACE INTO proposal_call (list_id, state, holder, step, due_at, done_at) VALUES (?, ?, ?, ?, ?, ?)",
            *key, row["due_at"], at,
        )  # fmt: skip
    if row["reason"] in notice.COUNTED:
        tx.execute(
            "INSERT OR IGNORE INTO push VALUES (?, ?, ?, ?, ?)",
            row["person"], row["decided_at"], row["notification_id"], row["reason"], int(row["severity"] == "critical"),
        )  # fmt: skip


def forget(tx: Transaction) -> None:
    """Delete what was decided about alerts that the mirror has forgotten."""
    for table in ("routed", "step", "nudge_alert", "silence_alert"):
        tx.execute(
            f"DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM alert WHERE alert_id = {table}.alert_id)"
        )
    tx.execute(
        "DELETE FROM grp WHERE members = 0 AND NOT EXISTS (SELECT 1 FROM routed AS r WHERE r.grp = grp.grp)"
    )


def _tell(
    tx: Transaction, book: Book, case: Case, row: Row | Mapping[str, Any], seq: int, round_: int, at: int
) -> None:
    """The owner of an alert was told of it."""
    routed = case.routed
    if (routed.told_round, routed.told_to) != (round_, row["person"]):
        routed.told_at = at
    routed.told_round, routed.told_to, routed.told_seq = round_, row["person"], max(seq, routed.told_seq or 0)
    routed.told_severity = case.alert["severity"]
    routed.said_round, routed.said_to, routed.said_in = round_, row["person"], row["notification_id"]
    routed.due_at, routed.caught = (
        (None, 0) if round_ == case.alert["round"] else (routed.due_at, routed.caught)
    )
    _begin(tx, book, case, round_, at)
    save(tx, routed)
    timer.put_earliest(tx, timer.Kind.LOOK, case.alert_id, at)


def _begin(tx: Transaction, book: Book, case: Case, round_: int, at: int) -> None:
    """Start the clock of the first deadline, once in a round."""
    routed = case.routed
    runs = routed.phase == deadline.ACKNOWLEDGE and routed.phase_round == round_
    if case.is_open and case.is_new and case.alert["round"] == round_ and not runs:
        deadline.begin(tx, book, case, deadline.ACKNOWLEDGE, at, at)


def _hasten(book: Book, case: Case) -> None:
    """Let so much time have passed that the next step is due."""
    routed, planned = case.routed, deadline.marks(book, case) if case.routed.phase else []
    if routed.phase == deadline.ACKNOWLEDGE and routed.last_step < len(planned):
        routed.used_ms = max(routed.used_ms, planned[routed.last_step].after_ms)


def _named(tx: Transaction, row: Row) -> Iterator[tuple[Case, int, int, int]]:
    """The alerts that a message names, with the entry, the round and the step that it tells."""
    if row["reason"] in _SILENT:
        return
    content = json.loads(row["content"])
    steps = content["steps"] or [0] * len(content["told"])
    for (alert_id, seq), round_, step in zip(content["told"], content["rounds"], steps, strict=True):
        case = load(tx, alert_id)
        if case is not None:
            yield case, int(seq), int(round_), int(step)
