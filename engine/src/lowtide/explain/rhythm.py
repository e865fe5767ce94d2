"""What a feed is expected to send, hour by hour: the arithmetic of a silence, from the detail of its alert."""

from __future__ import annotations

from datetime import datetime, timedelta
from struct import pack, unpack

from lowtide.rows import Row

HOUR = timedelta(hours=1)


def expected_records(silence: Row) -> float:
    """Records that were expected from `since` to `due`: the sum over its hours, each as far as it lies between the two."""
    return expected_by(silence, datetime.fromisoformat(silence["due"]))


def expected_by(silence: Row, until: datetime) -> float:
    """Records that were expected from `since` to a time that is not after `due`."""
    since = datetime.fromisoformat(silence["since"])
    start, total = since.replace(minute=0, second=0, microsecond=0), 0.0
    for number, records in enumerate(silence["expected"]):
        begins, ends = start + number * HOUR, start + (number + 1) * HOUR
        share = (min(ends, until) - max(begins, since)) / HOUR
        total += max(0.0, share) * _single(float(records))
    return total


def _single(number: float) -> float:
    """The number of single precision that was printed: the core keeps its means so."""
    return float(unpack("f", pack("f", number))[0])
