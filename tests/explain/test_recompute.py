"""Every number of an entry is computed again, and one that is wrong is named."""

from __future__ import annotations

import doctest
import importlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from lowtide.explain.demand import at_least
from lowtide.explain.recompute import checks
from tests.explain.entries import DEMAND, SUPPLY, entry, judged, projection, supply
from tests.model.formulas import loss
from tests.model.ordering import Ordering

ORDERED = judged(20, DEMAND, [SUPPLY], Ordering(point=30, quantity=40, lead=2))
"""15 are coming, and an order of 40 is expected on the day on which 35 fall to 30."""


@pytest.mark.parametrize("module", ["estimate", "demand", "ordering", "chances", "planning"])
def test_examples_in_the_pages_of_the_formulas_run(module):
    done = doctest.testmod(importlib.import_module(f"lowtide.explain.{module}"))
    assert done.attempted and not done.failed


def test_every_number_of_a_right_entry_is_found_right():
    found = checks(entry())
    assert {check.name for check in found} == {
        "on_order", "out_by", "demand_per_day", "rate_per_day", "p_stockout",
        "stockout_p10", "stockout_p50", "stockout_p90", "trip_level", "exit_level",
    }  # fmt: skip
    assert [check for check in found if not check.ok] == []


def test_open_supplies_and_the_expected_order_are_computed_again():
    found = checks(ORDERED)
    assert ORDERED["detail"]["expected_order"]["on_day"] == 1
    assert {"arrives PO1", "arrives expected", "expected position", "expected day"} <= {c.name for c in found}
    assert [check for check in found if not check.ok] == []


@given(
    available=st.integers(0, 60),
    rate=st.floats(0.05, 8),
    phi=st.floats(1.02, 6),
    kappa=st.floats(0, 1),
    dues=st.lists(st.integers(-6, 9), max_size=3),
    ordering=st.builds(Ordering, st.floats(0, 40), st.integers(0, 50).map(float), st.integers(0, 9)),
)
@settings(max_examples=40, deadline=None)
def test_whatever_the_model_computes_comes_out_the_same(available, rate, phi, kappa, dues, ordering):
    levels = [rate * 0.9, rate, rate * 1.2]
    demand = {
        **DEMAND,
        "rate_per_day": rate,
        "phi": phi,
        "kappa": kappa,
        "levels": levels,
        "weights": [0.5, 0.25, 0.25],
    }
    supplies = [supply(f"PO{n}", 5 + 7 * n, due) for n, due in enumerate(sorted(dues))]
    told = judged(available, demand, supplies, ordering)
    assert [check for check in checks(told) if not check.ok] == []


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"p_stockout": 0.72884}, {"p_stockout"}),
        ({"stockout_p50": 6}, {"stockout_p50"}),
        ({"stockout_p90": 8}, {"stockout_p90"}),
        ({"trip_level": "26.000"}, {"trip_level"}),
        ({"exit_level": "27.000"}, {"exit_level"}),
        ({"on_order": "1.000"}, {"on_order"}),
        ({"detail": projection(out_by=[0.1, *projection()["out_by"][1:]])}, {"out_by"}),
        ({"detail": projection(out_by=projection()["out_by"][:7])}, {"buckets"}),
        ({"detail": projection(demand={**DEMAND, "weights": [0.5, 0.4, 0.1]})}, {"rate_per_day"}),
    ],
)
def test_a_wrong_number_is_named(changes, names):
    assert {check.name for check in checks(entry(**changes)) if not check.ok} == names


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"on_day": 2}, "expected day"),
        ({"position": 34.0}, "expected position"),
        ({"due_in": 4}, "arrives expected"),
    ],
)
def test_an_expected_order_that_is_wrong_is_named(changes, name):
    detail = ORDERED["detail"]
    wrong = ORDERED | {"detail": detail | {"expected_order": {**detail["expected_order"], **changes}}}
    assert name in {check.name for check in checks(wrong) if not check.ok}


def test_chances_of_a_supply_that_do_not_follow_from_its_due_are_named():
    """A supply that was due tomorrow and is told with the chances of one due in three days."""
    wrong = {**supply("PO1", due_in=1), "arrives": SUPPLY["arrives"]}
    told = judged(20, DEMAND, [wrong])
    assert {check.name for check in checks(told) if not check.ok} == {"arrives PO1"}


def test_days_are_those_of_the_position():
    """At 17:00 UTC it is the next day in Shanghai: what is due there in the morning is due today."""
    there = {**SUPPLY, "due": "2026-11-25T02:00:00.000Z"}
    told = judged(20, DEMAND, [there])
    told["detail"]["as_of"] = "2026-11-21T17:00:00.000Z"
    assert all(check.ok for check in checks(told, "Asia/Shanghai"))
    assert [check.name for check in checks(told) if not check.ok] == ["arrives PO1"]


def test_a_spike_is_compared_by_ratio_because_its_tail_is_tiny():
    tail = at_least(40, 3.0, 4.5)
    detail = {
        "day": "2026-11-22",
        "sold": "40",
        "mean": 3.0,
        "variance": 4.5,
        "spike_p": 1e-4,
        "spike_min": 5,
    }
    right = entry(type="sales_spike", detail=detail | {"tail_p": tail})
    wrong = entry(type="sales_spike", detail=detail | {"tail_p": tail * 10})
    assert all(check.ok for check in checks(right))
    assert not all(check.ok for check in checks(wrong))


@pytest.mark.parametrize("service", ["cycle", "fill"])
def test_a_reorder_point_by_formula_is_computed_again(service):
    """24 expected with a variance of 48 over 8 days, lead time 7 ± 2 and review 1; Q 40 for a fill rate."""
    sigma = (48 + 9 * 4) ** 0.5
    k = norm.ppf(0.95) if service == "cycle" else brentq(lambda k: sigma * loss(k) - 0.05 * 40, 0, 9)
    formula = {
        "k": k, "sigma": sigma, "safety_stock": k * sigma, "service_level": 0.95, "lead_time_sd_days": 2, "service": service,
        "quantity": 40.0,
    }  # fmt: skip
    point = f"{24 + k * sigma:.3f}"
    detail = projection(
        supply=[SUPPLY], reorder_point=point, inventory_position="35", grace_hours=24, formula=formula
    )
    told = entry(type="below_reorder_point", on_order="15", trip_level=point, exit_level=point, detail=detail)
    names = {"reorder_point", "safety_stock", "inventory_position", "trip_level", "exit_level"}
    found = {check.name: check.ok for check in checks(told) if check.name in names}
    assert found == dict.fromkeys(names, True)
    wrong = told | {"detail": detail | {"formula": formula | {"lead_time_sd_days": 3}}}
    assert {c.name for c in checks(wrong) if not c.ok} >= {"reorder_point", "safety_stock"}
