"""The ladder: who hears of an alert that nobody answers, or that somebody took and did not finish; each step once."""

from __future__ import annotations

from lowtide.desk.decide import deadline, moment, nudge, record, timer
from lowtide.desk.decide.case import Case
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Transaction
from lowtide.people.book import Book
from lowtide.people.ladder import Step
from lowtide.rows import object_of

_MOST_STEPS = 50
"""More steps than any ladder has."""
_LAST_RESORT = Step("lead")
"""After the deadline to resolve has passed by half of its time."""


def act(tx: Transaction, book: Book, case: Case, now: int) -> None:
    """Do what is due for an alert: only the highest step that is overdue is sent, the lower ones are recorded as passed.

    The caller has seen that the alert may be pushed; it saves the case and sets the next timer.
    """
    routed = case.routed
    if routed.clock_at is None or not nudge.is_needed(case, routed.phase_round, routed.phase):
        return
    planned = deadline.marks(book, case)
    overdue = [mark for mark in planned[routed.last_step :] if _is_due(book, case, mark.after_ms, now)]
    for mark in overdue:
        _take(tx, book, case, mark, now, passed=mark is not overdue[-1])
        routed.last_step = mark.number
    if not overdue and routed.last_step >= len(planned):
        _repeat(tx, book, case, planned, now)


def _take(tx: Transaction, book: Book, case: Case, mark: deadline.Mark, now: int, *, passed: bool) -> None:
    if case.routed.phase == deadline.ACKNOWLEDGE:
        _step(tx, book, case, case.ladder(book).steps[mark.number - 1], mark, now, passed=passed)
    elif mark.number == 3:
        last = deadline.Mark(len(case.ladder(book).steps) + 1, mark.after_ms)
        _step(tx, book, case, _LAST_RESORT, last, now, passed=passed)
    elif not passed:
        nudge.put(tx, case.routed.owner, Reason.REMINDER, now, case=case)


def _step(
    tx: Transaction, book: Book, case: Case, step: Step, mark: deadline.Mark, now: int, *, passed: bool
) -> None:
    """Record a step, once in its round; unless it was passed, its receiver hears of it."""
    round_ = case.alert["round"]
    key = (case.alert_id, round_, mark.number)
    before = tx.row("SELECT is_done FROM step WHERE alert_id = ? AND round = ? AND step = ?", *key)
    if before is not None and before["is_done"]:
        return
    receiver = _receiver(book, case, step) or ""
    is_done = passed or step.who == "digest" or receiver not in book.people
    tx.execute("INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?, ?, ?)", *key, receiver, now, int(is_done))
    if before is None:
        _record(tx, book, case, mark, receiver, now, passed=passed)
    if is_done:
        return
    if step.assign and receiver != case.routed.owner:
        _assign(tx, case, mark, receiver, now)
    nudge.put(tx, receiver, Reason.STEP, now, case=case, step=mark.number)


def _receiver(book: Book, case: Case, step: Step) -> str | None:
    team, facts = case.routed.team, case.facts
    if step.who == "lead":
        return book.lead_of(team, facts)
    if step.who == "manager":
        return book.manager_of(team, facts)
    return case.routed.owner


def _record(
    tx: Transaction, book: Book, case: Case, mark: deadline.Mark, receiver: str, now: int, *, passed: bool
) -> None:
    """Write the ESCALATED entry. Its time is that of the entry that began the round, on whichever day it is written."""
    due = deadline.due(book, case, mark.after_ms)
    detail = {
        "people_version": book.version, "round": case.alert["round"], "step": mark.number, "to": receiver,
        "who": _who(case, book, mark), "due": moment.text(moment.ms_of(due.at) if due else now),
    } | ({"passed": True} if passed else {})  # fmt: skip
    key = f"step:{case.alert['round']}:{mark.number}"
    record.write(tx, case.alert, "ESCALATED", key, event_time=case.alert["round_at"], now=now, detail=detail)


def _who(case: Case, book: Book, mark: deadline.Mark) -> str:
    steps = case.ladder(book).steps
    return steps[mark.number - 1].who if mark.number <= len(steps) else _LAST_RESORT.who


def _assign(tx: Transaction, case: Case, mark: deadline.Mark, receiver: str, now: int) -> None:
    """Make the receiver of a step the owner."""
    key = f"assign:{case.alert['round']}:{mark.number}"
    record.write(
        tx, case.alert, "ASSIGNED", key, event_time=case.alert["round_at"], now=now, owner=receiver, detail={}
    )
    case.routed.owner = receiver
    case.routed.said_round, case.routed.said_to = case.alert["round"], receiver
    timer.put(tx, timer.Kind.LOOK, case.alert_id, now)


def _repeat(tx: Transaction, book: Book, case: Case, planned: list[deadline.Mark], now: int) -> None:
    """After the last step: one reminder to the owner, for each time that has passed."""
    repeat_ms = case.ladder(book).repeat_ms
    if not repeat_ms or not planned or case.routed.phase != deadline.ACKNOWLEDGE:
        return
    passed = False
    while _is_due(
        book, case, planned[-1].after_ms + (case.routed.last_step - len(planned) + 1) * repeat_ms, now
    ):
        case.routed.last_step += 1
        passed = True
    if passed:
        nudge.put(tx, case.routed.owner, Reason.REMINDER, now, case=case)


def _is_due(book: Book, case: Case, after_ms: int, now: int) -> bool:
    due = deadline.due(book, case, after_ms)
    return due is not None and moment.ms_of(due.at) <= now


def adopt(tx: Transaction, case: Case) -> None:
    """Take over the steps that the ledger records, for a desk.db that is made again; `heard` says which were sent."""
    rows = tx.rows(
        "SELECT action_id, at, detail FROM action WHERE alert_id = ? AND entry = 'ESCALATED'", case.alert_id
    )
    written = {row["action_id"]: row for row in rows}
    round_ = case.alert["round"]
    for number in range(1, _MOST_STEPS + 1) if written else ():
        row = written.get(record.identity(case.alert_id, "ESCALATED", f"step:{round_}:{number}"))
        if row is not None:
            detail = object_of(row["detail"])
            tx.execute(
                "INSERT OR IGNORE INTO step VALUES (?, ?, ?, ?, ?, ?)",
                case.alert_id, round_, number, detail.get("to", ""), row["at"], int(bool(detail.get("passed"))),
            )  # fmt: skip


def heard(tx: Transaction, alert_id: str, round_: int, number: int) -> None:
    """A message of this step was accepted, so neither it nor a lower one is sent again."""
    tx.execute(
        "UPDATE step SET is_done = 1 WHERE alert_id = ? AND round = ? AND step <= ?", alert_id, round_, number
    )
