"""Demand to the end of each day of the horizon, from what a ledger entry says in `detail.demand`.

>>> demand = {"rate_per_day": 3.0, "phi": 2.0, "kappa": 0.0, "exposure": [2, 4, 6, 8]}
>>> mean_and_variance(demand, 3), round(at_least(20, 24, 48), 6)
((24.0, 48.0), 0.728808)
"""

from __future__ import annotations

from scipy.special import betainc, gammainc

from lowtide.rows import Row


def mean_and_variance(demand: Row, bucket: int) -> tuple[float, float]:
    """Give mean and variance of the demand up to the end of a bucket, in units and units squared.

    Mean m = rate × exposure, variance phi m + kappa m². Where a forecast of others covers days, the entry says both.
    """
    if demand.get("mean"):
        return float(demand["mean"][bucket]), float(demand["variance"][bucket])
    return spread(demand, float(demand["exposure"][bucket]))


def spread(demand: Row, days: float) -> tuple[float, float]:
    """Give mean and variance of the demand over so many normal days, by the core's own estimate."""
    mean = float(demand["rate_per_day"]) * days
    return mean, float(demand["phi"]) * mean + float(demand["kappa"]) * mean * mean


def at_least(count: int, mean: float, variance: float) -> float:
    """Give the chance that negative binomial demand of this mean and variance reaches `count` units."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if variance <= mean * (1 + 1e-9):
        return float(gammainc(count, mean))
    shape, success = mean * mean / (variance - mean), mean / variance
    return float(betainc(count, shape, 1 - success))


def weighted_rate(demand: Row) -> float:
    """Give the rate that levels and weights make, in units a day of normal weight."""
    return sum(float(w) * float(level) for w, level in zip(demand["weights"], demand["levels"], strict=True))
