"""A record's way through one partition: read, deduplicate, move the clock, fire timers, apply, detect.

>>> from tests.model.lines import but
>>> run(but(kind="count") + b"\\n" + but(kind="sale", quantity=9)).table()["L", "A"]["on_hand"]
'2'
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.model import instant, wire
from tests.model.deeds import deed, guess
from tests.model.detectors import Watch
from tests.model.policy import Policy
from tests.model.quantity import text
from tests.model.stock import Position
from tests.model.voids import Known, Void, Voids

COLUMNS = ("on_hand", "allocated", "held", "available", "on_order", "in_transit")
PLANS = ("order", "shipment", "receipt", "transfer_in")
"""Kinds that show that somebody plans."""
COUNTED = ("records", "accepted", "duplicates", "late", "very_late", "rejects")


@dataclass
class Log:
    policy: Policy = field(default_factory=Policy)
    clock: int = -1
    stock: dict = field(default_factory=dict)
    watches: dict = field(default_factory=dict)
    rejects: list = field(default_factory=list)
    """(offset, Reject, line)."""
    counts: Counter = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))
    planned_since: int | None = None
    """The clock of the first record that shows a plan. After it, positions that nobody plans are silent."""
    void_of_what: int = 0
    """Voids that took something back at once, and then turned out to name a count, an order or the like."""

    watch: type = Watch
    """What looks at a position: the detectors of stock, or those of `signs/`."""

    def __post_init__(self):
        self.voids = Voids(self.policy)

    def line(self, offset: int, line: bytes) -> None:
        if not line.strip(b" \t\r"):
            return
        self.counts["records"] += 1
        record = wire.read(line, self.policy)
        if not isinstance(record, wire.Reject) and self.is_duplicate(record):
            self.counts["duplicates"] += 1
            return
        if not isinstance(record, wire.Reject) and self.names_no_movement(record):
            record = wire.Reject("void_of_what", frozenset({"ref"}))
        if isinstance(record, wire.Reject):
            self.counts["rejects"] += 1
            self.rejects.append((offset, record, line))
        else:
            self.counts["accepted"] += 1
            self.take(record)

    def is_duplicate(self, record: wire.Record) -> bool:
        """An id that is remembered, or the second void of one record."""
        if self.voids.is_known(record.source, record.id, self.clock):
            return True
        return (
            record.kind == "void"
            and not self.names_no_movement(record)
            and self.voids.is_second(record, self.clock)
        )

    def names_no_movement(self, record: wire.Record) -> bool:
        target = self.voids.target(record, self.clock) if record.kind == "void" else None
        return target is not None and target.deed is None

    def take(self, record: wire.Record) -> None:
        target = self.voids.target(record, self.clock) if record.kind == "void" else None
        self.clock = max(self.clock, record.event_time)
        if record.kind in PLANS and record.quantity > 0 and self.planned_since is None:
            self.planned_since = self.clock
        behind = self.clock - record.event_time
        self.counts["late"] += behind > 0
        self.counts["very_late"] += behind > self.policy.late_window
        self.voids.expire(self.clock)
        if record.kind == "heartbeat":
            self.affect(record, target)
            return
        stock = self.stock.setdefault(record.position, Position(self.policy))
        watch = self.watches.setdefault(record.position, self.watch(record.position))
        watch.planned_since = self.planned_since
        watch.fire(stock, self.clock, self.policy)
        watch.learn(record, stock, self.clock, self.policy)
        self.affect(record, target)
        watch.detect(record, stock, self.clock, self.policy)

    def affect(self, record: wire.Record, target: Known | None) -> None:
        """Take out what a void guessed of this record, apply the record, and void it as it should be."""
        done = deed(record, self.policy)
        waiting = self.voids.waiting(record)
        for void in waiting:
            self.at(void.position).move(void.guess, void.size, void.event_time)
        if record.kind == "void":
            self.void(record, target)
        elif record.kind != "heartbeat":
            self.at(record.position).apply(record, done)
        for void in waiting:
            if done is None:
                self.void_of_what += 1
            else:
                self.at(void.position).move(done, -void.size, void.event_time)
        self.voids.known[record.source, record.id] = Known(record.event_time, record.position, done)

    def void(self, record: wire.Record, target: Known | None) -> None:
        """Take back what is known of the record, or at once what the void says that it was."""
        stock, taken = self.at(record.position), target.deed if target else guess(record.of)
        stock.last_event_time = max(stock.last_event_time, record.event_time)
        stock.voided_days.add(instant.day(record.event_time))
        stock.move(taken, -record.quantity, record.event_time)
        void = Void(record.event_time, record.quantity, record.position, taken, waits=target is None)
        self.voids.add(record, void)
        self.voids.expire(self.clock)

    def at(self, position: tuple) -> Position:
        """The position at the clock."""
        self.stock[position].advance(self.clock)
        return self.stock[position]

    def finish(self) -> "Log":
        for position, stock in self.stock.items():
            self.watches[position].planned_since = self.planned_since
            self.watches[position].fire(stock, self.clock, self.policy)
        return self

    def table(self) -> dict:
        """{(location, sku): {column: decimal text}}."""
        return {
            key: {name: text(getattr(stock, name)) for name in COLUMNS} for key, stock in self.stock.items()
        }

    def demand(self) -> dict:
        """{(location, sku, day): units}, days without demand left out."""
        found = defaultdict(str)
        for (location, sku), stock in self.stock.items():
            found.update({(location, sku, day): text(units) for day, units in stock.demand.items() if units})
        return dict(found)

    def episodes(self, *types: str) -> list:
        """(type, location, sku, opened_at, ended_at, cause); out_of_stock only where it can be known."""
        return sorted(
            (e.type, *e.position, e.opened_at, e.ended_at or 0, e.cause or ())
            for watch in self.watches.values()
            for e in watch.episodes
            if e.type in types and (e.type != "out_of_stock" or watch.out_of_stock_known)
        )


def run(data: bytes, policy: Policy | None = None) -> Log:
    log = Log(policy or Policy())
    for offset, line in enumerate(data.split(b"\n")):
        log.line(offset, line)
    return log.finish()
