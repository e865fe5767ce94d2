"""What the core learns of a position's demand, once more in plain Python: levels, weights, and how uneven demand is.

It does not share a line with the core. `Estimate` holds what was learned; `close` adds one local day. The steps of a day:

    units of a sold-out day   scaled to a whole day (rule `whole`)
    residual                  against the rate before this day, once 3 days are known
    levels                    half-lives of 115, 17 and 3 days, at the start a plain average
    end of a week             how well each level of a week ago forecast the week
    weights, rate, lumpiness  levels that forecast better weigh more

A level that reacts faster is noisier, so `calm` takes weight from it. phi is how uneven single days are: variance
over mean. kappa is how far whole weeks differ beyond that. Demand over X normal days has mean m = rate X and variance
phi m + kappa m².

>>> one = Estimate()
>>> one.close(0, 3.0)
>>> one.rate, one.phi, round(one.kappa, 6)
(1.5, 1.02, 0.35)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

STEPS = (0.006, 0.04, 0.2)
"""The least share that one day has in each level: the long run, the month, the week."""
WEEK = 7


@dataclass
class Estimate:
    """What the closed days say of a position's demand, in units a day of normal weight."""

    prior_rate: float = 0.0
    prior_days: float = 1.0
    """Days for which the prior rate stands."""
    dispersion: float = 1.5
    """phi before anything is learned."""
    calm: float = 1.0
    whole: bool = True
    """Whether a day that ended sold out counts as a whole day (`sold_out_day: whole`)."""

    days: float = field(init=False)
    """Normal days in stock so far, the prior's days among them."""
    levels: list[float] = field(init=False)
    weights: list[float] = field(init=False)
    rate: float = field(init=False)
    phi: float = field(init=False)
    kappa: float = field(init=False)

    def __post_init__(self) -> None:
        self.days, self.phi = self.prior_days, self.dispersion
        self.levels, self._week_levels, self._losses = [self.prior_rate] * 3, [self.prior_rate] * 3, [0.0] * 3
        self._week_units = self._week_exposure = 0.0
        self._squares = self._means = self._week_squares = self._week_means = 0.0
        self._weigh()

    def close(
        self, day: int, units: float, exposure: float = 1.0, full: float = 1.0, *, sold_out: bool = False
    ) -> None:
        """End a local day (number of days since 1970-01-01) with its sales in stock.

        `exposure` is the weight of the day times its share in stock, `full` the weight of the whole day.
        """
        if sold_out and self.whole and exposure > 0:
            units, exposure = units * min(full / exposure, 4), full
        changed = exposure > 0 or units > 0
        if changed:
            self._learn(units, exposure)
        if (day + 1) % WEEK == 0:
            changed = self._end_week() or changed
        if changed:
            self._weigh()

    def _learn(self, units: float, exposure: float) -> None:
        if self.days >= 3:
            keep, mean = 0.97 ** (1 / WEEK), self.rate * exposure
            self._squares = keep * self._squares + (units - mean) ** 2
            self._means = keep * self._means + mean
        self.days += exposure or 1.0
        steps = [max(least, 1 / max(self.days, 1)) for least in STEPS]
        self.levels = [
            max(0.0, level + step * (units - exposure * level))
            for level, step in zip(self.levels, steps, strict=True)
        ]
        self._week_units += units
        self._week_exposure += exposure

    def _end_week(self) -> bool:
        """Judge the levels with which the week began; False where there was too little to judge."""
        units, exposure, levels = self._week_units, self._week_exposure, self._week_levels
        enough = exposure >= WEEK / 4 and self.days - self.prior_days > WEEK + 2
        if enough:
            mean = exposure * _sum(self.weights, levels)
            self._losses = [
                0.96 * loss + (units - level * exposure) ** 2
                for loss, level in zip(self._losses, levels, strict=True)
            ]
            self._week_squares = 0.97 * self._week_squares + (units - mean) ** 2
            self._week_means = 0.97 * self._week_means + mean
        self._week_units = self._week_exposure = 0.0
        self._week_levels = list(self.levels)
        return enough

    def _weigh(self) -> None:
        best, long_run = min(self._losses), max(self.levels[0], 0.001)
        merits = [
            ((best + 1e-9) / (loss + 1e-9)) ** 2 / (1 + self.calm * step * self.phi / (2 * long_run))
            for loss, step in zip(self._losses, STEPS, strict=True)
        ]
        self.weights = [merit / sum(merits) for merit in merits]
        self.rate = _sum(self.weights, self.levels)
        daily = max((self._squares + 2.1 * self.dispersion) / (self._means + 2.1), 1.02)
        prior = 18 * (daily + WEEK * 0.3 * self.rate)
        weekly = max((self._week_squares + prior) / (self._week_means + 18), 1.02)
        self.kappa = max(0.0, (weekly - daily) / ((WEEK - 1) * max(self.rate, 1e-6)))
        self.phi = weekly if self.kappa == 0 else max(daily - self.kappa * self.rate, 1.02)


def _sum(weights: Iterable[float], levels: Iterable[float]) -> float:
    return sum(weight * level for weight, level in zip(weights, levels, strict=True))
