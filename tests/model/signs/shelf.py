"""One position under the signs: at each look the day is closed if it has ended, then every sign is asked.

`Shelf` stands in the place of `detectors.Watch` in the model of a log. It is looked at when a record touches the
position, at each midnight, and when the time of a sign has come; what is looked at once too often says the same again.
"""

from dataclasses import dataclass, field
from datetime import date

from tests.model.instant import DAY
from tests.model.policy import Policy
from tests.model.signs.cover import Cover
from tests.model.signs.days import ClosedDay, Days
from tests.model.signs.expiring import Expiring
from tests.model.signs.holes import Holes
from tests.model.signs.idle import Idle
from tests.model.signs.life import Life
from tests.model.signs.mismatch import Mismatch
from tests.model.signs.quiet import Drought, Phantom, Quiet
from tests.model.signs.shift import Shift
from tests.model.signs.silence import Silences
from tests.model.signs.slip import Slip
from tests.model.signs.values import Values
from tests.model.signs.variance import Variance
from tests.model.stock import Position
from tests.model.wire import Record


@dataclass
class Before:
    """What stood before the effect of a record."""

    available: int
    demand: dict
    very_late: dict
    counts: list
    movements: int
    """How many there were."""
    last_event_time: int


@dataclass
class Shelf:
    """The signs of one position, and the lives of their alerts."""

    values: Values
    position: tuple[str, str]
    told: list
    """Entries of all positions: (time, type, position, entry, severity, cause, numbers)."""
    now: int = -1
    stock: Position = field(default_factory=Position)
    closed: ClosedDay | None = None
    planned_since: int | None = None
    silences: Silences | None = None
    """The silent feeds of the log, where they are looked for."""
    source: str | None = None
    """Through which it last sold."""

    def __post_init__(self) -> None:
        self.days = Days(self.values)
        self.quiet = Quiet(self)
        every = [
            Slip(self),
            Mismatch(self),
            Variance(self),
            Holes(self),
            Cover(self),
            Idle(self, "slow_moving"),
            Idle(self, "dead_stock"),
            Expiring(self),
            Phantom(self),
            Shift(self),
            Drought(self),
        ]
        self.signs = {one.type: one for one in every if one.type in self.values.look_for}
        self.lives = {type: Life(type, self) for type in self.signs}
        quiet = [self.quiet] if self.signs.keys() & {"phantom_stock", "sales_drought"} else []
        self.keepers = [*quiet, *self.signs.values()]
        self.before: Before | None = None

    @property
    def available(self) -> int:
        return self.stock.available

    def is_open(self, type: str) -> bool:
        return type in self.lives and self.lives[type].open

    def is_shifted_down(self) -> bool:
        return self.is_open("level_shift") and self.signs["level_shift"].is_down

    def times(self) -> list[int]:
        times = [self.days.midnight] if self.days.now >= 0 else []
        times += [when + self.values.late_window + 1 for when in self.stock.promise_times]
        times += [when for sign in self.signs.values() for when in sign.times()]
        times += [when for life in self.lives.values() for when in life.times()]
        return [when for when in times if when > self.now]

    def fire(self, stock: Position, clock: int, policy: Policy) -> None:
        """What is due at or before the clock, in order of time."""
        self.stock = stock
        while (now := min(self.times(), default=clock + 1)) <= clock:
            self.turn_to(now)
            ended = now % DAY == 0
            if ended:
                self.closed = self.days.close(self.available, self.was_silent(now - DAY, now))
                self.tell_keepers("midnight", self.closed)
            self.look("midnight" if ended else "time")
        self.turn_to(clock)

    def was_silent(self, start: int, end: int) -> bool:
        """Whether the feed of the position was silent for some of this time, as it was known then."""
        return self.silences is not None and self.silences.in_span(self.position[0], self.source, start, end)

    def is_heard_nothing(self) -> bool:
        return self.was_silent(self.now, self.now + 1)

    def turn_to(self, now: int) -> None:
        """Time passes; what the position was until then counts for the day."""
        available = self.available
        self.days.advance(now, available)
        self.stock.advance(now)
        self.now = now
        self.quiet.changed(available)

    def learn(self, record: Record, stock: Position, clock: int, policy: Policy) -> None:
        """Before the effect."""
        self.before = Before(
            stock.available,
            dict(stock.demand),
            dict(stock.very_late_demand),
            list(stock.counts),
            len(stock.movements),
            stock.last_event_time,
        )

    def detect(self, record: Record, stock: Position, clock: int, policy: Policy) -> None:
        """After the effect."""
        if (
            record.kind == "sale"
            and record.quantity >= 0
            and record.event_time >= self.before.last_event_time
        ):
            self.source = record.source
        self.sell()
        self.quiet.changed(self.before.available)
        self.tell_keepers("record", record, self.before)
        self.look(record)

    def sell(self) -> None:
        """What the record changed in the demand of today, and of closed days as far as that is not very late."""
        for name, units in self.stock.demand.items():
            very_late = self.stock.very_late_demand.get(name, 0)
            before = self.before.demand.get(name, 0) - self.before.very_late.get(name, 0)
            change, day = units - very_late - before, number(name)
            if change and day >= self.days.today:
                self.days.sell(change, self.before.available)
            elif change:
                silent = self.was_silent(day * DAY, (day + 1) * DAY)
                self.days.sell_late(change, day, before, silent)
                if change > 0:
                    self.quiet.late(day)

    def tell_keepers(self, what: str, *news) -> None:
        for keeper in self.keepers:
            if hasattr(keeper, what):
                getattr(keeper, what)(*news)

    def look(self, occasion) -> None:
        for type, sign in self.signs.items():
            verdict = sign.judge(occasion)
            if verdict is not None:
                self.lives[type].step(verdict, occasion)


def number(day: str) -> int:
    """The number of a UTC day since 1970."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days
