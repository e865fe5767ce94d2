"""Every sign, open: the ledgers of the stories without the entries that end an alert, as rows of a warehouse.

write(warehouse)      # the rows, and a catalogue that knows what the SKUs are
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lowtide.ledger import ENDED, SIGNS
from lowtide.warehouse import Warehouse, Writer
from tests.scenarios.story import stories
from tests.warehouse.batches import LEDGER, POSITION, batch

COSTS = {
    "Fig jam 250 g": "2.5", "Green tea 100 g": "3", "Milk 1 l": "0.8", "Cream 200 ml": "1.2", "Dish soap": "2",
    "Oat drink 1 l": "1.5", "Whole milk 1 l": "1",
}  # fmt: skip
"""What a unit costs; other SKUs are not in the catalogue."""
CLOCK = datetime.fromisoformat("2026-11-20T12:00:00Z")
"""How far the log has come."""


def entries() -> list[dict[str, Any]]:
    """The entries of the last alert of each position and sign, as `lowtide replay --json` writes them, without its end."""
    last: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for story in stories():
        for line in story.golden.read_text("utf-8").splitlines():
            entry = json.loads(line)
            if entry["type"] not in SIGNS or entry["entry"] in ENDED:
                continue
            key = entry["type"], entry["location"], entry["sku"]
            if key in last and last[key][0]["alert_id"] == entry["alert_id"]:
                last[key].append(entry)
            else:
                last[key] = [entry]
    return [entry for life in last.values() for entry in life]


def write(warehouse: Warehouse, *, twice: bool = False) -> list[dict[str, Any]]:
    """Put them into a warehouse, with positions and a catalogue; returns the entries."""
    found = entries()
    places = {(one["location"], one["sku"]): one for one in found if one["type"] != "silent_feed"}
    with Writer(warehouse) as writer:
        for _ in range(2 if twice else 1):
            writer.write("ledger", batch(LEDGER, *(_row(one) for one in found)))
            writer.write("position", batch(POSITION, *(_position(one) for one in places.values())))
        writer.reference("catalogue", _catalogue())
    return found


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(entry[name]) for name in ("event_time", "opened_at")}
    return entry | times | {"detail": json.dumps(entry["detail"])}


def _position(entry: dict[str, Any]) -> dict[str, Any]:
    columns = ("location", "sku", "on_hand", "available", "on_order", "in_transit")
    return {name: entry[name] for name in columns} | {"last_event_time": CLOCK}


def _catalogue() -> pa.Table:
    costs = [Decimal(cost) for cost in COSTS.values()]
    return pa.table({
        "sku": list(COSTS), "name": list(COSTS), "category": ["GROCERY"] * len(COSTS), "supplier": ["V002"] * len(COSTS),
        "unit_cost": pa.array(costs, pa.decimal128(18, 3)),
        "unit_price": pa.array([2 * cost for cost in costs], pa.decimal128(18, 3)),
    })  # fmt: skip
