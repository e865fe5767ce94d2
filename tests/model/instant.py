"""A time is milliseconds since 1970 in UTC, read from RFC 3339 or from an integer.

>>> text(instant("2026-11-22 10:30:00.1239+01:00"))
'2026-11-22T09:30:00.123Z'
>>> instant("2026-11-22T10:30+0100") == instant("2026-11-22T10:30", naive="Europe/Paris")
True
>>> instant("2016-12-31T23:59:60Z") == instant("2016-12-31T23:59:59.999Z")
True
>>> text(due("2026-11-22", zone="Europe/Paris"))
'2026-11-22T22:59:59.999Z'
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = (datetime(2000, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
LAST = (datetime(2101, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1) - 1

DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
RFC3339 = re.compile(
    DATE.pattern + r"[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
    r"(?:([Zz])|([+-])([0-9]{2})(?::?([0-9]{2}))?)?"
)


class NotATime(ValueError):
    """The text is not a time between 2000 and 2100."""


class NoZone(ValueError):
    """A good time without a zone, where no `naive` zone is set."""


def instant(value: str, naive: str | None = None) -> int:
    if re.fullmatch(r"-?[0-9]+", value):
        return within(int(value))
    match = RFC3339.fullmatch(value)
    if not match:
        raise NotATime(value)
    year, month, day, hour, minute, second = (int(text or "0") for text in match.groups()[:6])
    fraction, zulu, sign, ahead, ahead_minute = match.groups()[6:]
    millis = int((fraction or "0").ljust(3, "0")[:3])
    if second == 60:
        second, millis = 59, 999
    try:
        local = datetime(year, month, day, hour, minute, second)
    except ValueError as error:
        raise NotATime(value) from error
    if zulu or sign:
        hours, minutes = int(ahead or "0"), int(ahead_minute or "0")
        if hours > 23 or minutes > 59:
            raise NotATime(value)
        offset = (hours * HOUR + minutes * MINUTE) * (-1 if sign == "-" else 1)
        return within(as_utc(local) - offset + millis)
    if naive is None:
        within(as_utc(local) + millis)
        raise NoZone(value)
    return within(at(local, naive) + millis)


def due(value: str, naive: str | None = None, zone: str = "UTC") -> int:
    """As `instant`; a date alone is the last millisecond of that day in the zone of the position."""
    match = DATE.fullmatch(value)
    if not match:
        return instant(value, naive)
    try:
        return within(at(datetime(*map(int, match.groups())) + timedelta(days=1), zone) - 1)
    except (ValueError, OverflowError) as error:
        raise NotATime(value) from error


def at(local: datetime, zone: str) -> int:
    """The offset before a gap, the first of two: what `fold=0` means in Python."""
    return as_utc(local) - local.replace(tzinfo=ZoneInfo(zone)).utcoffset() // timedelta(milliseconds=1)


def as_utc(local: datetime) -> int:
    return (local.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)


def within(ms: int) -> int:
    if not FIRST <= ms <= LAST:
        raise NotATime(str(ms))
    return ms


def text(ms: int) -> str:
    when = EPOCH + timedelta(milliseconds=ms)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def day(ms: int) -> str:
    """The UTC day of a demand bucket."""
    return (EPOCH + timedelta(milliseconds=ms)).date().isoformat()
