"""What many ERP systems and reports do, as an engine of the benchmark: fixed rules, no estimate, nothing learned.

    projected_stockout   the stock is at or under half the reorder point
    phantom_stock        there is stock, and nothing was sold for 28 days
    sales_spike          a day sells five units or more, and more than the mean of the last 56 days and four of their
                         standard deviations
    level_shift          the last 28 days sold more than twice, or less than half, of what is usual by the 84 days before

It reads a task's folder and uses the standard library only: an example of the interface.
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PLUS = {"count": 0, "receipt": 1, "sale": -1}
"""What a movement does to the stock; a count sets it."""
IDLE_DAYS, SHORT_DAYS, LONG_DAYS, PAST_DAYS = 28, 28, 84, 56
LEAST_SPIKE = 5
Line = dict[str, object]


@dataclass
class Item:
    """One SKU at one location."""

    location: str
    sku: str
    stock: float = 0.0
    today: float = 0.0
    idle: int = 0
    reorder_point: float = 0.0
    past: deque[float] = field(default_factory=lambda: deque(maxlen=SHORT_DAYS + LONG_DAYS))
    open: dict[str, int] = field(default_factory=dict)
    """When the open alerts were opened, by type."""

    def end_day(self, moment: int) -> Iterator[Line]:
        """Look at the rules at the end of a day; yield the alerts that end."""
        self.idle = 0 if self.today else self.idle + 1
        holds = {
            "projected_stockout": 0 < self.stock <= self.reorder_point / 2,
            "phantom_stock": self.stock > 0 and self.idle >= IDLE_DAYS,
            "sales_spike": self._spike(),
        }
        self.past.append(self.today)
        holds["level_shift"] = self._shift()
        self.today = 0.0
        for kind, now in holds.items():
            if now:
                self.open.setdefault(kind, moment)
            elif kind in self.open:
                yield self.alert(kind, moment)

    def alert(self, kind: str, ended: int | None) -> Line:
        """The line of an alert that ends, or that is open at the end."""
        opened = self.open.pop(kind)
        return {
            "type": kind, "location": self.location, "sku": self.sku, "opened_at": opened, "ended_at": ended
        }  # fmt: skip

    def _spike(self) -> bool:
        known = list(self.past)[-PAST_DAYS:]
        if len(known) < PAST_DAYS or self.today < LEAST_SPIKE:
            return False
        return self.today > statistics.fmean(known) + 4 * statistics.pstdev(known)

    def _shift(self) -> bool:
        if len(self.past) < SHORT_DAYS + LONG_DAYS:
            return False
        days = list(self.past)
        usual = sum(days[:LONG_DAYS]) / LONG_DAYS * SHORT_DAYS
        return usual >= LEAST_SPIKE and not usual / 2 <= sum(days[LONG_DAYS:]) <= usual * 2


def answer(folder: Path) -> Iterator[Line]:
    """Read the events of a task and yield its alerts."""
    with (folder / "items.csv").open(newline="", encoding="utf-8") as file:
        points = [
            (int(row["from_day"]), row["sku"], float(row["reorder_point"])) for row in csv.DictReader(file)
        ]
    points.sort(reverse=True)
    start = json.loads((folder / "world.json").read_text("utf-8"))["start_ms"]
    items: dict[tuple[str, str], Item] = {}
    by_sku: dict[str, Item] = {}
    with (folder / "events.jsonl").open("rb") as events:
        for event in map(json.loads, events):
            if event["kind"] == "heartbeat":
                moment, day = event["event_time"], (event["event_time"] - start) // 86_400_000 - 1
                while points and points[-1][0] <= day:
                    _, sku, point = points.pop()
                    if sku in by_sku:
                        by_sku[sku].reorder_point = point
                for item in items.values():
                    yield from item.end_day(moment)
            elif event["kind"] in PLUS:
                key = event["location"], event["sku"]
                item = items.setdefault(key, Item(*key))
                by_sku[item.sku] = item
                units = float(event["quantity"])
                item.stock = units if event["kind"] == "count" else item.stock + PLUS[event["kind"]] * units
                item.today += units if event["kind"] == "sale" else 0.0
    for item in items.values():
        for kind in list(item.open):
            yield item.alert(kind, None)


if __name__ == "__main__":
    for alert in answer(Path(sys.argv[1])):
        print(json.dumps(alert))
