"""Profiles, seasons and factors of drivers, fitted together: each from what the others leave unexplained.

Expected units of a position and day = rate of the position x share in stock x weekday x season x drivers. Each factor is
(units sold) / (units expected without it) over all cells that it touches, a few rounds until nothing moves; so a promotion
that runs on weekends is not taken for a weekday, and days without stock count for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lowtide.learning.effects import Elastic, Group
from lowtide.learning.history import Grid, History

ALL = ""
"""The category of positions that have none, and the name of what all positions share."""
WEEKS = 53
_ROUNDS = 6
_WEEKDAY_PRIOR, _WEEK_PRIOR = 20.0, 60.0
"""Units that speak for a factor of 1."""
LEAST_UNITS, LEAST_POSITIONS, LEAST_DAYS = 500.0, 5, 28
"""A category with less takes what all positions share."""

Vector = NDArray[np.float64]


@dataclass
class Factors:
    """What was fitted: weekdays (Monday first) and weeks of the year by category, and the rates of positions."""

    weekday: dict[str, Vector] = field(default_factory=dict)
    season: dict[str, Vector] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    elastic: list[Elastic] = field(default_factory=list)

    @property
    def drivers(self) -> list[Group | Elastic]:
        """Groups of calendars and of prices."""
        return [*self.groups, *self.elastic]

    def plus(self, one: Group | Elastic) -> Factors:
        """The same factors with one more driver."""
        if isinstance(one, Elastic):
            return replace(self, elastic=[*self.elastic, one])
        return replace(self, groups=[*self.groups, one])


class Days:
    """Weekday and week of the year of each day of a grid."""

    def __init__(self, history: History) -> None:
        numbers = np.arange(history.first_day, history.first_day + history.days)
        self.weekday = (numbers + 3) % 7  # 1 January 1970 was a Thursday
        dates = [history.date(day) for day in range(history.days)]
        self.week = np.array([min((one.timetuple().tm_yday - 1) // 7, WEEKS - 1) for one in dates])


def categories(history: History) -> tuple[list[str], NDArray[np.int64]]:
    """The categories with enough data to stand for themselves, and the number of each position's among them.

    The first is `ALL`: positions without a category, and those of a category with too little data.
    """
    names = np.array(history.column("category"), dtype=object)
    found, inverse = np.unique(names, return_inverse=True)
    sold = np.bincount(inverse, weights=history.units.sum(axis=1), minlength=len(found))
    many = np.bincount(inverse, minlength=len(found)) >= LEAST_POSITIONS
    enough = [one for one in range(len(found)) if found[one] and many[one] and sold[one] >= LEAST_UNITS]
    if history.days < LEAST_DAYS or len(enough) < 2:
        enough = []
    numbers = {one: place for place, one in enumerate(enough, 1)}
    return [ALL, *(str(found[one]) for one in enough)], np.array([numbers.get(one, 0) for one in inverse])


def exposure(
    history: History, factors: Factors, names: Sequence[str], of: NDArray[np.int64]
) -> tuple[Grid, Grid]:
    """Weight of each day, and that weight times the share in stock. Without factors a day weighs what the policy says."""
    days = Days(history)
    by_category = np.ones((len(names), history.days))
    for number, name in enumerate(names):
        if name in factors.weekday:
            by_category[number] *= factors.weekday[name][days.weekday]
        if name in factors.season:
            by_category[number] *= factors.season[name][days.week]
    full: Grid = by_category.astype(np.float32)[of]
    if history.week is not None:
        own = np.array([name not in factors.weekday for name in names])[of]
        full[own] *= history.week[own][:, days.weekday]
    for one in factors.drivers:
        one.over(full)
    return full, full * history.share


def fit(
    history: History,
    names: Sequence[str],
    of: NDArray[np.int64],
    until: int,
    *,
    weekday: bool = True,
    season: bool = False,
    groups: Sequence[Group] = (),
    elastic: Sequence[Elastic] = (),
) -> Factors:
    """Fit factors to the days before `until`. `ALL` is fitted to every position, each other name to its category."""
    days, span = Days(history), slice(0, until)
    units = np.where(history.share > 0, history.units, 0).astype(np.float32)
    seen = history.share > 0
    units[:, until:], seen[:, until:] = 0, False
    factors = Factors(groups=list(groups), elastic=list(elastic))
    if weekday:
        factors.weekday = {name: np.ones(7) for name in names}
    if season:
        factors.season = {name: np.ones(WEEKS) for name in names}
    sold = _by_category(units, of, len(names))
    for _ in range(_ROUNDS):
        _, weight = exposure(history, factors, names, of)
        weight[~seen] = 0
        rate = units.sum(axis=1, dtype=np.float64) / np.maximum(weight.sum(axis=1, dtype=np.float64), 1e-9)
        expected: Grid = (weight * rate[:, None]).astype(np.float32)
        for group in factors.groups:
            group.learn(units, _without(group, expected))
        for price in factors.elastic:
            price.learn(units, _without(price, expected), span)
        usual = _by_category(expected, of, len(names))
        if weekday:
            slots, old = days.weekday, factors.weekday
            plain = np.array([usual[n] / np.maximum(old[name][slots], 1e-6) for n, name in enumerate(names)])
            for n, name in enumerate(names):
                factors.weekday[name] = _ratio(_of(sold, n), _of(plain, n), slots, 7, _WEEKDAY_PRIOR)
        if season:
            slots, old = days.week, factors.season
            plain = np.array([usual[n] / np.maximum(old[name][slots], 1e-6) for n, name in enumerate(names)])
            for n, name in enumerate(names):
                raw = _ratio(_of(sold, n), _of(plain, n), slots, WEEKS, _WEEK_PRIOR)
                smooth = 0.25 * np.roll(raw, 1) + 0.5 * raw + 0.25 * np.roll(raw, -1)
                factors.season[name] = smooth / smooth.mean()
    return factors


def _without(one: Group | Elastic, expected: Grid) -> Grid:
    """What is expected of the cells without the factor that they have now."""
    if (one.elasticity == 0.0) if isinstance(one, Elastic) else (one.given or one.factor is None):
        return expected
    grid = np.ones_like(expected)
    one.over(grid)
    plain: Grid = (expected / np.maximum(grid, np.float32(1e-6))).astype(np.float32)
    return plain


def _by_category(grid: Grid, of: NDArray[np.int64], count: int) -> Vector:
    """Sums by category and day."""
    return np.array([grid[of == number].sum(axis=0, dtype=np.float64) for number in range(count)])


def _of(sums: Vector, number: int) -> Vector:
    """The sums of a category; of `ALL` those of every category together."""
    own: Vector = sums[number] if number else sums.sum(axis=0)
    return own


def _ratio(sold: Vector, usual: Vector, slot: NDArray[np.int64], count: int, prior: float) -> Vector:
    """Sold over expected by slot, with a mean of 1."""
    above = np.bincount(slot, weights=sold, minlength=count) + prior
    below = np.bincount(slot, weights=usual, minlength=count) + prior
    ratio = above / below
    mean: Vector = ratio / ratio.mean()
    return mean


def week_of_hours(weekday: Vector, hours: Sequence[float]) -> list[float]:
    """A profile of 168 hours: the weight of each day, spread over its hours as `hours` (168 or none) has them."""
    shape = np.array(hours or [1.0] * 168).reshape(7, 24)
    sums = shape.sum(axis=1, keepdims=True)
    shape = np.where(sums > 0, shape / np.where(sums > 0, sums, 1), 1 / 24)
    flat = (shape * weekday[:, None]).ravel()
    return [round(float(one), 6) for one in flat / flat.mean()]
