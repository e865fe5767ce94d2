"""One shop of a generated world: items side by side, one day after another, with lost sales and a static rule that reorders.

At the end of a review day, where the stock by record and all open orders are at s or less, orders of Q are placed until
they are not. s covers the mean of lead time and review period and 1.88 standard deviations, Q is 14 days; both come
from the sales of the last 84 days and change every 84 days. Packs round Q up. 4 % of the orders bring half, and the
rest never comes; the rule knows that, an engine is not told. With `shrinkage`, single units go missing that the record
still counts. With `loss`, all that is on the shelf is gone at once and the record does not say so. A count of every
item finds either, and a `count` event carries what was counted. Truth is what is on the shelf, not the record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from demands import Grid

COVER_DAYS, MEMORY_DAYS = 14, 84
SAFETY, SHORT = 1.88, 0.04
LONGEST = 60
"""Nothing comes later than this many days after its promise."""
Rows = NDArray[np.int64]


def _history(rng: np.random.Generator, size: int) -> Grid:
    return np.where(rng.random(size) < 0.115, np.ceil(rng.exponential(9, size)), 0)


def _mild(rng: np.random.Generator, size: int) -> Grid:
    return np.where(rng.random(size) < 0.25, rng.geometric(0.6, size), 0)


def _heavy(rng: np.random.Generator, size: int) -> Grid:
    return np.where(rng.random(size) < 0.3, np.ceil(rng.lognormal(1.6, 0.7, size)), 0)


LATENESS: dict[str, Callable[[np.random.Generator, int], Grid]] = {
    "history": _history,
    "mild": _mild,
    "heavy": _heavy,
    "punctual": lambda _, size: np.zeros(size),
}
"""Days late: 11.5 % by 9 days on average; 25 % by 1.7; 30 % by 6.5; never."""


@dataclass(frozen=True)
class Spec:
    """What a world is like."""

    demand: str = "synthetic"
    """`cj`, `store`, `or` or `synthetic`, see `demands.py`."""
    lead: int = 7
    """Promised days from an order to its receipt."""
    review: int = 1
    """An item is looked at every so many days."""
    lateness: str = "history"
    """A name of `LATENESS`."""
    pack: int = 1
    """Orders are whole packs of so many units."""
    shrinkage: float = 0.0
    """Share of a day's demand that disappears from the shelf beside it, on average."""
    loss: float = 0.0
    """Chance that an item's shelf is empty from the end of a day on, while the record keeps its stock."""
    count_days: int = 28
    """With shrinkage or loss: every item is counted each so many days."""
    skus: int = 400
    seed: int = 1

    @property
    def name(self) -> str:
        """`cj-l3` and what else differs from an item reviewed daily, without packs and shrinkage."""
        parts = [self.demand, f"l{self.lead}"]
        parts += [f"r{self.review}"] if self.review > 1 else []
        parts += [self.lateness] if self.lateness != "history" else []
        parts += [f"p{self.pack}"] if self.pack > 1 else []
        parts += [f"s{self.shrinkage:g}c{self.count_days}"] if self.shrinkage else []
        parts += [f"h{self.loss:g}c{self.count_days}"] if self.loss else []
        return "-".join(parts)


@dataclass
class Shop:
    """All items side by side, one day after another."""

    spec: Spec
    demand: Grid
    rng: np.random.Generator
    rows: list[tuple[str, int, Rows, Grid, Rows, int, Grid, Grid]] = field(default_factory=list)

    def __post_init__(self) -> None:
        skus, days = self.demand.shape
        self.empty, self.lost = np.zeros((skus, days), bool), np.zeros((skus, days))
        self.hidden = np.zeros((skus, days), bool)
        self.point, self.quantity = self._rule(0)
        self.shelf = self.point + np.ceil(self.quantity * self.rng.random(skus))
        self.record, self.ordered = self.shelf.copy(), np.zeros(skus)
        self.coming = np.zeros((skus, days + self.spec.lead + LONGEST + 1))
        self.orders = np.zeros(skus, np.int64)
        self.due: dict[int, list[tuple[Rows, Rows, Grid, Grid]]] = {}
        self.phase = self.rng.integers(0, self.spec.review, skus)
        self.everyone = np.arange(skus)

    def run(self) -> None:
        """Go through all days."""
        self._note("on_hand", 0, self.everyone, self.shelf)
        for day in range(self.demand.shape[1]):
            if day % MEMORY_DAYS == 0:
                self.point, self.quantity = self._rule(day)
                self._note("item_master", day, self.everyone, 0 * self.shelf, point=self.point)
            self._receive(day)
            self._sell(day)
            self.hidden[:, day] = (self.shelf <= 0) & (self.record > 0)
            if self.spec.shrinkage:
                self._shrink(day)
            if self.spec.loss:
                self._lose()
            if self.spec.shrinkage or self.spec.loss:
                self._count(day)
            self._order(day)
            self.empty[:, day] = self.shelf <= 0

    def _rule(self, day: int) -> tuple[Grid, Grid]:
        sold = self.demand - self.lost
        known = sold[:, max(0, day - MEMORY_DAYS) : max(day, MEMORY_DAYS)]
        span, mean = self.spec.lead + self.spec.review, known.mean(axis=1)
        point = np.ceil(mean * span + SAFETY * known.std(axis=1, ddof=1) * np.sqrt(span))
        packs = np.ceil(np.maximum(COVER_DAYS * mean, 1) / self.spec.pack)
        return point, packs * self.spec.pack

    def _receive(self, day: int) -> None:
        for sku, order, come, ordered in self.due.pop(day, []):
            np.add.at(self.shelf, sku, come)
            np.add.at(self.record, sku, come)
            np.add.at(self.ordered, sku, -ordered)
            self._note("receipt", day, sku, come, order)

    def _sell(self, day: int) -> None:
        sold = np.minimum(self.shelf, self.demand[:, day])
        self.shelf = self.shelf - sold
        self.record = self.record - sold
        some = np.nonzero(sold)[0]
        self._note("sale", day, some, sold[some])
        self.lost[:, day] = self.demand[:, day] - sold

    def _shrink(self, day: int) -> None:
        gone = self.rng.poisson(self.spec.shrinkage * self.demand[:, max(0, day - 28) : day + 1].mean(axis=1))
        self.shelf = np.maximum(self.shelf - gone, 0)

    def _lose(self) -> None:
        gone = self.rng.random(len(self.shelf)) < self.spec.loss
        self.shelf = np.where(gone, 0, self.shelf)

    def _count(self, day: int) -> None:
        found = np.nonzero((self.everyone + day) % self.spec.count_days == 0)[0]
        found = found[self.record[found] != self.shelf[found]]
        self.record[found] = self.shelf[found]
        self._note("count", day, found, self.shelf[found])

    def _order(self, day: int) -> None:
        while True:
            low = (day + self.phase) % self.spec.review == 0
            low &= (self.record + self.ordered <= self.point) & (self.quantity > 0)
            sku = np.nonzero(low)[0]
            if not len(sku):
                return
            ordered, promised = self.quantity[sku], day + self.spec.lead
            come = np.where(self.rng.random(len(sku)) < SHORT, np.ceil(ordered / 2), ordered)
            late = np.minimum(LATENESS[self.spec.lateness](self.rng, len(sku)), LONGEST).astype(np.int64)
            for days in np.unique(late):
                at = late == days
                one = (sku[at], self.orders[sku[at]], come[at], ordered[at])
                self.due.setdefault(promised + int(days), []).append(one)
            self._note("po_created", day, sku, ordered, self.orders[sku], promised)
            self.ordered[sku] += ordered
            self.orders[sku] += 1

    def _note(
        self,
        kind: str,
        day: int,
        sku: Rows,
        units: Grid,
        order: Rows | None = None,
        promised: int = -1,
        point: Grid | None = None,
    ) -> None:
        none = 0 * units
        numbers = np.full(len(sku), -1) if order is None else order
        master = (none, none) if point is None else (point, self.quantity)
        self.rows.append((kind, day, sku, units, numbers, promised, *master))
