"""Worlds in which stock runs out: was a warning open in time, how often was one false, can its chance be believed?

An engine reads the world as a task (`task.py`); a `projected_stockout` that is open at the end of a day is its warning, and
`score.py` judges it. Beside it stand anchors at the line that was best for this world, chosen afterwards: no engine knows
that line, so they are stronger here than in a shop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from dynamic import dynamic_policy
from events import START_MS, movements
from make_worlds import Spec, make
from score import FIRST_DAY, Score, Tenth, World, best, calibration, days_of_cover, score, static_minimum
from task import Answer, Task

KIND = "projected_stockout"
PUBLISHED = {"cj": (0.71, 0.200), "or": (0.64, 0.436)}
"""Best F1, and false alarms at a recall of .8 or more, of the dynamic policy that was published with the frozen worlds."""
FROZEN_LEAD_DAYS, FROZEN_REVIEW_DAYS = 7, 1


@dataclass(frozen=True)
class Place:
    """A world on disk, and how its shop orders."""

    folder: Path
    name: str
    lead_days: int = FROZEN_LEAD_DAYS
    review_days: int = FROZEN_REVIEW_DAYS

    def world(self) -> World:
        """What happened in it."""
        return World.read(self.folder, self.name)

    def task(self, world: World) -> Task:
        """What an engine is told of it."""
        skus, days = world.on_hand.shape
        names = [str(sku) for sku in range(skus)]
        return Task(
            self.name, START_MS, days, names, FIRST_DAY, self.lead_days, self.review_days, chance=True
        )

    def write(self, task: Task, folder: Path) -> None:
        """Write the folder that an engine reads."""
        task.write(folder, movements(self.folder, self.name), self._items())

    def _items(self) -> Iterator[str]:
        rows = pq.read_table(self.folder / f"world_{self.name}_events.parquet")
        master = rows.filter(pc.equal(rows["type"], "item_master"))
        columns = (master[column].to_pylist() for column in ("sku", "day", "rop", "order_qty"))
        yield from (
            f"{sku},{day},{point:g},{units:g}" for sku, day, point, units in zip(*columns, strict=True)
        )


def generated(specs: list[Spec], data: Path | None, folder: Path) -> list[Place]:
    """Make worlds in a folder; `data` holds Online Retail's file."""
    return [Place(folder, make(one, data or Path(), folder), one.lead, one.review) for one in specs]


@dataclass(frozen=True)
class Judged:
    """How an engine did in one world."""

    score: Score
    tenths: list[Tenth]
    """What it said and what came true, by tenths of its chance; empty if it gave no chance."""

    @property
    def gap(self) -> float:
        """The largest difference between what was said and what came true; nan if it gave no chance."""
        return max((abs(one.said - one.came) for one in self.tenths), default=float("nan"))


def judge(world: World, answer: Answer) -> Judged:
    """Judge an answer as it is, without a choice of lines."""
    condition = answer.standing(KIND) & (world.on_hand > 0)
    tenths = calibration(world, answer.chance, answer.horizon) if answer.horizon else []
    return Judged(score(world, condition, 0.0), tenths)


def anchors(place: Place, world: World) -> dict[str, tuple[Score, Score | None]]:
    """The anchors by name: the score of the best line, and of the fewest false alarms at a recall of .8."""
    cover = place.lead_days + place.review_days
    swept = {
        "static minimum": static_minimum(world),
        "days of cover": days_of_cover(world),
        "quick dynamic policy": dynamic_policy(world, place.folder, cover),
    }
    return {who: best(scores) for who, scores in swept.items()}
