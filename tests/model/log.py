"""A record's way through one partition: read, deduplicate, move the clock, fire timers, apply, detect.

>>> from tests.model.lines import but
>>> run(but(kind="count") + b"\\n" + but(kind="sale", quantity=9)).table()["L", "A"]["on_hand"]
'2'
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.model import wire
from tests.model.detectors import Watch
from tests.model.policy import Policy
from tests.model.quantity import text
from tests.model.stock import Position

COLUMNS = ("on_hand", "allocated", "held", "available", "on_order", "in_transit")
COUNTED = ("records", "accepted", "duplicates", "late", "very_late", "rejects")


@dataclass
class Log:
    policy: Policy = field(default_factory=Policy)
    clock: int = -1
    seen: dict = field(default_factory=dict)
    """(source, id) to the clock after the record that was taken."""
    stock: dict = field(default_factory=dict)
    watches: dict = field(default_factory=dict)
    rejects: list = field(default_factory=list)
    """(offset, Reject, line)."""
    counts: Counter = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))

    def line(self, offset: int, line: bytes) -> None:
        if not line.strip(b" \t\r"):
            return
        self.counts["records"] += 1
        record = wire.read(line, self.policy.negative_sale)
        if isinstance(record, wire.Reject):
            self.counts["rejects"] += 1
            self.rejects.append((offset, record, line))
        elif self.is_duplicate(record):
            self.counts["duplicates"] += 1
        else:
            self.counts["accepted"] += 1
            self.take(record)

    def is_duplicate(self, record: wire.Record) -> bool:
        taken = self.seen.get((record.source, record.id))
        return taken is not None and self.clock - taken <= self.policy.dedup_window

    def take(self, record: wire.Record) -> None:
        self.clock = max(self.clock, record.event_time)
        self.seen[record.source, record.id] = self.clock
        behind = self.clock - record.event_time
        self.counts["late"] += behind > 0
        self.counts["very_late"] += behind > self.policy.late_window
        if record.kind == "heartbeat":
            return
        stock = self.stock.setdefault(record.position, Position())
        watch = self.watches.setdefault(record.position, Watch(record.position))
        watch.fire(stock, self.clock, self.policy)
        watch.learn(record, stock, self.clock, self.policy)
        stock.apply(record, self.clock, self.policy)
        watch.detect(record, stock, self.clock, self.policy)

    def finish(self) -> "Log":
        for position, stock in self.stock.items():
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
