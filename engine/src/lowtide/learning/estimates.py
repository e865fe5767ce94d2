"""The estimate of demand over a whole history, as the core makes it, and what its forecasts were worth.

Loss is the pinball loss of the quantiles .95 and .99, by which stock is planned, of demand over the lead time, over its
first half and over its first day, because a shelf can run out on any of its days. Each span is divided by its days, so that
they weigh alike, and all by the demand of the same spans: units lost for each unit sold. Less is better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lowtide.core import demand_days
from lowtide.learning.history import Grid

QUANTILES = (0.95, 0.99)
EVERY_DAYS = 3
"""Days between two forecasts of a back-test, so that each weekday has its turn."""
LONGEST_DAYS = 28

Rows = NDArray[np.int64]
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """What an estimate starts from."""

    rate: float = 0.0
    days: float = 1.0
    dispersion: float = 1.5
    calm: float = 1.0


@dataclass(frozen=True)
class Series:
    """Some positions of a history, by row: what the estimator is told of each day."""

    units: Grid
    exposure: Grid
    full: Grid
    sold_out: NDArray[np.bool_]
    first_day: int
    lead_days: Rows
    """Days over which demand is forecast."""


@dataclass(frozen=True)
class Estimates:
    """The state after each day, by position and day."""

    rate: Vector
    phi: Vector
    kappa: Vector


def estimates(series: Series, priors: Sequence[Prior], *, whole: bool = True) -> Estimates:
    """Run the estimator of the core over every row. `whole`: a day that ended sold out counts as a whole day."""
    shape = series.units.shape
    made = Estimates(*(np.zeros(shape) for _ in range(3)))
    for row, prior in enumerate(priors):
        states = demand_days(
            series.first_day,
            pa.array(series.units[row].astype(np.float64)),
            pa.array(series.exposure[row].astype(np.float64)),
            pa.array(series.full[row].astype(np.float64)),
            pa.array(series.sold_out[row]),
            prior_rate=prior.rate,
            prior_days=prior.days,
            dispersion=prior.dispersion,
            calm=prior.calm,
            whole=whole,
        )
        for name in ("rate", "phi", "kappa"):
            getattr(made, name)[row] = states[name].to_numpy(zero_copy_only=False)
    return made


@dataclass(frozen=True)
class Loss:
    """Pinball loss and demand of the forecast days, by position."""

    loss: Vector
    sold: Vector
    at: dict[float, Vector]
    """The loss by quantile."""

    def per_unit(self, rows: NDArray[np.bool_] | None = None, quantile: float | None = None) -> float:
        """Loss for each unit sold, of all positions or of some."""
        use = slice(None) if rows is None else rows
        loss = self.loss if quantile is None else self.at[quantile]
        return float(loss[use].sum() / max(self.sold[use].sum(), 1e-9))


def windows(series: Series, origins: Rows, length: Rows) -> tuple[Vector, Vector, NDArray[np.bool_]]:
    """Demand and weight of the `length` days after each origin, by position; and which of them count.

    Only days wholly in stock show what the demand was. `origins` is by position and number.
    """
    days = series.units.shape[1]
    whole = (series.exposure >= series.full - 1e-4) & ~series.sold_out
    ends = origins + length[:, None]
    inside = (origins >= 0) & (ends < days)
    start, end = np.where(inside, origins, 0) + 1, np.where(inside, ends, 0) + 1

    def total(grid: Grid | NDArray[np.bool_]) -> Vector:
        sums = np.concatenate([np.zeros((len(grid), 1)), np.cumsum(grid, axis=1, dtype=np.float64)], axis=1)
        found: Vector = np.take_along_axis(sums, end, axis=1) - np.take_along_axis(sums, start, axis=1)
        return found

    counted = inside & (total(whole) >= length[:, None] - 0.5)
    return total(series.units), total(series.full), counted


def loss_of(series: Series, made: Estimates, origins: Rows, quantiles: Sequence[float] = QUANTILES) -> Loss:
    """What forecasts made at the end of the days `origins` (by position and number) lost."""
    lost = {q: np.zeros(len(series.units)) for q in quantiles}
    sold = np.zeros(len(series.units))
    lead = series.lead_days
    for length in (np.ones_like(lead), -(-lead // 2), lead):
        demand, weight, counted = windows(series, origins, length)
        at = np.where(counted, origins, 0)
        rate, phi, kappa = (
            np.take_along_axis(grid, at, axis=1)[counted] for grid in (made.rate, made.phi, made.kappa)
        )
        mean = rate * weight[counted]
        variance = phi * mean + kappa * mean * mean
        for q in quantiles:
            away = demand[counted] - quantile(mean, variance, q)
            grid = np.zeros(counted.shape)
            grid[counted] = np.maximum(q * away, (q - 1) * away)
            lost[q] += grid.sum(axis=1) / length
        sold += np.where(counted, demand, 0).sum(axis=1) / length
    return Loss(sum(lost.values(), np.zeros(len(sold))), sold, lost)


def quantile(mean: Vector, variance: Vector, q: float) -> Vector:
    """Quantiles of negative binomials with these means and variances; Poisson where the variance is no larger."""
    from scipy import stats  # a second to import, and `lowtide --help` needs this module

    found = np.zeros(len(mean))
    wide = (mean > 1e-9) & (variance > mean * (1 + 1e-6))
    if wide.any():
        m, v = mean[wide], variance[wide]
        found[wide] = stats.nbinom.ppf(q, m * m / (v - m), m / v)
    narrow = (mean > 1e-9) & ~wide
    if narrow.any():
        found[narrow] = stats.poisson.ppf(q, mean[narrow])
    return found


def lead_window(lead_time_days: Vector) -> Rows:
    """Days over which demand is forecast: the lead time, whole, at most 28."""
    days: Rows = np.clip(np.ceil(lead_time_days), 1, LONGEST_DAYS).astype(np.int64)
    return days


def last_part(days: int, lead_days: Rows, begin: int) -> Rows:
    """Days on which forecasts of the last part are made, by position: every third from `begin` on."""
    last = days - 1 - int(lead_days.min())
    origins: Rows = np.arange(begin, max(last, begin) + 1, EVERY_DAYS)
    return np.broadcast_to(origins, (len(lead_days), len(origins))).copy()


def first_weeks(first: Rows, ages: Sequence[int] = (2, 6, 13, 27)) -> Rows:
    """Days on which forecasts of new positions are made: 3, 7, 14 and 28 days after their first one."""
    origins: Rows = first[:, None] + np.array(ages)[None, :]
    return origins


@dataclass(frozen=True)
class Verdict:
    """Whether an input pays: loss per unit before and after, over some positions, and how sure that is."""

    before: float
    after: float
    surely: float
    """Gain in standard errors over positions."""
    positions: int

    @property
    def gain(self) -> float:
        """Share of the loss that the input takes away."""
        return 1 - self.after / self.before if self.before > 0 else 0.0


def verdict(before: Loss, after: Loss, rows: NDArray[np.bool_] | None = None) -> Verdict:
    """Compare two losses over positions."""
    use = np.ones(len(before.loss), bool) if rows is None else rows
    use = use & (before.sold + before.loss > 0)
    difference = (before.loss - after.loss)[use]
    error = math.sqrt(float((difference**2).sum())) or 1e-12
    return Verdict(before.per_unit(use), after.per_unit(use), float(difference.sum()) / error, int(use.sum()))
