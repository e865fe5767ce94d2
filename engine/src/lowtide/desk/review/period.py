"""Which days a review is about: a month or a week, whole, in the zone of the people file."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lowtide.errors import SettingsError


def period(month: str, week: str, now: datetime) -> tuple[datetime, datetime]:
    """The first moment of a period and the first one after it, in the zone of `now`. Raises SettingsError.

    `month` is `2026-10`, `week` a day of it; without both it is the last whole month.

    >>> from zoneinfo import ZoneInfo
    >>> now = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> [f"{time:%m-%d}" for time in period("", "", now)], [f"{time:%m-%d}" for time in period("", "2026-11-25", now)]
    (['10-01', '11-01'], ['11-23', '11-30'])
    """
    if month and week:
        raise SettingsError("a review is of a month or of a week", "Give one of `--month` and `--week`.")
    if week:
        day = _day(week, "--week", "2026-11-23")
        first = day - timedelta(days=day.weekday())
        return _at(first, now), _at(first + timedelta(days=7), now)
    first = (
        _day(f"{month}-01", "--month", "2026-10") if month else _before(now.date().replace(day=1))
    ).replace(day=1)
    return _at(first, now), _at(_after(first), now)


def _day(text: str, option: str, example: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"`{option}`: not a date: `{text.removesuffix('-01')}`", f"Write `{option} {example}`."
        ) from None


def _before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def _after(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=32)).replace(day=1)


def _at(day: date, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)
