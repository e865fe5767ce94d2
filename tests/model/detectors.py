"""The detectors that need no estimate of demand, and what can be known of out_of_stock without one.

An episode of the model is its opening and its end; REVISED, severity and numbers are the engine's own.
The model knows no flapping and no dwell: logs for it run under a policy that has neither.
"""

from dataclasses import dataclass, field

from tests.model.policy import Policy
from tests.model.stock import Position
from tests.model.wire import Record


@dataclass
class Episode:
    type: str
    position: tuple[str, str]
    opened_at: int
    cause: tuple[str, str] | None
    """(source, id) of the record that opened it; None where a timer did."""
    ended_at: int | None = None


@dataclass
class Watch:
    """The episodes of one position."""

    position: tuple[str, str]
    episodes: list = field(default_factory=list)
    demand: str = "none"
    """Expected demand as the model can know it: "none", "some" or "unknown"."""
    out_of_stock_known: bool = True
    planned_since: int | None = None
    """The clock of the log's first record that shows a plan."""

    def open(self, type: str) -> Episode | None:
        return next((e for e in self.episodes if e.type == type and e.ended_at is None), None)

    def turn(self, type: str, now: int, opens: bool, clears: bool, cause) -> None:
        episode = self.open(type)
        if episode and clears:
            episode.ended_at = now
        elif not episode and opens:
            self.episodes.append(Episode(type, self.position, now, cause))

    def fire(self, stock: Position, clock: int, policy: Policy) -> None:
        """The timers due at or before the clock: promises that leave the window, supply whose grace runs out, silence."""
        due = overdue_from(stock, policy)
        times = {} if due is None else {due}
        times = {*times, *(when + policy.late_window + 1 for when in stock.promise_times)}
        if self.planned_since is not None and self.planned_since >= stock.clock:
            times.add(self.planned_since + 1)  # from here on, positions that nobody plans are silent
        for now in sorted(time for time in times if time <= clock):
            stock.advance(now)
            self.look(stock, now, policy, cause=None)
        stock.advance(clock)

    def learn(self, record: Record, stock: Position, clock: int, policy: Policy) -> None:
        """Before the effect. Sure is only a sale on time, from stock that was there, without any void."""
        if record.kind == "void" and self.demand == "some":
            self.demand = "unknown"
        very_late = clock - record.event_time > policy.late_window
        if record.kind != "sale" or record.quantity <= 0 or very_late or self.demand == "some":
            return
        sure = record.event_time >= clock and stock.available > 0
        self.demand = "some" if sure and self.demand == "none" and not stock.voided_days else "unknown"

    def detect(self, record: Record, stock: Position, clock: int, policy: Policy) -> None:
        self.look(stock, clock, policy, (record.source, record.id))

    def look(self, stock: Position, clock: int, policy: Policy, cause) -> None:
        due = overdue_from(stock, policy)
        overdue = due is not None and due <= clock
        on_hand, available = stock.on_hand, stock.available
        self.turn("overdue_supply", clock, overdue, not overdue, cause)
        self.turn("negative_stock", clock, on_hand < 0 and stock.is_stated, on_hand >= 0, cause)
        silent = self.is_silent(stock, clock, policy)
        if self.demand == "unknown" and available <= 0 and not silent and not self.open("out_of_stock"):
            self.out_of_stock_known = False
        if silent:
            self.expire("out_of_stock", clock)
        else:
            self.turn("out_of_stock", clock, available <= 0 and self.demand == "some", available > 0, cause)

    def is_silent(self, stock: Position, now: int, policy: Policy) -> bool:
        """Nobody plans the position, in a log in which somebody plans something."""
        after = self.planned_since is not None and now > self.planned_since
        return policy.unplanned == "silent" and after and not stock.is_planned

    def expire(self, type: str, now: int) -> None:
        if episode := self.open(type):
            episode.ended_at = now


def overdue_from(stock: Position, policy: Policy) -> int | None:
    """When the first open supply counts as overdue."""
    return min((supply.due + policy.grace for supply in stock.open_supply.values()), default=None)
