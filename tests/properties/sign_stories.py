"""Seeded logs of few positions with small quantities, from which signs come; a family of logs for each kind of sign.

papers   orders, shipments, receipts with and without an order, transfers, returns, counts: late, twice and voided
weeks    weeks of sales whose level changes, quiet times, counts, an empty shelf
lots     goods that keep for some days, of which too many come now and then
orders   orders that are dated anew, sent short, cancelled, overdue
tills    tills that fail, send what they kept when they are back, and items that lie on no shelf any more
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from tests.model.instant import DAY, HOUR
from tests.properties.logs import MONDAY

LAGS = (HOUR, 5 * HOUR, 20 * HOUR, 40 * HOUR, 70 * HOUR)
VERY_LATE = (80 * HOUR, 100 * HOUR)


@dataclass
class Story:
    """Records with the time at which they arrive."""

    dice: random.Random
    rows: list[tuple[int, dict]] = field(default_factory=list)
    late: float = 0.0
    """How often a record arrives late."""

    def add(
        self, kind: str, when: int, quantity: int = 0, sku: str | None = "A", lag: int = 0, **more
    ) -> dict:
        """A record of some milliseconds after the first Monday; absent fields are None."""
        place = {} if kind == "heartbeat" else {"sku": sku, "location": "L", "quantity": quantity}
        base = {"id": f"m{len(self.rows)}", "source": "s", "kind": kind, "event_time": MONDAY + when}
        record = base | place | {name: value for name, value in more.items() if value is not None}
        if self.dice.random() < self.late:
            lag += self.dice.choice(LAGS)
        self.rows.append((when + lag, record))
        return record

    def void(self, record: dict, of: str | None = None, lag: int = 0) -> None:
        """Take back most or all of a record within two days, now and then before it arrives."""
        when = record["event_time"] - MONDAY + self.dice.randrange(2 * DAY)
        quantity = self.dice.choice([abs(record["quantity"])] * 3 + [1])
        row = self.add("void", when, quantity, record["sku"], lag, ref=record["id"], of=of)
        row["source"] = record["source"]

    def end(self, day: int, twice: bool = True) -> list[dict]:
        """In order of arrival, some records a second time."""
        self.add("heartbeat", day * DAY)
        found = [record for _, record in sorted(self.rows, key=lambda row: row[0])]
        for _ in range(self.dice.choice([0, 0, 4]) if twice else 0):
            place = self.dice.randrange(len(found))
            found.insert(place + self.dice.randint(0, 9), found[place])
        return found

    def sales(self, rate: float) -> int:
        """A Poisson number."""
        number, chance, limit = 0, self.dice.random(), math.exp(-rate)
        while chance > limit:
            number, chance = number + 1, chance * self.dice.random()
        return number


def papers(dice: random.Random) -> list[dict]:
    story, span, rate = Story(dice), dice.choice([12, 25, 45]), dice.choice([0.2, 1, 2])
    story.late = dice.choice([0, 0.1])
    skus = "AB"[: dice.choice([1, 1, 2])]
    for sku in skus:
        if dice.random() < 0.8:
            story.add("count", dice.randrange(DAY), dice.randint(0, 40), sku)
    for day in range(span):
        at, sku = day * DAY + dice.randrange(DAY), dice.choice(skus)
        for _ in range(story.sales(rate)):
            story.add("sale", day * DAY + dice.randrange(DAY), dice.choice([1, 1, 2, -1]), sku)
        if dice.random() < 0.12:
            _supply(story, at, sku)
        if dice.random() < 0.08:
            story.add("count", at, dice.randint(0, 40), sku, lag=dice.choice([0, 0, 0, *VERY_LATE]))
        if dice.random() < 0.08:
            kind = dice.choice(["adjustment", "return", "transfer_out"])
            story.add(kind, at, dice.randint(1, 5), sku, reason=dice.choice([None, "r"]))
        if dice.random() < 0.05:
            story.add("receipt", at, 5, sku, ref=dice.choice([None, f"X{day}"]))
        if dice.random() < 0.08:
            known = [
                record for _, record in story.rows if record["kind"] not in ("count", "order", "void", "sale")
            ]
            if known:
                story.void(dice.choice(known), dice.choice([None, "receipt", "return"]))
    return story.end(span + dice.choice([0, 2, 10, 40]))


def _supply(story: Story, at: int, sku: str) -> None:
    """Some of order, shipment and receipt under one of few refs."""
    dice = story.dice
    ref, due = f"PO{dice.randint(1, 4)}", MONDAY + at + dice.randint(-1, 6) * DAY
    if dice.random() < 0.7:
        story.add("order", at, dice.choice([20, 20, 0]), sku, ref=ref, due=dice.choice([due, None]))
    if dice.random() < 0.7:
        when = at + dice.randrange(5 * DAY)
        story.add("shipment", when, dice.choice([20, 20, 10]), sku, ref=ref, due=dice.choice([due, None]))
    if dice.random() < 0.7:
        kind, units = dice.choice(["receipt", "receipt", "transfer_in"]), dice.choice([20, 20, 14, 25])
        story.add(kind, at + dice.randrange(9 * DAY), units, sku, ref=ref)


def weeks(dice: random.Random) -> list[dict]:
    story, span, rate = Story(dice), dice.choice([40, 70]), dice.choice([0.3, 1, 2, 3])
    story.late, much = dice.choice([0, 0.02]), dice.random() < 0.6
    story.add(dice.choice(["count", "receipt"]), dice.randrange(DAY), 900 if much else dice.randint(30, 60))
    now, until = rate, dice.randint(20, 40)
    for day in range(span):
        at = day * DAY + dice.randrange(DAY)
        if day >= until:
            now = rate * dice.choice([0, 0.1, 0.1, 3, 1, 1])
            until = day + dice.randint(4, 20)
        for _ in range(story.sales(now)):
            sold = story.add("sale", day * DAY + dice.randrange(DAY), dice.choice([1, 1, 1, 2]))
            if dice.random() < 0.02:
                story.void(sold, lag=LAGS[-1])
        if not much and dice.random() < 0.15:
            story.add("receipt", at, dice.choice([10, 30]))
        if dice.random() < 0.03:
            story.add("count", at, dice.randint(400, 900) if much else dice.choice([0, 20, 60]))
        if dice.random() < 0.04:
            story.add(dice.choice(["adjustment", "return"]), at, dice.randint(1, 5), reason="r")
        if dice.random() < 0.02:
            story.add(dice.choice(["transfer_out", "receipt"]), at, 1000)
    return story.end(span + dice.choice([0, 10, 40]))


def lots(dice: random.Random) -> list[dict]:
    story, span, rate = Story(dice), dice.choice([20, 35]), dice.choice([0.4, 2, 5])
    story.late, life = dice.choice([0, 0.05]), dice.randint(3, 14)
    if dice.random() < 0.7:
        story.add("count", dice.randrange(DAY), dice.randint(0, 20))
    for day in range(span):
        at = day * DAY + dice.randrange(DAY)
        for _ in range(story.sales(rate)):
            story.add("sale", day * DAY + dice.randrange(DAY), dice.choice([1, 1, 2]))
        if dice.random() < 0.3:
            end = MONDAY + (day + life + dice.randint(-2, 2)) * DAY
            end += dice.choice([DAY - 1, DAY - 1, dice.randrange(DAY)])
            units = int(rate * 3 * dice.choice([0.5, 1, 1, 4])) + 1
            kind = dice.choice(["receipt", "transfer_in"])
            came = story.add(kind, at, units, expiry=dice.choice([end] * 9 + [None]))
            if dice.random() < 0.15:
                story.void(came, dice.choice([None, "receipt"]))
        if dice.random() < 0.07:
            story.add("count", at, dice.randint(0, 25))
        if dice.random() < 0.1:
            story.add(
                dice.choice(["adjustment", "return", "transfer_out"]), at, dice.randint(1, 5), reason="r"
            )
    return story.end(span + dice.choice([0, 2, 10]), twice=False)


def orders(dice: random.Random) -> list[dict]:
    story, span, rate = Story(dice), dice.choice([25, 40]), dice.choice([1, 2, 4])
    story.late = dice.choice([0, 0.05])
    story.add("count", dice.randrange(DAY), dice.randint(10, 60))
    for day in range(span):
        at = day * DAY + dice.randrange(DAY)
        for _ in range(story.sales(rate)):
            story.add("sale", day * DAY + dice.randrange(DAY), dice.choice([1, 1, 2]))
        if dice.random() < 0.13:
            _dated(
                story, at, f"PO{day}" if dice.random() < 0.8 else "PO1", int(rate * dice.choice([7, 10, 14]))
            )
        if dice.random() < 0.05:
            story.add("count", at, dice.randint(0, 40))
        if dice.random() < 0.05:
            story.add(
                dice.choice(["adjustment", "return", "transfer_out"]), at, dice.randint(1, 5), reason="r"
            )
    return story.end(span + dice.choice([0, 2, 10]))


def _dated(story: Story, at: int, ref: str, units: int) -> None:
    """An order that is dated anew, sent and received, or not."""
    dice, due = story.dice, MONDAY + at + story.dice.randint(1, 7) * DAY
    story.add("order", at, units, ref=ref, due=dice.choice([due, due, None]))
    for _ in range(dice.choice([0, 1, 1, 2])):
        again = dice.choice([units] * 9 + [0])
        story.add("order", at + dice.randrange(6 * DAY), again, ref=ref, due=due + dice.randint(-2, 7) * DAY)
    if dice.random() < 0.5:
        later = dice.choice([None, None, due + dice.randint(0, 7) * DAY])
        story.add("shipment", at + dice.randrange(5 * DAY), units, ref=ref, due=later)
    if dice.random() < 0.7:
        story.add("receipt", at + dice.randrange(12 * DAY), dice.choice([units, units, units // 2]), ref=ref)


def tills(dice: random.Random) -> list[dict]:
    story, span = Story(dice), dice.choice([24, 32])
    names = ["till-1", "till-2", "till-3"][: dice.choice([1, 2, 2, 3])]
    outages = [
        (
            dice.choice([*names, "*"]),
            dice.randrange(15 * DAY, span * DAY),
            dice.choice([8 * HOUR, DAY, 4 * DAY]),
        )
        for _ in range(dice.choice([1, 2]))
    ]
    for name, item in ((name, item) for name in names for item in range(2)):
        sku, stuck = f"{name} {item}", dice.choice([span, dice.randint(15, span)])
        story.add("count", dice.randrange(HOUR), 900, sku)["source"] = "erp"
        for when in (day * DAY + 8 * HOUR for day in range(stuck) for _ in range(dice.randint(2, 5))):
            at = when + dice.randrange(12 * HOUR)
            ends = [
                start + long for who, start, long in outages if who in (name, "*") and 0 <= at - start < long
            ]
            if ends and dice.random() < 0.7:
                continue
            lag = ends[0] - at + dice.randrange(HOUR) if ends else 0
            story.add("sale", at, 1, sku, lag)["source"] = name
    for hour in range(0, span * 24, 3):
        story.add("heartbeat", hour * HOUR)["source"] = "clock"
    return story.end(span, twice=False)
