"""Rows of a ledger in the warehouse, and a desk over it that decides for real and writes its messages to a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lowtide.desk.clock import WallClock
from lowtide.desk.desk import Desk
from lowtide.desk.store import Store
from lowtide.notify.targets import Targets
from lowtide.people import Book
from lowtide.rows import instant
from lowtide.warehouse import Warehouse, desk_record

PEOPLE = """
time_zone: Asia/Shanghai
calendars: {always: {}}
people:
  wang: {name: 王芳, calendar: always, contacts: ["file:wang.jsonl"]}
  chen: {name: 陈晨, lead: wang, calendar: always, contacts: ["file:chen.jsonl"]}
teams:
  buyers: {lead: wang, members: [chen], fallback: wang, calendar: always}
routes:
  - {match: {}, to: buyers, group_by: [sku]}
"""


def row(alert_id: str, seq: int = 1, entry: str = "OPENED", **more: Any) -> dict[str, Any]:
    """A row of the ledger as a run writes it, of now."""
    now = instant(datetime.now(UTC))
    return {
        "pipeline": "p", "partition": "f", "offset": 0, "alert_id": alert_id, "seq": seq, "entry": entry, "action_id": "",
        "type": "out_of_stock", "severity": "critical", "location": "330", "sku": f"sku-{alert_id}",
        "event_time": now, "opened_at": now, "available": "2.5", "demand_per_day": "1.5", "detail": "{}",
    } | more  # fmt: skip


def insert(warehouse: Warehouse, *rows: dict[str, Any], table: str = "ledger") -> None:
    """Insert rows as one block."""
    desk_record.insert_json(warehouse, table, [json.dumps(row) for row in rows])


@contextmanager
def desk(folder: Path, warehouse: Warehouse, **options: Any) -> Iterator[Desk]:
    """A desk on the wall clock, which is not running yet."""
    book = Book.read(PEOPLE, "people.yaml")
    with Store.open(folder / "desk" / "desk.db") as store:
        yield Desk(store, warehouse, book, Targets(book.targets, folder), WallClock(), **options)


def told(folder: Path, person: str = "chen") -> list[dict[str, Any]]:
    """The messages that a person got."""
    path = folder / f"{person}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
