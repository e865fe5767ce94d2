"""The views of alerts by day and of data quality: the views against plain Python over the same rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from lowtide.core import Job, Log
from lowtide.runner.replay import Replay
from lowtide.samples.synthetic import Synthetic
from lowtide.warehouse import Warehouse, Writer

from .batches import NOON, alert_id, at
from .shelves import Book, day, midday

VIEWS = ("trend_day", "trend_hour", "data_quality", "silent_location")
ENDS = ("CLEARED", "EXPIRED", "SUPERSEDED")
Trend = dict[tuple[date, str, str], tuple[int, int, int]]


def trend_day(book: Book) -> Trend:
    """Opened, closed, open at the end, by day, type and severity: each alert followed entry by entry."""
    opened: Counter[Any] = Counter()
    closed: Counter[Any] = Counter()
    change: Counter[Any] = Counter()
    lives: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in book.rows("ledger"):
        lives[row["alert_id"]].append(row)
    for rows in lives.values():
        before = None
        for row in sorted(rows, key=lambda r: r["seq"]):
            on, kind = row["event_time"].date(), row["type"]
            after = None if row["entry"] in ENDS else row["severity"]
            opened[on, kind, after] += row["seq"] == 1
            closed[on, kind, before] += after is None and before is not None
            if after != before:
                change[on, kind, after] += 1
                change[on, kind, before] -= 1
            before = after
    last = book.clock("lowtide").date()
    found: Trend = {}
    for kind, severity in {key[1:] for key in change if key[2]}:
        on, stock = min(key[0] for key in change if key[1:] == (kind, severity)), 0
        while on <= last:
            key = on, kind, severity
            stock += change[key]
            found[key] = opened[key], closed[key], stock
            on += timedelta(days=1)
    return found


def told(warehouse: Warehouse) -> Trend:
    rows = warehouse.rows("SELECT * FROM lowtide.trend_day")
    found = {(r["day"], r["type"], r["severity"]): (r["opened"], r["closed"], r["open_at_end"]) for r in rows}
    assert len(found) == len(rows)
    return found


def alert(book: Book, number: int, *entries: tuple[float, str, str], **more: Any) -> None:
    """An alert as (hours after noon, entry, severity)."""
    for seq, (hours, entry, severity) in enumerate(entries, 1):
        base = {"alert_id": alert_id(number), "seq": seq, "entry": entry, "severity": severity}
        book.add("ledger", **base, event_time=at(hours=hours), opened_at=at(hours=entries[0][0]), **more)


def alerts() -> Book:
    book = Book()
    book.add("position", last_event_time=at(days=5))
    alert(book, 1, (0, "OPENED", "watch"), (24, "WORSENED", "critical"), (72, "CLEARED", "critical"))
    alert(
        book,
        2,
        (1, "OPENED", "watch"),
        (2, "WORSENED", "warning"),
        (3, "EASED", "watch"),
        (30, "REVISED", "watch"),
    )
    alert(book, 3, (1, "OPENED", "critical"), (2, "FLAPPING", "critical"), (3, "EXPIRED", "critical"))
    alert(book, 4, (48, "OPENED", "critical"), type="out_of_stock")
    return book


@pytest.mark.parametrize("times", [1, 2])
def test_trend_by_hand(warehouse: Warehouse, times: int) -> None:
    """Alert 1 is a watch for a day, critical for two; alert 2 a watch again by evening; alert 3 comes and goes."""
    book = alerts()
    book.write(warehouse, times)
    found = told(warehouse)
    stockout = {key: row for key, row in found.items() if key[1] == "projected_stockout"}
    assert [stockout[day(-n), "projected_stockout", "watch"] for n in range(6)] == [
        (2, 0, 2), (0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 1),
    ], "quiet days have rows, too, up to the clock"  # fmt: skip
    assert [stockout[day(-n), "projected_stockout", "critical"] for n in range(4)] == [
        (1, 1, 0), (0, 0, 1), (0, 0, 1), (0, 1, 0),
    ]  # fmt: skip
    assert stockout[day(0), "projected_stockout", "warning"] == (0, 0, 0)
    assert found[day(-2), "out_of_stock", "critical"] == (1, 0, 1)
    assert found == trend_day(book)


def test_what_people_do_opens_and_closes_nothing(warehouse: Warehouse) -> None:
    alerts().write(warehouse)
    before = told(warehouse)
    (row,) = warehouse.rows("SELECT * FROM lowtide.ledger WHERE seq = 1 AND type = 'out_of_stock'")
    acted = {**row, "seq": 0, "action_id": "a" * 26, "entry": "CLOSED", "event_time": at(days=300)}
    warehouse.insert_rows("ledger", tuple(acted), [tuple(acted.values())])
    assert told(warehouse) == before


@pytest.mark.parametrize("times", [1, 2])
def test_hours_by_hand(warehouse: Warehouse, times: int) -> None:
    """Noon of the 22nd of November 2026 is a Sunday."""
    alerts().write(warehouse, times)
    rows = warehouse.rows("SELECT * FROM lowtide.trend_hour ORDER BY day_of_week DESC, hour_of_day")
    assert [(r["day_of_week"], r["hour_of_day"], r["type"], r["opened"]) for r in rows] == [
        (7, 12, "projected_stockout", 1), (7, 13, "projected_stockout", 2), (2, 12, "out_of_stock", 1),
    ]  # fmt: skip


def quality(warehouse: Warehouse) -> dict[tuple[str, str], tuple[int, int]]:
    rows = warehouse.rows("SELECT * FROM lowtide.data_quality")
    for row in rows:
        assert row["share"] == (
            pytest.approx(row["records"] / row["of_records"]) if row["of_records"] else None
        )
    found = {(row["partition"], row["check"]): (row["records"], row["of_records"]) for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.mark.parametrize("times", [1, 2])
def test_quality_by_hand(warehouse: Warehouse, times: int) -> None:
    """Two runs of till.jsonl, the second the last that ended; a third still runs. erp.csv has only rejects."""
    book = Book()
    book.add("position", partition="till.jsonl", offset=199)
    for offset, reason in ((3, "not_json"), (7, "not_json"), (90, "bad_time")):
        book.add("reject", partition="till.jsonl", offset=offset, reason=reason)
    book.add("reject", partition="erp.csv", offset=9, reason="bad_row")
    for offset, mark in ((11, "older"), (12, "out_of_window"), (13, "older"), (14, "applied")):
        book.add("stock_count", partition="till.jsonl", offset=offset, mark=mark, id=f"c{offset}")
    book.write(warehouse, times)
    with Writer(warehouse) as writer:
        for counts in ({"records": 100, "duplicates": 50}, {"records": 80, "late": 8, "very_late": 2}):
            writer.run_finished(writer.run_started("till.jsonl"), "finished", counts)
        writer.run_finished(writer.run_started("empty.jsonl"), "finished", {})
        writer.run_started("till.jsonl")
    assert quality(warehouse) == {
        ("till.jsonl", "reject.not_json"): (2, 200), ("till.jsonl", "reject.bad_time"): (1, 200),
        ("till.jsonl", "count.older"): (2, 200), ("till.jsonl", "count.out_of_window"): (1, 200),
        ("till.jsonl", "duplicates"): (0, 80), ("till.jsonl", "late"): (8, 80), ("till.jsonl", "very_late"): (2, 80),
        ("erp.csv", "reject.bad_row"): (1, 10),
        **{("empty.jsonl", check): (0, 0) for check in ("duplicates", "late", "very_late")},
    }  # fmt: skip


@pytest.mark.parametrize("times", [1, 2])
def test_silence_by_hand(warehouse: Warehouse, times: int) -> None:
    """The clock is noon. A location without movements for exactly a day is silent. One SKU with movements is enough for its
    location."""
    book = Book()
    for location, sku, ago in (
        ("moves", "milk", 0), ("moves", "tea", 40), ("a day", "milk", 1), ("nearly", "milk", 0.999), ("long", "milk", 3),
        ("long", "tea", 2.5),
    ):  # fmt: skip
        book.add("position", location=location, sku=sku, last_event_time=midday(ago))
    for ago in (2, 3, 3, 29, 30, 31):
        book.add("demand_day", location="long", sku="milk", day=day(ago), demand=1)
    book.add("demand_day", location="long", sku="tea", day=day(3), demand=1)
    book.add("demand_day", location="long", sku="tea", day=day(4), demand=0)
    book.add("position", pipeline="stopped", location="all", last_event_time=midday(9))
    alert(book, 1, (0, "OPENED", "watch"), pipeline="stopped", location="all")
    book.write(warehouse, times)
    rows = {row["location"]: row for row in warehouse.rows("SELECT * FROM lowtide.silent_location")}
    assert {name: (r["silent_hours"], r["positions"], r["days_with_sales"]) for name, r in rows.items()} == {
        "a day": (24, 1, 0), "long": (60, 2, 3),
    }, "of the 28 days up to its last movement: 2, 3 and 29 days ago. Where all stand still, none is silent"  # fmt: skip
    assert rows["long"]["last_event_time"] == NOON - timedelta(hours=60)


def test_nothing_at_all(warehouse: Warehouse) -> None:
    for view in VIEWS:
        assert warehouse.rows(f"SELECT * FROM lowtide.{view}") == [], view


def test_a_shop_with_faults_as_python_sees_it(warehouse: Warehouse) -> None:
    """Sixty days with late, repeated and bad records, inserted twice: the days, and the alerts open at the end of the last
    day."""
    book, runner = Book(), Replay(Log(Job.of(None, partition="synthetic"), [], 1))
    for rows in (
        *(runner.apply(b) for b in Synthetic(positions=60, days=60, seed=3).blocks()),
        runner.finish(),
    ):
        for table, batches in rows.items():
            book.tables[table] += pa.Table.from_batches(batches).to_pylist() if batches else []
    book.write(warehouse, 2)
    with Writer(warehouse) as writer:
        writer.run_finished(writer.run_started("synthetic"), "finished", runner.log.partition.counts())
    trend = told(warehouse)
    assert trend == trend_day(book)
    last = max(on for on, _, _ in trend)
    standing = warehouse.rows(
        "SELECT type, severity, count() AS n FROM lowtide.alert_current WHERE status = 'open' GROUP BY ALL"
    )
    assert {(r["type"], r["severity"]): r["n"] for r in standing} == {
        key[1:]: row[2] for key, row in trend.items() if key[0] == last and row[2]
    }
    counts, found = runner.log.partition.counts(), quality(warehouse)
    assert (
        sum(n for (_, check), (n, _) in found.items() if check.startswith("reject.")) == counts["rejects"] > 0
    )
    assert found["synthetic", "duplicates"] == (counts["duplicates"], counts["records"])
    assert found["synthetic", "late"][0] == counts["late"] > found["synthetic", "very_late"][0] > 0
