"""Opening hours as people write them: weekdays and shifts become minutes of the day.

>>> week("mon-fri 08:00-20:00; sat 09:00-18:00")[5], week("22:00-06:00")[0]
(((540, 1080),), ((1320, 1800),))

A shift that ends before it starts ends on the next day, so its end is above 1,440 minutes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

Shift = tuple[int, int]
"""First and last minute, counted from the midnight at which the day begins."""
Week = tuple[tuple[Shift, ...], ...]
"""The shifts of each weekday, Monday first."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_TIME_FORM = "write a time of day, such as 09:00"
_SHIFT_FORM = 'write hours such as "09:00-18:00"'


def minute(text: str) -> int:
    """A time of day in minutes; `24:00` is the end of the day. Raises ValueError."""
    match = _TIME.fullmatch(text.strip())
    total = int(match[1]) * 60 + int(match[2]) if match else _DAY_MINUTES + 1
    if total > _DAY_MINUTES:
        raise ValueError(f"{_TIME_FORM} (it is `{text.strip()}`)")
    return total


def clock(minutes: int) -> str:
    """The time of day of a number of minutes: `clock(540)` is `09:00`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def shift(text: str) -> Shift:
    """One shift. Raises ValueError."""
    first, dash, last = text.strip().replace("–", "-").partition("-")
    if not dash:
        raise ValueError(f"{_SHIFT_FORM} (it is `{text.strip()}`)")
    start, end = minute(first), minute(last)
    if start in (_DAY_MINUTES, end):
        raise ValueError(f"the shift `{text.strip()}` has no length: {_SHIFT_FORM}, or 00:00-24:00")
    return start, end if end > start else end + _DAY_MINUTES


def shifts(texts: Sequence[str]) -> tuple[Shift, ...]:
    """The shifts of a day, in order. Raises ValueError if two of them overlap."""
    found = sorted(shift(part) for text in texts for part in text.split(",") if part.strip())
    for before, after in itertools.pairwise(found):
        if after[0] < before[1]:
            raise ValueError(f"the shifts from {clock(before[0])} and from {clock(after[0])} overlap")
    return tuple(found)


def weekdays(text: str) -> list[int]:
    """The weekdays of a text such as `mon-fri`, `sat` or `mon,wed`; `daily` is all of them. Raises ValueError."""
    found: list[int] = []
    for part in text.strip().lower().split(","):
        first, dash, last = part.strip().partition("-")
        if part.strip() == "daily":
            return list(range(7))
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(f"write weekdays such as mon-fri, sat or daily (it is `{text.strip()}`)")
        start, end = DAYS.index(first), DAYS.index(last if dash else first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return found


def week_of(work: Mapping[str, Sequence[str]]) -> Week:
    """The week of a mapping from weekdays to shifts. Raises ValueError."""
    days: list[tuple[Shift, ...]] = [()] * 7
    for names, texts in work.items():
        for day in weekdays(names):
            if days[day]:
                raise ValueError(f"`{DAYS[day]}` has hours twice: name each day once")
            days[day] = shifts(texts)
    if not any(days):
        raise ValueError('no day has hours: write such as {mon-fri: "09:00-18:00"}')
    return tuple(days)


def week(text: str) -> Week:
    """The week of a cell: `08:00-22:00` for each day, or `mon-fri 08:00-20:00; sat 09:00-18:00`. Raises ValueError."""
    work: dict[str, list[str]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        names, blank, hours = part.partition(" ")
        is_named = bool(blank) and names[:1].isalpha()
        work.setdefault(names if is_named else "daily", []).append(hours if is_named else part)
    return week_of(work)
