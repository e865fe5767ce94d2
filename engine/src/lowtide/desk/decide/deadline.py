"""The clock of an alert's deadlines: it runs in business time, and stands still while the alert is muted.

The first deadline runs from the moment its owner was told until somebody answers; the second from the answer until the
alert is resolved. `Routed.phase` says which of them runs, `clock_at` since when, `used_ms` how long it ran before.
"""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.desk.decide import moment, nudge, timer
from lowtide.desk.decide.case import UNDER_WAY, Case, Routed
from lowtide.desk.decide.mute import Mute
from lowtide.desk.store import Transaction
from lowtide.people.book import Book
from lowtide.people.calendar import Calendar, Due

ACKNOWLEDGE = "acknowledge"
RESOLVE = "resolve"


@dataclass(frozen=True)
class Mark:
    """One thing that happens on the way: number from 1, and after how much business time, in milliseconds."""

    number: int
    after_ms: int


def calendar(book: Book, case: Case) -> Calendar:
    """The calendar in whose time the deadlines of an alert run."""
    return book.ladder_calendar(case.alert["severity"], case.routed.team, case.facts)


def begin(tx: Transaction, book: Book, case: Case, phase: str, at: int, now: int) -> None:
    """Start the clock of a deadline; that of another one or of an earlier round is forgotten."""
    routed = case.routed
    routed.phase, routed.phase_round, routed.phase_at = phase, case.alert["round"], at
    routed.clock_at, routed.used_ms, routed.last_step = at, 0, _done_at_once(book, case, phase)
    _publish(tx, book, case, now)


def settle(tx: Transaction, book: Book, case: Case, mute: Mute | None, acted_at: int, now: int) -> None:
    """Bring the clock in line with how the alert stands: start that of an answer, stop it, or let it go on.

    `acted_at` is when the answer was given.
    """
    routed, round_ = case.routed, case.alert["round"]
    if not case.is_open or not (case.is_new or case.alert["state"] in UNDER_WAY):
        _stop(case.routed)
    elif case.is_new:
        if routed.phase and (routed.phase != ACKNOWLEDGE or routed.phase_round != round_):
            _stop(case.routed)
    elif routed.phase != RESOLVE or routed.phase_round != round_:
        begin(tx, book, case, RESOLVE, acted_at, now)
    if routed.phase:
        _mute(tx, book, case, mute, now)


def due(book: Book, case: Case, after_ms: int | None) -> Due | None:
    """When the deadline ends if its clock goes on; None: it does not run, or the alert has no deadline."""
    routed = case.routed
    if after_ms is None or routed.clock_at is None:
        return None
    return calendar(book, case).due(moment.utc(routed.clock_at), max(after_ms - routed.used_ms, 0))


def of(book: Book, case: Case) -> Due | None:
    """The deadline that runs now: to answer, or to resolve."""
    ladder = case.ladder(book)
    return due(book, case, ladder.ack_ms if case.routed.phase == ACKNOWLEDGE else ladder.resolve_ms)


def marks(book: Book, case: Case) -> list[Mark]:
    """What happens while the deadline runs: the steps of the ladder, or two reminders and the lead."""
    ladder = case.ladder(book)
    if case.routed.phase == ACKNOWLEDGE:
        return [Mark(number, step.after_ms) for number, step in enumerate(ladder.steps, start=1)]
    if ladder.resolve_ms is None:
        return []
    half = ladder.resolve_ms // 2
    return [Mark(1, half), Mark(2, ladder.resolve_ms), Mark(3, ladder.resolve_ms + half)]


def set_timer(tx: Transaction, book: Book, case: Case, *, may_act: bool) -> None:
    """Set the timer of what comes next; `may_act` is False while the alert may not be pushed. Pages see the deadline."""
    _show(book, case)
    after_ms = _next_after(book, case) if case.routed.phase and may_act else None
    next_due = due(book, case, after_ms)
    if next_due is None:
        timer.clear(tx, timer.Kind.DEADLINE, case.alert_id)
    else:
        timer.put(tx, timer.Kind.DEADLINE, case.alert_id, moment.ms_of(next_due.at))


def _show(book: Book, case: Case) -> None:
    """Note when the deadline that runs now ends: the queue is sorted by it."""
    found = of(book, case) if case.routed.phase else None
    case.routed.deadline_at = None if found is None else moment.ms_of(found.at)


def _next_after(book: Book, case: Case) -> int | None:
    """Business time of the next mark, or of the next repeat of the reminder; None: nothing comes."""
    planned, last = marks(book, case), case.routed.last_step
    if last < len(planned):
        return planned[last].after_ms
    repeat_ms = case.ladder(book).repeat_ms
    if case.routed.phase == ACKNOWLEDGE and planned and repeat_ms:
        return planned[-1].after_ms + (last - len(planned) + 1) * repeat_ms
    return None


def _mute(tx: Transaction, book: Book, case: Case, mute: Mute | None, now: int) -> None:
    """Stop the clock while the alert is muted; let it go on after that."""
    routed = case.routed
    if mute is not None and routed.clock_at is not None:
        routed.used_ms += calendar(book, case).elapsed(moment.utc(routed.clock_at), moment.utc(now))
        routed.clock_at = None
    elif mute is None and routed.clock_at is None:
        routed.clock_at = now
        nudge.resume(tx, case.alert_id, now)
        _publish(tx, book, case, now)


def _stop(routed: Routed) -> None:
    routed.phase, routed.phase_round, routed.phase_at = "", 0, None
    routed.clock_at, routed.used_ms, routed.last_step = None, 0, 0


def _done_at_once(book: Book, case: Case, phase: str) -> int:
    """Steps that the first message itself was: `owner 0m`."""
    steps = case.ladder(book).steps
    return 1 if phase == ACKNOWLEDGE and steps and steps[0].who == "owner" and not steps[0].after_ms else 0


def _publish(tx: Transaction, book: Book, case: Case, now: int) -> None:
    """Ship the deadline, so that answers can be judged by it."""
    routed, found = case.routed, of(book, case)
    if found is None or routed.phase_at is None:
        return
    tx.ship(
        "deadline", f"{case.alert_id}:{routed.phase_round}:{routed.phase}:{now}",
        {
            "pipeline": case.alert["pipeline"], "alert_id": case.alert_id, "round": routed.phase_round,
            "kind": routed.phase, "person": routed.owner, "team": routed.team, "severity": case.alert["severity"],
            "told_at": moment.text(routed.phase_at), "due": moment.text(moment.ms_of(found.at)),
            "confirmed": found.confirmed, "people_version": book.version, "decided_at": moment.text(now),
        },
    )  # fmt: skip
