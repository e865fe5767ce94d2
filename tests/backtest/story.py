"""A week in one place under two policies, in which every alert and its time can be told by hand.

Tea, coffee and salt each begin with 10 units and sell one an hour from 10:00 on their day, so that 7 are left at 12:00, 4 at
15:00 and none at 19:00. Milk has an order that is due on the third day at noon and comes on the seventh.

    policy before   reorders below 5; knows nothing of salt; a supply is overdue 24 hours after its due time
    policy after    reorders below 8; not for coffee; a supply is overdue 48 hours after its due time
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from lowtide.policy.model import AlertType

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SOLD_ON = {"tea": 0, "coffee": 1, "salt": 4}
"""The day on which each is sold out."""
_USED = ("out_of_stock", "below_reorder_point", "overdue_supply")
_UNUSED = [name for name in get_args(AlertType) if name not in _USED]
CATALOGUE = """sku,name,category,unit_price,unit_cost
tea,Green tea,DRINKS,10,6
coffee,Coffee,DRINKS,10,6
salt,Salt,DRY,2,1
"""


def at(day: int, hour: int = 0) -> datetime:
    """An hour of a day, counted from the Monday."""
    return MONDAY + timedelta(days=day, hours=hour)


def text(day: int, hour: int = 0) -> str:
    """The same as the document has it."""
    return f"{at(day, hour):%Y-%m-%dT%H:%M:%S}.000Z"


def _policy(reorder: int, grace: str, layer: dict[str, Any]) -> str:
    defaults = {"reorder_point": reorder, "grace": grace, "off": _UNUSED}
    return json.dumps({"defaults": defaults, "layers": [layer]})  # JSON is YAML


BEFORE = _policy(5, "24h", {"name": "salt", "match": {"sku": "salt"}, "set": {"off": [*_UNUSED, *_USED]}})
AFTER = _policy(
    8,
    "48h",
    {"name": "coffee", "match": {"sku": "coffee"}, "set": {"off": [*_UNUSED, "below_reorder_point"]}},
)
PEOPLE = """
time_zone: UTC
calendars: {shop: {work: {daily: "08:00-20:00"}}}
people:
  wang: {name: 王芳, calendar: shop, contacts: [console]}
  chen: {name: Chen, contacts: [console]}
routes:
  - {match: {type: overdue_supply}, to: chen}
  - {to: wang}
"""


def movements() -> list[dict[str, Any]]:
    """All movements, in order of event time."""
    rows: list[dict[str, Any]] = []

    def move(when: datetime, kind: str, sku: str | None, quantity: int | None, **more: Any) -> None:
        what = {} if sku is None else {"sku": sku, "location": "306", "quantity": quantity}
        rows.append(
            {"source": "till", "kind": kind, "event_time": f"{when:%Y-%m-%dT%H:%M:%SZ}", **what, **more}
        )

    for sku in (*SOLD_ON, "milk"):
        move(at(0, 7), "count", sku, 50 if sku == "milk" else 9)
        move(at(0, 8), "receipt", sku, 1)
    move(at(0, 9), "order", "milk", 20, ref="PO1", due=f"{at(2, 12):%Y-%m-%dT%H:%M:%SZ}")
    for sku, day in SOLD_ON.items():
        for hour in range(10, 20):
            move(at(day, hour), "sale", sku, 1)
    move(at(6, 9), "receipt", "milk", 20, ref="PO1")
    for sku in SOLD_ON:
        move(at(6, 10), "receipt", sku, 30)
    move(at(8), "heartbeat", None, None)
    rows.sort(key=lambda row: row["event_time"])
    return [{"id": str(number), **row} for number, row in enumerate(rows)]


def write(folder: Path) -> dict[str, str]:
    """The files of the story in a folder, by what they are."""
    files = {
        "history": "week.jsonl", "before": "before.yaml", "after": "after.yaml", "catalogue": "items.csv",
        "people": "people.yaml",
    }  # fmt: skip
    contents = {
        "history": "".join(f"{json.dumps(row)}\n" for row in movements()), "before": BEFORE, "after": AFTER,
        "catalogue": CATALOGUE, "people": PEOPLE,
    }  # fmt: skip
    for what, name in files.items():
        (folder / name).write_text(contents[what], encoding="utf-8")
    return {what: str(folder / name) for what, name in files.items()}
