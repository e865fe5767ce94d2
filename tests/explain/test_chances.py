"""The chance to run out meets the published vectors, and for every shelf it is what the plain model says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from lowtide.explain.chances import first_day, least_available, out_by, p_stockout
from lowtide.explain.demand import at_least, mean_and_variance
from lowtide.explain.ordering import arrival_days, expected_now, order_day
from lowtide.explain.supply import coming, coming_now
from tests.explain.entries import DEMAND, EXPOSURE, LATENESS, SUPPLY, projection, supply
from tests.model import decision
from tests.model.ordering import Ordering

STEPS = [[0, 0.885], [5, 0.91375], [12, 0.9425], [25, 0.97125], [60, 1]]
LATE = {**SUPPLY, "arrives": arrival_days(3, STEPS, 8)}
CERTAIN = {**SUPPLY, "arrives": arrival_days(3, [[0, 1.0]], 8)}


@pytest.mark.parametrize(
    ("supplies", "available", "p"),
    [
        ([], 20, 0.728808), ([LATE], 20, 0.149305), ([CERTAIN], 20, 0.074003), ([SUPPLY], 20, 0.128835),
        ([SUPPLY], 10, 0.498211),
    ],
)  # fmt: skip
def test_the_vectors_of_the_semantics(supplies, available, p):
    assert p_stockout(Decimal(available), DEMAND, supplies) == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize(("supplies", "levels"), [([], [28, 25, 19]), ([LATE], [15, 11, 7])])
def test_the_levels_of_the_semantics(supplies, levels):
    assert [least_available(line, DEMAND, supplies) for line in (0.3, 0.5, 0.8)] == levels


def test_time_to_stockout():
    chances = out_by(Decimal(20), DEMAND, [])
    assert [first_day(chances, line) for line in (0.1, 0.5, 0.9)] == [5, 7, None]


def test_the_worst_day_of_the_curve_is_less_than_the_worst_day_of_each_arrival():
    """Too little before the truck, and the truck is late: the worst day of the mean curve has only one of them."""
    for available, worst in ((20, 0.126387), (10, 0.486758)):
        assert max(out_by(Decimal(available), DEMAND, [SUPPLY])) == pytest.approx(worst, abs=1e-6)


def test_the_tail_is_scipys_own_negative_binomial():
    for mean, variance, count in ((4, 12, 12), (24, 48, 20), (0.3, 0.31, 1), (900, 5000, 1100)):
        shape, success = mean * mean / (variance - mean), mean / variance
        assert at_least(count, mean, variance) == pytest.approx(
            nbinom.sf(count - 1, shape, success), rel=1e-9
        )
    assert at_least(12, 4, 12) == pytest.approx(0.0385, abs=5e-5)
    assert at_least(12, 4, 4) == pytest.approx(0.0009, abs=5e-5)


def test_no_demand_never_empties_a_shelf_with_something_on_it():
    assert at_least(1, 0, 0) == 0
    assert at_least(0, 0, 0) == 1


def test_whole_weeks_that_differ_make_the_variance_grow_with_the_square_of_the_mean():
    assert mean_and_variance({**DEMAND, "kappa": 0.1}, 7) == (24, 2 * 24 + 0.1 * 24 * 24)


def test_a_forecast_of_others_stands_in_the_place_of_the_estimate():
    others = {**DEMAND, "mean": [5.0] * 8, "variance": [9.0] * 8}
    assert mean_and_variance(others, 7) == (5, 9)


def test_supplies_after_the_second_count_by_their_expectation():
    two = [supply("PO1", 1, 0), supply("PO2", 1, 1)]
    half = {"ref": "PO3", "remaining": "2", "due": "2026-11-30", "arrives": [0.5, *[0.0] * 7, 0.5]}
    assert p_stockout(Decimal(20), DEMAND, [*two, half]) == pytest.approx(
        p_stockout(Decimal(21), DEMAND, two)
    )


def test_an_order_that_is_expected_stands_after_the_open_ones():
    """With s 14 and 20 in stock, 17 are left after a day and 14 after two: an order of today plus one, due 3 days later."""
    expected = {
        "point": 14.0,
        "quantity": 30.0,
        "on_day": 1,
        "due_in": 4,
        "arrives": arrival_days(4, LATENESS, 8),
    }
    detail = projection(supply=[supply("PO2"), SUPPLY], expected_order=expected)
    assert order_day(14, 20, DEMAND) == 1 and order_day(14, 40, DEMAND) is None
    assert [order["ref"] for order in coming(detail)] == ["PO1", "PO2", None]
    found = expected_now(detail, Decimal(15), [{"outstanding": "5"}])
    assert found == {**expected, "position": 20.0}


def test_an_order_that_was_placed_since_moves_the_expected_one():
    expected = {
        "point": 14.0,
        "quantity": 30.0,
        "on_day": 1,
        "due_in": 4,
        "arrives": arrival_days(4, LATENESS, 8),
    }
    detail = projection(expected_order=expected)
    placed = {"ref": "PO9", "outstanding": "10", "due": "2026-11-24T08:00:00.000Z"}
    first, later = coming_now(detail, Decimal(20), [placed])
    assert first["arrives"] == arrival_days(2, LATENESS, 8)
    assert (float(later["remaining"]), later["arrives"]) == (30, arrival_days(8, LATENESS, 8))
    assert len(coming_now(detail, Decimal(20), [{**placed, "outstanding": "60"}])) == 1, "beyond the horizon"


HORIZON = 5
DEMANDS = st.builds(
    lambda rate, phi, kappa, days: {
        "rate_per_day": rate, "phi": phi, "kappa": kappa, "exposure": [sum(days[: b + 1]) for b in range(HORIZON)],
    },
    st.floats(0.01, 20),
    st.floats(1.02, 9),
    st.floats(0, 2),
    st.lists(st.floats(0.1, 2), min_size=HORIZON, max_size=HORIZON),
)  # fmt: skip
TABLES = st.lists(st.floats(0.05, 1), min_size=4, max_size=4).map(
    lambda shares: list(zip((0, 1, 3, 6), sorted(shares), strict=True))
)


@given(
    DEMANDS,
    st.lists(st.tuples(st.integers(1, 30), st.integers(-8, HORIZON)), max_size=4),
    TABLES,
    st.integers(0, 60),
    st.floats(0.05, 0.95),
)
def test_it_is_the_arithmetic_of_the_model(demand, orders, table, available, line):
    rows = [{"remaining": str(q), "arrives": arrival_days(due, table, HORIZON)} for q, due in orders]
    plain = [decision.Supply(q, decision.arrival_days(due, table, HORIZON)) for q, due in orders]
    for row, one in zip(rows, plain, strict=True):
        assert row["arrives"] == pytest.approx(one.chances, abs=1e-12)
    names = ("rate_per_day", "phi", "kappa", "exposure")
    model = decision.Projection(decision.Demand(*(demand[name] for name in names)), plain)
    assert out_by(Decimal(available), demand, rows) == pytest.approx(model.out_by(available), abs=1e-9)
    assert p_stockout(Decimal(available), demand, rows) == pytest.approx(
        model.p_stockout(available), abs=1e-9
    )
    assert least_available(line, demand, rows) == model.level(line)


def test_the_day_of_the_expected_order_stays_the_same_while_today_passes():
    """At 18:00 only a quarter of today is left; what was sold before is not in stock any more, and the day must not move."""
    evening = {**DEMAND, "exposure": [day - 0.75 for day in EXPOSURE], "today": 1.0}
    assert order_day(14, 20, DEMAND) == order_day(14, 20, evening) == 1
    assert order_day(14, 20, {**evening, "today": 0.25}) == 2


@given(st.floats(0, 30), st.floats(0, 60))
def test_the_order_is_expected_on_the_day_of_the_model(point, position):
    model = Ordering(point=point, quantity=30, lead=3).expected(
        position, decision.Demand(3, 2, 0, EXPOSURE), LATENESS
    )
    day = order_day(point, position, DEMAND) if point > 0 else None
    assert (model is None) == (day is None)
    if model and day is not None:
        assert arrival_days(day + 3, LATENESS, 8) == pytest.approx(list(model.chances))
