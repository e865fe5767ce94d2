"""The views of stock must equal plain Python over the same rows, even if every row came twice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lowtide.core import Job, Log
from lowtide.runner.replay import Replay
from lowtide.samples.synthetic import Synthetic
from lowtide.warehouse import Warehouse

from .batches import NOON, alert_id, detail
from .conftest import same_with_nulls_from_joins
from .orders import order_lines, supplier_lateness
from .shelves import Book, day, midday

VIEWS = (
    "days_of_cover", "dead_stock", "stock_health", "turnover", "record_accuracy", "order_line", "supplier_lateness",
    "heatmap", "demand_daily", "position_current",
)  # fmt: skip
POSITION = ("pipeline", "location", "sku")
GROUP = ("pipeline", "dimension", "value")


def same(
    warehouse: Warehouse, view: str, keys: tuple[str, ...], wanted: Mapping[Any, Mapping[str, Any]]
) -> None:
    """Compare every row of the view, column by column. Other columns may have any value except NaN."""
    rows = warehouse.rows(f"SELECT * FROM lowtide.{view}")
    found = {tuple(row[key] for key in keys): row for row in rows}
    assert len(found) == len(rows), f"{view} has two rows of one key"
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        got = {name: found[key][name] for name in row}
        assert got == {
            name: pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            for name, value in row.items()
        }, (view, key)
        assert not [v for v in found[key].values() if isinstance(v, float) and not math.isfinite(v)]


def check(book: Book, warehouse: Warehouse) -> None:
    """All stock views against Python."""
    cover = book.cover()
    same(warehouse, "days_of_cover", POSITION, cover)
    dead = {key: {"units": row["units"], "value": row["value"]} for key, row in cover.items() if row["dead"]}
    same(warehouse, "dead_stock", POSITION, dead)
    same(warehouse, "stock_health", GROUP, book.health())
    same(warehouse, "turnover", GROUP, book.turnover())
    same(warehouse, "record_accuracy", ("pipeline", "month", "dimension", "value"), book.accuracy())
    same(warehouse, "order_line", (*POSITION, "ref"), order_lines(book))
    same(warehouse, "supplier_lateness", ("pipeline", "supplier"), supplier_lateness(book))


def shelves() -> Book:
    """A shop with every kind of SKU. The clock is noon of the last day; day 1 is the last closed day."""
    book = Book()
    book.items = {
        sku: {"category": category, "department": "FOOD", "supplier": supplier, "unit_price": price, "margin": margin}
        for sku, category, supplier, price, margin in (
            ("milk", "DAIRY", "farm", 1.5, 0.5), ("cheese", "DAIRY", "farm", 9, None),
            ("tea", "DRINKS", "port", None, None), ("candle", "HOME", "port", 4, 1.25),
        )
    }  # fmt: skip

    def position(sku: str, on_hand: float, location: str = "330", **more: Any) -> None:
        book.add("position", sku=sku, location=location, on_hand=on_hand, **more)

    def sold(sku: str, units: float, *ago: int, location: str = "330", **more: Any) -> None:
        for n in ago:
            book.add("demand_day", sku=sku, location=location, day=day(n), demand=units, **more)

    def counted(
        sku: str, ago: float, quantity: float, recorded: float, location: str = "330", **more: Any
    ) -> None:
        difference = {"quantity": quantity, "recorded": recorded, "variance": quantity - recorded}
        name = f"c{len(book.tables['stock_count'])}"
        book.add(
            "stock_count", sku=sku, location=location, event_time=midday(ago), id=name, **difference, **more
        )

    position("milk", 20)
    counted("milk", 200, 30, 0)
    sold("milk", 2, *range(1, 60))
    position("milk", 0, "331")
    sold("milk", 1, 3, 28, 29, location="331")
    position("cheese", 91)
    counted("cheese", 365, 50, 0)
    counted("cheese", 30, 21, 20)
    counted("cheese", 20, 19, 20)
    counted("cheese", 10, 40, 40, mark="older")
    counted("cheese", 9, 40, 90, mark="out_of_window")
    sold("cheese", 1, *range(1, 29))
    position("cheese", 10, "331", last_event_time=midday(91))
    sold("cheese", 1, 91, location="331")
    position("tea", 10, last_event_time=midday(90))
    sold("tea", 1, 90)
    position("tea", 5, "331", available=0)
    counted("tea", 100, 5, -2, "331")
    counted("tea", 99, 5, -2, "331")
    position("candle", 5)
    counted("candle", 30, 5, 0)
    position("candle", 0, "331")
    position("unknown", -3)
    sold("unknown", 1.5, 2)
    position("launched", 14)
    counted("launched", 7, 20, 0)
    sold("launched", 1, *range(1, 7))
    position("voided", 4)
    counted("voided", 50, 4, 0)
    sold("voided", 3, 2)
    sold("voided", 0, 2)
    position("very late", 4)
    counted("very late", 50, 4, 0)
    sold("very late", 3, 5, 6)
    sold("very late", -5, 5, part="very_late")
    sold("very late", 2, 6, part="very_late")
    position("today", 4)
    sold("today", 2, 0)
    position("milk", 7, pipeline="other", last_event_time=midday(50))
    sold("milk", 1, 60, pipeline="other")
    return book


def test_shelves_by_hand(warehouse: Warehouse) -> None:
    shelves().write(warehouse)
    rows = warehouse.rows("SELECT * FROM lowtide.days_of_cover WHERE pipeline = 'lowtide'")
    found = {(row["location"], row["sku"]): row for row in rows}
    milk = found["330", "milk"]
    assert (milk["sold_28_days"], milk["demand_per_day"], milk["days_of_cover"]) == (56, 2.0, 10.0)
    assert (milk["unit_cost"], milk["value"], found["330", "cheese"]["unit_cost"]) == (1, 20, 9)
    named = ("wanted", "in_stock", "excess", "dead")

    def flags(sku: str, location: str = "330") -> list[str]:
        return [name for name in named if found[location, sku][name]]

    assert flags("milk", "331") == ["wanted"], "an empty shelf that sold: out of stock"
    assert flags("candle", "331") == [], "an empty shelf that nobody wants is not"
    assert flags("cheese") == ["wanted", "in_stock", "excess"], "91 units at one a day"
    assert flags("cheese", "331") == ["dead"]
    assert flags("tea") == [], "sold 90 days ago, within the 90"
    assert flags("tea", "331") == ["dead"], "never sold, counted 100 days ago"
    assert flags("candle") == [], "never sold, but here for 30 days only"
    assert flags("launched") == ["wanted", "in_stock"]
    assert found["330", "launched"]["demand_per_day"] == pytest.approx(6 / 7), "seven days are known of it"
    assert flags("voided") == [], "a later row took the sale back"
    assert found["330", "very late"]["sold_28_days"] == 5, "3 - 5 is no demand below 0; 3 + 2"
    assert found["330", "today"]["last_demand_day"] == day(0) and flags("today") == []
    (other,) = warehouse.rows("SELECT * FROM lowtide.days_of_cover WHERE pipeline = 'other'")
    assert (other["wanted"], other["days_known"]) == (1, 10), "its own clock stands fifty days back"


def test_health_by_hand(warehouse: Warehouse) -> None:
    shelves().write(warehouse)
    health = {
        (row["dimension"], row["value"]): row
        for row in warehouse.rows("SELECT * FROM lowtide.stock_health WHERE pipeline = 'lowtide'")
    }
    dairy = health["category", "DAIRY"]
    assert (dairy["positions"], dairy["wanted"], dairy["in_stock"]) == (4, 3, 2)
    assert dairy["in_stock_share"] == pytest.approx(2 / 3)
    assert (dairy["units"], dairy["dead_units"], dairy["dead_value"]) == (121, 10, 90)
    assert dairy["days_of_cover"] == pytest.approx(121 / (2 + 2 / 28 + 1))
    assert health["category", "DRINKS"]["dead_value"] is None, "nobody knows what tea costs"
    assert health["category", "HOME"]["in_stock_share"] is None, "nobody wants candles"
    assert health["category", "HOME"]["dead_value"] == 0
    assert health["all", ""]["positions"] == 13
    assert set(health) >= {
        ("location", "331"),
        ("department", "FOOD"),
        ("supplier", "port"),
        ("supplier", ""),
    }


def test_accuracy_by_hand(warehouse: Warehouse) -> None:
    """21 of 20 and 19 of 20: one within 5 %, one not; the first count of a position makes its record."""
    shelves().write(warehouse)
    rows = warehouse.rows(
        "SELECT * FROM lowtide.record_accuracy WHERE dimension = 'category' AND value = 'DAIRY'"
    )
    found = {row["month"].month: row for row in rows}
    assert {month: row["counts"] for month, row in found.items()} == {10: 1, 11: 1}
    assert (found[10]["within_tolerance"], found[11]["within_tolerance"], found[10]["exact"]) == (1, 0, 0)
    assert (found[11]["net_variance"], found[11]["absolute_variance"]) == (-1, 1)
    assert found[11]["relative_variance"] == 0.05
    (tea,) = warehouse.rows("SELECT * FROM lowtide.record_accuracy WHERE value = 'DRINKS'")
    assert (tea["recorded_units"], tea["absolute_variance"], tea["relative_variance"]) == (0, 7, None)


@pytest.mark.parametrize("times", [1, 2])
def test_shelves_as_python_sees_them(warehouse: Warehouse, times: int) -> None:
    book = shelves()
    book.write(warehouse, times)
    check(book, warehouse)


def test_without_a_catalogue(warehouse: Warehouse) -> None:
    book = shelves()
    book.items = {}
    book.write(warehouse)
    check(book, warehouse)
    values = {
        row["value"]
        for row in warehouse.rows("SELECT value FROM lowtide.stock_health WHERE dimension = 'category'")
    }
    assert values == {""}


@pytest.mark.parametrize("view", VIEWS)
def test_a_client_that_wants_nulls_from_joins_reads_the_same(warehouse: Warehouse, view: str) -> None:
    """With `join_use_nulls`, as some clients set it, a name that the catalogue does not have would refuse the whole view."""
    shelves().write(warehouse)
    same_with_nulls_from_joins(warehouse, view)


def test_nothing_at_all(warehouse: Warehouse) -> None:
    for view in VIEWS:
        assert warehouse.rows(f"SELECT * FROM lowtide.{view}") == [], view


def orders() -> Book:
    """Orders as they happen to buyers. Quantities of 10, due ten days ago, unless said."""
    book = Book()
    book.items = {"milk": {"supplier": "farm", "category": "DAIRY"}, "tea": {"supplier": "port"}}
    book.add("position", sku="milk")

    def event(
        ref: str, kind: str, ago: float, quantity: float = 10, due: float | None = None, **more: Any
    ) -> None:
        promised = midday(10 if due is None else due) if kind == "order" or due is not None else None
        base = {"sku": "milk", "ref": ref, "kind": kind, "event_time": midday(ago), "quantity": quantity}
        book.add("supply_event", **{**base, "due": promised, **more})

    for ref, ago in (("early", 11), ("late", 8), ("on time", 10), ("moved", 7)):
        event(ref, "order", 20)
        if ref == "moved":
            event(ref, "order", 15, due=5)
        event(ref, "receipt", ago)
    event("parts", "order", 20)
    event("parts", "shipment", 12, 6, due=9)
    event("parts", "receipt", 6, 4)
    event("parts", "receipt", 9, 7)
    event("parts", "receipt", 1, 2)
    event("cancelled", "order", 20)
    event("cancelled", "order", 19, 0)
    event("short", "order", 20)
    event("short", "receipt", 9, 6)
    event("short", "order", 2, 0)
    event("complete, then closed", "order", 20)
    event("complete, then closed", "receipt", 11)
    event("complete, then closed", "order", 2, 0)
    event("again", "order", 20)
    event("again", "receipt", 12, 4)
    event("again", "order", 11, 10, due=4)
    event("again", "receipt", 5, 5)
    event("sent again", "order", 20)
    event("sent again", "receipt", 12)
    event("sent again", "order", 11)
    event("overtaken", "receipt", 12, 7)
    event("overtaken", "order", 20, due=-1)
    event("voided", "order", 20, due=-1)
    event("voided", "receipt", 12)
    event("voided", "receipt", 11, -4)
    event("announced", "shipment", 3, 6, due=-1)
    event("to come", "order", 3, due=-2)
    event("overdue", "order", 20)
    event("overdue", "receipt", 12, 3)
    event("nobody ordered", "receipt", 5)
    event("from the other shop", "transfer_in", 5, 3, location="331")
    event("late", "order", 20, sku="tea")
    event("late", "transfer_in", 9.5, sku="tea")
    event("loose", "order", 20, 0, sku="gum")
    return book


def test_orders_by_hand(warehouse: Warehouse) -> None:
    orders().write(warehouse)
    lines = {row["ref"]: row for row in warehouse.rows("SELECT * FROM lowtide.order_line WHERE sku = 'milk'")}
    assert {ref: row["state"] for ref, row in lines.items()} == {
        "early": "received", "late": "received", "on time": "received", "moved": "received", "parts": "received",
        "cancelled": "cancelled", "short": "short", "complete, then closed": "received", "again": "open",
        "sent again": "received", "overtaken": "open", "voided": "open", "announced": "open",
        "to come": "open", "overdue": "open", "nobody ordered": "unordered", "from the other shop": "unordered",
    }  # fmt: skip
    assert {ref: row["days_late"] for ref, row in lines.items() if row["days_late"] is not None} == {
        "early": -1, "late": 2, "on time": 0, "moved": 3, "parts": 4, "short": 1, "complete, then closed": -1,
        "sent again": -2,
    }, "moved: against the first promise; parts: the tenth unit came six days ago"  # fmt: skip
    assert {ref for ref, row in lines.items() if row["overdue"]} == {"overdue", "again"}
    assert {ref: row["outstanding"] for ref, row in lines.items() if row["outstanding"]} == {
        "again": 1, "to come": 10, "overdue": 7, "overtaken": 3, "voided": 4, "announced": 6,
    }, "an order row says what was ordered in all, also if a part has come before it"  # fmt: skip
    assert {ref for ref, row in lines.items() if row["redated"]} == {"moved", "parts", "again"}
    suppliers = {row["supplier"]: row for row in warehouse.rows("SELECT * FROM lowtide.supplier_lateness")}
    farm = suppliers["farm"]
    assert (farm["orders"], farm["delivered"], farm["late"], farm["overdue_now"]) == (14, 8, 4, 2)
    assert (farm["short_shipped"], farm["cancelled"], farm["unordered"]) == (1, 1, 2)
    assert (farm["days_late_p25"], farm["days_late_p50"], farm["days_late_p75"]) == (-1, 0.5, 2.25)
    assert (suppliers["port"]["late_share"], suppliers["port"]["days_late_p50"]) == (1, 0.5)
    assert (suppliers[""]["orders"], suppliers[""]["late_share"]) == (0, None)


@pytest.mark.parametrize("times", [1, 2])
def test_orders_as_python_sees_them(warehouse: Warehouse, times: int) -> None:
    book = orders()
    book.write(warehouse, times)
    check(book, warehouse)


@pytest.mark.parametrize("times", [1, 2])
def test_heatmap_by_hand(warehouse: Warehouse, times: int) -> None:
    book = Book()
    book.items = {
        sku: {"category": "DAIRY", "unit_price": 10.0} for sku in ("milk", "cheese", "butter", "cream")
    }
    for sku, on_hand in (("milk", 0), ("cheese", 5), ("butter", 7), ("cream", 0), ("unknown", 1)):
        book.add("position", sku=sku, on_hand=on_hand)

    def alert(number: int, sku: str, kind: str, severity: str, *later: str, location: str = "330") -> None:
        inputs = detail([0.1, 0.4, 0.9], [0.5, 1.5, 2.5])
        for seq, entry in enumerate(("OPENED", *later), 1):
            more = {"seq": seq, "entry": entry, "event_time": NOON + timedelta(hours=seq), "detail": inputs}
            base = {"alert_id": alert_id(number), "sku": sku, "type": kind, "severity": severity}
            book.add("ledger", location=location, **base, **more)

    alert(1, "milk", "out_of_stock", "critical")
    alert(2, "milk", "overdue_supply", "warning", "REVISED")
    alert(3, "cheese", "projected_stockout", "critical", "WORSENED", "CLEARED")
    alert(4, "butter", "sales_spike", "watch")
    alert(5, "unknown", "projected_stockout", "watch")
    alert(6, "milk", "overdue_supply", "warning", location="999")
    book.write(warehouse, times)
    found = {
        (row["location"], row["category"]): row for row in warehouse.rows("SELECT * FROM lowtide.heatmap")
    }
    dairy = {"open_alerts": 3, "critical": 1, "expected_loss": 111.0, "positions": 4, "out_of_stock": 1}
    unknown = {"open_alerts": 1, "critical": 0, "expected_loss": None, "positions": 1, "out_of_stock": 0}
    elsewhere = {"open_alerts": 1, "critical": 0, "expected_loss": 40.5, "positions": 0, "out_of_stock": 0}
    wanted = {("330", "DAIRY"): dairy, ("330", ""): unknown, ("999", "DAIRY"): elsewhere}
    assert {key: {name: row[name] for name in dairy} for key, row in found.items()} == wanted
    shares = {key: row["in_stock_share"] for key, row in found.items()}
    assert shares == {
        ("330", "DAIRY"): pytest.approx(2 / 3), ("330", ""): 1, ("999", "DAIRY"): None,
    }, "cream is empty and nobody asks for it"  # fmt: skip


def test_a_shop_with_faults_as_python_sees_it(warehouse: Warehouse) -> None:
    """Sixty days of forty positions: late, very late, repeated and bad records, orders of every kind, all inserted twice."""
    log, book = Synthetic(positions=40, days=60, seed=7), Book()
    runner = Replay(Log(Job.of(None, partition="synthetic"), [], 1))
    for rows in (*(runner.apply(block) for block in log.blocks()), runner.finish()):
        for table, batches in rows.items():
            book.tables[table] += pa.Table.from_batches(batches).to_pylist() if batches else []
    skus = sorted({row["sku"] for row in book.tables["position"]})
    book.items = {
        sku: {
            "category": f"C{n % 3}",
            "department": f"D{n % 2}",
            "supplier": f"S{n % 4}",
            "unit_price": n + 0.5,
            "margin": 0.25,
        }
        for n, sku in enumerate(skus)
        if n % 7
    }
    book.write(warehouse, 2)
    check(book, warehouse)
    (outstanding,) = warehouse.rows(
        "SELECT sum(outstanding) AS units, count() AS lines FROM lowtide.order_line"
    )
    assert outstanding["units"] == sum((row["on_order"] for row in book.rows("position")), Decimal(0))
    assert outstanding["lines"] > 50 and isinstance(book.clock("lowtide").date(), date)
