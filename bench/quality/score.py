"""Score stock-out alerts against what truly happened, by the protocol of the frozen worlds.

A world is one stock history for each SKU, where `events` are the input of an engine and `truth` the days on which a
zero-stock episode starts. A decision is a condition, true or false, for each SKU at the end of each day. Then

    opens    on the rising edge of the condition, from day 120 on
    closes   when the condition is false two days in a row
    caught   an episode with lost demand, if an alert is open at the end of the day before it
    true     an opened alert, if any episode starts within 14 days of its opening

    precision = true / opened        recall = caught / episodes with lost demand
    false alarms per SKU-month = (opened - true) / SKUs / (days / 30)

A chance is judged on every position-day with stock, not at openings only: openings are the days on which an error was large.

The condition of a warning is only read while there is stock: an alert about an empty shelf is not a warning any more.
`python bench/quality/score.py FOLDER` scores the two reference methods, so that the scorer can be checked against
published figures.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

FIRST_DAY = 120
WITHIN = 14
KINDS = ("on_hand", "item_master", "sale", "receipt", "po_created", "count")
Grid = NDArray[np.float64]
"""SKUs in rows, days in columns."""


@dataclass(frozen=True)
class World:
    """What happened: stock, sales and reorder point at the end of each day, and where episodes start."""

    name: str
    on_hand: Grid
    sold: Grid
    reorder_point: Grid
    starts: NDArray[np.bool_]
    lost: NDArray[np.bool_]

    @staticmethod
    def read(folder: Path, name: str) -> World:
        """Read `world_<name>_events.parquet` and `world_<name>_truth.parquet`."""
        events = pq.read_table(folder / f"world_{name}_events.parquet").to_pydict()
        truth = pq.read_table(folder / f"world_{name}_truth.parquet").to_pydict()
        kind = np.array([KINDS.index(one) for one in events["type"]])
        sku, day, quantity = (np.array(events[column]) for column in ("sku", "day", "qty"))
        shape = (int(sku.max()) + 1, int(day.max()) + 1)
        change, sold, reorder = np.zeros(shape), np.zeros(shape), np.full(shape, np.nan)
        for number, sign in ((0, 1.0), (2, -1.0), (3, 1.0)):
            at = kind == number
            np.add.at(change, (sku[at], day[at]), sign * quantity[at])
        stock = change.cumsum(axis=1)
        for at in np.nonzero(kind == 5)[0]:
            stock[sku[at], day[at] :] += quantity[at] - stock[sku[at], day[at]]
        at = kind == 2
        np.add.at(sold, (sku[at], day[at]), quantity[at])
        at = kind == 1
        reorder[sku[at], day[at]] = np.array(events["rop"])[at]
        for later in range(1, shape[1]):
            unset = np.isnan(reorder[:, later])
            reorder[unset, later] = reorder[unset, later - 1]
        starts, lost = np.zeros(shape, bool), np.zeros(shape, bool)
        starts[truth["sku"], truth["day"]] = True
        lost[truth["sku"], truth["day"]] = np.array(truth["kind"]) == 1
        return World(name, stock, sold, reorder, starts, lost)


@dataclass(frozen=True)
class Score:
    """The result of one line of a rule in one world."""

    line: float
    precision: float
    recall: float
    f1: float
    false_alarms: float
    """Per SKU and month of 30 days."""
    opened: int


def score(world: World, condition: NDArray[np.bool_], line: float) -> Score:
    """Score one condition (SKUs by days, at the end of each day)."""
    skus, days = condition.shape
    is_open, quiet = np.zeros(skus, bool), np.zeros(skus, int)
    before = np.zeros((skus, days), bool)
    opened = np.zeros((skus, days), bool)
    for day in range(FIRST_DAY, days):
        now = condition[:, day]
        opened[:, day] = now & ~is_open
        quiet = np.where(now, 0, quiet + 1)
        is_open = now | (is_open & (quiet < 2))
        before[:, day] = is_open
    episodes = world.lost[:, FIRST_DAY + 1 :]
    caught = int((before[:, FIRST_DAY:-1] & episodes).sum())
    soon = np.zeros((skus, days), bool)
    for ahead in range(1, WITHIN + 1):
        soon[:, : days - ahead] |= world.starts[:, ahead:]
    right, total = int((opened & soon).sum()), int(opened.sum())
    precision = right / total if total else 0.0
    recall = caught / int(episodes.sum())
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Score(line, precision, recall, f1, (total - right) / (skus * (days - FIRST_DAY) / 30), total)


def best(scores: Iterable[Score]) -> tuple[Score, Score | None]:
    """Give the line of the best F1, and that of the fewest false alarms at a recall of .8 or more, if any."""
    found = list(scores)
    enough = [one for one in found if one.recall >= 0.8]
    return max(found, key=lambda one: one.f1), min(enough, key=lambda one: one.false_alarms, default=None)


@dataclass(frozen=True)
class Tenth:
    """The position-days whose chance lies in one tenth: what was said of them, and what share came true."""

    said: float
    came: float
    days: int


def calibration(world: World, chance: Grid, horizon: int) -> list[Tenth]:
    """Judge the chance at the end of every day with stock: does an episode start within the horizon?"""
    days = chance.shape[1]
    soon = np.zeros(chance.shape, bool)
    for ahead in range(1, horizon + 1):
        soon[:, : days - ahead] |= world.starts[:, ahead:]
    judged = world.on_hand > 0
    judged[:, :FIRST_DAY] = judged[:, days - horizon :] = False
    said, came = chance[judged], soon[judged]
    tenth = np.minimum((said * 10).astype(int), 9)
    return [
        Tenth(float(said[tenth == one].mean()), float(came[tenth == one].mean()), int((tenth == one).sum()))
        for one in range(10)
        if (tenth == one).any()
    ]


def static_minimum(world: World) -> list[Score]:
    """An alert below a fixed share of the item's reorder point; its lines are the shares .05 to 1.5."""
    shares = np.arange(0.05, 1.501, 0.05)
    return [score(world, _warned(world, s * world.reorder_point), round(float(s), 2)) for s in shares]


def days_of_cover(world: World) -> list[Score]:
    """An alert below a number of days of the mean sales of the last 28 days; its lines are 1 to 14 days."""
    sums = world.sold.cumsum(axis=1)
    sums[:, 28:] = sums[:, 28:] - sums[:, :-28]
    daily = sums / np.minimum(np.arange(1, sums.shape[1] + 1), 28)
    return [score(world, _warned(world, d * daily), float(d)) for d in np.arange(1, 14.01, 0.5)]


def _warned(world: World, level: Grid) -> NDArray[np.bool_]:
    return (world.on_hand > 0) & (world.on_hand <= level)


def report(name: str, scores: list[Score]) -> dict[str, object]:
    """Print and give one row of the table."""
    top, calm = best(scores)
    few = f"{calm.false_alarms:.3f} (line {calm.line:g})" if calm else "recall .8 not reached"
    print(
        f"{name:28} best F1 {top.f1:.3f} (line {top.line:g}, precision {top.precision:.3f}, "
        f"recall {top.recall:.3f}); false alarms per SKU-month at recall >= .8: {few}"
    )
    return {"rule": name, "best": asdict(top), "calm": asdict(calm) if calm else None}


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Say which folder holds the worlds: `python bench/quality/score.py FOLDER`.")
    for world_name in sys.argv[2:] or ("cj", "or"):
        the_world = World.read(Path(sys.argv[1]), world_name)
        report(f"{world_name} static minimum", static_minimum(the_world))
        report(f"{world_name} days of cover", days_of_cover(the_world))
