"""What each kind does to a position, as in the table of effects; a count by adding up history anew each time.

Every movement is kept, and on hand is computed from the sentence itself: the last count by (event_time,
arrival), plus every stock effect later than it.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from tests.model import instant
from tests.model.deeds import Deed
from tests.model.policy import Policy
from tests.model.promises import Promises
from tests.model.supply import Supply, later
from tests.model.wire import Record


@dataclass
class Position:
    policy: Policy = field(default_factory=Policy)
    clock: int = -1
    movements: list = field(default_factory=list)
    """(event_time, effect on stock), in order of arrival."""
    counts: list = field(default_factory=list)
    """(event_time, arrival, quantity); an out-of-window count stands at the clock it met."""
    variances: int = 0
    effects: int = 0
    absorbed: int = 0
    """Effects that arrived after a count which had seen them already."""
    holds: Promises = field(default_factory=Promises)
    reservations: Promises = field(default_factory=Promises)
    supply: dict = field(default_factory=dict)
    forgotten_over_received: int = 0
    demand: dict = field(default_factory=lambda: defaultdict(int))
    """Units by UTC day, late and very late ones too; negative where a void has its own day."""
    very_late_demand: dict = field(default_factory=lambda: defaultdict(int))
    voided_days: set = field(default_factory=set)
    was_ordered: bool = False
    is_stated: bool = False
    """Whether a count, a receipt or a transfer in ever said what is there."""
    received_at: int = -1
    """When something was received last."""
    first_counted: int | None = None
    last_event_time: int = 0

    def advance(self, clock: int) -> None:
        """Promises older than the window are folded."""
        self.clock = max(self.clock, clock)
        self.holds.fold(self.clock - self.policy.late_window)
        self.reservations.fold(self.clock - self.policy.late_window)

    def apply(self, record: Record, deed: Deed | None) -> None:
        """A record that is not a void."""
        self.last_event_time = max(self.last_event_time, record.event_time)
        self.was_ordered |= record.kind in ("order", "shipment") and record.quantity > 0
        self.is_stated |= record.kind in ("count", "receipt", "transfer_in")
        if record.kind in ("receipt", "transfer_in") and record.quantity > 0:
            self.received_at = max(self.received_at, record.event_time)
        if record.kind == "count":
            self.count(record)
            if self.first_counted is None:
                self.first_counted = self.counts[0][0]
        elif deed is not None:
            self.move(deed, abs(record.quantity), record.event_time)
        if record.kind in ("order", "shipment"):
            self.state(record)

    def move(self, deed: Deed, size: int, when: int) -> None:
        """Add a deed to the sums; a negative size takes it back."""
        for name, sign in deed.sums.items():
            getattr(self, f"move_{name}")(deed.ref, sign * size, when)
        self.advance(self.clock)

    def move_on_hand(self, ref: str | None, effect: int, when: int) -> None:
        before = self.on_hand
        self.movements.append((when, effect))
        self.effects += effect
        self.absorbed += effect - (self.on_hand - before)

    def move_demand(self, ref: str | None, units: int, when: int) -> None:
        self.demand[instant.day(when)] += units
        if self.clock - when > self.policy.late_window:
            self.very_late_demand[instant.day(when)] += units

    def move_received(self, ref: str | None, units: int, when: int) -> None:
        if ref is not None:
            self.touch(ref, when).received += units

    def move_shipped(self, ref: str | None, units: int, when: int) -> None:
        self.touch(ref, when).shipped += units

    def move_held(self, ref: str | None, units: int, when: int) -> None:
        self.holds.add(ref, when, units)

    def move_allocated(self, ref: str | None, units: int, when: int) -> None:
        self.reservations.add(ref, when, units)

    def count(self, record: Record) -> None:
        """Older than the latest one it changes nothing; else, out of the window, it stands at the clock."""
        before, when = self.on_hand, record.event_time
        if self.clock - when > self.policy.late_window and when >= max(self.counts, default=(-1,))[0]:
            when = self.clock
        self.counts.append((when, len(self.counts), record.quantity))
        self.variances += self.on_hand - before

    def state(self, record: Record) -> None:
        """An order says how much and when, a shipment at most when."""
        when, supply = record.event_time, self.touch(record.ref, record.event_time)
        if record.kind == "order":
            supply.order = later(supply.order, when, record.quantity)
        if record.due is not None:
            supply.stated = later(supply.stated, when, record.due)
        elif record.kind == "order":
            supply.stated = later(supply.stated, when, when + self.policy.lead_time)
        else:
            supply.supposed = later(supply.supposed, when, when + self.policy.lead_time)

    def touch(self, ref: str, when: int) -> Supply:
        """The supply of a ref, made anew where the one before it is forgotten."""
        known = self.supply.get(ref)
        if known and not known.remaining and self.clock - known.last > self.policy.ref_memory:
            self.forgotten_over_received += self.supply.pop(ref).over_received
        supply = self.supply.setdefault(ref, Supply())
        supply.last = max(supply.last, when)
        return supply

    @property
    def on_hand(self) -> int:
        since, _, counted = max(self.counts, default=(-1, 0, 0))
        return counted + sum(effect for when, effect in self.movements if when > since)

    @property
    def is_planned(self) -> bool:
        """Ordered for, or received since the first count, once there was one."""
        return self.was_ordered or self.received_at > (
            -1 if self.first_counted is None else self.first_counted
        )

    @property
    def held(self) -> int:
        return self.holds.total

    @property
    def allocated(self) -> int:
        return self.reservations.total

    @property
    def promise_times(self) -> set:
        return self.holds.times | self.reservations.times

    @property
    def available(self) -> int:
        return self.on_hand - self.allocated - self.held

    @property
    def open_supply(self) -> dict:
        """Ref to supply, in the order in which they are taken."""
        supplies = [(ref, supply) for ref, supply in self.supply.items() if supply.remaining]
        return dict(sorted(supplies, key=lambda row: (row[1].due, row[0])))

    @property
    def on_order(self) -> int:
        return sum(supply.remaining for supply in self.supply.values())

    @property
    def in_transit(self) -> int:
        return sum(supply.in_transit for supply in self.supply.values())

    @property
    def over_released(self) -> int:
        return self.holds.over_released + self.reservations.over_released

    @property
    def over_received(self) -> int:
        return self.forgotten_over_received + sum(supply.over_received for supply in self.supply.values())
