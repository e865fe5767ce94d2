"""The same job as a plain Python loop: what a careful programmer writes first, without numpy and Rust.

For each record: decode with orjson, validate in the order of the semantics, deduplicate, move the stock,
count the demand of the day, keep open supply with its due date, and compare with trip levels that are
computed again when a position's day turns or its supply changes. Alerts open, change level and clear with
hysteresis; there are also alerts for negative stock, overdue supply and out of stock. It is simpler than Lowtide: it uses a
normal quantile instead of the negative binomial, and does not handle late records, revisions, flapping, spikes, policy
layers or timers. So the comparison favours the plain loop.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import ceil, sqrt
from typing import Any

import orjson

KINDS = {
    "sale",
    "return",
    "void",
    "receipt",
    "order",
    "shipment",
    "adjustment",
    "count",
    "hold",
    "release",
    "heartbeat",
}
DAY_MS = 86_400_000
DEDUP_MS, GRACE_MS = 7 * DAY_MS, DAY_MS
HORIZON = 8
LINES = ((3, -0.8416, 0.2533), (2, 0.0, 0.6745), (1, 0.5244, 1.0364))
"""Severity, and as normal quantiles its entry line (.8, .5, .3) and its exit line, half of that."""


class Position:
    """What the loop remembers about one SKU in one location; stock in thousandths, demand in units."""

    __slots__ = ("alerts", "day", "episodes", "on_hand", "rate", "sold", "supply", "trips")

    def __init__(self) -> None:
        self.on_hand = 0
        self.rate = 0.0
        self.sold = 0.0
        self.day = -1
        self.supply: dict[str, tuple[int, int]] = {}
        self.trips: list[tuple[int, int, int]] = []
        self.alerts: dict[str, int] = {}
        self.episodes = 0


class Loop:
    """All positions of one log."""

    def __init__(self) -> None:
        self.positions: dict[tuple[str, str], Position] = {}
        self.seen: dict[tuple[str, str], int] = {}
        self.forget: list[tuple[int, tuple[str, str]]] = []
        self.ledger: list[tuple[int, str, str, str, str, int]] = []
        self.rejects: dict[str, int] = {}
        self.clock = 0
        self.duplicates = 0
        self.oldest = 0

    def run(self, lines: Iterable[bytes]) -> None:
        """Take every line of a block."""
        for line in lines:
            movement = self.valid(line)
            if isinstance(movement, str):
                self.rejects[movement] = self.rejects.get(movement, 0) + 1
            else:
                self.apply(movement)

    def valid(self, line: bytes) -> dict[str, Any] | str:
        """Decode and validate one record; give the reason if it cannot be used."""
        try:
            movement: dict[str, Any] = orjson.loads(line)
        except orjson.JSONDecodeError:
            return "not_json"
        if type(movement) is not dict:
            return "not_an_object"
        for name in ("source", "id", "kind", "event_time", "sku", "location", "quantity"):
            value = movement.get(name)
            if value is None:
                return "missing_field"
            if name != "quantity" and name != "event_time":
                if type(value) is not str:
                    return "wrong_type"
                if len(value) > 128:
                    return "too_long"
        if movement["kind"] not in KINDS:
            return "unknown_kind"
        time = movement["event_time"]
        if type(time) is str:
            try:
                moment = datetime.fromisoformat(time)
            except ValueError:
                return "bad_time"
            if moment.tzinfo is None:
                return "no_zone"
            time = round(moment.timestamp() * 1000)
        movement["at"] = time
        try:
            whole, _, part = str(movement["quantity"]).partition(".")
            if len(part) > 3:
                return "bad_quantity"
            thousandths = int(whole) * 1000
            if part:
                thousandths += int(part.ljust(3, "0")) * (-1 if whole.startswith("-") else 1)
        except ValueError:
            return "bad_quantity"
        if thousandths < 0 and movement["kind"] not in ("adjustment", "sale"):
            return "negative_quantity"
        movement["milli"] = thousandths
        return movement

    def apply(self, movement: dict[str, Any]) -> None:
        """Deduplicate, move stock, and look for alerts."""
        if self.new(movement):
            where = (movement["location"], movement["sku"])
            position = self.positions.get(where)
            if position is None:
                position = self.positions[where] = Position()
            self.move(where, position, movement)

    def new(self, movement: dict[str, Any]) -> bool:
        """Whether its source and id did not come in the last seven days; if so, the clock of the log follows it."""
        at = movement["at"]
        key = (movement["source"], movement["id"])
        if key in self.seen:
            self.duplicates += 1
            return False
        self.seen[key] = at
        self.forget.append((at, key))
        self.clock = max(self.clock, at)
        while self.oldest < len(self.forget) and self.forget[self.oldest][0] < self.clock - DEDUP_MS:
            self.seen.pop(self.forget[self.oldest][1], None)
            self.oldest += 1
        if self.oldest > 100_000:
            del self.forget[: self.oldest]
            self.oldest = 0
        return True

    def move(self, where: tuple[str, str], position: Position, movement: dict[str, Any]) -> None:
        """Apply a new movement to its position at the time of the log."""
        day = self.clock // DAY_MS
        stale = position.day != day
        if stale:
            days = min(28, day - position.day) if position.day >= 0 else 0
            if days and position.on_hand > 0:
                position.rate += (position.sold / days - position.rate) * (1 - 0.9755**days)
                position.sold = 0.0
            position.day = day
        kind, quantity = movement["kind"], movement["milli"]
        if kind == "sale":
            position.on_hand -= quantity
            position.sold += quantity / 1000
        elif kind in ("return", "void", "adjustment"):
            position.on_hand += quantity
            if kind == "void":
                position.sold -= quantity / 1000
        elif kind == "receipt":
            position.on_hand += quantity
            ref = movement.get("ref")
            if ref in position.supply:
                rest = position.supply[ref][0] - quantity
                if rest > 0:
                    position.supply[ref] = (rest, position.supply[ref][1])
                else:
                    del position.supply[ref]
                stale = True
        elif kind == "order":
            position.supply[movement["ref"]] = (quantity, movement.get("due") or movement["at"] + 7 * DAY_MS)
            stale = True
        elif kind == "count":
            position.on_hand = quantity
        if stale:
            self.levels(position)
        self.detect(where, position)

    def levels(self, position: Position) -> None:
        """Compute the stock at which each severity trips, from demand and dated supply over the horizon."""
        mean = position.rate * HORIZON
        deviation = sqrt(1.5 * mean + mean * mean / 20)
        coming = 0
        if position.supply:
            last = (position.day + HORIZON) * DAY_MS
            coming = int(
                sum(0.885 * rest for rest, due in position.supply.values() if self.clock < due <= last)
            )
        position.trips = [
            (
                severity,
                max(0, ceil(mean + entry * deviation) * 1000 - coming),
                ceil(mean + leave * deviation) * 1000 - coming,
            )
            for severity, entry, leave in LINES
        ]

    def detect(self, where: tuple[str, str], position: Position) -> None:
        """Compare stock with the levels and let alerts open, change and clear."""
        stock, alerts = position.on_hand, position.alerts
        if stock < 0 or "negative_stock" in alerts:
            self.switch(where, position, "negative_stock", 2 if stock < 0 else 0)
        empty = stock <= 0 and position.rate > 0
        if empty or "out_of_stock" in alerts:
            self.switch(where, position, "out_of_stock", 3 if empty else 0)
        level, now = 0, alerts.get("projected_stockout", 0)
        if not empty:
            for severity, trip, leave in position.trips:
                if stock < trip or (severity <= now and stock < leave):
                    level = severity
                    break
        if level != now:
            self.switch(where, position, "projected_stockout", level)
        if position.supply or "overdue_supply" in alerts:
            overdue = any(due + GRACE_MS <= self.clock for _, due in position.supply.values())
            self.switch(where, position, "overdue_supply", 2 if overdue else 0)

    def switch(self, where: tuple[str, str], position: Position, kind: str, level: int) -> None:
        """Write a ledger entry when an alert opens, changes level or clears; without a change, writes nothing."""
        before = position.alerts.get(kind, 0)
        if before == level:
            return
        if level:
            position.alerts[kind] = level
            position.episodes += not before
        else:
            del position.alerts[kind]
        entry = (
            "OPENED" if not before else "CLEARED" if not level else "WORSENED" if level > before else "EASED"
        )
        self.ledger.append((self.clock, *where, kind, entry, level))
