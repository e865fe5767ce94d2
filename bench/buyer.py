"""Does a buyer who orders by the ledger's estimate lose fewer sales, with no more stock?

Every evening each item is looked at: where the stock and all open orders are at s or less, orders of Q are placed until they
are not. Orders come in the morning of day 7 or later, as in the frozen worlds: 11.5 % late, 4 % bring half. Q is 14 days of
demand and never changes. Only s differs, renewed each day, for a grid of service levels:

    ledger    the quantile of demand over lead time and review period, from `demand_mean` and `demand_variance` of the
              position rows that the core wrote at the end of the day
    normal    the same mean and variance with the normal quantile, as the next two have it
    28 days   mean and standard deviation of the sales of the last 28 days, and the normal quantile
    84 days   the same of the last 84 days

The core runs in this process, a block a day; one location holds the shelves of one service level. Demand that finds an
empty shelf is lost, and no buyer sees it. The result is a frontier: lost units against mean stock, from day 120 on.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import nbinom, norm, poisson

import record
from demands import Grid, demand_of
from nights import Nights

LEVELS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99, 0.995)
LEAD, REVIEW, COVER, FIRST_DAY = 7, 1, 14, 120
LATE, MEAN_LATE, SHORT, MOST_ORDERS = 0.115, 9, 0.04, 400
Rows = NDArray[np.int64]
Values = dict[str, object]
Lots = tuple[Rows, Rows, Grid]
"""Shelves, the number of the order for each, units."""


@dataclass(frozen=True)
class Day:
    """What happened on one day at all shelves."""

    day: int
    received: Lots
    sold: Grid
    stock: Grid
    """At the end of the day, before orders."""


Rule = Callable[[Day], Grid]
"""Gives s of each shelf at the end of a day."""


@dataclass(frozen=True)
class Outcome:
    """One point of a frontier."""

    level: float
    lost: float
    """Units lost, of a hundred units of demand."""
    stock: float
    """Mean stock, in days of demand."""


class Ledger:
    """Reads s from the position rows of the core; shelf k is item k % items at location k // items."""

    def __init__(self, items: int, levels: Grid, normal: bool = False, values: Values | None = None) -> None:
        terms = {"lead_time": f"{LEAD} d", "review_period": f"{REVIEW} d", "horizon": "lead+review"}
        self.nights = Nights(items, terms | (values or {}))
        self.items, self.levels = items, levels
        self.z = norm.ppf(levels) if normal else None
        self.mean, self.variance = np.zeros(len(levels)), np.zeros(len(levels))

    def __call__(self, day: Day) -> Grid:
        received = (
            (shelf, f"r{shelf}-{order}", units)
            for shelf, order, units in zip(*(one.tolist() for one in day.received), strict=True)
        )
        self._read(self.nights.close(day.day, received, day.sold, day.stock))
        return self._points()

    def _read(self, rows: pa.RecordBatch) -> None:
        sku = rows["sku"].cast(pa.string()).cast(pa.int64()).to_numpy()
        place = np.array([int(name[1:]) for name in rows["location"].cast(pa.string()).to_pylist()], np.int64)
        shelf = place * self.items + sku
        last = rows["demand_mean"].offsets.to_numpy()[1:] - 1
        self.mean[shelf] = rows["demand_mean"].values.to_numpy()[last]
        self.variance[shelf] = rows["demand_variance"].values.to_numpy()[last]

    def _points(self) -> Grid:
        if self.z is not None:
            points: Grid = np.ceil(self.mean + self.z * np.sqrt(self.variance))
            return points
        mean, excess = np.maximum(self.mean, 1e-9), self.variance - self.mean
        uneven = excess > 1e-9 * mean
        spread = np.where(uneven, excess, 1)
        exact = nbinom.ppf(self.levels, mean * mean / spread, mean / (mean + spread))
        quantiles: Grid = np.where(uneven, exact, poisson.ppf(self.levels, mean))
        return quantiles


class Window:
    """s from the sales of the last days, as `static` rules do it, but renewed every day."""

    def __init__(self, days: int, levels: Grid) -> None:
        self.days, self.z = days, norm.ppf(levels)
        self.sold: list[Grid] = []

    def __call__(self, day: Day) -> Grid:
        self.sold = [*self.sold[-self.days + 1 :], day.sold]
        known, span = np.array(self.sold), LEAD + REVIEW
        spread = known.std(axis=0, ddof=1) if len(known) > 1 else known.mean(axis=0)
        points: Grid = np.ceil(known.mean(axis=0) * span + self.z * spread * np.sqrt(span))
        return points


def simulate(demand: Grid, rule: Rule, seed: int) -> tuple[Grid, Grid]:
    """Run all shelves under a rule; gives units lost and mean stock of each, from FIRST_DAY on.

    Shelves of one item meet the same lateness, order by order: `seed` draws it for `demand`'s rows in groups of equal rows.
    """
    shelves, days = demand.shape
    early = demand[:, :84]
    quantity = np.ceil(np.maximum(COVER * early.mean(axis=1), 1))
    shelf, ordered = quantity + np.ceil(early.mean(axis=1) * LEAD), np.zeros(shelves)
    late, half = _deliveries(shelves // len(LEVELS), seed)
    orders, due = np.zeros(shelves, np.int64), dict[int, list[Lots]]()
    lost, held = np.zeros(shelves), np.zeros(shelves)
    for day in range(days):
        received = _joined(due.pop(day, []))
        np.add.at(shelf, received[0], received[2])
        np.add.at(ordered, received[0], -quantity[received[0]])
        sold = np.minimum(shelf, demand[:, day])
        shelf = shelf - sold
        if day >= FIRST_DAY:
            lost += demand[:, day] - sold
            held += shelf
        point = rule(Day(day, received, sold, shelf))
        while len(low := np.nonzero(shelf + ordered <= point)[0]):
            item, number = low % late.shape[0], orders[low] % MOST_ORDERS
            units = np.where(half[item, number], np.ceil(quantity[low] / 2), quantity[low])
            for wait in np.unique(late[item, number]):
                at = late[item, number] == wait
                due.setdefault(day + LEAD + int(wait), []).append((low[at], orders[low][at], units[at]))
            ordered[low] += quantity[low]
            orders[low] += 1
    return lost, held / (days - FIRST_DAY)


def _deliveries(items: int, seed: int) -> tuple[Rows, NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    shape = (items, MOST_ORDERS)
    late = np.where(rng.random(shape) < LATE, np.ceil(rng.exponential(MEAN_LATE, shape)), 0)
    return np.minimum(late, 60).astype(np.int64), rng.random(shape) < SHORT


def _joined(lots: list[Lots]) -> Lots:
    if not lots:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    return tuple(np.concatenate(column) for column in zip(*lots, strict=True))  # type: ignore[return-value]


def frontier(demand: Grid, make: Callable[[Grid], Rule], seed: int) -> list[Outcome]:
    """Lost units and mean stock at every service level."""
    items = len(demand)
    lost, stock = simulate(np.tile(demand, (len(LEVELS), 1)), make(np.repeat(LEVELS, items)), seed)
    later = demand[:, FIRST_DAY:]
    return [
        Outcome(
            level,
            100 * float(lost[at : at + items].sum() / later.sum()),
            float(stock[at : at + items].sum() / later.mean(axis=1).sum()),
        )
        for at, level in zip(range(0, items * len(LEVELS), items), LEVELS, strict=True)
    ]


def lost_at(points: list[Outcome], stock: float) -> float:
    """Units lost at this mean stock, between two points of a frontier; not a number outside of it."""
    stocks, lost = zip(*sorted((one.stock, one.lost) for one in points), strict=True)
    return float(np.interp(stock, stocks, lost, left=np.nan, right=np.nan))


def measure(source: str, data: Path, items: int, seed: int, values: dict[str, object]) -> dict[str, object]:
    """Run the four buyers on one kind of demand, print the frontiers and return them."""
    demand = demand_of(source, data, items, seed)
    frontiers = {
        "ledger": frontier(demand, lambda levels: Ledger(len(demand), levels, False, values), seed),
        "normal": frontier(demand, lambda levels: Ledger(len(demand), levels, True, values), seed),
        "28 days": frontier(demand, lambda levels: Window(28, levels), seed),
        "84 days": frontier(demand, lambda levels: Window(84, levels), seed),
    }
    for name, points in frontiers.items():
        print(f"{source:10} {name:8} " + "  ".join(f"{one.stock:.1f} d: {one.lost:.2f} %" for one in points))
    for one in frontiers["28 days"]:
        same = {name: round(lost_at(points, one.stock), 2) for name, points in frontiers.items()}
        print(f"{source:10} at {one.stock:.1f} days of stock, lost units of a hundred: {same}", flush=True)
    return {name: [vars(one) for one in points] for name, points in frontiers.items()}


def main() -> None:
    """Measure; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demand", default="cj,synthetic", help="names of `demands.py`")
    parser.add_argument("--data", type=Path, default=Path(), help="folder of online_retail_ledger.parquet")
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--values", default="{}", help="other policy values, such as '{\"calm\": 4}'")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-buyer.json")
    asked = parser.parse_args()
    values = orjson.loads(asked.values)
    figures = {
        source: measure(source, asked.data, asked.items, asked.seed, values)
        for source in asked.demand.split(",")
    }
    if asked.record:
        print(record.write("buyer", {"levels": LEVELS, "items": asked.items, "frontiers": figures}))


if __name__ == "__main__":
    main()
