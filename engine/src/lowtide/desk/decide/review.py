"""When the review of a week or a month is sent: in the first working minute after it has ended."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from lowtide.desk.decide import moment, notice, timer
from lowtide.desk.decide.notice import Notice
from lowtide.desk.decide.timer import Kind, Timer
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Transaction
from lowtide.people.book import Book

_DAYS_AHEAD = 40


def schedule(tx: Transaction, book: Book, now: int) -> None:
    """Set the timer of each review, when the book has changed."""
    if tx.meta("reviews_of") == book.version:
        return
    tx.set_meta("reviews_of", book.version)
    tx.execute("DELETE FROM timer WHERE kind = 'review'")
    for review in book.reviews:
        for person in review.to:
            if book.people[person].contacts:
                _set(tx, book, review.every, person, now)


def send(tx: Transaction, book: Book, due: Timer, now: int) -> None:
    """Send a review whose time has come, and set the timer of the next one."""
    every, _, person = due.subject.partition(":")
    if person not in book.people:
        return
    start, end = period(book, person, every, due.due_at)
    notice.send(
        tx, book,
        Notice(
            person, Reason.REVIEW, due.due_at, grp=f"review:{due.subject}", ordinal=due.due_at // moment.MINUTE,
            extra={"review": {"every": every, "start": start, "end": end}},
            why=[{"stage": "due", "reason": Reason.REVIEW.value, "due": due.due_at}],
        ),
        now,
    )  # fmt: skip
    _set(tx, book, every, person, now)


def period(book: Book, person: str, every: str, at: int) -> tuple[int, int]:
    """Start and end of the last whole week (from Monday) or month before an instant, in the zone of the person."""
    zone = book.person_calendar(person).zone
    end = _begin(every, moment.utc(at).astimezone(zone).date())
    start = _begin(every, end - timedelta(days=1))
    instants = (datetime.combine(day, time(), zone) for day in (start, end))
    first, last = map(moment.ms_of, instants)
    return first, last


def _set(tx: Transaction, book: Book, every: str, person: str, now: int) -> None:
    at = _next(book, every, person, now)
    if at is not None:
        timer.put(tx, Kind.REVIEW, f"{every}:{person}", at)


def _next(book: Book, every: str, person: str, now: int) -> int | None:
    """The first working minute of the next week or month, or of this one if it has not been yet."""
    calendar = book.person_calendar(person)
    day = _begin(every, moment.utc(now).astimezone(calendar.zone).date())
    seen: date | None = None
    for days in range(2 * _DAYS_AHEAD):
        today = day + timedelta(days=days)
        first = calendar.first_minute_of_day(datetime.combine(today, time(12), calendar.zone))
        if first is None or _begin(every, today) == seen:
            continue
        seen = _begin(every, today)
        if moment.ms_of(first) > now:
            return moment.ms_of(first)
    return None


def _begin(every: str, day: date) -> date:
    return day.replace(day=1) if every == "month" else day - timedelta(days=day.weekday())
