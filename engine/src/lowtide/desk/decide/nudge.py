"""A nudge: a message that no group tells, which is a step of a ladder, a reminder, or the end of a silence.

Nudges of one person and kind that fall due in the same minute are one message. They compete for the budget like groups.
"""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.desk.decide import timer
from lowtide.desk.decide.case import GRAVITY, UNDER_WAY, Case, load
from lowtide.desk.decide.identity import digest
from lowtide.desk.decide.moment import whole_minute
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction


@dataclass(frozen=True)
class Call:
    """One alert in a nudge: its round, and the step that it is; 0: a reminder."""

    case: Case
    round: int
    step: int
    phase: str


@dataclass(frozen=True)
class Waits:
    """A list of proposals that waits in one state for one holder; step 1 tells the holder, step 2 the lead.

    Step 0 or less tells `holder` that transfers ask for stock of a place of theirs, or take it.
    """

    list_id: str
    state: str
    holder: str
    step: int
    lines: tuple[Row, ...]

    @property
    def worth(self) -> float | None:
        """What its lines avoid together; None: it is not known of any."""
        known = [float(line["avoided"]) for line in self.lines if line["avoided"] is not None]
        return round(sum(known), 6) if known else None

    @property
    def is_giving(self) -> bool:
        """Whether it tells the owner of the place that gives."""
        return self.step <= 0

    @property
    def key(self) -> list[str | int]:
        """What a message keeps of it."""
        return [self.list_id, self.state, self.holder, self.step]


@dataclass(frozen=True)
class Nudge:
    """A nudge with the alerts, or the lists of proposals, that still need it."""

    nudge_id: str
    person: str
    reason: Reason
    due_at: int
    subject: str
    held: bool
    """It fell due in quiet hours."""
    calls: tuple[Call, ...]
    lists: tuple[Waits, ...] = ()

    @property
    def worth(self) -> float | None:
        """Expected loss of its alerts together, or what its proposals avoid; None: not known."""
        known = [
            float(call.case.alert["worth"]) for call in self.calls if call.case.alert["worth"] is not None
        ]
        known += [one.worth for one in self.lists if one.worth is not None]
        return sum(known) if known else None

    @property
    def gravity(self) -> int:
        """That of the gravest alert; a silence that ends has the least."""
        return max((call.case.gravity for call in self.calls), default=GRAVITY["watch"])

    @property
    def first(self) -> str:
        """The least of its alerts' ids, for the order of candidates."""
        return min((call.case.alert_id for call in self.calls), default=self.nudge_id)


def put(
    tx: Transaction,
    person: str,
    reason: Reason,
    now: int,
    *,
    case: Case | None = None,
    step: int = 0,
    subject: str = "",
) -> None:
    """Let a person hear of an alert, or of a silence, at the end of this minute."""
    due_at = whole_minute(now)
    nudge_id = digest("nudge", person, reason, str(due_at), subject)
    tx.execute(
        "INSERT INTO nudge VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (nudge_id) DO NOTHING",
        nudge_id, person, reason.value, due_at, subject,
    )  # fmt: skip
    if case is not None:
        tx.execute(
            "INSERT OR IGNORE INTO nudge_alert (nudge_id, alert_id, round, step, phase) VALUES (?, ?, ?, ?, ?)",
            nudge_id, case.alert_id, case.alert["round"], step, case.routed.phase,
        )  # fmt: skip
    timer.put_earliest(tx, timer.Kind.TURN, person, due_at)


def put_list(tx: Transaction, person: str, reason: Reason, now: int, row: Row) -> None:
    """Let a person hear at the end of this minute that a list of proposals waits; `row` is of `proposal_call`."""
    due_at = whole_minute(now)
    about = "proposals" if row["step"] > 0 else "giving"
    nudge_id = digest("nudge", person, reason, str(due_at), about)
    tx.execute(
        "INSERT INTO nudge VALUES (?, ?, ?, ?, '', 0) ON CONFLICT (nudge_id) DO NOTHING",
        nudge_id, person, reason.value, due_at,
    )  # fmt: skip
    tx.execute(
        "INSERT OR IGNORE INTO nudge_list (nudge_id, list_id, state, holder, step) VALUES (?, ?, ?, ?, ?)",
        nudge_id, row["list_id"], row["state"], row["holder"], row["step"],
    )  # fmt: skip
    timer.put_earliest(tx, timer.Kind.TURN, person, due_at)


def of(tx: Transaction, person: str, now: int) -> list[Nudge]:
    """The nudges of a person that are due and still needed; those that nobody needs any more are deleted."""
    rows = tx.rows(
        "SELECT * FROM nudge WHERE person = ? AND due_at <= ? ORDER BY due_at, nudge_id", person, now
    )
    needed = []
    for row in rows:
        nudge = Nudge(
            row["nudge_id"], person, Reason(row["reason"]), row["due_at"], row["subject"], bool(row["held"]),
            _calls(tx, row["nudge_id"]), _lists(tx, row["nudge_id"]),
        )  # fmt: skip
        if nudge.calls or nudge.lists or _holds(tx, nudge.subject, now):
            needed.append(nudge)
        elif not _waits(tx, nudge.nudge_id):
            delete(tx, nudge.nudge_id)
    return needed


def next_due(tx: Transaction, person: str, now: int) -> int | None:
    """When the next nudge of a person is due after `now`."""
    due: int | None = tx.value("SELECT min(due_at) FROM nudge WHERE person = ? AND due_at > ?", person, now)
    return due


def hold(tx: Transaction, nudge_id: str, held: bool) -> None:
    """Note that a nudge waits for the end of quiet hours, or that it no longer does."""
    tx.execute("UPDATE nudge SET held = ? WHERE nudge_id = ?", int(held), nudge_id)


def delete(tx: Transaction, nudge_id: str) -> None:
    """Forget a nudge: it was sent, or nobody needs it."""
    tx.execute("DELETE FROM nudge_alert WHERE nudge_id = ?", nudge_id)
    tx.execute("DELETE FROM nudge_list WHERE nudge_id = ?", nudge_id)
    tx.execute("DELETE FROM nudge WHERE nudge_id = ?", nudge_id)


def forget(tx: Transaction, nudge: Nudge, alert_ids: set[str], later: int) -> None:
    """Take the alerts that another message tells out of a nudge; the rest of it is due later."""
    for alert_id in sorted(alert_ids):
        tx.execute("DELETE FROM nudge_alert WHERE nudge_id = ? AND alert_id = ?", nudge.nudge_id, alert_id)
    if {call.case.alert_id for call in nudge.calls} <= alert_ids:
        delete(tx, nudge.nudge_id)
    else:
        tx.execute("UPDATE nudge SET due_at = ? WHERE nudge_id = ?", later, nudge.nudge_id)
        timer.put_earliest(tx, timer.Kind.TURN, nudge.person, later)


def is_needed(case: Case, round_: int, phase: str) -> bool:
    """Whether a step or reminder of this round still makes sense: nobody has answered, or nobody has finished."""
    if not case.is_open or case.alert["round"] != round_:
        return False
    return case.is_new if phase == "acknowledge" else case.alert["state"] in UNDER_WAY


def resume(tx: Transaction, alert_id: str, now: int) -> None:
    """An alert may be told again: whoever has a nudge about it gets a turn."""
    rows = tx.rows(
        "SELECT DISTINCT person FROM nudge JOIN nudge_alert USING (nudge_id) WHERE alert_id = ? ORDER BY person",
        alert_id,
    )
    for row in rows:
        timer.put_earliest(tx, timer.Kind.TURN, row["person"], now)


def _calls(tx: Transaction, nudge_id: str) -> tuple[Call, ...]:
    """The alerts of a nudge that may be told now."""
    return tuple(call for call in _needed(tx, nudge_id) if call.case.routed.clock_at is not None)


def waits(tx: Transaction, list_id: str, state: str, holder: str, step: int) -> Waits | None:
    """The lines of a list that wait in a state for a holder; None: no line does any more.

    Of transfers that are approved the owner of the place that gives is not the holder, and exported they are approved.
    """
    if step <= 0 and state == "approved":
        where, values = "state IN ('approved', 'exported')", [list_id]
    else:
        where, values = "state = ? AND holder = ?", [list_id, state, holder]
    lines = tx.rows(f"SELECT * FROM proposal WHERE list_id = ? AND {where} ORDER BY proposal_id", *values)
    return Waits(list_id, state, holder, step, tuple(lines)) if lines else None


def _lists(tx: Transaction, nudge_id: str) -> tuple[Waits, ...]:
    rows = tx.rows(
        "SELECT * FROM nudge_list WHERE nudge_id = ? ORDER BY list_id, state, holder, step", nudge_id
    )
    found = (waits(tx, row["list_id"], row["state"], row["holder"], row["step"]) for row in rows)
    return tuple(one for one in found if one is not None)


def _waits(tx: Transaction, nudge_id: str) -> bool:
    """Whether an alert of it is only muted for now."""
    return bool(_needed(tx, nudge_id))


def _needed(tx: Transaction, nudge_id: str) -> list[Call]:
    rows = tx.rows("SELECT * FROM nudge_alert WHERE nudge_id = ? ORDER BY alert_id, round, step", nudge_id)
    calls = []
    for row in rows:
        case = load(tx, row["alert_id"])
        if case is not None and is_needed(case, row["round"], row["phase"]):
            calls.append(Call(case, row["round"], row["step"], row["phase"]))
    return calls


def _holds(tx: Transaction, silence_id: str, now: int) -> bool:
    """Whether the silence that is about to end has not ended yet."""
    return bool(tx.row("SELECT 1 FROM silence WHERE silence_id = ? AND end_at > ?", silence_id, now))
