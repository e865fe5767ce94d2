"""Whether something critical may disturb quiet hours: while the calendar of its ladder is open."""

from __future__ import annotations

from datetime import timedelta

from lowtide.desk.decide import deadline, moment
from lowtide.desk.decide.case import CRITICAL, Case, load
from lowtide.desk.decide.nudge import Nudge
from lowtide.desk.store import Row, Transaction
from lowtide.people.book import Book

_AHEAD = timedelta(days=60)
_FIRST_CRITICAL = """
    SELECT r.alert_id FROM routed AS r JOIN alert AS a ON a.alert_id = r.alert_id
    WHERE r.grp = ? AND r.due_at IS NOT NULL AND a.severity = 'critical' ORDER BY r.alert_id LIMIT 1
"""


def opens_at(tx: Transaction, book: Book, grp: Row, now: int) -> int | None:
    """When a group may disturb: `now` if it may, later if its calendar is closed; None: it is not critical."""
    if grp["gravity"] != CRITICAL:
        return None
    case = load(tx, tx.value(_FIRST_CRITICAL, grp["grp"]) or "")
    return None if case is None else _opens_at(book, case, now)


def opens_at_of(book: Book, nudge: Nudge, now: int) -> int | None:
    """Likewise of a nudge."""
    critical = [call.case for call in nudge.calls if call.case.gravity == CRITICAL]
    return min(filter(None, (_opens_at(book, case, now) for case in critical)), default=None)


def may_disturb(book: Book, case: Case, now: int) -> bool:
    """Whether one alert may disturb now."""
    return case.gravity == CRITICAL and _opens_at(book, case, now) == now


def _opens_at(book: Book, case: Case, now: int) -> int | None:
    at = deadline.calendar(book, case).next_open(moment.utc(now), _AHEAD)
    return None if at is None else moment.ms_of(at)
