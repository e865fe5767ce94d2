"""Orders each evening, deliveries on some mornings, and counts from time to time, for the positions that sell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lowtide.samples.lateness import SHORT_SHARE, days_late
from lowtide.samples.shop import DAY, HOUR, Ints

COUNT_EVERY_DAYS = 63


class Movements:
    """Collects movements as pieces of columns, and joins them at the end."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.parts: list[tuple[Ints, ...]] = []

    def add(
        self,
        kind: str,
        position: Ints,
        quantity: Ints | int,
        time: Ints | int,
        ref: Ints | int = -1,
        due: Ints | int = -1,
    ) -> None:
        """Add movements of one kind; single numbers are repeated. -1: without. Times in ms UTC."""
        if len(position):
            columns = (position, quantity, time, ref, due)
            self.kinds.append(kind)
            self.parts.append(tuple(np.full(len(position), column, dtype=np.int64) for column in columns))

    def columns(self) -> tuple[NDArray[np.str_], Ints, Ints, Ints, Ints, Ints]:
        """Kind, position, quantity, time, ref and due of all movements, as they were added."""
        kinds = np.repeat(self.kinds, [len(part[0]) for part in self.parts])
        position, quantity, time, ref, due = (
            np.concatenate([part[index] for part in self.parts]) for index in range(5)
        )
        return kinds, position, quantity, time, ref, due


class Replenishment:
    """All regular positions at once, a day at a time. A day starts at midnight in New York (05:00 UTC)."""

    def __init__(
        self,
        draw: np.random.Generator,
        log: Movements,
        names: Ints,
        daily: Ints,
        supplier: Ints,
        pack: Ints,
    ) -> None:
        """`names` are the positions' numbers in the log, `daily` their sales (positions × days)."""
        self.draw, self.log, self.names, self.daily = draw, log, names, daily
        self.days = daily.shape[1]
        mean, variance = daily.mean(axis=1), daily.var(axis=1)
        n = len(names)
        self.sends_notice = supplier % 2 == 0
        self.lead_of = 2 + draw.integers(0, 6, int(supplier.max(initial=0)) + 1)
        """Days from an order to its promise, by the number of the supplier."""
        self.lead = self.lead_of[supplier]
        spread = np.clip(variance / np.maximum(mean, 1e-9), 1.0, 12.0)
        cover = mean * (self.lead + 1)
        self.point = np.ceil(cover + 1.65 * np.sqrt(spread * cover)).astype(np.int64)
        self.lot = np.ceil(np.maximum(mean * draw.integers(7, 22, n), 1) / pack).astype(np.int64) * pack
        self.four_days = np.ceil(4 * mean).astype(np.int64)
        self.stock = self.point + (self.lot * draw.random(n)).astype(np.int64)
        self.on_order = np.zeros(n, dtype=np.int64)
        self.refs = self.late = self.short = 0
        self._comes: dict[int, list[tuple[Ints, Ints, Ints]]] = {}
        self._ends: dict[int, list[tuple[Ints, Ints, Ints, Ints]]] = {}

    def run(self, start: int) -> None:
        """Simulate all days; `start` is the first midnight."""
        log, draw = self.log, self.draw
        log.add("count", self.names, self.stock, start + draw.integers(0, HOUR, len(self.names)))
        for day in range(self.days):
            midnight = start + day * DAY
            if day:
                self._count(day, midnight)
            self._receive(day, midnight)
            self.stock -= self.daily[:, day]
            self._close_short(day, midnight)
            self._announce(day, midnight)
            self._order(day, midnight)

    def _count(self, day: int, midnight: int) -> None:
        below = self.stock < 0
        turn = np.arange(len(self.names)) % COUNT_EVERY_DAYS == day % COUNT_EVERY_DAYS
        who = np.flatnonzero(below | turn)
        off = np.where(self.draw.random(len(who)) < 0.2, self.draw.integers(-1, 2, len(who)), 0)
        counted = np.where(below[who], self.four_days[who], np.maximum(self.stock[who] + off, 0))
        self.stock[who] = counted
        self.log.add(
            "count", self.names[who], counted, midnight + self.draw.integers(0, HOUR // 12, len(who))
        )

    def _receive(self, day: int, midnight: int) -> None:
        for who, quantity, ref in self._comes.pop(day, []):
            self.stock[who] += quantity
            self.on_order[who] -= quantity
            times = midnight + 4 * HOUR + self.draw.integers(0, 2 * HOUR, len(who))
            self.log.add("receipt", self.names[who], quantity, times, ref)

    def _close_short(self, day: int, midnight: int) -> None:
        for who, rest, ref, due in self._ends.pop(day, []):
            self.on_order[who] -= rest
            self.log.add("order", self.names[who], 0, midnight + 20 * HOUR, ref, due)

    def _announce(self, day: int, midnight: int) -> None:
        for who, quantity, ref in self._comes.get(day + 1, []):
            noted = self.sends_notice[who]
            self.log.add(
                "shipment", self.names[who[noted]], quantity[noted], midnight + 21 * HOUR, ref[noted]
            )

    def _order(self, day: int, midnight: int) -> None:
        draw = self.draw
        lack = self.point - self.stock - self.on_order
        who = np.flatnonzero(lack >= 0)
        n = len(who)
        # As many lots as needed to be above the reorder point: a feast day may sell several.
        quantity = self.lot[who] * (lack[who] // self.lot[who] + 1)
        self.on_order[who] += quantity
        ref = self.refs + np.arange(n)
        self.refs += n
        due = midnight + self.lead[who] * DAY + 12 * HOUR
        self.log.add("order", self.names[who], quantity, midnight + 22 * HOUR, ref, due)
        late_by = days_late(draw, n)
        short = (draw.random(n) < SHORT_SHARE) & (quantity > 1)
        brings = np.where(short, quantity // 2, quantity)
        arrival = day + self.lead[who] + late_by
        closing = arrival + draw.integers(2, 6, n)
        for then_day in np.unique(arrival[arrival < self.days]):
            then = arrival == then_day
            self._comes.setdefault(int(then_day), []).append((who[then], brings[then], ref[then]))
        for then_day in np.unique(closing[short & (closing < self.days)]):
            then = short & (closing == then_day)
            rest = (quantity - brings)[then]
            self._ends.setdefault(int(then_day), []).append((who[then], rest, ref[then], due[then]))
        self.late += int(((late_by > 0) & (arrival < self.days)).sum())
        self.short += int((short & (arrival < self.days)).sum())
