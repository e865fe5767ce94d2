"""A real desk on a free port: its pages, its API and /live over a desk.db that a test fills, in a thread."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lowtide.desk.store import Store
from lowtide.errors import WarehouseError
from lowtide.operation import Health
from lowtide.operation.serving import Server, listening, shown
from lowtide.page.app import App
from lowtide.page.door import Door
from lowtide.people import Book
from lowtide.server.app import gate_of, made
from lowtide.service import Context
from lowtide.settings import Settings
from lowtide.web.place import Place
from lowtide.web.probe import Probe
from lowtide.web.users import Users
from tests.page.desk import KEY, NOW, insert

PEOPLE = """
time_zone: Asia/Shanghai
currency: ¥
calendars: {office: {work: {daily: "08:00-20:00"}}}
people:
  chen: {name: 陈晨, lead: wang, calendar: office, contacts: [console], approve_up_to: 5000}
  li: {name: Li Na, lang: en, lead: wang, calendar: office, contacts: [console]}
  wang: {name: 王芳, calendar: office, contacts: [console]}
teams:
  buyers: {members: [chen], lead: wang, fallback: wang}
  stores: {members: [li], lead: wang, fallback: wang}
routes:
  - {match: {type: negative_stock}, to: stores}
  - {to: buyers, group_by: [supplier]}
"""
NAMES = (
    "鲜牛奶 1L",
    "Banana",
    "Whole wheat bread 400 g",
    "酸奶 8 杯装",
    "Orange juice",
    "豆腐 350 g",
    "Eggs, 10",
)
TYPES = ("projected_stockout", "out_of_stock", "overdue_supply", "below_reorder_point", "negative_stock")
SEVERITIES = ("critical", "warning", "warning", "watch")


class Away:
    """A warehouse that does not answer: what desk.db knows is shown all the same."""

    @contextmanager
    def reader(self) -> Iterator[Any]:
        raise _away()
        yield

    def rows(self, *_: Any, **__: Any) -> Any:
        raise _away()


def _away() -> WarehouseError:
    return WarehouseError(
        "the warehouse `localhost:8123` cannot be reached: connection refused",
        "Check that it runs, and the address, user and password of `--warehouse`.",
    )


@dataclass
class Running:
    """A desk that answers."""

    address: str
    store: Store
    context: Context


def alert_id(place: int) -> str:
    """The id of the alert at a place: 26 characters."""
    return f"01KH1WB6NYDMJFJ04SFG{place:06}"


def as_it_is(store: Store, alerts: int) -> None:
    """Nothing is put in: desk.db is that of a desk before."""


def fill(store: Store, alerts: int, suppliers: int = 12) -> None:
    """Open alerts of many kinds, routed to their owners; the dearest has place 0."""
    with store.transaction() as tx:
        for place in range(alerts):
            kind = TYPES[place % 5]
            owner = "li" if kind == "negative_stock" else "chen"
            insert(tx, "alert", {
                "alert_id": alert_id(place), "pipeline": "p", "partition": "0", "type": kind,
                "severity": SEVERITIES[place % 4], "location": f"S{place % 40:03}", "location_name": f"{place % 40} 号店",
                "region": "华东", "sku": f"{690100 + place}", "name": f"{NAMES[place % 7]} {place}",
                "category": f"C{place % 9}", "department": "FRESH", "supplier": f"V{place % suppliers:03}", "on_hand": "4",
                "available": "3",
                "on_order": "0", "in_transit": "0", "demand_per_day": "4.2", "p_stockout": 0.9 - place % 80 / 100,
                "worth": round(5000.0 / (1 + place), 2), "opened_at": NOW - 3_600_000, "last_at": NOW - 60_000, "seq": 1,
                "entry": "OPENED", "status": "open", "state": "new", "owner": owner, "round": 1, "round_at": NOW,
            })  # fmt: skip
            insert(tx, "routed", {
                "alert_id": alert_id(place), "person": owner, "team": "stores" if owner == "li" else "buyers",
                "route": "", "followers": "[]", "owner": owner, "partition": "p/0", "grp": f"g{place}",
                "because": "" if place < 6 else "OVER_BUDGET", "said_to": "", "said_in": "",
            })  # fmt: skip


def fill_all(store: Store, alerts: int) -> None:
    """Alerts, and proposals to decide, to export and on their way, gathered by supplier and location."""
    fill(store, alerts)
    states = ("proposed", "proposed", "submitted", "approved", "exported", "confirmed", "rejected")
    with store.transaction() as tx:
        for place in range(alerts):
            supplier, kind = f"V{place % 4:03}", ("order", "order", "order", "transfer", "chase")[place % 5]
            insert(tx, "proposal", {
                "proposal_id": f"01KHPROP0000000000{place:08}", "list_id": f"01KHLIST00000000000000{place % 4:04}",
                "kind": kind, "state": states[place % 7], "version": f"{place:012x}", "ref": f"LT-01KHPR{place:04}",
                "pipeline": "p", "partition": "0", "alert_id": alert_id(place) if place % 3 else "",
                "location": f"S{place % 4:03}", "location_name": f"{place % 4} 号店", "region": "华东",
                "sku": f"{690100 + place}", "name": f"{NAMES[place % 7]} {place}", "category": "C1", "department": "FRESH",
                "supplier": supplier, "supplier_name": f"{place % 4} 号乳业",
                "from_location": "S009" if kind == "transfer" else "",
                "quantity": "24", "proposed_quantity": "24", "unit": "EA", "unit_cost": 3.5, "cost": 84.0,
                "avoided": 120.5 + place, "requested_at": NOW + 3 * 86_400_000,
                "cut_off_at": NOW + (place % 4 - 1) * 3_600_000, "owner": "chen", "holder": "chen", "team": "buyers",
                "stage_at": NOW - 1_800_000, "due_at": NOW + (place % 4 - 1) * 3_600_000, "event_time": NOW - 3_600_000,
                "proposed_at": NOW - 3_600_000, "marks": '["late"]' if place % 6 == 0 else "[]",
                "detail": '{"inputs": {"available": "3"}, "steps": {}, "result": {"quantity": "24"}}',
            })  # fmt: skip


@contextmanager
def running(
    folder: Path, alerts: int = 40, *, warehouse: Any = None, people: str = PEOPLE, fill_with: Any = fill,
    users: Path | None = None, port: int = 0,
) -> Iterator[Running]:  # fmt: skip
    """A desk on a port of this machine. Without users the first person of the file is who asks."""
    store = Store.open(folder / "desk.db")
    fill_with(store, alerts)
    book = Book.read(people)
    began = time.monotonic()

    def now() -> int:
        return NOW + round((time.monotonic() - began) * 1000)

    context = Context(store, warehouse or Away(), lambda: book, now, Settings(), folder=folder)  # type: ignore[arg-type]
    probe = Probe(Health(needs=()), lambda: "", lambda: None)
    links = App(Door(store, lambda: book, (KEY,), now), probe, public_url=None)
    gate = gate_of(context, Users(users), Place(), now, "chen")
    with listening("127.0.0.1", port, lambda why: RuntimeError(why)) as sock:
        address = shown(sock)
        site = made(context, gate, links, lambda: address, now)
        ready = threading.Event()
        server = Server(site.asgi, finish_s=1, leave=lambda: None, ready=ready.set)

        async def serve() -> None:
            async with site.live.running():
                await server.serve([sock])

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        assert ready.wait(20)
        try:
            yield Running(address, store, context)
        finally:
            site.live.close()
            server.leave()
            thread.join(10)
            store.close()


def states(store: Store) -> dict[str, int]:
    """How many alerts are in each state."""
    with store.read() as rows:
        return {
            row["state"]: row["n"]
            for row in rows.rows("SELECT state, count(*) AS n FROM alert GROUP BY state")
        }


def entries(store: Store) -> list[dict[str, Any]]:
    """What is on its way to the ledger."""
    with store.read() as rows:
        return [
            json.loads(row["row"])
            for row in rows.rows("SELECT row FROM ship WHERE table_name = 'ledger' ORDER BY n")
        ]
