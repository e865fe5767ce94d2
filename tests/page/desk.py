"""A desk.db with one message of three alerts, and people, for the tests of the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lowtide.desk.store import Store
from lowtide.people import Book
from lowtide.secret import Secret

NOW = 1_796_000_400_000
"""2026-11-30 01:00 UTC: nine o'clock on a Monday in Shanghai."""
KEY = Secret(bytes(range(32)))
MESSAGE = "7RZ1K0A2B3C4D5E6F7G8"
ALERTS = tuple(f"01KH1WB6NYDMJFJ04SFG2RV{n:03}" for n in range(1, 301))
PEOPLE = """
time_zone: Asia/Shanghai
currency: ¥
calendars: {office: {work: {mon-fri: "09:00-18:00"}}}
people:
  chen: {name: 陈晨, lang: zh, calendar: office, contacts: [console]}
  li: {name: Li Na, lang: en, calendar: office, contacts: [console]}
teams: {buyers: {members: [chen, li], fallback: chen, calendar: office}}
routes: [{to: buyers}]
"""


def book() -> Book:
    return Book.read(PEOPLE)


def fill(store: Store, alerts: int = 3, **first: Any) -> None:
    """Put alerts and the message that told them into desk.db; `first` are columns of the first alert."""
    with store.transaction() as tx:
        for place, alert_id in enumerate(ALERTS[:alerts]):
            insert(tx, "alert", alert(alert_id, place) | (first if place == 0 else {}))
        content = {"told": [[one, 1] for one in ALERTS[:alerts]], "counted": alerts, "worth": 321.5}
        insert(
            tx, "outbox",
            {
                "notification_id": MESSAGE, "target": "console", "person": "chen", "reason": "FIRST", "severity": "critical",
                "state": "sent", "because": "", "decided_at": NOW, "due_at": NOW, "next_at": NOW, "give_up_at": NOW,
                "tries": 1, "contact": 0, "content": json.dumps(content), "sent_at": NOW + 1500,
            },
        )  # fmt: skip


def insert(tx: Any, table: str, row: dict[str, Any]) -> None:
    """A row; columns that it does not name have a neutral value of their type."""
    columns: Sequence[Any] = tx.rows(f"PRAGMA table_info({table})")
    for column in columns:
        if column["notnull"] and column["dflt_value"] is None and column["name"] not in row:
            row[column["name"]] = "" if column["type"] == "TEXT" else 0
    names = ", ".join(row)
    tx.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", *row.values())


def alert(alert_id: str, place: int) -> dict[str, Any]:
    return {
        "alert_id": alert_id, "pipeline": "p", "type": "overdue_supply",
        "severity": ("critical", "warning", "watch")[place % 3],
        "location": "330", "location_name": "中心店", "sku": f"S{place}", "name": f"牛奶 {place}", "supplier": "V002",
        "available": "3", "demand_per_day": "4.2", "p_stockout": 0.83, "worth": 100.0 - place, "opened_at": NOW,
        "last_at": NOW, "seq": 1, "entry": "OPENED", "status": "open", "state": "new", "round": 1, "round_at": NOW,
    }  # fmt: skip


def opened(folder: Path, alerts: int = 3, **first: Any) -> Store:
    """A store with a message in it."""
    store = Store.open(folder / "desk.db")
    fill(store, alerts, **first)
    return store
