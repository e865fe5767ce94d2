"""A few shops that sell, run low, order and wait, one day at a time, so that the truth is known.

The days are UTC days. In a day things happen in this order: counts before opening (05:30), deliveries
(06:00 to 07:59), sales with returns and voids (08:00 to 21:59), recorded losses (22:05), transfers (22:15),
orders (22:30) and shipments (23:00). Losses that nobody records happen at 05:00; the next weekly count
shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lowtide.samples.lateness import SHORT_SHARE, days_late
from lowtide.sources.movement import KINDS

Ints = NDArray[np.int64]
CODE = {name: code for code, name in enumerate(KINDS)}
"""The number of a kind in a block."""

START_MS = 1_767_225_600_000
"""Day 0 is Thursday, 2026-01-01."""
HOUR = 3_600_000
DAY = 24 * HOUR
UNIT = 1000
"""Quantities are in thousandths."""

WEEKDAYS = np.array([0.90, 0.85, 0.90, 0.98, 1.17, 1.22, 0.98])
"""Demand by day of the week, Monday first, mean 1."""
HOURS = np.array([2, 3, 5, 7, 8, 7, 6, 6, 8, 10, 12, 10, 7, 3], dtype=float)
"""Demand by hour, 08:00 to 21:59."""
LINE_UNITS, LINE_CHANCE = np.array([1, 2, 3, 4, 6]), np.array([0.78, 0.15, 0.04, 0.02, 0.01])


@dataclass
class Events:
    """Movements as columns of one length. `ref` is a number by kind; a void's is the index of its sale in the day.

    A missing `ref`, a missing `due` and the position of a heartbeat are -1.
    """

    kind: Ints
    position: Ints
    quantity: Ints
    time: Ints
    ref: Ints
    due: Ints

    @staticmethod
    def of(
        kind: str,
        position: Ints,
        quantity: Ints | int,
        time: Ints | int,
        ref: Ints | int = -1,
        due: Ints | int = -1,
    ) -> Events:
        """Columns of one kind; single numbers are repeated."""
        n = len(position)
        columns = (
            np.broadcast_to(np.asarray(c, dtype=np.int64), (n,)).copy() for c in (quantity, time, ref, due)
        )
        return Events(np.full(n, CODE[kind], dtype=np.int64), position, *columns)

    @staticmethod
    def join(parts: list[Events]) -> Events:
        """All pieces, one after the other."""
        names = ("kind", "position", "quantity", "time", "ref", "due")
        return Events(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass
class Closing:
    """The truth at the end of a day, one entry per position, in thousandths."""

    day: int
    book: Ints
    """On hand by all records up to the end of the day, whenever they arrive. Lowtide must show this."""
    shelf: Ints
    """Units that are really on the shelf: `book` minus losses that nobody has recorded yet."""
    demand: Ints
    """Units that customers wanted to buy."""
    lost: Ints
    """Units that they wanted and did not get. More than 0 is a day with a stockout."""


@dataclass
class Shop:
    """All positions, location by location, each with the same SKUs; advance it with `day()`."""

    positions: int
    seed: int
    skus: int = field(init=False)

    def __post_init__(self) -> None:
        draw = np.random.default_rng([self.seed, 1])
        n = self.positions
        self.skus = min(n, max(10, round((4 * n) ** 0.5)))
        self.sku = np.arange(n) % self.skus
        self.location = np.arange(n) // self.skus
        self.price = np.round(np.exp(draw.normal(1.0, 0.7, self.skus)), 2) + 0.09
        self.weighed = draw.random(self.skus) < 0.05
        self.supplier = draw.integers(0, max(2, self.skus // 12), self.skus)
        self.category = draw.integers(0, max(2, self.skus // 20), self.skus)
        self.pack = draw.choice([1, 4, 6, 12], self.skus)
        popular = np.exp(draw.normal(-0.6, 1.2, self.skus))
        size = np.exp(draw.normal(0.0, 0.4, int(self.location[-1]) + 1))
        self.rate = np.minimum(popular[self.sku] * size[self.location], 60.0)
        self.spread = draw.uniform(1.3, 2.5, n)
        self.lead = (2 + draw.integers(0, 6, int(self.supplier.max()) + 1))[self.supplier][self.sku]
        cover = self.rate * (self.lead + 1)
        self.point = np.ceil(cover + 1.5 * np.sqrt(self.spread * cover)).astype(np.int64) * UNIT
        pack = self.pack[self.sku]
        self.lot = (
            np.ceil(np.maximum(self.rate * draw.integers(7, 15, n), 1) / pack).astype(np.int64) * pack * UNIT
        )
        opening = np.ceil(self.rate * draw.integers(4, 15, n)).astype(np.int64) + draw.integers(0, 3, n)
        self.shelf = opening * UNIT
        self.book = self.shelf.copy()
        self.aside = np.zeros(n, dtype=np.int64)
        self.on_order = np.zeros(n, dtype=np.int64)
        self.refs = 0
        self._later: dict[int, list[Events]] = {}
        self._short: dict[int, list[tuple[int, int]]] = {}

    def day(self, day: int) -> tuple[Events, Closing]:
        """Simulate one day. Returns its movements by event time, and the truth at its end."""
        draw = np.random.default_rng([self.seed, 2, day])
        start = START_MS + day * DAY
        parts = [self._counts(draw, day, start)]
        for planned in self._later.pop(day, []):
            self._apply(planned)
            parts.append(planned)
        for position, rest in self._short.pop(day, []):
            self.on_order[position] -= rest
        sold, demand, lost = self._sales(draw, day, start)
        at = sum(len(part.kind) for part in parts)
        returned, undone = self._corrections(draw, sold)
        undone.ref += at
        parts += [sold, returned, undone, *self._aside(draw, day, start)]
        parts += [
            *self._losses(draw, start),
            *self._transfers(draw, day, start),
            *self._orders(draw, day, start),
        ]
        beats = start + np.arange(24) * HOUR
        parts.append(Events.of("heartbeat", np.full(24, -1, dtype=np.int64), 0, beats))
        events = Events.join(parts)
        return events, Closing(day, self.book.copy(), self.shelf.copy(), demand, lost)

    def _apply(self, planned: Events) -> None:
        """Let deliveries arrive: a delivery that was planned earlier changes the stock on its day."""
        arriving = np.isin(planned.kind, (CODE["receipt"], CODE["transfer_in"]))
        for stock in (self.shelf, self.book):
            np.add.at(stock, planned.position[arriving], planned.quantity[arriving])
        received = planned.kind == CODE["receipt"]
        np.subtract.at(self.on_order, planned.position[received], planned.quantity[received])
        released = np.isin(planned.kind, (CODE["release"], CODE["unreserve"]))
        np.subtract.at(self.aside, planned.position[released], planned.quantity[released])

    def _plan(self, days: Ints, events: Events) -> None:
        for day in np.unique(days):
            today = days == day
            columns = (events.kind, events.position, events.quantity, events.time, events.ref, events.due)
            self._later.setdefault(int(day), []).append(Events(*(column[today] for column in columns)))

    def _counts(self, draw: np.random.Generator, day: int, start: int) -> Events:
        stolen = np.flatnonzero((draw.random(self.positions) < 0.004) & (self.shelf >= 3 * UNIT))
        if day:
            self.shelf[stolen] -= draw.integers(1, 3, len(stolen)) * UNIT
        every = np.arange(self.positions)
        counted = every if day == 0 else every[every % 7 == day % 7]
        self.book[counted] = self.shelf[counted]
        times = start + 5 * HOUR + HOUR // 2 + draw.integers(0, HOUR // 2, len(counted))
        return Events.of("count", counted, self.shelf[counted], times)

    def _sales(self, draw: np.random.Generator, day: int, start: int) -> tuple[Events, Ints, Ints]:
        mean = self.rate * WEEKDAYS[(day + 3) % 7] / float(LINE_UNITS @ LINE_CHANCE)
        lines = draw.negative_binomial(mean / (self.spread - 1), 1 / self.spread)
        position = np.repeat(np.arange(self.positions), lines)
        n = len(position)
        quantity = draw.choice(LINE_UNITS, n, p=LINE_CHANCE) * UNIT
        weighed = self.weighed[self.sku[position]]
        quantity[weighed] = draw.integers(150, 1500, int(weighed.sum()))
        hours = draw.choice(len(HOURS), n, p=HOURS / HOURS.sum())
        times = start + (8 + hours) * HOUR + draw.integers(0, HOUR, n)
        order = np.lexsort((times, position))
        quantity, times = quantity[order], times[order]
        # Units left for each line: the shelf minus the quantities of earlier lines of the day.
        wanted = np.cumsum(quantity) - quantity
        first = np.searchsorted(position, np.arange(self.positions))
        before = wanted - (wanted[first[position]] if n else 0)
        can = np.maximum(self.shelf - np.maximum(self.aside, 0), 0)
        sold = np.clip(can[position] - before, 0, quantity)
        weights = (quantity, sold)
        demand, served = (
            np.bincount(position, one, self.positions).astype(np.int64)
            if n
            else np.zeros(self.positions, np.int64)
            for one in weights
        )
        self.shelf -= served
        self.book -= served
        some = sold > 0
        return Events.of("sale", position[some], sold[some], times[some]), demand, demand - served

    def _corrections(self, draw: np.random.Generator, sold: Events) -> list[Events]:
        n = len(sold.position)
        back = np.flatnonzero(draw.random(n) < 0.01)
        undone = np.flatnonzero(draw.random(n) < 0.005)
        parts = []
        for kind, chosen, after in (("return", back, HOUR), ("void", undone, 2 * 60_000)):
            position, quantity = sold.position[chosen], sold.quantity[chosen]
            for stock in (self.shelf, self.book):
                np.add.at(stock, position, quantity)
            ref = chosen.astype(np.int64) if kind == "void" else -1
            parts.append(Events.of(kind, position, quantity, sold.time[chosen] + after, ref))
        return parts

    def _aside(self, draw: np.random.Generator, day: int, start: int) -> list[Events]:
        parts = []
        free = self.shelf - self.aside
        for kind, undo, at in (("hold", "release", 9), ("reserve", "unreserve", 10)):
            position = np.flatnonzero((draw.random(self.positions) < 0.002) & (free > 12 * UNIT))
            quantity = draw.integers(1, 4, len(position)) * UNIT
            self.aside[position] += quantity
            parts.append(
                Events.of(kind, position, quantity, start + at * HOUR + draw.integers(0, HOUR, len(position)))
            )
            days = day + draw.integers(1, 4, len(position))
            self._plan(days, Events.of(undo, position, quantity, START_MS + days * DAY + 7 * HOUR))
        return parts

    def _losses(self, draw: np.random.Generator, start: int) -> list[Events]:
        position = np.flatnonzero((draw.random(self.positions) < 0.004) & (self.shelf >= 4 * UNIT))
        quantity = -draw.integers(1, 3, len(position)) * UNIT
        self.shelf[position] += quantity
        self.book[position] += quantity
        return [Events.of("adjustment", position, quantity, start + 22 * HOUR + 300_000)]

    def _transfers(self, draw: np.random.Generator, day: int, start: int) -> list[Events]:
        position = np.flatnonzero((draw.random(self.positions) < 0.001) & (self.shelf > 15 * UNIT))
        to = position - self.skus
        position, to = position[to >= 0], to[to >= 0]
        quantity = draw.integers(2, 6, len(position)) * UNIT
        self.shelf[position] -= quantity
        self.book[position] -= quantity
        refs = self._references(len(position))
        arrived = quantity - UNIT * (draw.random(len(position)) < 0.03)
        arriving = Events.of("transfer_in", to, arrived, start + 2 * DAY + 7 * HOUR, refs)
        self._plan(np.full(len(position), day + 2), arriving)
        return [Events.of("transfer_out", position, quantity, start + 22 * HOUR + 900_000, refs)]

    def _orders(self, draw: np.random.Generator, day: int, start: int) -> list[Events]:
        delivered = [e for e in self._later.get(day + 1, []) if e.kind[0] == CODE["receipt"]]
        shipments = []
        for e in delivered:
            shipments.append(Events.of("shipment", e.position, e.quantity, start + 23 * HOUR, e.ref))
        position = np.flatnonzero(self.book + self.on_order <= self.point)
        n = len(position)
        quantity, lead, refs = self.lot[position], self.lead[position], self._references(n)
        self.on_order[position] += quantity
        due = START_MS + (day + lead) * DAY + 10 * HOUR
        arrival = day + lead + days_late(draw, n)
        short = draw.random(n) < SHORT_SHARE
        comes = np.where(short, np.maximum(quantity // UNIT // 2, 1) * UNIT, quantity)
        times = START_MS + arrival * DAY + 6 * HOUR + draw.integers(0, 2 * HOUR, n)
        self._plan(arrival, Events.of("receipt", position, comes, times, refs))
        closing = arrival + draw.integers(2, 6, n)
        ends = Events.of("order", position, 0, START_MS + closing * DAY + 15 * HOUR, refs, due)
        left = np.flatnonzero(short & (comes < quantity))
        columns = (ends.kind, ends.position, ends.quantity, ends.time, ends.ref, ends.due)
        self._plan(closing[left], Events(*(column[left] for column in columns)))
        for one in left:
            self._short.setdefault(int(closing[one]), []).append(
                (int(position[one]), int((quantity - comes)[one]))
            )
        return [*shipments, Events.of("order", position, quantity, start + 22 * HOUR + 1_800_000, refs, due)]

    def _references(self, n: int) -> Ints:
        refs = self.refs + np.arange(n, dtype=np.int64)
        self.refs += n
        return refs
