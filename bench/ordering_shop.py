"""A synthetic shop, its suppliers, and a year of it under a buyer.

Four suppliers take orders on different days; 11.5 % of deliveries are late, 4 % bring half. A third of the SKUs sells on few
days. Demand that finds an empty shelf is lost, and nobody sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from demands import Grid, synthetic
from lowtide.propose import Supplier

FIRST = date(2026, 1, 5)
"""A Monday."""
DAYS, LEARN, FIXED = 365, 120, 84
LATE, MEAN_LATE, SHORT, MOST_ORDERS = 0.115, 4, 0.04, 400
_UTC = ZoneInfo("UTC")
SUPPLIERS = (
    Supplier("daily", lead_time=2, zone=_UTC),
    Supplier("mon-thu", order_days=frozenset({0, 3}), lead_time=3, zone=_UTC),
    Supplier(
        "mon-wed-fri",
        order_days=frozenset({0, 2, 4}),
        delivery_days=frozenset({1, 3, 5}),
        lead_time=1,
        zone=_UTC,
    ),
    Supplier("weekly", order_days=frozenset({1}), lead_time=7, zone=_UTC),
)
Whole = NDArray[np.int64]


class Open(NamedTuple):
    """One open order of a shelf."""

    ref: str
    units: int
    due: int
    """Day of the promise."""
    comes: int
    """Day on which it comes."""
    brings: int


@dataclass(frozen=True)
class Shop:
    """SKUs, their suppliers and their demand, drawn from one seed."""

    demand: Grid
    supplier: Whole
    pack: Whole
    moq: Whole
    cost: Grid
    late: Whole
    """Days late, by SKU and number of its order."""
    half: NDArray[np.bool_]

    @classmethod
    def of(cls, seed: int, skus: int) -> Shop:
        """A shop; the same seed gives the same."""
        rng = np.random.default_rng(seed)
        demand = synthetic(rng, skus, DAYS)
        a_day = np.maximum(demand[:, :FIXED].mean(axis=1), 0.02)
        sizes = np.array([1, 6, 12, 24])
        fits = np.searchsorted(sizes, a_day * rng.choice([1, 3, 6], skus), side="right") - 1
        pack = sizes[np.maximum(fits, 0)]
        shape = (skus, MOST_ORDERS)
        late = np.where(rng.random(shape) < LATE, np.ceil(rng.exponential(MEAN_LATE, shape)), 0)
        return cls(
            demand, rng.integers(0, len(SUPPLIERS), skus), pack, pack * rng.integers(1, 3, skus),
            np.round(np.exp(rng.normal(1.2, 0.8, skus)), 2), np.minimum(late, 30).astype(np.int64),
            rng.random(shape) < SHORT,
        )  # fmt: skip

    def classes(self) -> dict[str, int]:
        """How many SKUs are smooth, intermittent, erratic, lumpy (Syntetos, Boylan, Croston)."""
        sells = self.demand > 0
        gap = DAYS / np.maximum(sells.sum(axis=1), 1)
        sizes = np.where(sells, self.demand, np.nan)
        spread = (np.nanstd(sizes, axis=1) / np.nanmean(sizes, axis=1)) ** 2
        names = np.array(["smooth", "erratic", "intermittent", "lumpy"])
        found = names[2 * (gap > 1.32) + (spread > 0.49)]
        return {str(name): int((found == name).sum()) for name in names}


class Evening(NamedTuple):
    """What a buyer sees when the shop has closed."""

    day: int
    stock: Grid
    sold: Grid
    received: list[tuple[int, str, int]]
    """Shelf, ref, units."""
    orders: list[list[Open]]


Buyer = Callable[[Evening, int, Sequence[int]], dict[int, int]]
"""Units to order of each shelf whose supplier takes orders today: (evening, supplier, shelves)."""


def simulate(shop: Shop, copies: int, buyer: Buyer) -> tuple[Grid, Grid]:
    """Run shelves (each SKU `copies` times); units lost and mean stock of each, from day LEARN on."""
    skus = len(shop.demand)
    shelves = skus * copies
    stock = np.tile(np.ceil(shop.demand[:, :FIXED].mean(axis=1) * 21) + shop.pack, copies).astype(float)
    orders: list[list[Open]] = [[] for _ in range(shelves)]
    placed = np.zeros(shelves, np.int64)
    lost, held = np.zeros(shelves), np.zeros(shelves)
    for day in range(DAYS):
        received = _receive(day, orders)
        for shelf, _, units in received:
            stock[shelf] += units
        wanted = np.tile(shop.demand[:, day], copies)
        sold = np.minimum(stock, wanted)
        stock = stock - sold
        if day >= LEARN:
            lost += wanted - sold
            held += stock
        evening = Evening(day, stock, sold, received, orders)
        for number, supplier in enumerate(SUPPLIERS):
            if (FIRST + timedelta(days=day)).weekday() not in supplier.order_days:
                buyer(evening, number, ())
                continue
            chosen = [shelf for shelf in range(shelves) if shop.supplier[shelf % skus] == number]
            due = (supplier.delivery(FIRST + timedelta(days=day)) - FIRST).days
            for shelf, units in buyer(evening, number, chosen).items():
                sku, nth = shelf % skus, placed[shelf] % MOST_ORDERS
                brings = -(-units // 2) if shop.half[sku, nth] else units
                comes = due + int(shop.late[sku, nth])
                orders[shelf].append(Open(f"{shelf}-{placed[shelf]}", units, due, comes, brings))
                placed[shelf] += 1
    return lost, held / (DAYS - LEARN)


def _receive(day: int, orders: list[list[Open]]) -> list[tuple[int, str, int]]:
    """What comes this morning. A delivery that brings half closes its order: the supplier has no more."""
    came = []
    for shelf, open_ in enumerate(orders):
        if any(one.comes == day for one in open_):
            came += [(shelf, one.ref, one.brings) for one in open_ if one.comes == day]
            orders[shelf] = [one for one in open_ if one.comes != day]
    return came
