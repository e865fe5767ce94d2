"""Shops in which stock disappears and the record does not know it: is a shelf empty where an engine says `phantom_stock`?

Each opening is judged at the end of its day: right, if the record says stock and the shelf is empty. `times chance`
compares the share of right openings with the share of such position-days among all with stock by record. An episode of
14 days or more is found if an alert opens in it. An engine that ranks positions is also judged by its top: of all
position-days with stock by record the hundredth that it ranked highest, against chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from score import FIRST_DAY, World
from task import Answer

KIND = "phantom_stock"
LONG_DAYS = 14
TOP = 100
"""One position-day in so many is the top of a ranking."""


@dataclass(frozen=True)
class Hidden:
    """Where the record says stock and the shelf is empty."""

    runs: list[tuple[int, int, int]]
    """SKU, first day, the first day after."""
    empty: NDArray[np.bool_]
    """By SKU and day."""
    in_stock: NDArray[np.bool_]
    """By SKU and day, by record."""

    @staticmethod
    def read(folder: Path, name: str) -> Hidden:
        """Read `world_<name>_hidden.parquet` and the world beside it."""
        in_stock = World.read(folder, name).on_hand > 0
        table = pq.read_table(folder / f"world_{name}_hidden.parquet").to_pydict()
        runs = list(zip(table["sku"], table["day"], table["until"], strict=True))
        empty = np.zeros(in_stock.shape, bool)
        for sku, day, until in runs:
            empty[sku, day:until] = True
        return Hidden(runs, empty, in_stock)


@dataclass(frozen=True)
class Found:
    """How well hidden losses were found."""

    opened: int
    right: float
    """Share of the openings that were right; nan without any."""
    times_chance: float
    long_runs: int
    found: float
    """Share of the long runs that were found."""
    delay: float
    """Median days from the beginning of a run to the alert; nan if none was found."""
    a_month: float
    """Openings for each SKU and month of 30 days."""
    top: float
    """How many times as often as by chance the shelf is empty in the hundredth of the position-days that is ranked highest;
    nan if fewer are ranked."""


def judge(hidden: Hidden, answer: Answer) -> Found:
    """Judge the alerts of an answer."""
    opened = answer.openings([KIND])
    opened[:, :FIRST_DAY] = False
    total, skus, days = int(opened.sum()), *opened.shape
    right = float(hidden.empty[opened].mean()) if total else float("nan")
    judged = hidden.in_stock[:, FIRST_DAY:]
    base = float(hidden.empty[:, FIRST_DAY:][judged].mean())
    long = [run for run in hidden.runs if run[1] >= FIRST_DAY and run[2] - run[1] >= LONG_DAYS]
    delays = []
    for sku, day, until in long:
        at = np.nonzero(opened[sku, day:until])[0]
        if len(at):
            delays.append(int(at[0]))
    share = len(delays) / len(long) if long else float("nan")
    middle = float(np.median(delays)) if delays else float("nan")
    months = skus * (days - FIRST_DAY) / 30
    best = np.sort(answer.rank[:, FIRST_DAY:][judged])[::-1][judged.sum() // TOP - 1]
    top = judged & (answer.rank[:, FIRST_DAY:] >= best)
    times = float(hidden.empty[:, FIRST_DAY:][top].mean()) / base if best > 0 else float("nan")
    return Found(
        total, right, right / base if base else float("nan"), len(long), share, middle, total / months, times
    )
