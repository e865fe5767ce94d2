"""Who orders for a shop: by the proposals, by the same arithmetic on plain figures, or by a rule of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
from scipy.stats import norm

from demands import Grid
from lowtide.propose import Demand, Item, Position, Supplier, Supply, Terms, order, thousandths
from nights import Nights
from ordering_shop import FIRST, FIXED, SUPPLIERS, Evening, Shop


class Proposals:
    """Orders what `propose.order` says. The core runs beside the shop and writes its position rows each night."""

    def __init__(self, shop: Shop, levels: Sequence[float], values: dict[str, object]) -> None:
        self._nights = Nights(len(shop.demand), {"lead_time": "7 d", **values})
        self._shop, self._skus = shop, len(shop.demand)
        usual = Terms.of({})
        self._terms = [replace(usual, service_level=level) for level in levels]
        self._items = [
            Item(
                str(sku), supplier=SUPPLIERS[shop.supplier[sku]].supplier, pack=int(shop.pack[sku]) * 1000,
                moq=int(shop.moq[sku]) * 1000, unit_cost=float(shop.cost[sku]),
            )
            for sku in range(self._skus)
        ]  # fmt: skip
        self._demand: dict[int, Demand] = {}
        self._seen = -1
        self._before = Rule(shop, levels, window=FIXED)

    def __call__(self, evening: Evening, supplier: int, shelves: Sequence[int]) -> dict[int, int]:
        if evening.day != self._seen:
            self._learn(evening)
            self._seen = evening.day
        if evening.day < FIXED:
            return self._before(evening, supplier, shelves)
        at = datetime.combine(FIRST + timedelta(days=evening.day), datetime.min.time(), UTC) + timedelta(
            hours=23
        )
        found = {}
        for shelf in shelves:
            position = self._position(evening, shelf, at)
            sku, terms = shelf % self._skus, self._terms[shelf // self._skus]
            proposed = order(position, self._items[sku], SUPPLIERS[supplier], terms, at)
            if proposed is not None:
                found[shelf] = proposed.quantity // 1000
        return found

    def _position(self, evening: Evening, shelf: int, at: datetime) -> Position:
        supply = tuple(
            Supply(one.ref, one.units * 1000, FIRST + timedelta(days=one.due))
            for one in evening.orders[shelf]
        )
        sku, place = str(shelf % self._skus), f"v{shelf // self._skus}"
        available = thousandths(int(evening.stock[shelf]))
        return Position("bench", "shop", place, sku, at, available, self._demand[shelf], supply, available)

    def _learn(self, evening: Evening) -> None:
        """What the core knows when the day is over."""
        rows = self._nights.close(evening.day, evening.received, evening.sold, evening.stock)
        self._read(rows, FIRST + timedelta(days=evening.day + 1))

    def _read(self, rows: pa.RecordBatch, first_day: date) -> None:
        """Mean and variance of each shelf, from the start of `first_day`."""
        sku = rows["sku"].cast(pa.string()).to_pylist()
        place = rows["location"].cast(pa.string()).to_pylist()
        means, variances = rows["demand_mean"].to_pylist(), rows["demand_variance"].to_pylist()
        for at in range(rows.num_rows):
            shelf = int(place[at][1:]) * self._skus + int(sku[at])
            self._demand[shelf] = Demand(first_day, tuple(means[at]), tuple(variances[at]))


class OnWindow(Proposals):
    """The same arithmetic on mean and variance of the last 84 days, in place of what the core learned."""

    def _learn(self, evening: Evening) -> None:
        self._sold = [*getattr(self, "_sold", [])[-FIXED + 1 :], evening.sold.copy()]
        known = np.array(self._sold)
        mean = known.mean(axis=0)
        variance = known.var(axis=0, ddof=1) if len(known) > 1 else mean
        tomorrow = FIRST + timedelta(days=evening.day + 1)
        for shelf, (units, spread) in enumerate(
            zip(mean.tolist(), np.maximum(variance, mean).tolist(), strict=True)
        ):
            days = range(1, 11)
            self._demand[shelf] = Demand(
                tomorrow, tuple(units * n for n in days), tuple(spread * n for n in days)
            )


class Rule:
    """Fills up to mean × days + z × deviation × √days: from the last days each evening, or fixed at day FIXED."""

    def __init__(self, shop: Shop, levels: Sequence[float], *, window: int, fixed: bool = False) -> None:
        self._fixed, self._window = fixed, window
        self._z = np.repeat(norm.ppf(levels), len(shop.demand))
        copies = len(levels)
        self._pack, self._moq = np.tile(shop.pack, copies), np.tile(shop.moq, copies)
        self._sold: list[Grid] = []
        self._mean = self._deviation = np.zeros(0)

    def __call__(self, evening: Evening, supplier: int, shelves: Sequence[int]) -> dict[int, int]:
        self._note(evening)
        found, span = {}, self._span(evening.day, SUPPLIERS[supplier]) if shelves else 0
        for shelf in shelves:
            level = self._mean[shelf] * span + self._z[shelf] * self._deviation[shelf] * span**0.5
            open_ = sum(one.units for one in evening.orders[shelf])
            need = int(np.ceil(level - evening.stock[shelf] - open_ - 1e-9))
            if need > 0:
                pack = int(self._pack[shelf])
                found[shelf] = -(-max(need, int(self._moq[shelf])) // pack) * pack
        return found

    def _span(self, day: int, supplier: Supplier) -> int:
        """Days from tomorrow to the day before the delivery of the order after this one, as a shop counts them."""
        today = FIRST + timedelta(days=day)
        return (supplier.delivery(supplier.order_day_after(today).day) - today).days

    def _note(self, evening: Evening) -> None:
        if len(self._sold) == evening.day + 1:
            return
        self._sold.append(evening.sold.copy())
        if self._fixed and evening.day >= FIXED:
            return
        window = FIXED if evening.day < FIXED else self._window
        known = np.array(self._sold[-window:])
        self._mean = known.mean(axis=0)
        self._deviation = known.std(axis=0, ddof=1) if len(known) > 1 else known.mean(axis=0)
