"""What the local days of a position teach: how long it was in stock, what was sold, and when days ended idle.

Days are those of UTC. `advance` takes the time until the next look, under the stock that there was until then.
"""

from copy import copy
from dataclasses import dataclass, field

from tests.model.estimate import Estimator
from tests.model.instant import DAY
from tests.model.signs.values import Values

WEEK = 7


@dataclass
class ClosedWeek:
    """A week that has ended."""

    sold: float
    exposure: float
    slow: float
    """The slow level with which it began, in units a day."""
    variance_ratio: float
    """Variance of a week's demand divided by its mean, as known before the last day."""


@dataclass
class ClosedDay:
    """A day that has ended. What was known is what was known before it."""

    number: int
    sold: float
    """Units that the estimate learned; where the day ended sold out, of a whole day at that pace."""
    exposure: float
    """The share of the day in stock; 1 where it ended sold out."""
    ends_in_stock: bool
    silent: bool
    """Whether its feed was silent for some of it."""
    rate: float
    slow: float
    """The slow level, in units a day."""
    variance_ratio: float
    """Variance of a day's demand divided by its mean."""
    week: ClosedWeek | None
    any_sold: bool
    """Whether anything was sold, in stock or not."""


@dataclass
class Days:
    """The days of one position, from its first record on."""

    values: Values
    now: int = -1
    in_stock: int = 0
    """Milliseconds of today."""
    sold: int = 0
    """Thousandths of today, from stock that was there."""
    any_sold: int = 0
    """Thousandths of today, whatever the stock."""
    idle: int = 0
    """Days that ended in stock without a sale, since the last day with a sale."""
    estimate: Estimator = field(init=False)

    def __post_init__(self) -> None:
        self.estimate = Estimator(
            self.values.prior_rate,
            self.values.prior_days,
            self.values.dispersion,
            sold_out_day=self.values.sold_out_day,
        )

    @property
    def today(self) -> int:
        return self.now // DAY

    @property
    def midnight(self) -> int:
        """The end of today."""
        return (self.today + 1) * DAY

    @property
    def learned(self) -> float:
        """Days in stock that were learned, without those of the prior."""
        return self.estimate.days - self.values.prior_days

    @property
    def outlook(self) -> Estimator:
        """The estimate; while no sale is learned, what today sold from stock that was there stands for a day."""
        if any(self.estimate.level):
            return self.estimate
        first = copy(self.estimate)
        first.level = [max(self.sold, 0) / 1000] * 3
        first.weigh(first.phi_before)
        return first

    @property
    def variance_ratio(self) -> float:
        return self.estimate.phi + self.estimate.kappa * self.estimate.rate

    def advance(self, now: int, available: int) -> None:
        if self.now < 0:
            self.now = now
        self.in_stock += now - self.now if available > 0 else 0
        self.now = now

    def sell(self, units: int, available_before: int) -> None:
        """A sale of today, or a void of one, which is negative."""
        self.any_sold += units
        if available_before > 0:
            self.sold += units

    def sell_late(self, units: int, day: int, before: int, silent: bool) -> None:
        """A sale of a closed day, which had sold `before` without it; a day of silence teaches nothing."""
        if not silent:
            self.estimate.correct(units / 1000, before / 1000, day, self.today)
        if units > 0:
            self.idle = min(self.idle, self.today - 1 - day)

    def close(self, available: int, silent: bool) -> ClosedDay:
        """End the day before the midnight that it is now; one on which its feed was silent teaches nothing."""
        day, known = self.today - 1, self.estimate
        sold, exposure, sold_out = max(self.sold, 0) / 1000, self.in_stock / DAY, available <= 0
        if silent:
            sold, exposure = 0.0, 0.0
        closed = ClosedDay(
            day,
            sold,
            exposure,
            not sold_out,
            silent,
            known.rate,
            known.level[0],
            self.variance_ratio,
            self._week(day),
            self.any_sold > 0,
        )
        known.close(day, sold, exposure, sold_out=sold_out)
        if sold_out and exposure > 0 and self.values.sold_out_day == "whole":
            closed.sold, closed.exposure = sold * min(1 / exposure, 4), 1.0
        if closed.week is not None:
            closed.week.sold += closed.sold
            closed.week.exposure += closed.exposure
        if self.any_sold > 0:
            self.idle = 0
        elif available > 0 and not silent:
            self.idle += 1
        self.in_stock = self.sold = self.any_sold = 0
        return closed

    def _week(self, day: int) -> ClosedWeek | None:
        known = self.estimate
        if (day + 1) % WEEK:
            return None
        ratio = known.phi + WEEK * known.kappa * known.rate
        return ClosedWeek(known.week_units, known.week_exposure, known.week_level[0], ratio)
