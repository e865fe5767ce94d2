"""What stands on the shelves of a history: each alert's position runs empty, a depot can give some, suppliers take orders.

    shelf(alerts)              for a scripted clock: positions in memory
    fill(warehouse, …)         for the wall clock: the same as rows of the warehouse

Two neighbours sell the same SKU, so they ask the depot for the same stock. Nothing here changes: whoever reckons a position
at one time, in whichever desk, comes to the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lowtide.desk.proposing.shelf import Arrived, Due, Key, Known, Suppliers
from lowtide.people import Book
from lowtide.propose import Demand, Donor, Item, Lane, Overdue, Position, Supplier, Terms
from lowtide.warehouse import Warehouse
from tests.desk.battery.shop import KINDS, STORES, sku_of

DEPOT = "depot"
SUPPLIERS = tuple(f"V{number}" for number in range(5))
DAYS = 12
SOLD, LEFT, SPARE = 4, 3, 40
"""Units a store sells a day, has left, and a depot has: more than one store needs, less than two."""
TERMS = Terms(lead_time=2.0)
_PRICE, _MARGIN = 9, 3


def supplier_of(sku: str) -> str:
    return SUPPLIERS[int(sku[1:]) % len(SUPPLIERS)]


def cost_of(sku: str) -> int:
    """The orders of some SKUs are above the limit of a buyer."""
    return 3 + int(sku[1:]) % 4


def places(alerts: int) -> list[tuple[str, str, str]]:
    """Location, SKU and type of each alert."""
    return [(f"store {n % STORES}", sku_of(n), KINDS[n % len(KINDS)]) for n in range(alerts)]


class BatteryShelf:
    """Positions as they are at the beginning of a history, for as long as it lasts."""

    def __init__(self, alerts: int, begin: float, cut_off: int) -> None:
        self._at = datetime.fromtimestamp(begin, UTC)
        self._known = {
            (place, sku): self._position(place, sku, -LEFT if kind == "negative_stock" else LEFT)
            for place, sku, kind in places(alerts)
        }
        self._late: dict[tuple[str, str], list[Overdue]] = {}
        for place, sku, kind in places(alerts):
            if kind == "overdue_supply":
                line = Overdue(place, sku, f"PO-{sku}", 24_000, self._at - timedelta(days=3))
                self._late.setdefault(("shop", supplier_of(sku)), []).append(line)
        daily = frozenset(range(7))
        self._suppliers = Suppliers(
            {
                name: Supplier(name, name, daily, cut_off, daily, lead_time=2.0, zone=Book.alone("b0").zone)
                for name in SUPPLIERS
            },
            Book.alone("b0").zone,
        )

    def _position(self, place: str, sku: str, available: int) -> Known:
        mean = tuple(float(SOLD * n) for n in range(1, DAYS + 1))
        position = Position(
            "shop", "log/0", place, sku, self._at, available * 1000, Demand(self._at.date(), mean, mean),
            on_hand=available * 1000,
        )  # fmt: skip
        item = Item(
            sku,
            supplier=supplier_of(sku),
            unit_cost=cost_of(sku),
            unit_price=_PRICE,
            margin=_MARGIN,
            pack=6_000,
        )
        return Known(position, item, TERMS, "0123456789ab", "1")

    def begin(self, book: Book) -> None: ...
    def forget(self) -> None: ...

    def suppliers(self) -> Suppliers:
        return self._suppliers

    def terms_of(self, supplier: str) -> Terms:
        return TERMS

    def positions(self, keys: Sequence[Key]) -> list[Known]:
        return [self._known[key] for key in sorted(set(keys)) if key in self._known]

    def of_suppliers(self, due: Due, at: datetime) -> Iterator[list[Known]]:
        yield [self._known[key] for key in sorted(self._known) if supplier_of(key[1]) in due.days]

    def versions(self, keys: Sequence[Key]) -> Mapping[Key, str]:
        return dict.fromkeys(keys, "1")

    def donors(self, known: Sequence[Known]) -> Mapping[Key, Sequence[Donor]]:
        return {
            one.key: [
                Donor(
                    self._position(DEPOT, one.key[1], SPARE).position,
                    TERMS,
                    Lane(DEPOT, one.key[0], 2.0, None, 4.0),
                )
            ]
            for one in known
        }

    def overdue(self, suppliers: Sequence[str], at: datetime) -> Mapping[tuple[str, str], Sequence[Overdue]]:
        return {key: lines for key, lines in self._late.items() if key[1] in suppliers}

    def arrived(self, refs: Sequence[str]) -> Sequence[Arrived]:
        return []

    def counted(self, keys: Sequence[Key], since: int) -> Sequence[Arrived]:
        return []

    def has_changed(self, *tables: str) -> bool:
        return False


def fill(warehouse: Warehouse, alerts: int, begin: float, cut_off: str) -> None:
    """The same in the tables of a warehouse. Orders are taken daily until `cut_off`, a local time of UTC."""
    at = datetime.fromtimestamp(begin, UTC)
    mean = [float(SOLD * n) for n in range(1, DAYS + 1)]

    def position(place: str, sku: str, available: int) -> dict[str, Any]:
        return {
            "pipeline": "shop", "partition": "log/0", "offset": 0, "version": 1, "location": place, "sku": sku,
            "on_hand": available, "available": available, "last_event_time": at, "demand_mean": mean,
            "demand_variance": mean, "lead_time_days": 2,
        }  # fmt: skip

    wanted = places(alerts)
    skus = sorted({sku for _, sku, _ in wanted})
    _insert(
        warehouse, "position",
        [position(place, sku, -LEFT if kind == "negative_stock" else LEFT) for place, sku, kind in wanted]
        + [position(DEPOT, sku, SPARE) for sku in skus],
    )  # fmt: skip
    _insert(
        warehouse, "catalogue",
        [
            {"sku": sku, "supplier": supplier_of(sku), "pack": 6, "unit_cost": cost_of(sku), "unit_price": _PRICE,
             "unit_margin": _MARGIN} for sku in skus
        ],
    )  # fmt: skip
    _insert(
        warehouse, "supplier",
        [
            {"supplier": name, "name": name, "order_days": "daily", "cut_off": cut_off, "delivery_days": "daily",
             "lead_time": 2, "loaded_at": at} for name in SUPPLIERS
        ],
    )  # fmt: skip
    _insert(
        warehouse, "lane",
        [
            {"from_location": DEPOT, "to_location": f"store {n}", "hours": 2, "cost": 4, "loaded_at": at}
            for n in range(STORES)
        ],
    )  # fmt: skip
    long_ago, due = at - timedelta(days=20), at - timedelta(days=3)
    _insert(
        warehouse, "supply_event",
        [
            {"pipeline": "shop", "partition": "log/0", "offset": n, "location": place, "sku": sku, "ref": f"PO-{sku}",
             "kind": "order", "event_time": long_ago, "quantity": 24, "due": due}
            for n, (place, sku, kind) in enumerate(wanted) if kind == "overdue_supply"
        ],
    )  # fmt: skip


def _insert(warehouse: Warehouse, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        warehouse.insert_rows(table, list(rows[0]), [list(row.values()) for row in rows])


def cut_off_after(begin: float, seconds: float) -> datetime:
    """A whole minute so long after the beginning, or the next one."""
    at = datetime.fromtimestamp(begin + seconds, UTC)
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def minutes_of(at: datetime) -> int:
    return at.hour * 60 + at.minute
