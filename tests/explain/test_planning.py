"""Safety stock, reorder point and promises: the vectors of the field, and a table that the core must meet too."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from lowtide.explain.planning import Promise, available_to_promise, fill_factor, loss, planned, safety
from lowtide.explain.targets import promises

TABLE = Path(__file__).parent / "safety_stock.csv"
"""Inputs and results to six decimals. An empty or 0 order quantity: the position never ordered."""
PROMISES = TABLE.with_name("promises.jsonl")
"""Available to promise: the stock of now, then one figure for each later due day."""
ROWS = list(csv.DictReader(TABLE.open(encoding="utf-8")))
RESULTS = ("sigma", "k", "safety_stock", "reorder_point")


def test_vector_1_of_the_domain():
    """King 2011: d 20, sd 6, L 9, sd of L 2, 95 % of cycles, Q 200; then a fill rate of 99 %."""
    plan = safety(20, 9 * 6**2, 9, 2, 0.95)
    assert (plan.k, plan.sigma) == (
        pytest.approx(1.644854, abs=1e-6),
        pytest.approx(43.863424, abs=1e-6),
    )
    assert plan.safety_stock == pytest.approx(72.148913, abs=1e-6)
    assert plan.reorder_point == pytest.approx(252.148913, abs=1e-6)
    assert loss(plan.k) == pytest.approx(0.020893, abs=1e-6)
    assert plan.short() == pytest.approx(0.916437, abs=5e-6)
    assert plan.fill_rate(200) == pytest.approx(0.995418, abs=1e-6)
    filled = safety(20, 9 * 6**2, 9, 2, 0.99, "fill", 200)
    assert (filled.k, filled.safety_stock) == (
        pytest.approx(1.299297, abs=1e-6),
        pytest.approx(56.991607, abs=2e-6),
    )
    assert filled.fill_rate(200) == pytest.approx(0.99, abs=1e-9)


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row['rate']}-{row['service']}-{row['service_level']}"
)
def test_the_table_for_the_core(row):
    demand = {"rate_per_day": row["rate"], "phi": row["phi"], "kappa": row["kappa"]}
    plan = planned(demand, row, float(row["order_quantity"] or 0))
    for name in RESULTS:
        assert getattr(plan, name) == pytest.approx(float(row[name]), abs=1e-6), name


@given(st.floats(0.5, 0.9999), st.floats(0.1, 5000), st.floats(0.01, 500))
def test_a_fill_rate_is_reached_and_never_needs_less_than_nothing(level, quantity, sigma):
    k = fill_factor(level, quantity, sigma)
    served = 1 - sigma * loss(k) / quantity
    assert served == pytest.approx(level, abs=1e-9) if k > 0 else served >= level - 1e-12


def test_a_slow_item_is_served_by_a_quantile_of_its_own_demand():
    plan = planned(
        {"rate_per_day": 0.2, "phi": 3.9, "kappa": 0.35},
        {"lead_time_days": 7, "review_period_days": 1, "lead_time_sd_days": 2, "service_level": 0.95},
    )
    mean, variance = plan.mean, plan.sigma**2
    assert plan.quantile() == nbinom.ppf(0.95, mean * mean / (variance - mean), mean / variance)


def promised(*cells: tuple[int | None, int, int]) -> list[Promise]:
    return [Promise(day and date(2026, 11, day), Decimal(q), Decimal(all_)) for day, q, all_ in cells]


def receipts(*cells: tuple[int, int]) -> list[tuple[date, Decimal]]:
    return [(date(2026, 11, day), Decimal(quantity)) for day, quantity in cells]


@pytest.mark.parametrize(
    ("stock", "supplies", "needs", "expected"),
    [
        (20, [], [], [(None, 20, 20)]),
        (20, [(30, 40), (26, 15)], [], [(None, 20, 20), (26, 15, 35), (30, 40, 75)]),
        (20, [(26, 15), (26, 5), (30, 40)], [], [(None, 20, 20), (26, 20, 40), (30, 40, 80)]),
        (-4, [(26, 15)], [], [(None, -4, -4), (26, 15, 11)]),
        (20, [(26, 15), (30, 40)], [(24, 5), (28, 10), (30, 8)], [(None, 15, 15), (26, 5, 20), (30, 32, 52)]),
        (20, [(26, 15), (30, 40)], [(28, 25)], [(None, 10, 10), (26, 0, 10), (30, 40, 50)]),
        (20, [(26, 15), (30, 40)], [(28, 45)], [(None, -10, -10), (26, 0, -10), (30, 40, 30)]),
    ],
)
def test_available_to_promise(stock, supplies, needs, expected):
    """On one day supplies are one; a need is met by the last supply before it, and what that lacks by the ones before."""
    found = available_to_promise(Decimal(stock), receipts(*supplies), receipts(*needs))
    assert found == promised(*expected)


@pytest.mark.parametrize("row", [json.loads(line) for line in PROMISES.read_text("utf-8").splitlines()])
def test_the_promises_for_the_core(row):
    """The last record is of `today`; supplies have a local due day and what is still to come."""
    stock = {"available": row["available"], "last_event_time": f"{row['today']}T12:00:00.000Z"}
    orders = [{"ref": "PO", "outstanding": q, "due": f"{day}T08:00:00.000Z"} for day, q in row["supplies"]]
    found, overdue = promises(stock, orders)
    assert [promise.discrete for promise in found] == [Decimal(text) for text in row["atp"]]
    assert [promise.cumulative for promise in found] == [Decimal(text) for text in row["atp_cumulative"]]
    assert overdue == Decimal(row["overdue"])


@given(
    st.integers(-50, 100),
    st.lists(st.tuples(st.integers(1, 28), st.integers(1, 50)), max_size=6),
    st.lists(st.tuples(st.integers(1, 28), st.integers(1, 50)), max_size=6),
)
def test_what_is_promised_in_all_is_stock_and_supply_less_what_is_committed(stock, supplies, needs):
    found = available_to_promise(Decimal(stock), receipts(*supplies), receipts(*needs))
    assert found[-1].cumulative == stock + sum(q for _, q in supplies) - sum(q for _, q in needs)
    assert all(promise.discrete >= 0 for promise in found[1:])
