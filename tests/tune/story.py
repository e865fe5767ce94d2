"""A hundred days of two categories under a policy that is wrong for both, drawn from a seed.

SOAP    comes every five days with an order that is known, and never runs out; its lines are so low that each position is
        pushed again and again for nothing
BREAD   comes every ten days and is sold out a day or two before; the policy looks one day ahead, so it warns too late
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 100
JUDGE_DAY = 70
JUDGE_FROM = (BEGIN + timedelta(days=JUDGE_DAY)).date()
_PLACES = [str(300 + number) for number in range(10)]
_SKUS = {"SOAP": ("soap-1", "soap-2"), "BREAD": ("bread-1", "bread-2")}
POLICY = """# The policy of the shop. Loaves are looked at once a day.
defaults:
  off: [overdue_supply, sales_spike, negative_stock]
layers:
  # Nobody remembers why.
  - name: soap
    match: {category: SOAP}
    set: {watch: 0.05, warning: 0.08, critical: 0.5}
  - name: bread
    match: {category: BREAD}
    set: {horizon: 1d}
"""
CATALOGUE = "sku,name,category,department,unit_price,unit_cost\n" + "".join(
    f"{sku},{sku},{category},{category},{price},1\n"
    for category, price in (("SOAP", 3), ("BREAD", 5))
    for sku in _SKUS[category]
)


def movements(seed: int = 7, judged_seed: int | None = None) -> list[dict[str, Any]]:
    """All movements in order of event time; `judged_seed` draws other sales for the days that judge."""
    rows: list[dict[str, Any]] = []
    draw = random.Random(seed)

    def move(when: datetime, kind: str, place: str, sku: str, quantity: int, **more: Any) -> None:
        time = f"{when:%Y-%m-%dT%H:%M:%SZ}"
        what = {"sku": sku, "location": place, "quantity": quantity}
        rows.append({"source": "till", "kind": kind, "event_time": time, **what, **more})

    stock: dict[tuple[str, str], int] = {}
    ordered: dict[tuple[str, str], str] = {}
    for day in range(DAYS):
        if day == JUDGE_DAY and judged_seed is not None:
            draw = random.Random(judged_seed)
        morning = BEGIN + timedelta(days=day)
        for category, skus in _SKUS.items():
            for number, (place, sku) in enumerate((place, sku) for place in _PLACES for sku in skus):
                one, turn = (place, sku), day + number
                if day == 0:
                    move(morning + timedelta(hours=5), "count", place, sku, 40)
                    stock[one] = 40
                if category == "SOAP" and turn % 5 == 1:
                    ordered[one] = f"{place}-{sku}-{day}"
                    due = f"{morning + timedelta(days=4, hours=6):%Y-%m-%dT%H:%M:%SZ}"
                    move(morning + timedelta(hours=6), "order", place, sku, 30, ref=ordered[one], due=due)
                if category == "SOAP" and turn % 5 == 0 and one in ordered:
                    quantity = max(0, 46 - stock[one])
                    move(morning + timedelta(hours=6), "receipt", place, sku, quantity, ref=ordered.pop(one))
                    stock[one] += quantity
                if category == "BREAD" and turn % 10 == 0:
                    move(morning + timedelta(hours=6), "receipt", place, sku, 50)
                    stock[one] += 50
                for hour in (10, 13, 16, 19):
                    quantity = min(stock[one], draw.choice((0, 1, 2, 3)))
                    if quantity:
                        move(morning + timedelta(hours=hour), "sale", place, sku, quantity)
                        stock[one] -= quantity
    rows.sort(key=lambda row: row["event_time"])
    return [{"id": str(number), **row} for number, row in enumerate(rows)]


def write(folder: Path, judged_seed: int | None = None) -> dict[str, str]:
    """The files of the story in a folder, by what they are."""
    contents = {
        "history": "".join(f"{json.dumps(row)}\n" for row in movements(judged_seed=judged_seed)),
        "policy": POLICY, "catalogue": CATALOGUE,
    }  # fmt: skip
    names = {"history": "days.jsonl", "policy": "shop.yaml", "catalogue": "items.csv"}
    for what, name in names.items():
        (folder / name).write_text(contents[what], encoding="utf-8")
    return {what: str(folder / name) for what, name in names.items()}
