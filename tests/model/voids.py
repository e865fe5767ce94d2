"""Which record a void takes back, and the void that came before its record.

A void names a record by source, id and position. It is remembered for `dedup_window`, so that the second void of
one record is a duplicate; while its event time is at most `late_window` behind the clock it waits for a record
that is not there yet.
"""

from dataclasses import dataclass, field

from tests.model.deeds import Deed
from tests.model.policy import Policy
from tests.model.wire import Record


@dataclass
class Known:
    """An id that was taken."""

    event_time: int
    position: tuple
    deed: Deed | None


@dataclass
class Void:
    event_time: int
    size: int
    position: tuple
    guess: Deed
    """What it took back at once."""
    waits: bool


@dataclass
class Voids:
    policy: Policy
    known: dict = field(default_factory=dict)
    """(source, id) to Known."""
    voids: dict = field(default_factory=dict)
    """(source, ref, position) to Void."""
    unmatched: int = 0

    def remembers(self, event_time: int, clock: int) -> bool:
        return clock - event_time <= self.policy.dedup_window

    def is_known(self, source: str, id: str, clock: int) -> bool:
        known = self.known.get((source, id))
        return known is not None and self.remembers(known.event_time, clock)

    def target(self, void: Record, clock: int) -> Known | None:
        """The record that the void names; one without a position of its own is found from everywhere."""
        if not self.is_known(void.source, void.ref, clock):
            return None
        known = self.known[void.source, void.ref]
        return known if known.position in (void.position, (None, None)) else None

    def is_second(self, void: Record, clock: int) -> bool:
        first = self.voids.get((void.source, void.ref, void.position))
        return void.ref is not None and first is not None and self.remembers(first.event_time, clock)

    def add(self, record: Record, void: Void) -> None:
        if record.ref is None:
            self.unmatched += 1
        else:
            self.voids[record.source, record.ref, record.position] = void

    def expire(self, clock: int) -> None:
        for void in self.voids.values():
            if void.waits and clock - void.event_time > self.policy.late_window:
                void.waits = False
                self.unmatched += 1

    def waiting(self, record: Record) -> list[Void]:
        """The voids that waited for this record: at most one, or one a position for a heartbeat."""
        found = [
            void
            for (source, ref, position), void in self.voids.items()
            if void.waits
            and (source, ref) == (record.source, record.id)
            and record.position in (position, (None, None))
        ]
        for void in found:
            void.waits = False
        return found
