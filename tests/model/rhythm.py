"""When feeds are silent, slowly and plainly: everything is looked at again at every record.

The core looks at a location only when something can have changed. Here a location is a dictionary of sources, and at each
record of the log every location is asked when its quiet will have lasted too long.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field

MINUTE, HOUR = 60_000, 3_600_000
WEEK = 168
FORGOTTEN = 28 * 24 * HOUR
QUIET_LOG = 2 * HOUR
NEVER = math.inf


def single(number: float) -> float:
    """The nearest number of single precision: that is how a mean is kept."""
    return struct.unpack("f", struct.pack("f", number))[0]


@dataclass
class Source:
    """One source of a location."""

    last: int
    next: int
    """Hours before this one are learned, or left out."""
    count: int = 0
    mean: list[float] = field(default_factory=lambda: [0.0] * WEEK)
    learned: int = 0
    silent: bool = False

    @property
    def expected(self) -> bool:
        return not self.silent and self.learned >= 2 * WEEK

    def close(self, hour: int) -> None:
        """The hour is over: if records came in it, it is learned, with the empty ones before it."""
        count, self.count = self.count, 0
        if count and hour >= self.next:
            for one in range(self.next, hour + 1):
                at, share = one % WEEK, min(self.learned // WEEK + 1, 4)
                step = single(single((count if one == hour else 0) - self.mean[at]) / share)
                self.mean[at] = single(self.mean[at] + step)
                self.learned += 1
            self.next = hour + 1

    def leave_out(self, hour: int) -> None:
        self.next, self.count = hour + 1, 0


@dataclass
class Place:
    """One location."""

    hour: int
    last: int = 0
    counts_from: float = -NEVER
    silent: bool = False
    sources: dict[str, Source] = field(default_factory=dict)


def due(mean: list[float], since: float, needed: float, least: int) -> float:
    """The millisecond in which `needed` records are expected since `since`, and `least` has passed."""
    at, missing, first = int(since), needed * HOUR, int(since) // HOUR
    for hour in range(first, first + 4 * WEEK):
        rate = min(mean[(hour + shift) % WEEK] for shift in (-1, 0, 1))
        more = rate * ((hour + 1) * HOUR - at)
        if rate > 0 and more >= missing:
            return max(at + min(math.ceil(missing / rate), (hour + 1) * HOUR - at), since + least)
        at, missing = (hour + 1) * HOUR, missing - more
    return NEVER


class Feeds:
    """All feeds of one log."""

    def __init__(self, needed: float, least: int) -> None:
        self.needed, self.least = needed, least
        self.places: dict[str, Place] = {}
        self.clock: int | None = None
        self.resumed = -NEVER
        self.told: list[tuple[int, str, str, str]] = []
        """(time, what, location, source); `*` for all sources."""

    def record(self, clock: int, location: str | None = None, source: str = "") -> None:
        """A record moved the clock to `clock`; with a location it is one of sales."""
        if self.clock is not None and clock - self.clock >= QUIET_LOG:
            self.resumed = clock
        self.clock = clock
        for name in list(self.places):
            while (turn := self._turn(name)) is not None and turn[0] <= clock:
                if turn[0] == clock and name == location:
                    break
                self._apply(name, *turn)
        if location is not None:
            self._hear(clock, location, source)

    def _since(self, place: Place, last: int) -> float:
        return max(last, place.counts_from, self.resumed)

    def _turn(self, name: str) -> tuple[float, str, str] | None:
        """What happens next at a place by time alone."""
        place = self.places[name]
        if place.silent:
            return place.last + FORGOTTEN, "EXPIRED", "*"
        turns = [(one.last + FORGOTTEN, "EXPIRED", key) for key, one in place.sources.items() if one.silent]
        speaking = {key: one for key, one in place.sources.items() if one.expected}
        if speaking:
            total = [0.0] * WEEK
            for key in sorted(speaking):
                total = [single(a + b) for a, b in zip(total, speaking[key].mean, strict=True)]
            at = due(total, self._since(place, place.last), self.needed, self.least)
            turns.append((at, "OPENED", next(iter(speaking)) if len(speaking) == 1 else "*"))
        return min((turn for turn in turns if turn[0] < NEVER), default=None)

    def _apply(self, name: str, at: float, what: str, source: str) -> None:
        place = self.places[name]
        self.told.append((int(at), what, name, source))
        if what == "OPENED" and source == "*":
            place.silent = True
        elif what == "OPENED":
            place.sources[source].silent = True
        elif source == "*":
            self.told += [
                (int(at), what, name, key) for key in sorted(place.sources) if place.sources[key].silent
            ]
            place.silent, place.sources = False, {}
        else:
            del place.sources[source]

    def _hear(self, clock: int, location: str, source: str) -> None:
        hour = clock // HOUR
        place = self.places.setdefault(location, Place(hour))
        if place.silent:
            self.told.append((clock, "CLEARED", location, "*"))
            place.silent, place.counts_from = False, clock
            for one in place.sources.values():
                one.leave_out(hour)
        if hour != place.hour:
            place.sources = {
                key: one for key, one in place.sources.items() if one.silent or clock - one.last < FORGOTTEN
            }
            for one in place.sources.values():
                if not one.silent:
                    one.close(place.hour)
            place.hour = hour
        place.last = clock
        is_new = source not in place.sources
        one = place.sources.setdefault(source, Source(clock, hour + 1))
        counts = is_new or one.last // MINUTE != clock // MINUTE
        one.last = clock
        if one.silent:
            self.told.append((clock, "CLEARED", location, source))
            one.silent = False
            one.leave_out(hour)
        one.count += counts
        for key, other in sorted(place.sources.items()):
            if key != source and other.expected:
                at = due(other.mean, self._since(place, other.last), self.needed, self.least)
                if at <= clock:
                    self.told.append((clock, "OPENED", location, key))
                    other.silent = True
