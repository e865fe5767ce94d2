"""The present state of an alert, its expected loss, and whether it came true."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
import pytest

from lowtide.actions import act
from lowtide.errors import SettingsError
from lowtide.rows import as_json
from lowtide.warehouse import Warehouse, Writer, queries
from lowtide.warehouse.view import views
from lowtide.words.since import FIGURES

from .batches import DEMAND_DAY, LEDGER, NOON, POSITION, alert_id, at, batch, detail
from .conftest import same_with_nulls_from_joins


def write(warehouse: Warehouse, *rows: dict[str, object]) -> None:
    with Writer(warehouse) as writer:
        writer.write("ledger", batch(LEDGER, *rows))


def current(warehouse: Warehouse) -> list[dict[str, object]]:
    return warehouse.rows("SELECT * FROM lowtide.alert_current ORDER BY alert_id")


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
    (row,) = current(warehouse)
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
    (row,) = current(warehouse)
    assert row["status"] == status
    assert (row["closed_at"] is None) == (status == "open")


def test_expected_loss_by_hand(warehouse: Warehouse) -> None:
    """3 a day; half of today is left (exposure .5), then whole days: 3 x (.1x.5 + .4x1 + .9x1) = 4.05 units.

    A margin of 2 makes 8.10, a price of 10 without cost or margin 40.50. Without a catalogue it is 4.05 units; where the
    catalogue knows prices but not this one, the loss is not known. Without a projection it is not known, either.
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
    assert [r["expected_loss"] for r in queries.alerts(warehouse)] == [4.05, 4.05, 4.05, None]
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
        "price": 40.5, "margin": 8.1, "unknown": None, "nothing": None,
    }  # fmt: skip
    assert list(rows) == ["price", "margin", "unknown", "nothing"], "most expected loss first"
    assert (rows["margin"]["category"], rows["unknown"]["category"]) == ("DAIRY", "")
    values = {row["sku"]: row["unit_value"] for row in current(warehouse)}
    assert values == {"margin": 2, "price": 10, "unknown": None, "nothing": None}
    assert {row["sku"]: row["expected_loss"] for row in current(warehouse)} == {
        sku: row["expected_loss"] for sku, row in rows.items()
    }
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
def test_without_a_projection_the_loss_is_not_known_and_stops_nothing(
    warehouse: Warehouse, text: str
) -> None:
    write(warehouse, {"detail": text})
    assert queries.alerts(warehouse)[0]["expected_loss"] is None


def test_the_loss_of_each_type(warehouse: Warehouse) -> None:
    """Of a wrong record or a spike one day of demand, else what the projection says; 0 is no loss, None is not known."""
    some, none = [0.1, 0.4, 0.9], [0.0, 0.0, 0.0]
    cases: list[tuple[str, list[float], float | str, float | None]] = [
        ("projected_stockout", some, 3, 4.05), ("out_of_stock", some, 3, 4.05), ("below_reorder_point", some, 3, 4.05),
        ("overdue_supply", some, 3, 4.05), ("overdue_supply", none, 3, 0), ("overdue_supply", [], 3, None),
        ("negative_stock", [], 3, 3), ("negative_stock", some, 3, 3), ("sales_spike", [], "2.5", 2.5),
        ("sales_spike", [], 0, 0),
    ]  # fmt: skip
    opened = [
        {
            "alert_id": alert_id(number), "sku": str(number), "type": type_, "demand_per_day": rate,
            "detail": detail(out_by, [0.5, 1.5, 2.5]) if out_by else "{}",
        }
        for number, (type_, out_by, rate, _) in enumerate(cases)
    ]  # fmt: skip
    write(warehouse, *opened)
    wanted = {str(number): loss for number, (*_, loss) in enumerate(cases)}
    for rows in (queries.alerts(warehouse), current(warehouse)):
        assert {row["sku"]: row["expected_loss"] for row in rows} == wanted
    write(warehouse, *({**row, "seq": 2, "entry": "CLEARED", "event_time": at(hours=1)} for row in opened))
    assert {row["expected_loss"] for row in current(warehouse)} <= {0, None}, (
        "what has ended puts nothing at risk"
    )
    assert all(row["expected_loss"] == 0 for row in current(warehouse))


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


def test_what_a_person_has_closed_leaves_the_list(warehouse: Warehouse) -> None:
    write(
        warehouse,
        {"alert_id": alert_id(1), "sku": "1"},
        {"alert_id": alert_id(2), "sku": "2"},
        {"alert_id": alert_id(3), "sku": "3", "entry": "CLEARED"},
    )
    for verb, more in (("ack", {}), ("resolve", {}), ("close", {"feedback": "false"})):
        act(warehouse, alert_id(1), verb, "ana", **more)
    assert [row["alert_id"] for row in queries.alerts(warehouse)] == [alert_id(2)]
    rows = [
        (row["alert_id"], row["status"], row["state"], row["owner"])
        for row in queries.alerts(warehouse, closed=True)
    ]
    assert rows[0] == (alert_id(2), "open", "new", "") and sorted(rows[1:]) == [
        (alert_id(1), "open", "closed", "ana"), (alert_id(3), "cleared", "new", ""),
    ]  # fmt: skip
    act(warehouse, alert_id(1), "reopen", "ben")
    assert {row["alert_id"]: row["state"] for row in queries.alerts(warehouse)} == {
        alert_id(1): "acknowledged", alert_id(2): "new",
    }  # fmt: skip


def test_the_stock_of_the_list_is_that_of_now(warehouse: Warehouse) -> None:
    """Eight of the ten dearest alerts said that nothing was on order after the order had been placed."""
    write(warehouse, {}, {"alert_id": alert_id(2), "sku": "7"})
    with Writer(warehouse) as writer:
        row = {"offset": 9, "on_hand": 19, "available": "17.5", "on_order": 36, "in_transit": 12}
        writer.write("position", batch(POSITION, {"offset": 1}, row, {**row, "sku": "other"}))
    for rows in (queries.alerts(warehouse), queries.alerts(warehouse, closed=True)):
        now, unpublished = rows
        assert [now[name] for name in FIGURES] == [19, Decimal("17.5"), 36, 12]
        assert [now[f"{name}_since"] for name in FIGURES] == [-1, Decimal("-2.5"), 36, 12]
        assert [unpublished[name] for name in FIGURES] == [20, 20, 0, 0]
        assert {unpublished[f"{name}_since"] for name in FIGURES} == {0}


def test_the_quick_list_is_the_list_of_all_without_those_that_are_over(warehouse: Warehouse) -> None:
    write(
        warehouse,
        *({"alert_id": alert_id(n), "sku": str(n), "detail": detail([0.1 * n], [2.0])} for n in range(1, 6)),
        {"alert_id": alert_id(4), "sku": "4", "seq": 2, "entry": "EXPIRED", "event_time": at(hours=1)},
    )
    act(warehouse, alert_id(5), "note", "eve", comment="look")
    with Writer(warehouse) as writer:
        writer.reference(
            "catalogue", pa.table({"sku": ["1", "2"], "name": ["milk", "tea"], "price": [2.0, None]})
        )
        writer.write("position", batch(POSITION, *({"sku": str(n), "available": n} for n in range(1, 4))))
    every = [row for row in queries.alerts(warehouse, closed=True) if row["status"] == "open"]
    assert queries.alerts(warehouse) == every and len(every) == 4


@pytest.mark.parametrize(
    "view", [view.name for view in views() if view.name.startswith(("al", "kpi", "mis"))]
)
def test_a_client_that_wants_nulls_from_joins_gets_the_same_rows(warehouse: Warehouse, view: str) -> None:
    write(warehouse, {})
    same_with_nulls_from_joins(warehouse, view)
