"""A time is milliseconds since 1970 in UTC, read from RFC 3339 or from an integer.

>>> text(instant("2026-11-22 10:30:00.1239+01:00"))
'2026-11-22T09:30:00.123Z'
>>> instant("2016-12-31T23:59:60Z") == instant("2016-12-31T23:59:59.999Z")
True
"""

import re
from datetime import UTC, datetime, timedelta

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = (datetime(2000, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
LAST = (datetime(2101, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1) - 1

RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))?"
)


class NotATime(ValueError):
    """The text is no time, or none between 2000 and 2100."""


class NoZone(ValueError):
    """A good time, but of nowhere."""


def instant(value: str) -> int:
    if re.fullmatch(r"-?[0-9]+", value):
        return within(int(value))
    match = RFC3339.fullmatch(value)
    if not match:
        raise NotATime(value)
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, zulu, sign, ahead, ahead_minute = match.groups()[6:]
    millis = int((fraction or "0").ljust(3, "0")[:3])
    if second == 60:
        second, millis = 59, 999
    try:
        naive = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise NotATime(value) from error
    ms = (naive - EPOCH) // timedelta(milliseconds=1) + millis
    if not zulu and not sign:
        within(ms)
        raise NoZone(value)
    if sign:
        if int(ahead) > 23 or int(ahead_minute) > 59:
            raise NotATime(value)
        offset = int(ahead) * HOUR + int(ahead_minute) * MINUTE
        ms += offset if sign == "-" else -offset
    return within(ms)


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
