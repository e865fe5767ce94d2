"""What each kind does to a position, as in the table of effects; a count by adding up history anew each time.

Every movement is kept, and on hand is computed from the sentence itself: the last count by (event_time,
arrival), plus every stock effect later than it.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from tests.model import instant
from tests.model.policy import Policy
from tests.model.wire import Record

IN, OUT = ("return", "void", "receipt", "transfer_in", "adjustment"), ("sale", "transfer_out")
SHELF_MOVES = {
    "hold": ("held", 1),
    "release": ("held", -1),
    "reserve": ("allocated", 1),
    "unreserve": ("allocated", -1),
}


@dataclass
class Supply:
    remaining: int
    due: int
    in_transit: int = 0


@dataclass
class Position:
    movements: list = field(default_factory=list)
    """(event_time, effect on stock), in order of arrival."""
    counts: list = field(default_factory=list)
    """(event_time, arrival, quantity); an out-of-window count stands at the clock it met."""
    variances: int = 0
    effects: int = 0
    absorbed: int = 0
    """Effects that arrived after a count which had seen them already."""
    held: int = 0
    allocated: int = 0
    supply: dict = field(default_factory=dict)
    demand: dict = field(default_factory=lambda: defaultdict(int))
    """Units by UTC day, late and very late ones too."""
    very_late_demand: dict = field(default_factory=lambda: defaultdict(int))
    voided_days: set = field(default_factory=set)
    last_event_time: int = 0

    @property
    def on_hand(self) -> int:
        since, _, counted = max(self.counts, default=(-1, 0, 0))
        return counted + sum(effect for when, effect in self.movements if when > since)

    @property
    def available(self) -> int:
        return self.on_hand - self.allocated - self.held

    def apply(self, record: Record, clock: int, policy: Policy) -> None:
        self.last_event_time = max(self.last_event_time, record.event_time)
        before = self.on_hand
        effect = self.effect(record, policy)
        if record.kind == "count":
            self.count(record, clock, policy)
        elif effect is not None:
            self.movements.append((record.event_time, effect))
        change = self.on_hand - before
        if record.kind == "count":
            self.variances += change
        else:
            self.effects += effect or 0
            self.absorbed += (effect or 0) - change
        self.count_demand(record, very_late=clock - record.event_time > policy.late_window)
        self.promise(record)
        self.expect(record, policy)

    def count(self, record: Record, clock: int, policy: Policy) -> None:
        """Older than the latest one it changes nothing; else, out of the window, it stands at the clock."""
        when = record.event_time
        if when < clock - policy.late_window and when >= max(self.counts, default=(-1,))[0]:
            when = clock
        self.counts.append((when, len(self.counts), record.quantity))

    def effect(self, record: Record, policy: Policy) -> int | None:
        """The signed change of stock; None where the kind moves none."""
        if record.kind in OUT:
            return -record.quantity
        return record.quantity if record.kind in IN else None

    def count_demand(self, record: Record, very_late: bool) -> None:
        day = instant.day(record.event_time)
        if record.kind == "sale" and record.quantity > 0:
            self.demand[day] += record.quantity
            if very_late:
                self.very_late_demand[day] += record.quantity
        elif record.kind == "void":
            self.demand[day] = max(0, self.demand[day] - record.quantity)
            self.voided_days.add(day)

    def promise(self, record: Record) -> None:
        if record.kind in SHELF_MOVES:
            name, sign = SHELF_MOVES[record.kind]
            setattr(self, name, max(0, getattr(self, name) + sign * record.quantity))

    def expect(self, record: Record, policy: Policy) -> None:
        """Keep the table of open supply."""
        if record.kind == "return" or (record.kind == "sale" and record.quantity < 0):
            if policy.returns == "hold":
                self.held += abs(record.quantity)
            return
        known = self.supply.get(record.ref)
        due = record.event_time + policy.lead_time if record.due is None else record.due
        if record.kind == "order":
            kept = min(known.in_transit, record.quantity) if known else 0
            self.supply[record.ref] = Supply(record.quantity, due, kept)
        elif record.kind == "shipment" and known:
            known.in_transit = min(record.quantity, known.remaining)
            known.due = known.due if record.due is None else record.due
        elif record.kind == "shipment":
            self.supply[record.ref] = Supply(record.quantity, due, record.quantity)
        elif record.kind in ("receipt", "transfer_in") and known:
            known.remaining = max(0, known.remaining - record.quantity)
            known.in_transit = max(0, known.in_transit - record.quantity)
        if record.ref in self.supply and self.supply[record.ref].remaining == 0:
            del self.supply[record.ref]

    @property
    def on_order(self) -> int:
        return sum(supply.remaining for supply in self.supply.values())

    @property
    def in_transit(self) -> int:
        return sum(supply.in_transit for supply in self.supply.values())
