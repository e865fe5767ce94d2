"""Business time: when people work, when a deadline ends, and how much working time lies between two instants.

Shifts are local times; what is counted is elapsed time, so a night on which clocks change has 23 or 25 hours. The shifts of
a year are laid out once, as intervals of instants in order with the working time before each, and found by bisection.

>>> from datetime import datetime
>>> from zoneinfo import ZoneInfo
>>> office = Calendar("office", ZoneInfo("Asia/Shanghai"), week("mon-fri 09:00-18:00"), Holidays("CN"))
>>> office.due(datetime(2026, 9, 30, 17, 30, tzinfo=office.zone), 120 * 60_000).at.isoformat()
'2026-10-08T10:30:00+08:00'
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from lowtide.people.holiday import Holidays
from lowtide.people.hours import Shift, Week, week

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_LAST_YEAR = 2200
_ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Due:
    """When a deadline ends, in the zone of its calendar; `confirmed` is False if a year on the way has no known holidays."""

    at: datetime
    confirmed: bool = True


@dataclass(frozen=True)
class _Year:
    """The intervals of one year, in milliseconds since 1970, in order and apart."""

    opens: list[int]
    closes: list[int]
    before: list[int]
    """Working milliseconds of the year before each interval; one more than intervals, the last is that of the whole year."""


@dataclass(frozen=True)
class Calendar:
    """When somebody works. Without a `week` that is always."""

    name: str
    zone: ZoneInfo
    week: Week | None = None
    holidays: Holidays = field(default_factory=Holidays)
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody works at this instant; the last minute of a shift ends before its end."""
        if self.week is None:
            return True
        ms = _ms(at)
        year = self._year(at.astimezone(self.zone).year)
        place = bisect_right(year.opens, ms) - 1
        return place >= 0 and ms < year.closes[place]

    def next_open(self, at: datetime, within: timedelta = _ONE_WEEK) -> datetime | None:
        """The first instant from `at` on at which somebody works; None if nobody works within that time."""
        if self.is_open(at):
            return at
        ms, number = _ms(at), at.astimezone(self.zone).year
        while number <= _LAST_YEAR:
            year = self._year(number)
            place = bisect_right(year.opens, ms)
            if place < len(year.opens):
                found = self._at(year.opens[place])
                return found if year.opens[place] - ms <= within // _MS else None
            number += 1
        return None

    def due(self, start: datetime, ms: int) -> Due:
        """The first instant by which `ms` milliseconds of business time have passed since `start`."""
        if self.week is None:
            return Due(self._at(_ms(start) + ms), True)
        first = number = start.astimezone(self.zone).year
        begin, left = _ms(start), ms
        while left > 0 and number <= _LAST_YEAR:
            year = self._year(number)
            goal = _worked(year, begin) + left
            if goal <= year.before[-1]:
                place = bisect_right(year.before, goal - 1) - 1
                begin, left = year.opens[place] + goal - year.before[place], 0
            else:
                left = goal - year.before[-1]
                number += 1
        return Due(self._at(begin), self._is_confirmed(first, number) and left <= 0)

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Milliseconds of business time from `start` to `end`; 0 if `end` is not later."""
        begin, stop = _ms(start), _ms(end)
        if stop <= begin:
            return 0
        if self.week is None:
            return stop - begin
        first, last = start.astimezone(self.zone).year, end.astimezone(self.zone).year
        whole = sum(self._year(number).before[-1] for number in range(first, last))
        return whole + _worked(self._year(last), stop) - _worked(self._year(first), begin)

    def first_minute_of_day(self, at: datetime) -> datetime | None:
        """When the first shift of the local day of `at` begins; None if nobody works on that day."""
        day = at.astimezone(self.zone).date()
        if self.week is None:
            return datetime.combine(day, time(), self.zone)
        shifts = self.shifts_of(day)
        return self._at(self._instant(day, shifts[0][0])) if shifts else None

    def is_working_day(self, at: datetime) -> bool:
        """Whether a shift begins on the local day of `at`."""
        return self.first_minute_of_day(at) is not None

    def is_confirmed(self, at: datetime) -> bool:
        """Whether the holidays of the local year of `at` are known."""
        return self.holidays.is_confirmed(at.astimezone(self.zone).year)

    def shifts_of(self, day: date) -> tuple[Shift, ...]:
        """The shifts that begin on a day; an adjusted working day has the hours of the first working weekday."""
        assert self.week is not None, "a calendar that is always open has no shifts"
        own = self.week[day.weekday()]
        if own and not self.holidays.is_off(day):
            return own
        if self.holidays.is_adjusted(day):
            return own or next(shifts for shifts in self.week if shifts)
        return ()

    def _is_confirmed(self, first: int, last: int) -> bool:
        return all(self.holidays.is_confirmed(year) for year in range(first, last + 1))

    def _year(self, number: int) -> _Year:
        found = self._years.get(number)
        if found is None:
            found = self._years[number] = self._layout(number)
        return found

    def _layout(self, number: int) -> _Year:
        """The intervals of a year: those of its days and of the night into it, cut at its first and last midnight."""
        first, after = date(number, 1, 1), date(number + 1, 1, 1)
        start, end = self._instant(first, 0), self._instant(after, 0)
        opens, closes = list[int](), list[int]()
        day = first - timedelta(days=1)
        while day < after:
            for shift in self.shifts_of(day):
                begin, stop = (self._instant(day, minute) for minute in shift)
                begin, stop = max(begin, start), min(stop, end)
                if opens and begin < closes[-1]:
                    closes[-1] = max(closes[-1], stop)
                elif begin < stop:
                    opens.append(begin)
                    closes.append(stop)
            day += timedelta(days=1)
        lengths = (stop - begin for begin, stop in zip(opens, closes, strict=True))
        return _Year(opens, closes, [0, *accumulate(lengths)])

    def _instant(self, day: date, minute: int) -> int:
        """The instant of a local time; minutes from 1,440 on are on the next day."""
        local = datetime.combine(day + timedelta(days=minute // 1440), time(), self.zone)
        return _ms(local.replace(hour=minute % 1440 // 60, minute=minute % 60))

    def _at(self, ms: int) -> datetime:
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(self.zone)


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // _MS


def _worked(year: _Year, ms: int) -> int:
    """Working milliseconds of the year until an instant."""
    place = bisect_right(year.opens, ms) - 1
    if place < 0:
        return 0
    return year.before[place] + min(ms, year.closes[place]) - year.opens[place]


def always(zone: ZoneInfo, name: str = "always") -> Calendar:
    """The calendar that is never closed."""
    return Calendar(name, zone)


__all__ = ["Calendar", "Due", "Holidays", "Week", "always", "week"]
