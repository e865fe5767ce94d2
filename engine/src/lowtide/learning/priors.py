"""What is expected of a new position of a category: empirical Bayes over the positions that are known.

Rates of positions are taken as drawn from one distribution of mean r0 and variance v. A position that was seen for n days
with rate r and dispersion phi has the noise phi r / n, so v is the variance of the rates less the mean noise. A gamma with
this mean and variance weighs as much as n0 = phi r0 / v days of own sales.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lowtide.learning.estimates import Prior
from lowtide.learning.history import Grid

FEWEST, MOST = 0.5, 56.0
"""Bounds of prior_days."""
LEAST_POSITIONS = 10


def prior_of(units: Grid, exposure: Grid, calm: float = 1.0) -> Prior | None:
    """The prior of these positions (rows of sales and of exposure by day); None of too few."""
    seen = exposure > 0
    days = exposure.sum(axis=1, dtype=np.float64)
    use = days >= 14
    if use.sum() < LEAST_POSITIONS:
        return None
    units, exposure, seen, days = units[use], exposure[use], seen[use], days[use]
    sold = np.where(seen, units, 0).sum(axis=1, dtype=np.float64)
    rate = sold / days
    mean = float(rate.mean())
    if mean <= 0:
        return None
    phi = dispersion(units, exposure, rate)
    noise = float((phi * mean / days).mean())
    spread = max(float(rate.var()) - noise, 1e-3 * mean * mean)
    return Prior(
        rate=round(mean, 5), days=round(float(np.clip(phi * mean / spread, FEWEST, MOST)), 2),
        dispersion=round(phi, 3), calm=calm,
    )  # fmt: skip


def dispersion(units: Grid, exposure: Grid, rate: NDArray[np.float64]) -> float:
    """Variance of a day's demand over its mean, of all days of all positions together, each around its own rate."""
    expected = exposure * rate[:, None]
    seen = exposure > 0
    squares = np.where(seen, (units - expected) ** 2, 0).sum(dtype=np.float64)
    return float(np.clip(squares / max(expected[seen].sum(dtype=np.float64), 1e-9), 1.02, 50.0))
