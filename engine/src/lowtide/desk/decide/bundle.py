"""What goes as one message: a group, a nudge, or many of both that were held or that flood."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from lowtide.desk.decide import budget, group, notice, nudge
from lowtide.desk.decide.case import CRITICAL, Case, load_many
from lowtide.desk.decide.notice import Notice
from lowtide.desk.decide.nudge import Nudge
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people.book import Book

FEW = 10
"""So many alerts are named in a message of many; after a partition has caught up, so many groups go as always."""


@dataclass(frozen=True)
class Held:
    """Groups and nudges of one person that go together."""

    groups: tuple[Row, ...] = ()
    nudges: tuple[Nudge, ...] = ()

    @property
    def is_critical(self) -> bool:
        """Whether one of them is critical."""
        gravities = [row["gravity"] for row in self.groups] + [one.gravity for one in self.nudges]
        return CRITICAL in gravities


def send_group(tx: Transaction, book: Book, row: Row, now: int) -> None:
    """Tell all of a group that has something to tell."""
    cases = notice.dearest(load_many(tx, group.pending_cases(tx, row["grp"])))
    reason = Reason.NEW_IN_GROUP if row["told"] else Reason.FIRST
    if any(group.is_worse(case) for case in cases):
        reason = Reason.WORSENED
    _tell_group(tx, book, row, reason, cases, now)


def send_nudge(tx: Transaction, book: Book, one: Nudge, now: int) -> None:
    """Send a step, a reminder, or the warning that a silence ends."""
    calls = {call.case.alert_id: call for call in one.calls}
    cases = notice.dearest([call.case for call in calls.values()])
    if one.lists:
        _send_lists(tx, book, one, now)
        return
    notice.send(
        tx, book,
        Notice(
            one.person, one.reason, one.due_at, cases, steps=[calls[case.alert_id].step for case in cases],
            phases=[calls[case.alert_id].phase for case in cases],
            grp=one.nudge_id, about=(("silence", one.subject),) if one.subject else (),
            extra={"silence": one.subject} if one.subject else {},
            why=[{"stage": "ladder", "reason": one.reason.value, "due": one.due_at}],
        ),
        now,
    )  # fmt: skip
    nudge.delete(tx, one.nudge_id)


def _send_lists(tx: Transaction, book: Book, one: Nudge, now: int) -> None:
    """Send a reminder or step about proposals. Its keys stand in `about` too, from where a desk.db is made again."""
    keys = [waits.key for waits in one.lists]
    notice.send(
        tx, book,
        Notice(
            one.person, one.reason, one.due_at, grp=one.nudge_id,
            about=tuple(("waits", json.dumps(key)) for key in keys),
            extra={
                "proposals": keys, "counted": sum(len(waits.lines) for waits in one.lists), "worth": one.worth,
                "step": max(0 if waits.is_giving else (waits.step - 1) % 2 for waits in one.lists),
            },
            why=[{"stage": "ladder", "reason": one.reason.value, "due": one.due_at}],
        ),
        now,
    )  # fmt: skip
    nudge.delete(tx, one.nudge_id)


def send(tx: Transaction, book: Book, person: str, reason: Reason, held: Held, now: int) -> None:
    """Tell many at once. A FLOOD tells all that it counts; others name the ten dearest, and the rest stays a candidate.

    Where all of it is one group, the message tells that group.
    """
    if len(held.groups) == 1 and not held.nudges and reason != Reason.FLOOD:
        row = held.groups[0]
        cases = notice.dearest(load_many(tx, group.pending_cases(tx, row["grp"])))
        _tell_group(tx, book, row, reason, cases, now)
        return
    cases = notice.dearest(_cases(tx, held))
    told = cases if reason == Reason.FLOOD else cases[:FEW]
    notice.send(
        tx, book,
        Notice(
            person, reason, now, told, counted=cases, grp=f"{reason.lower()}:{person}",
            phases=_phases(held, told), steps=_steps(held, told),
            why=[{"stage": "group", "reason": reason.value, "groups": len(held.groups), "nudges": len(held.nudges)}],
        ),
        now,
    )  # fmt: skip
    _put_off(tx, held, told, now)


def _tell_group(
    tx: Transaction, book: Book, row: Row, reason: Reason, cases: Sequence[Case], now: int
) -> None:
    notice.send(
        tx, book,
        Notice(
            row["person"], reason, row["due_at"] or now, cases, grp=row["grp"], ordinal=row["ordinal"],
            about=tuple((name, value) for name, value in json.loads(row["about"])), why=_why(tx, book, row, reason, now),
        ),
        now,
    )  # fmt: skip
    _note_sent(tx, row["grp"], now)


def _note_sent(tx: Transaction, grp: str, now: int) -> None:
    tx.execute("UPDATE grp SET told = 1, last_sent_at = ? WHERE grp = ?", now, grp)
    group.refresh(tx, grp, now)


def _put_off(tx: Transaction, held: Held, told: Sequence[Case], now: int) -> None:
    """What a message of many only counts competes again after the interval of a group."""
    names = {case.alert_id for case in told}
    told_groups = {case.routed.grp for case in told if case.routed.due_at is None}
    later = now + (group.CRITICAL_INTERVAL_MS if held.is_critical else group.INTERVAL_MS)
    for row in held.groups:
        critical = row["gravity"] == CRITICAL
        due_at = now + (group.CRITICAL_INTERVAL_MS if critical else group.INTERVAL_MS)
        tx.execute(
            "UPDATE routed SET due_at = ?, caught = 0, because = 'WAITING', because_of = grp"
            " WHERE grp = ? AND due_at IS NOT NULL", due_at, row["grp"],
        )  # fmt: skip
        tx.execute("UPDATE grp SET because = 'WAITING' WHERE grp = ?", row["grp"])
        if row["grp"] in told_groups:
            _note_sent(tx, row["grp"], now)
        else:
            group.refresh(tx, row["grp"], now)
    for one in held.nudges:
        nudge.forget(tx, one, names, later)


def _cases(tx: Transaction, held: Held) -> list[Case]:
    """All alerts, each once."""
    names = {alert_id for row in held.groups for alert_id in group.pending_cases(tx, row["grp"])}
    names |= {call.case.alert_id for one in held.nudges for call in one.calls}
    return load_many(tx, sorted(names))


def _phases(held: Held, told: Sequence[Case]) -> list[str]:
    """To which deadline each alert belongs that a step or reminder brings; empty: a group brings it."""
    phases = {call.case.alert_id: call.phase for one in held.nudges for call in one.calls}
    grouped = {row["grp"] for row in held.groups}
    return [
        "" if case.routed.grp in grouped and case.is_new else phases.get(case.alert_id, "") for case in told
    ]


def _steps(held: Held, told: Sequence[Case]) -> list[int]:
    """Which step each alert hears of; 0: none, it is news."""
    steps = {call.case.alert_id: call.step for one in held.nudges for call in one.calls}
    return [steps.get(case.alert_id, 0) for case in told]


def _why(tx: Transaction, book: Book, row: Row, reason: Reason, now: int) -> list[dict[str, object]]:
    """What each stage said, for `lowtide desk explain`."""
    window = budget.window(tx, row["person"], now)
    return [
        {"stage": "route", "reason": "ROUTED", "route": row["route"], "person": row["person"]},
        {"stage": "group", "reason": reason.value, "opened": row["opened_at"], "ordinal": row["ordinal"]},
        {"stage": "due", "reason": "WAITING", "due": row["due_at"], "at": now},
        {
            "stage": "budget",
            "reason": "",
            "sent": len(window.sent_at),
            "budget": book.people[row["person"]].budget,
        },
    ]
