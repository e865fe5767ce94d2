"""A world as the movements that an engine reads: JSON lines in the order of event time.

The stock at the start is a count, receipts come at 08:00, the day's sales at 12:00, counts at 15:00, new orders at
18:00, and a heartbeat ends each day: then decisions are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow.parquet as pq

START_MS = 1_767_571_200_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
HOURS = {"on_hand": 0, "receipt": 8, "sale": 12, "count": 15, "po_created": 18}
KINDS = {"on_hand": "count", "po_created": "order"}
LOCATION = "w"


def movements(folder: Path, name: str) -> Iterator[bytes]:
    """Yield the world as NDJSON lines in the order of event time, with a heartbeat at the end of each day."""
    table = pq.read_table(folder / f"world_{name}_events.parquet").sort_by("day").to_pydict()
    today = 0
    lines: list[tuple[int, bytes]] = []
    columns = (table[column] for column in ("day", "sku", "type", "qty", "po", "promised_day"))
    for number, (day, sku, kind, quantity, order, promised) in enumerate(zip(*columns, strict=True)):
        while today < day:
            yield from _day(lines, today)
            today, lines = today + 1, []
        if kind not in HOURS:
            continue
        moment = START_MS + day * DAY_MS + HOURS[kind] * HOUR_MS
        movement = {
            "id": f"e{number}",
            "source": "world",
            "kind": KINDS.get(kind, kind),
            "sku": str(sku),
            "location": LOCATION,
            "quantity": f"{quantity:g}",
            "event_time": moment,
        }
        if order >= 0:
            movement["ref"] = f"PO{sku}-{order}"
        if promised >= 0:
            movement["due"] = START_MS + promised * DAY_MS + HOURS["receipt"] * HOUR_MS
        lines.append((moment, line(movement)))
    yield from _day(lines, today)


def _day(lines: list[tuple[int, bytes]], day: int) -> Iterator[bytes]:
    yield from (line for _, line in sorted(lines, key=lambda one: one[0]))
    end = START_MS + (day + 1) * DAY_MS
    yield line({"id": f"d{day}", "source": "world", "kind": "heartbeat", "event_time": end})


def line(fields: dict[str, object]) -> bytes:
    """One JSON line."""
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)
