"""What a log leaves behind, in one shape for everyone who replays it.

>>> run([movement("1", "receipt", "2.5", 0)]).positions["L", "A"]["on_hand"]
2500
"""

import json
from typing import NamedTuple

from tests.model import log
from tests.model.log import COLUMNS
from tests.model.policy import Policy

MONDAY = 1795392000000
"""2026-11-23T00:00:00Z."""


class Outcome(NamedTuple):
    positions: dict
    """(location, sku) to {column: thousandths}, with last_event_time in milliseconds."""
    demand: dict
    """(location, sku, UTC day) to thousandths; days whose sum is 0 left out."""
    supply: dict
    """(location, sku) to [(ref, remaining, in transit, due)] of what is open, by (due, ref)."""
    counters: dict
    """accepted, duplicates, rejects; and what data_quality shows: over_released, over_received (thousandths),
    void_unmatched, void_of_what."""


def movement(id: str, kind: str, quantity, when: int, **more) -> dict:
    """One record of position L/A, as the JSON object it is."""
    place = {"sku": "A", "location": "L", "quantity": quantity} if kind != "heartbeat" else {}
    return {"id": id, "source": "s", "kind": kind, "event_time": MONDAY + when} | place | more


def run(records: list[dict], policy: Policy | None = None) -> Outcome:
    """Replay records in this order of arrival."""
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    replayed = log.run("\n".join(lines).encode(), policy)
    stock = replayed.stock.items()
    return Outcome(
        positions={
            key: {name: getattr(position, name) for name in (*COLUMNS, "last_event_time")}
            for key, position in stock
        },
        demand={
            (*key, day): units for key, position in stock for day, units in position.demand.items() if units
        },
        supply={
            key: [(ref, s.remaining, s.in_transit, s.due) for ref, s in position.open_supply.items()]
            for key, position in stock
        },
        counters={
            **{name: replayed.counts[name] for name in ("accepted", "duplicates", "rejects")},
            "over_released": sum(position.over_released for _, position in stock),
            "over_received": sum(position.over_received for _, position in stock),
            "void_unmatched": replayed.voids.unmatched,
            "void_of_what": replayed.void_of_what,
        },
    )
