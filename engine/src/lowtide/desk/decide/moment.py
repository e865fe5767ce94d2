"""An instant is a number in desk.db and a datetime in calendars: milliseconds since 1970 UTC, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def utc(ms: int) -> datetime:
    """The instant as an aware datetime."""
    return _EPOCH + timedelta(milliseconds=ms)


def ms_of(at: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware datetime."""
    return (at - _EPOCH) // _MS


def text(ms: int) -> str:
    """The instant in RFC 3339, as rows for the warehouse have it."""
    return utc(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole_minute(ms: int) -> int:
    """The first whole minute that is not before the instant."""
    return -(-ms // MINUTE) * MINUTE
