"""Real sales with faults whose day is known: does an engine see them, how soon, and what does it cry without one?

The items are the products of the demo's data, all shops together, that sell on the most days; every day is in stock. Beside
each item stand four copies of it, each with one fault from a day on that the seed draws:

    spike    that day sells on top 5 to 8 times what a day with sales sold on average in the 56 days before
    triple   all sales are three times as high from that day on
    quarter  each unit is sold with a chance of a quarter from that day on
    empty    nothing is sold for 14 days, though the record says stock

Caught: an alert of a type that fits opens on the day of the fault or within its window. `by chance` is how often the same
happens in the untouched copy. False alarms are all openings in the untouched copies: the promotions of the year are among
them. Half of the items (even SHA-256 of the number) is for choosing parameters, the other half for judging them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demands import Grid, journey_items
from events import DAY_MS, HOUR_MS, LOCATION, line
from task import Answer, Task

FIRST_DAY, FIRST_FAULT, LAST_FAULT = 120, 120, 320
EMPTY_DAYS, PAST_DAYS = 14, 56
START_MS = 17_167 * DAY_MS
"""The first day of the data, 2017-01-01: weeks and months stay where they are."""
FAULTS = ("spike", "triple", "quarter", "empty")
WINDOW = {"spike": 1, "triple": 28, "quarter": 28, "empty": 14}
"""Days, the first of the fault among them, within which an alert must open."""
UP, DOWN = ("sales_spike", "level_shift"), ("sales_drought", "phantom_stock", "level_shift")
FITTING = {"spike": ("sales_spike",), "triple": UP, "quarter": DOWN, "empty": DOWN}
TYPES = ("sales_spike", "sales_drought", "phantom_stock", "level_shift")
HALVES = ("choose", "judge")


@dataclass(frozen=True)
class Panel:
    """The items of one half, and their copies with faults."""

    task: Task
    sold: Grid
    """First the untouched items, then the copies by fault, in the order of FAULTS."""
    day: NDArray[np.int64]
    """The day of the fault by fault and item."""

    @property
    def items(self) -> int:
        """How many items there are, each with its copies."""
        return self.day.shape[1]

    def rows(self, fault: str) -> slice:
        """The rows of the copies with a fault."""
        at = 1 + FAULTS.index(fault)
        return slice(at * self.items, (at + 1) * self.items)

    def write(self, folder: Path) -> None:
        """Write the task."""
        self.task.write(folder, self._events())

    def _events(self) -> Iterator[bytes]:
        ample = self.sold.sum(axis=1) * 2 + 1000
        for number, sku in enumerate(self.task.skus):
            yield self._movement(f"c{number}", "count", sku, ample[number], 0)
        for day in range(self.task.days):
            for number in np.nonzero(self.sold[:, day])[0]:
                sku = self.task.skus[number]
                moment = day * DAY_MS + 12 * HOUR_MS
                yield self._movement(f"s{number}-{day}", "sale", sku, self.sold[number, day], moment)
            end = START_MS + (day + 1) * DAY_MS
            yield line({"id": f"d{day}", "source": "world", "kind": "heartbeat", "event_time": end})

    @staticmethod
    def _movement(ident: str, kind: str, sku: str, units: float, moment: int) -> bytes:
        fields = {"id": ident, "source": "world", "kind": kind, "sku": sku, "location": LOCATION}
        return line(fields | {"quantity": f"{units:g}", "event_time": START_MS + moment})


def panels(items: int, seed: int) -> dict[str, Panel]:
    """The two halves of the items that sell on the most days. The same arguments give the same panels."""
    numbers, grid = journey_items()
    chosen = np.argsort(-(grid > 0).sum(axis=1), kind="stable")[:items]
    odd = np.array([hashlib.sha256(str(number).encode()).digest()[0] % 2 == 1 for number in numbers[chosen]])
    halves = zip(HALVES, (chosen[~odd], chosen[odd]), strict=True)
    return {half: panel(half, numbers[one], grid[one], seed) for half, one in halves}


def panel(half: str, numbers: NDArray[np.int64], sold: Grid, seed: int) -> Panel:
    """The items and their copies; the day of a fault depends on the seed, the fault and the number of the item alone."""
    day = np.zeros((len(FAULTS), len(numbers)), np.int64)
    rows = [sold]
    for at, fault in enumerate(FAULTS):
        copy = sold.copy()
        for item, number in enumerate(numbers):
            rng = np.random.default_rng([seed, at, int(number)])
            day[at, item] = rng.integers(FIRST_FAULT, LAST_FAULT)
            copy[item] = spoiled(sold[item], fault, int(day[at, item]), rng)
        rows.append(copy)
    names = [str(number) for number in numbers]
    skus = names + [f"{name}-{fault}" for fault in FAULTS for name in names]
    task = Task(f"faults-{half}", START_MS, sold.shape[1], skus, FIRST_DAY)
    return Panel(task, np.concatenate(rows), day)


def spoiled(sold: Grid, fault: str, day: int, rng: np.random.Generator) -> Grid:
    """The sales of one item with a fault from a day on."""
    changed = sold.copy()
    if fault == "spike":
        past = sold[day - PAST_DAYS : day]
        busy = past[past > 0].mean() if past.any() else 1.0
        changed[day] += np.round(rng.uniform(5, 8) * busy)
    elif fault == "triple":
        changed[day:] *= 3
    elif fault == "quarter":
        changed[day:] = rng.binomial(sold[day:].astype(int), 0.25)
    else:
        changed[day : day + EMPTY_DAYS] = 0
    return changed


@dataclass(frozen=True)
class Seen:
    """How one fault was seen."""

    fault: str
    recall: float
    by_chance: float
    delay: float
    """Median days from the fault to the opening, of those that were caught; nan if none was."""


def seen(panel: Panel, answer: Answer) -> list[Seen]:
    """Judge an answer, fault by fault."""
    found = []
    days = np.arange(panel.task.days)
    for at, fault in enumerate(FAULTS):
        opened = answer.openings(FITTING[fault])
        begin = panel.day[at][:, None]
        window = (days >= begin) & (days < begin + WINDOW[fault])
        hits = opened[panel.rows(fault)] & window
        caught = hits.any(axis=1)
        delay = (hits.argmax(axis=1) - panel.day[at])[caught]
        chance = (opened[: panel.items] & window).any(axis=1).mean()
        middle = float(np.median(delay)) if len(delay) else float("nan")
        found.append(Seen(fault, float(caught.mean()), float(chance), middle))
    return found


def false_alarms(panel: Panel, answer: Answer) -> dict[str, float]:
    """Openings in the untouched items by type, for each item and month of 30 days."""
    months = panel.items * (panel.task.days - FIRST_DAY) / 30
    counts = dict.fromkeys(TYPES, 0)
    for alert in answer.alerts:
        if alert.kind in counts and alert.sku < panel.items and alert.opened >= FIRST_DAY:
            counts[alert.kind] += 1
    return {kind: count / months for kind, count in counts.items()}
