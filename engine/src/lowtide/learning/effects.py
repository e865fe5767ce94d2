"""What multiplies demand on some days, laid over the grid of positions and days: promotions, holidays, prices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lowtide.inputs import Driver, Effect, Price
from lowtide.inputs.building import driver_of
from lowtide.learning.history import EPOCH, Grid, History
from lowtide.strict import fits

_PRIOR_UNITS = 8.0
"""Units that speak for a factor of 1, whatever was sold."""
_DISPERSION = 3.0
"""Variance of a promoted day's demand over its mean, for the standard error of a factor."""
_LEAST_PRICE_DAYS = 28


@dataclass
class Group:
    """Rows of calendars that share one factor; `factor` is None until it is given or learned."""

    name: str
    effects: list[Effect]
    cells: list[tuple[NDArray[np.int64], slice]]
    """Positions and days of the grid on which each row holds."""
    factor: float | None
    given: bool
    usual: float = 0.0
    """Units that were expected of its days without it."""

    @property
    def sure(self) -> float:
        """How many standard errors the factor is away from 1."""
        return abs(math.log(max(self.factor or 1.0, 1e-3))) * math.sqrt(self.usual / _DISPERSION)

    def within(self, first: int, last: int) -> bool:
        """Whether it holds on one of these days of the grid."""
        return any(len(rows) and days.start < last and days.stop > first for rows, days in self.cells)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The positions on which it holds on some day of the history."""
        return (
            np.unique(np.concatenate([rows for rows, _ in self.cells])) if self.cells else np.array([], int)
        )

    def over(self, grid: Grid) -> None:
        """Multiply the days of the group."""
        for (rows, days), effect in zip(self.cells, self.effects, strict=True):
            factor = effect.factor if self.given else self.factor
            if factor is not None and len(rows):
                grid[rows, days] *= factor

    def learn(self, units: Grid, expected: Grid) -> None:
        """The factor from what was sold on its days, and what is expected of them without it."""
        if self.given:
            return
        sold = sum(float(units[rows, days].sum()) for rows, days in self.cells)
        usual = sum(float(expected[rows, days].sum()) for rows, days in self.cells)
        self.usual = usual
        self.factor = (sold + _PRIOR_UNITS) / (usual + _PRIOR_UNITS) if usual > 0 else None

    def drivers(self) -> list[Driver]:
        """As drivers of inputs, those of the future too; none while the factor is not known."""
        if not self.given and self.factor is None:
            return []
        factor = None if self.factor is None else round(self.factor, 4)
        return [driver_of(effect, factor) for effect in self.effects]


def groups_of(history: History, effects: Sequence[Effect]) -> list[Group]:
    """Rows by what they share: a class, a name, or a name whose factors are all given."""
    names: dict[tuple[str, bool], list[Effect]] = {}
    for effect in effects:
        names.setdefault((effect.group, effect.factor is not None), []).append(effect)
    matcher = Matcher(history)
    return [
        Group(name, rows, [matcher.cells(one.match, one.first, one.last) for one in rows], None, given)
        for (name, given), rows in names.items()
    ]


class Matcher:
    """Finds the positions of a grid that patterns fit."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._columns = {
            key: np.array(history.column(key), dtype=object)
            for key in ("sku", "category", "supplier", "abc", "department", "location")
        }
        self._found: dict[str, NDArray[np.int64]] = {}

    def rows(self, match: dict[str, list[str]]) -> NDArray[np.int64]:
        """Rows of the grid that fit every key."""
        name = repr(sorted(match.items()))
        if name not in self._found:
            fit = np.ones(len(self._history.chosen), bool)
            for key, patterns in match.items():
                values, inverse = np.unique(self._columns[key], return_inverse=True)
                fit &= np.array([bool(value) and fits(patterns, value) for value in values], bool)[inverse]
            self._found[name] = np.flatnonzero(fit)
        return self._found[name]

    def cells(self, match: dict[str, list[str]], first: date, last: date) -> tuple[NDArray[np.int64], slice]:
        """Rows, and the days from `first` to `last` that the grid has."""
        begin = (first - EPOCH).days - self._history.first_day
        end = (last - EPOCH).days - self._history.first_day + 1
        days = slice(max(begin, 0), max(min(end, self._history.days), 0))
        if days.start >= days.stop:
            return np.array([], int), slice(0, 0)
        return self.rows(match), days


@dataclass
class Elastic:
    """One group of prices: demand of a day is (price / usual price) ^ elasticity."""

    price: Price
    rows: NDArray[np.int64]
    log_ratio: NDArray[np.float64]
    """By day of the grid; 0 where the file has no price."""
    known: NDArray[np.bool_]
    usual: float
    elasticity: float = 0.0

    @property
    def name(self) -> str:
        """Of its drivers."""
        return self.price.name

    def over(self, grid: Grid) -> None:
        """Multiply the days of the group."""
        grid[self.rows] *= np.exp(self.elasticity * self.log_ratio).astype(np.float32)

    def learn(self, units: Grid, expected: Grid, days: slice) -> None:
        """The slope of log demand over log price, by days, each weighing what is expected of it."""
        usual = expected[self.rows].sum(axis=0, dtype=np.float64)
        sold = units[self.rows].sum(axis=0, dtype=np.float64)
        use = self.known & (usual > 0)
        use[: days.start or 0] = use[days.stop :] = False
        if use.sum() < _LEAST_PRICE_DAYS or np.ptp(self.log_ratio[use]) < 1e-6:
            self.elasticity = 0.0
            return
        x, weight = self.log_ratio[use], usual[use]
        slope = 0.0
        for _ in range(12):  # Newton steps of a Poisson regression with a free level
            fitted = weight * np.exp(slope * x)
            fitted *= sold[use].sum() / fitted.sum()
            middle = (fitted * x).sum() / fitted.sum()
            spread = (fitted * (x - middle) ** 2).sum()
            slope += float(((sold[use] - fitted) * x).sum() / max(spread, 1e-9))
            slope = float(np.clip(slope, -10, 10))
        self.elasticity = slope

    def drivers(self) -> list[Driver]:
        """As drivers; neighbouring days with one factor are one driver."""
        found: list[Driver] = []
        for day, price in sorted(self.price.prices.items()):
            factor = round(float((price / self.usual) ** self.elasticity), 4)
            last = found[-1] if found else None
            if last and last.factor == factor and (day - last.last).days == 1:
                found[-1] = last.model_copy(update={"last": day})
            else:
                effect = Effect(self.name, self.price.match, day, day, factor, self.name, self.price.place)
                found.append(driver_of(effect))
        return [one for one in found if abs(one.factor - 1) > 5e-4]


def elastic_of(history: History, prices: Sequence[Price]) -> list[Elastic]:
    """Prices laid over the grid. The usual price of a group is its median."""
    matcher, found = Matcher(history), []
    for price in prices:
        usual = float(np.median(list(price.prices.values())))
        ratio, known = np.zeros(history.days), np.zeros(history.days, bool)
        for day, value in price.prices.items():
            at = (day - EPOCH).days - history.first_day
            if 0 <= at < history.days:
                ratio[at], known[at] = np.log(value / usual), True
        found.append(Elastic(price, matcher.rows(price.match), ratio, known, usual))
    return found
