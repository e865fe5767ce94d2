"""Judge forecasts of demand over the lead time by pinball loss, on real demand of shops whose shelves never ran out.

A panel is cut from sales: items in rows, days in columns. From day 120 on, once a week, every method says which quantile the
demand of the next eight days (seven of lead time, one of review) will not exceed with a chance of .95 and .99. The loss is
what a unit too little or too much costs at that quantile, per unit sold. `exceeded` is how often demand was higher: .05 and
.01 would be right. Days weigh alike; nothing is pooled over items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import nbinom, norm, poisson

import statistical
from demands import Grid, demand_of
from lowtide._native import demand_days

SPAN, FIRST_DAY, EVERY = 8, 120, 7
QUANTILES = (0.95, 0.99)
PANELS = {"cj": "products, all shops", "store": "products in one shop", "or": "web shop"}
HISTORY = 112
Method = Callable[[Grid, int, float], Grid]
"""Says a quantile of each item's demand over the next SPAN days, at the end of a day."""


@dataclass(frozen=True)
class Judged:
    """How one method did on one panel."""

    panel: str
    method: str
    quantile: float
    loss: float
    exceeded: float


class Lowtide:
    """The estimator of the core, on days of full exposure."""

    def __init__(self, panel: Grid) -> None:
        full = pa.array(np.ones(panel.shape[1]))
        learned = [demand_days(0, pa.array(row), full) for row in panel]
        self.rate, self.phi, self.kappa = (
            np.array([one[name].to_numpy() for one in learned]) for name in ("rate", "phi", "kappa")
        )

    def __call__(self, panel: Grid, day: int, quantile: float) -> Grid:
        mean = np.maximum(self.rate[:, day] * SPAN, 1e-9)
        return upper(mean, self.phi[:, day] * mean + self.kappa[:, day] * mean * mean, quantile)


def upper(mean: Grid, variance: Grid, quantile: float) -> Grid:
    """The quantile of a negative binomial demand, or of a Poisson one where the variance is the mean."""
    uneven = variance > mean * (1 + 1e-9)
    excess = np.where(uneven, variance - mean, 1)
    exact = nbinom.ppf(quantile, mean * mean / excess, mean / (mean + excess))
    points: NDArray[np.float64] = np.where(uneven, exact, poisson.ppf(quantile, mean))
    return points


def normal(days: int) -> Method:
    """Mean and standard deviation of the last days, and the normal quantile."""

    def say(panel: Grid, day: int, quantile: float) -> Grid:
        known = panel[:, day + 1 - days : day + 1]
        safety: Grid = norm.ppf(quantile) * known.std(axis=1, ddof=1) * np.sqrt(SPAN)
        points: Grid = np.ceil(known.mean(axis=1) * SPAN + safety)
        return points

    return say


def negative_binomial(panel: Grid, day: int, quantile: float) -> Grid:
    """A negative binomial of the mean and the variance of the last 56 days."""
    known = panel[:, day - 55 : day + 1]
    return upper(np.maximum(known.mean(axis=1) * SPAN, 1e-9), known.var(axis=1, ddof=1) * SPAN, quantile)


def past(panel: Grid, day: int, quantile: float) -> Grid:
    """The same quantile of the sums of all eight days in a row of the last sixteen weeks."""
    known = panel[:, day + 1 - HISTORY : day + 1]
    sums = np.lib.stride_tricks.sliding_window_view(known, SPAN, axis=1).sum(axis=2)
    points: Grid = np.quantile(sums, quantile, axis=1, method="higher")
    return points


class AutoEts:
    """A negative binomial of what AutoETS of statsforecast says, fitted anew for each day."""

    def __init__(self) -> None:
        self.of_day: dict[int, tuple[Grid, Grid]] = {}

    def __call__(self, panel: Grid, day: int, quantile: float) -> Grid:
        if day not in self.of_day:
            self.of_day[day] = statistical.auto_ets(panel, day, SPAN)
        mean, variance = self.of_day[day]
        return upper(np.maximum(mean, 1e-9), variance, quantile)


def judge(name: str, panel: Grid, with_statsforecast: bool = False) -> list[Judged]:
    """Judge Lowtide and the anchors on one panel."""
    methods: dict[str, Method] = {
        "Lowtide": Lowtide(panel),
        "28 days, normal": normal(28),
        "84 days, normal": normal(84),
        "56 days, negative binomial": negative_binomial,
        "sums of the past": past,
    }
    if with_statsforecast:
        methods["AutoETS of statsforecast"] = AutoEts()
    days = range(FIRST_DAY, panel.shape[1] - SPAN, EVERY)
    true = np.array([panel[:, day + 1 : day + 1 + SPAN].sum(axis=1) for day in days])
    found = []
    for method, say in methods.items():
        for quantile in QUANTILES:
            said = np.array([say(panel, day, quantile) for day in days])
            short = true - said
            loss = np.where(short > 0, quantile * short, (quantile - 1) * short)
            found.append(
                Judged(name, method, quantile, float(loss.sum() / true.sum()), float((short > 0).mean()))
            )
    return found


def panels(data: Path | None, items: int, seed: int) -> dict[str, Grid]:
    """The panels by name; without the folder of Online Retail's file only those of the demo's data."""
    names = [name for name in PANELS if data is not None or name != "or"]
    return {name: demand_of(name, data or Path(), items, seed) for name in names}
