"""The clock on which a desk lives: the wall's, the log's, or a given one. Times are milliseconds since 1970 UTC."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from lowtide.warehouse import Warehouse, desk_record


class Clock(Protocol):
    """Says what time it is for the desk."""

    name: str

    def now(self) -> int:
        """Milliseconds since 1970 UTC."""
        ...

    def outside(self) -> int:
        """The time of those who take messages: with it a message is signed, and they refuse one that is old."""
        ...


class WallClock:
    """The clock of this machine. It may be put forward and back."""

    name = "wall"

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    outside = now


class LogClock:
    """The clock of the log when the desk started, and the time since then; later the log's, if that is ahead."""

    name = "log"

    def __init__(self, start: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._start, self._began = start, monotonic()

    @classmethod
    def of(cls, warehouse: Warehouse) -> LogClock:
        """The clock of the log of a warehouse now; without one, the time of the last entry. Raises WarehouseError."""
        return cls(desk_record.log_clock(warehouse))

    def now(self) -> int:
        return self._start + round((self._monotonic() - self._began) * 1000)

    def outside(self) -> int:
        return WallClock().now()

    def at_least(self, clock: int) -> None:
        """The log has reached `clock`."""
        ahead = clock - self.now()
        if ahead > 0:
            self._start += ahead


class ScriptedClock:
    """A clock that stands still until it is set."""

    name = "script"

    def __init__(self, now: int = 0) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    outside = now

    def set(self, now: int) -> None:
        """It is now `now`."""
        self._now = now


def aware(ms: int) -> datetime:
    """Milliseconds since 1970 as an aware time in UTC."""
    return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)
