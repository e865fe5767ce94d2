"""A quickly written dynamic policy, as the anchor for worlds that were published without one.

Each item's demand is the mean and the standard deviation of its sales of the last 28 days. The chance to run out within lead
time and review period is a normal tail, on the worst day: with what has been promised by then (weight .885), or with nothing
of it (.115). An order that is overdue is not counted on. An alert opens at a line, and ends when the chance is under half of
it.

On the frozen worlds it reaches a best F1 of .665 (`cj`) and .621 (`or`); the dynamic policy that was published with them .71
and .64.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.special import ndtr

from score import FIRST_DAY, Grid, Score, World, score

WINDOW, LATE, EXIT = 28, 0.115, 0.5
LINES = (*(round(0.02 * step, 2) for step in range(2, 31)), 0.7, 0.8)
Rows = NDArray[np.int64]


class Orders:
    """The open orders of a world, by the day on which they were placed, are promised, and came."""

    def __init__(self, folder: Path, name: str) -> None:
        table = pq.read_table(folder / f"world_{name}_events.parquet")
        placed = table.filter(pc.equal(table["type"], "po_created"))
        came = table.filter(pc.equal(table["type"], "receipt"))
        columns = (came[one].to_pylist() for one in ("sku", "po", "day"))
        days = {(sku, order): day for sku, order, day in zip(*columns, strict=True)}
        pairs = zip(placed["sku"].to_pylist(), placed["po"].to_pylist(), strict=True)
        self.sku, self.placed, self.promised = (
            placed[one].to_numpy().astype(np.int64) for one in ("sku", "day", "promised_day")
        )
        self.units = placed["qty"].to_numpy().astype(float)
        self.came: Rows = np.array([days.get(pair, 1 << 30) for pair in pairs], np.int64)

    def due(self, day: int, until: int, skus: int) -> Grid:
        """Units promised for the days after `day`, to `until`, of orders that are open at the end of `day`."""
        counted = (self.placed <= day) & (self.came > day) & (self.promised > day) & (self.promised <= until)
        units: Grid = np.bincount(self.sku[counted], weights=self.units[counted], minlength=skus).astype(
            float
        )
        return units


def dynamic_policy(world: World, folder: Path, span: int) -> list[Score]:
    """Score it with every line; `span` is lead time plus review period in days."""
    chance = chances(world, Orders(folder, world.name), span)
    return [score(world, _open(world, chance, line), line) for line in LINES]


def chances(world: World, orders: Orders, span: int) -> Grid:
    """The chance at the end of every day from day 100 on."""
    skus, days = world.sold.shape
    chance = np.zeros((skus, days))
    for day in range(FIRST_DAY - 20, days):
        known = world.sold[:, day + 1 - WINDOW : day + 1]
        mean, spread = known.mean(axis=1), known.std(axis=1)
        stock, worst = world.on_hand[:, day], np.zeros(skus)
        for ahead in range(1, span + 1):
            expected = stock + orders.due(day, day + ahead, skus)
            worst = np.maximum(worst, _tail(expected, mean * ahead, spread * np.sqrt(ahead)))
        none = _tail(stock, mean * span, spread * np.sqrt(span))
        some = orders.due(day, day + span, skus) > 0
        chance[:, day] = np.where(some, (1 - LATE) * worst + LATE * none, none)
    return chance


def _tail(stock: Grid, mean: Grid, spread: Grid) -> Grid:
    reached: Grid = np.where(
        spread > 0, ndtr((mean - stock) / np.where(spread > 0, spread, 1)), mean >= stock
    )
    return reached


def _open(world: World, chance: Grid, line: float) -> NDArray[np.bool_]:
    is_open, condition = np.zeros(len(chance), bool), np.zeros(chance.shape, bool)
    for day in range(FIRST_DAY - 20, chance.shape[1]):
        now = chance[:, day]
        is_open = ((now >= line) | (is_open & (now >= EXIT * line))) & (world.on_hand[:, day] > 0)
        condition[:, day] = is_open
    return condition
