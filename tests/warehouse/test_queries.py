"""The present state of an alert, its expected loss, and whether it came true."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
import pytest

from lowtide.errors import SettingsError
from lowtide.rows import as_json
from lowtide.warehouse import Warehouse, Writer, queries

from .batches import DEMAND_DAY, LEDGER, NOON, POSITION, alert_id, at, batch, detail


def write(warehouse: Warehouse, *rows: dict[str, object]) -> None:
    with Writer(warehouse) as writer:
        writer.write("ledger", batch(LEDGER, *rows))


def test_an_alert_is_its_last_entry(warehouse: Warehouse) -> None:
    """Numbers that the last entry leaves empty are empty: argMax of one column would show an older one."""
    write(
        warehouse,
        {"seq": 3, "entry": "CLEARED", "event_time": at(hours=9), "available": 60, "stockout_p50": None,
         "stockout_p10": None, "trip_level": None, "p_stockout": 0.01, "cause_id": "po-1",
         "reason": "p_under_exit"},
        {"seq": 1, "detail": detail([0.5], [2.0])},
        {"seq": 2, "entry": "WORSENED", "severity": "critical", "event_time": at(hours=4), "available": 12},
    )  # fmt: skip
    (row,) = queries.alerts(warehouse, closed=True)
    assert (row["status"], row["entry"], row["entries"], row["severity"]) == (
        "cleared",
        "CLEARED",
        3,
        "watch",
    )
    assert (row["opened_at"], row["event_time"], row["closed_at"]) == (NOON, at(hours=9), at(hours=9))
    assert (row["available"], row["stockout_p50"], row["trip_level"]) == (Decimal(60), None, None)
    assert row["expected_loss"] == 0, "what has ended puts nothing at risk"
    assert queries.alerts(warehouse) == []


@pytest.mark.parametrize(
    ("entry", "status"),
    [("OPENED", "open"), ("WORSENED", "open"), ("EASED", "open"), ("REVISED", "open"), ("FLAPPING", "open"),
     ("CLEARED", "cleared"), ("EXPIRED", "expired"), ("SUPERSEDED", "superseded")],
)  # fmt: skip
def test_status_follows_the_last_entry(warehouse: Warehouse, entry: str, status: str) -> None:
    write(warehouse, {"seq": 1}, {"seq": 2, "entry": entry})
    (row,) = queries.alerts(warehouse, closed=True)
    assert row["status"] == status
    assert (row["closed_at"] is None) == (status == "open")


def test_expected_loss_by_hand(warehouse: Warehouse) -> None:
    """3 a day; half of today is left (exposure .5), then whole days: 3 x (.1x.5 + .4x1 + .9x1) = 4.05 units.

    A margin of 2 makes 8.10, a price of 10 without cost or margin 40.50, no catalogue 4.05.
    """
    inputs = detail([0.1, 0.4, 0.9], [0.5, 1.5, 2.5])
    skus = ("margin", "price", "unknown", "nothing")
    write(
        warehouse,
        *(
            {"alert_id": alert_id(i), "sku": sku, "detail": inputs if sku != "nothing" else "{}"}
            for i, sku in enumerate(skus)
        ),
    )
    assert [r["expected_loss"] for r in queries.alerts(warehouse)] == [4.05, 4.05, 4.05, 0.0]
    catalogue = pa.table(
        {
            "sku": ["margin", "price"],
            "category": ["DAIRY", None],
            "unit_price": [12.0, 10.0],
            "unit_cost": [10.0, None],
            "pack": [6, 1],
            "attributes": pa.array([[("colour", "white")], []], pa.map_(pa.string(), pa.string())),
        }
    )
    with Writer(warehouse) as writer:
        writer.reference("catalogue", catalogue)
        writer.reference("catalogue", catalogue)
    rows = {r["sku"]: r for r in queries.costliest(warehouse)}
    assert {sku: r["expected_loss"] for sku, r in rows.items()} == {
        "price": 40.5, "margin": 8.1, "unknown": 4.05, "nothing": 0.0,
    }  # fmt: skip
    assert list(rows) == ["price", "margin", "unknown", "nothing"], "most expected loss first"
    assert (rows["margin"]["category"], rows["margin"]["unit_value"], rows["unknown"]["category"]) == (
        "DAIRY",
        2,
        "",
    )
    stored = warehouse.rows(
        "SELECT sku, pack, unit_cost, attributes FROM lowtide.catalogue FINAL ORDER BY sku"
    )
    assert stored == [
        {"sku": "margin", "pack": 6, "unit_cost": 10, "attributes": {"colour": "white"}},
        {"sku": "price", "pack": 1, "unit_cost": None, "attributes": {}},
    ]


@pytest.mark.parametrize(
    "text", ["", "not json", '{"out_by": [1, 2], "demand": 3}', '{"out_by": [0.5]}', "[]"]
)
def test_a_detail_without_a_projection_costs_nothing_and_stops_nothing(
    warehouse: Warehouse, text: str
) -> None:
    write(warehouse, {"detail": text})
    assert queries.alerts(warehouse)[0]["expected_loss"] == 0


def test_filters_and_limit(warehouse: Warehouse) -> None:
    write(
        warehouse,
        {"alert_id": alert_id(1), "severity": "critical", "location": "a"},
        {"alert_id": alert_id(2), "type": "overdue_supply", "location": "b", "sku": "it's"},
        {"alert_id": alert_id(3), "entry": "CLEARED", "location": "b"},
    )

    def ids(**filters: object) -> list[int]:
        return [int(r["alert_id"][3:]) for r in queries.alerts(warehouse, **filters)]  # type: ignore[arg-type]

    assert ids() == [1, 2] and ids(closed=True) == [1, 2, 3] and ids(limit=1) == [1]
    assert ids(severity="critical") == [1] and ids(type="overdue_supply") == [2]
    assert ids(location="b") == [2] and ids(location="b", closed=True) == [2, 3]
    assert ids(sku="it's") == [2] and ids(sku="' OR 1") == []
    assert ids(location="b", limit=1) == [2] and ids(location="b", closed=True, limit=1) == [2]
    assert ids(type="projected_stockout", limit=9) == [1], "what has ended takes no place of a limit"
    counted = queries.alert_counts(warehouse)
    assert [(r["type"], r["severity"], r["open"], r["alerts"]) for r in counted] == [
        ("overdue_supply", "watch", 1, 1), ("projected_stockout", "critical", 1, 1), ("projected_stockout",
        "watch", 0, 1),
    ]  # fmt: skip


def test_an_alert_by_the_beginning_of_its_name(warehouse: Warehouse) -> None:
    write(
        warehouse,
        {"alert_id": "01KAAA" + "0" * 20},
        {"alert_id": "01KAAB" + "0" * 20},
        {"alert_id": "01KAAB" + "0" * 20, "seq": 2},
    )
    assert [r["seq"] for r in queries.alert_entries(warehouse, "01kaab")] == [1, 2]
    assert len(queries.alert_entries(warehouse, "01KAAA" + "0" * 20)) == 1
    with pytest.raises(SettingsError, match="more than one"):
        queries.alert_entries(warehouse, "01KAA")
    for nothing in ("02", "", "%"):
        with pytest.raises(SettingsError):
            queries.alert_entries(warehouse, nothing)


def test_one_position(warehouse: Warehouse) -> None:
    write(
        warehouse,
        {},
        {"seq": 2, "entry": "CLEARED", "event_time": at(hours=1)},
        {"alert_id": alert_id(2), "sku": "x"},
    )
    with Writer(warehouse) as writer:
        writer.write("position", batch(POSITION, {"on_hand": "2.5"}))
        writer.write("demand_day", batch(DEMAND_DAY, {}, {"part": "very_late", "demand": "1.5"}))
    found = queries.position(warehouse, "1004906", "330")
    assert found is not None and found["on_hand"] == Decimal("2.5")
    assert queries.position(warehouse, "1004906", "331") is None
    assert [r["seq"] for r in queries.position_ledger(warehouse, "1004906", "330")] == [1, 2]
    assert [r["demand"] for r in queries.position_demand(warehouse, "1004906", "330")] == [Decimal("4.5")]


def test_what_came_true_while_it_was_warned_of_and_within_fourteen_days(warehouse: Warehouse) -> None:
    def projected(
        number: int, opened: float, ended: float = 0, entry: str = "", reason: str = ""
    ) -> list[dict]:
        base = {"alert_id": alert_id(number), "sku": str(number), "opened_at": at(days=opened)}
        end = {**base, "seq": 2, "entry": entry, "reason": reason, "event_time": at(days=ended)}
        return [{**base, "event_time": at(days=opened)}, *([end] if entry else [])]

    write(
        warehouse,
        *projected(1, 0, 14, "SUPERSEDED", "superseded_by_out_of_stock"),
        *projected(2, 0, 14.01, "SUPERSEDED", "superseded_by_out_of_stock"),
        *projected(3, 0, 3, "CLEARED", "p_stockout_under_exit_line"),
        *projected(4, 2), *projected(5, 20),
    )  # fmt: skip
    with Writer(warehouse) as writer:
        writer.write("position", batch(POSITION, {"last_event_time": at(days=20)}))
    assert queries.came_true(warehouse) == {"judged": 4, "came_true": 1, "share": 0.25}
    with Writer(warehouse) as writer:
        writer.write("position", batch(POSITION, {"last_event_time": at(days=34), "offset": 9}))
    assert queries.came_true(warehouse)["judged"] == 5, "the data go on although no alert did"


def test_a_row_as_json_reads_like_the_ledger_of_replay(warehouse: Warehouse) -> None:
    write(
        warehouse,
        {
            "event_time": at(milliseconds=7),
            "detail": detail([1.0], [1.0]),
            "cause_id": None,
            "available": "12.5",
        },
    )
    (entry,) = queries.alert_entries(warehouse, alert_id(1))
    line = json.loads(as_json(entry))
    assert line["event_time"] == "2026-11-22T12:00:00.007Z"
    assert (line["available"], line["cause_id"], line["p_stockout"]) == ("12.5", None, 0.728808)
    assert line["detail"]["out_by"] == [1.0]


@pytest.mark.parametrize("kind", [pa.int8(), pa.int64(), pa.uint64(), pa.float32(), pa.decimal128(9, 2)])
def test_money_of_any_type_of_column_is_money(warehouse: Warehouse, kind: pa.DataType) -> None:
    prices = pa.array([12, None], pa.int8()).cast(kind)
    with Writer(warehouse) as writer:
        writer.reference(
            "catalogue",
            pa.table({"sku": ["a", "b"], "unit_price": prices, "unit_cost": pa.array([10, 3], pa.int64())}),
        )
    rows = warehouse.rows("SELECT unit_price, unit_margin FROM lowtide.catalogue FINAL ORDER BY sku")
    assert [tuple(row.values()) for row in rows] == [(Decimal(12), Decimal(2)), (None, None)]


def test_a_client_that_wants_nulls_from_joins_gets_the_same_rows(warehouse: Warehouse) -> None:
    write(warehouse, {})
    for view in (
        "alert_current",
        "alert_open",
        "alert_history",
        "missed_stockout",
        "kpi_month",
        "alarm_stale",
    ):
        plain = warehouse.rows(f"SELECT * FROM lowtide.{view}")
        assert warehouse.rows(f"SELECT * FROM lowtide.{view} SETTINGS join_use_nulls = 1") == plain, view
