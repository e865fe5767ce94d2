"""Quiet hours of a person: from their start until the first minute at which the person works after their end."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from lowtide.desk.decide import moment
from lowtide.people.book import Book

_AHEAD = timedelta(days=60)
"""A holiday lasts longer than a week: so far ahead the next working minute is looked for."""


def until(book: Book, person: str, now: int) -> int | None:
    """When the quiet hours end in which `now` lies, in milliseconds since 1970 UTC; None: it is not quiet."""
    hours = book.people[person].quiet
    if hours is None:
        return None
    calendar = book.person_calendar(person)
    at = moment.utc(now).astimezone(calendar.zone)
    start, end = hours
    length = (end - start) % (24 * 60) or 24 * 60
    begun = _last_start(at, start)
    over = begun + timedelta(minutes=length)
    first = calendar.next_open(over.astimezone(calendar.zone), _AHEAD) or over
    release = moment.ms_of(first)
    return release if now < release else None


def _last_start(at: datetime, minute: int) -> datetime:
    """The last local time `minute` that is not after `at`; a local time that is there twice is the first of them."""
    for days in (0, 1):
        day = at.date() - timedelta(days=days)
        begun = datetime.combine(day, time(minute // 60, minute % 60), at.tzinfo)
        if begun <= at:
            return begun
    return begun
