"""A notice: a message that is decided. It is put into the outbox, counted in the budget, and noted at its alerts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lowtide.desk.decide import identity
from lowtide.desk.decide.case import CRITICAL, Case, save
from lowtide.desk.decide.moment import HOUR
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Transaction
from lowtide.ledger import SEVERITIES
from lowtide.people.book import Book

COUNTED = frozenset(
    {
        Reason.FIRST, Reason.NEW_IN_GROUP, Reason.WORSENED, Reason.REMINDER, Reason.STEP, Reason.QUIET_END,
        Reason.CATCH_UP, Reason.FLOOD,
    }
)  # fmt: skip
"""Reasons that are kept in table `push`: those of the budget, and FLOOD, which has a pace of its own."""

_GIVE_UP_MS = 24 * HOUR
_GIVE_UP_CRITICAL_MS = 2 * HOUR
"""How long a message is tried, at each of its receiver's contacts."""


@dataclass(frozen=True)
class Notice:
    """What is told to whom and why. `cases` are told, the dearest first; `counted` includes those that are only counted."""

    person: str
    reason: Reason
    due_at: int
    cases: Sequence[Case] = ()
    counted: Sequence[Case] | None = None
    steps: Sequence[int] = ()
    phases: Sequence[str] = ()
    """Of a step or reminder: for each of `cases`, to which deadline it belongs."""
    grp: str = ""
    ordinal: int = 0
    about: tuple[tuple[str, str], ...] = ()
    why: Sequence[Mapping[str, Any]] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of the content: `since` of a digest, `review`, `silence`."""

    @property
    def counts(self) -> Sequence[Case]:
        """All alerts that it counts."""
        return self.cases if self.counted is None else self.counted


def dearest(cases: Sequence[Case]) -> list[Case]:
    """Silent feeds first, because others may be wrong while they last; then alerts by what they are worth, unknown last;
    then by when they are due, then by id."""
    return sorted(cases, key=_rank)


def worth(cases: Sequence[Case]) -> float | None:
    """Expected loss of alerts together, over those of which it is known; None: of none."""
    known = [case.alert["worth"] for case in sorted(cases, key=lambda case: case.alert_id)]
    known = [value for value in known if value is not None]
    return round(sum(known), 6) if known else None


def send(tx: Transaction, book: Book, notice: Notice, now: int) -> str:
    """Put a message into the outbox of its receiver's first contact. Returns its identity."""
    told = [(case.alert_id, int(case.alert["seq"])) for case in notice.cases]
    ordinal = notice.ordinal
    while True:
        name = identity.notification(notice.person, notice.grp, ordinal, notice.reason, told)
        if tx.row("SELECT 1 FROM outbox WHERE notification_id = ?", name) is None:
            break
        ordinal += 1
    gravity = max((case.gravity for case in notice.counts), default=-1)
    content = json.dumps(
        _content(book, notice, ordinal), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    tx.execute(
        "INSERT INTO outbox (notification_id, target, person, reason, severity, state, because, decided_at, due_at, next_at,"
        " give_up_at, tries, contact, content) VALUES (?, ?, ?, ?, ?, 'pending', '', ?, ?, ?, ?, 0, 0, ?)",
        name, book.people[notice.person].contacts[0], notice.person, notice.reason.value,
        SEVERITIES[gravity] if gravity >= 0 else "", now, notice.due_at, now,
        now + (_GIVE_UP_CRITICAL_MS if gravity == CRITICAL else _GIVE_UP_MS), content,
    )  # fmt: skip
    if notice.reason in COUNTED:
        tx.execute(
            "INSERT INTO push VALUES (?, ?, ?, ?, ?)",
            notice.person, now, name, notice.reason.value, int(gravity == CRITICAL),
        )  # fmt: skip
    _note(tx, notice, name)
    return name


def _note(tx: Transaction, notice: Notice, name: str) -> None:
    """Note at the alerts that their owner was told."""
    if notice.reason == Reason.ALL_ENDED:
        return
    for case in notice.cases:
        routed = case.routed
        if routed.owner == notice.person:
            routed.said_round, routed.said_to, routed.said_in = case.alert["round"], notice.person, name
            routed.due_at, routed.caught = None, 0
            if case.is_new:
                routed.because, routed.because_of = "", name
            save(tx, routed)


def _content(book: Book, notice: Notice, ordinal: int) -> dict[str, Any]:
    """What is kept of a message until it is rendered."""
    pipelines = sorted({case.alert["pipeline"] for case in notice.counts})
    return {
        "told": [[case.alert_id, case.alert["seq"]] for case in notice.cases],
        "rounds": [case.alert["round"] for case in notice.cases],
        "steps": list(notice.steps),
        "phases": list(notice.phases),
        "counted": len(notice.counts),
        "worth": worth(notice.counts),
        "grp": notice.grp,
        "ordinal": ordinal,
        "about": [list(pair) for pair in _about(notice)],
        "step": max(notice.steps, default=0) if notice.reason == Reason.STEP else 0,
        "people_version": book.version,
        "pipeline": pipelines[0] if pipelines else "",
        "why": [dict(stage) for stage in notice.why],
        **notice.extra,
    }


def _about(notice: Notice) -> tuple[tuple[str, str], ...]:
    """What all its alerts share: the values of the group, and the type if there is one."""
    types = {case.alert["type"] for case in notice.counts}
    if len(types) == 1 and "type" not in dict(notice.about):
        return (*notice.about, ("type", types.pop()))
    return notice.about


def _rank(case: Case) -> tuple[bool, bool, float, int, str]:
    value = case.alert["worth"]
    due_at = case.routed.due_at if case.routed.due_at is not None else case.alert["opened_at"]
    return case.alert["type"] != "silent_feed", value is None, -(value or 0.0), due_at, case.alert_id
