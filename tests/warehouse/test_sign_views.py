"""The views of signs must say what the details of the open alerts say, also if every row came twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lowtide.actions import act
from lowtide.explain.rhythm import expected_records
from lowtide.ledger import SIGNS
from lowtide.warehouse import Warehouse
from tests.scenarios import signs

from .conftest import same_with_nulls_from_joins

VIEWS = ("sign_open", "supplier_slip", "count_first", "stock_at_rest", "process_hole", "silent_feed")
Life = dict[str, Any]


@pytest.fixture(params=[False, True], ids=["once", "twice"])
def last(request: pytest.FixtureRequest, warehouse: Warehouse) -> dict[str, Life]:
    """The last entry of each alert."""
    return {one["alert_id"]: one for one in signs.write(warehouse, twice=request.param)}


def of(last: dict[str, Life], *types: str) -> Iterator[Life]:
    return (one for one in last.values() if one["type"] in types)


def ask(warehouse: Warehouse, view: str) -> list[dict[str, Any]]:
    return warehouse.rows(f"SELECT * FROM lowtide.{view} ORDER BY ALL")


def test_each_open_sign_stands_once(warehouse: Warehouse, last: dict[str, Life]) -> None:
    found = ask(warehouse, "sign_open")
    assert {row["type"] for row in found} == set(SIGNS)
    assert sorted(row["alert_id"] for row in found) == sorted(last)
    for view in VIEWS:
        same_with_nulls_from_joins(warehouse, view)


def test_what_slips_is_counted_by_supplier_and_day(warehouse: Warehouse, last: dict[str, Life]) -> None:
    (slip,) = of(last, "slipping_supply")
    (one,) = slip["detail"]["slipping"]
    (row,) = ask(warehouse, "supplier_slip")
    assert (row["supplier"], row["positions"], row["refs"]) == ("V002", 1, 1)
    assert (row["promised_on"], row["due_on"]) == tuple(
        date.fromisoformat(one[name][:10]) for name in ("promised", "due")
    )
    assert (row["units"], row["worst_p"]) == (Decimal(one["remaining"]), slip["p_stockout"])


def test_the_highest_odds_are_counted_first(warehouse: Warehouse, last: dict[str, Life]) -> None:
    phantoms = sorted(of(last, "phantom_stock"), key=lambda one: -one["detail"]["odds"])
    found = sorted(ask(warehouse, "count_first"), key=lambda row: row["rank"])
    assert [row["rank"] for row in found] == [1, 2]
    assert [(row["sku"], row["odds"], row["idle_days"]) for row in found] == [
        (one["sku"], pytest.approx(one["detail"]["odds"]), one["detail"]["quiet_days"]) for one in phantoms
    ]


def test_stock_that_does_not_move_is_worth_what_it_cost(warehouse: Warehouse, last: dict[str, Life]) -> None:
    found = {(row["type"], row["sku"]): row for row in ask(warehouse, "stock_at_rest")}
    assert len(found) == 5
    for one in of(last, "overstock", "slow_moving", "dead_stock", "expiring"):
        row, cost, detail = found[one["type"], one["sku"]], Decimal(signs.COSTS[one["sku"]]), one["detail"]
        units = {"overstock": detail.get("excess"), "expiring": detail["at_stake"]}.get(
            one["type"], one["available"]
        )
        assert row["units"] == Decimal(str(units)), one["type"]
        assert row["value"] == round(Decimal(str(units)) * cost, 3)
        month = (
            None if one["type"] == "expiring" else pytest.approx(detail["at_stake"] * float(cost), abs=0.005)
        )
        assert row["holding_cost_month"] == month
        assert (row["cover_days"], row["idle_days"]) == (detail.get("cover_days"), detail.get("idle_days"))
        assert row["expired"] == Decimal(detail.get("expired", 0))


def test_holes_stand_by_source_and_kind(warehouse: Warehouse, last: dict[str, Life]) -> None:
    holes = list(of(last, "process_hole"))
    found = {(row["source"], row["kind"]): row for row in ask(warehouse, "process_hole")}
    assert found.keys() == {("back-office", "adjustment"), ("till-2", "return"), ("", "unordered")}
    assert sum(row["alerts"] for row in found.values()) == len(holes)
    assert all(row["open"] == 1 for row in found.values())


def test_a_silent_feed_says_since_when_and_what_it_should_have_sent(
    warehouse: Warehouse, last: dict[str, Life]
) -> None:
    found = {row["source"]: row for row in ask(warehouse, "silent_feed")}
    assert found.keys() == {"*", "till-1"}
    clock = max(signs.CLOCK, *(datetime.fromisoformat(one["event_time"]) for one in last.values()))
    for one in of(last, "silent_feed"):
        row, silence = found[one["detail"]["source"] or "*"], one["detail"]["silence"]
        assert row["since"] == datetime.fromisoformat(silence["since"])
        assert row["expected_records"] == pytest.approx(expected_records(silence), abs=0.01)
        assert row["silent_hours"] == pytest.approx((clock - row["since"]).total_seconds() / 3600, abs=0.01)


def test_what_a_person_has_closed_is_not_listed(warehouse: Warehouse, last: dict[str, Life]) -> None:
    first = next(row for row in ask(warehouse, "count_first") if row["rank"] == 1)
    act(warehouse, first["alert_id"], "ack", "ana")
    act(warehouse, first["alert_id"], "resolve", "ana")
    act(warehouse, first["alert_id"], "close", "ana", feedback="false")
    assert [row["rank"] for row in ask(warehouse, "count_first")] == [1]
