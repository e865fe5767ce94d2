"""The chance to run out, from arrival days: the vectors, and what must hold for every shelf."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from tests.model.decision import Demand, Projection, Supply, arrival_days
from tests.model.formulas import tail
from tests.model.ordering import Ordering

THREE_A_DAY = Demand(rate=3, phi=2, kappa=0, exposure=range(1, 9))
STEPS = [(0, 0.885), (1, 0.90), (2, 0.92), (5, 0.95), (12, 1)]


def fifteen(lateness) -> list[Supply]:
    """15 units due on day 4, which is bucket 3."""
    return [Supply(15, arrival_days(3, lateness, 8))]


LATE = fifteen([(0, 0.885), (5, 0.91375), (12, 0.9425), (25, 0.97125), (60, 1)])
CERTAIN = fifteen([(0, 1)])
SPREAD = fifteen(STEPS)


def close(value):
    return pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("supplies", "available", "p"),
    [([], 20, 0.728808), (LATE, 20, 0.149305), (CERTAIN, 20, 0.074003), (SPREAD, 20, 0.128835), (SPREAD, 10, 0.498211)],
)  # fmt: skip
def test_p_stockout_vectors(supplies, available, p):
    assert Projection(THREE_A_DAY, supplies).p_stockout(available) == close(p)


def test_the_curve_and_its_days():
    alone = Projection(THREE_A_DAY)
    assert alone.out_by(20)[-1] == close(0.728808)
    assert [alone.day_out(20, chance) for chance in (0.1, 0.5, 0.9)] == [5, 7, None]
    spread = Projection(THREE_A_DAY, SPREAD)
    assert (max(spread.out_by(20)), max(spread.out_by(10))) == (close(0.126387), close(0.486758))


@pytest.mark.parametrize(("supplies", "levels"), [([], [28, 25, 19]), (LATE, [15, 11, 7])])
def test_trip_level_vectors(supplies, levels):
    assert [Projection(THREE_A_DAY, supplies).level(line) for line in (0.3, 0.5, 0.8)] == levels


def test_arrival_days():
    assert SPREAD[0].chances == close([0, 0, 0, 0.885, 0.015, 0.02, 0, 0, 0.08])
    assert arrival_days(-2, STEPS, 4) == close([0.02 / 0.1, 0, 0, 0.03 / 0.1, 0.05 / 0.1])
    assert arrival_days(9, STEPS, 4) == [0, 0, 0, 0, 1]
    assert arrival_days(-13, STEPS, 4) == [0, 0, 0, 0, 1]


def test_the_tail_is_the_negative_binomial_and_at_its_edge_poisson():
    assert tail(3, 6, 9) == pytest.approx(nbinom.sf(8, 3, 0.5), rel=1e-12)
    assert tail(0.01, 0.02, 40) == pytest.approx(nbinom.sf(39, 0.01, 0.5), rel=1e-9)
    assert tail(4, 4, 12) == pytest.approx(poisson.sf(11, 4), rel=1e-12)
    assert (tail(0, 0, 1), tail(0, 0, 0), tail(1e6, 5e9, 1e5)) == (0.0, 1.0, close(1.0))


def test_supplies_after_the_second_count_by_their_expectation():
    half = Supply(2, [0.5] + [0.0] * 7 + [0.5])
    two = [Supply(1, [1.0] + [0.0] * 8)] * 2
    assert Projection(THREE_A_DAY, [*two, half]).p_stockout(20) == close(
        Projection(THREE_A_DAY, two).p_stockout(21)
    )


def test_two_trucks_by_hand():
    """All pairs of days written out, for a demand that is certain to be 4 by day 2 or nothing."""
    trucks = [Supply(2, [0.5, 0.25, 0.25]), Supply(3, [0.0, 0.6, 0.4])]
    demand = Demand(rate=1.5, phi=1.5, kappa=0.2, exposure=(1, 2))
    p = {b: {k: demand.reaches(k, b) for k in range(9)} for b in (0, 1)}
    pairs = {  # days of the trucks (2: not in time): stock at the end of bucket 0 and 1, from 3
        (0, 1): (5, 8), (0, 2): (5, 5), (1, 1): (3, 8), (1, 2): (3, 5), (2, 1): (3, 6), (2, 2): (3, 3),
    }  # fmt: skip
    expected = sum(
        prod(truck.chances[day] for truck, day in zip(trucks, days, strict=True))
        * max(p[0][first], p[1][second])
        for days, (first, second) in pairs.items()
    )
    assert Projection(demand, trucks).p_stockout(3) == close(expected)


def test_the_reorder_point_is_learned_from_orders():
    ordering = Ordering()
    points = []
    for position, quantity in [(12, 0), (9, 20), (25, 0), (11, 20), (8, 20), (7, 0), (9, 0)]:
        ordering.close(position, quantity, 7)
        points.append(ordering.point)
    assert points == [0, 9, 9, 10, 10, 6, 6]
    assert (ordering.quantity, ordering.lead) == (20, 7)


def test_an_expected_order_stands_where_the_position_falls_to_the_reorder_point():
    ordering = Ordering(point=14, quantity=30, lead=3)
    expected = ordering.expected(20, THREE_A_DAY, STEPS)  # 17 after a day, 14 after two: ordered in bucket 1
    assert expected == Supply(30, arrival_days(4, STEPS, 8))
    assert ordering.expected(40, THREE_A_DAY, STEPS) is None
    assert Ordering(quantity=30).expected(0, THREE_A_DAY, STEPS) is None


HORIZON = 5
DEMANDS = st.builds(
    Demand,
    rate=st.floats(0.01, 20),
    phi=st.floats(1.02, 9),
    kappa=st.floats(0, 2),
    exposure=st.lists(st.floats(0.1, 2), min_size=HORIZON, max_size=HORIZON).map(
        lambda days: [sum(days[: b + 1]) for b in range(HORIZON)]
    ),
)
TABLES = st.lists(st.floats(0.05, 1), min_size=4, max_size=4).map(
    lambda shares: list(zip((0, 1, 3, 6), sorted(shares), strict=True))
)
SUPPLIES = st.lists(
    st.builds(
        lambda quantity, due, table: Supply(quantity, arrival_days(due, table, HORIZON)),
        st.integers(1, 30),
        st.integers(-4, HORIZON),
        TABLES,
    ),
    max_size=3,
)
STOCK = st.integers(0, 60)


@given(DEMANDS, SUPPLIES, STOCK)
def test_p_stockout_is_at_least_the_chance_to_be_out_on_any_day(demand, supplies, available):
    projection = Projection(demand, supplies)
    assert projection.p_stockout(available) >= max(projection.out_by(available)) - 1e-12
    assert sum(supplies[0].chances if supplies else [1.0]) == pytest.approx(1)


@given(DEMANDS, SUPPLIES, STOCK, st.integers(1, 10))
def test_more_stock_is_never_a_greater_chance(demand, supplies, available, more):
    projection = Projection(demand, supplies)
    assert projection.p_stockout(available + more) <= projection.p_stockout(available) + 1e-12


@given(DEMANDS, SUPPLIES, st.floats(0.05, 0.95))
def test_at_the_level_the_chance_is_under_the_line_and_one_unit_below_it_is_not(demand, supplies, line):
    projection = Projection(demand, supplies)
    level = projection.level(line)
    assert round(projection.p_stockout(level), 6) < line
    assert level == 0 or round(projection.p_stockout(level - 1), 6) >= line
    assert projection.level(line / 2) >= level


@given(DEMANDS, SUPPLIES.filter(bool), STOCK)
def test_a_supply_that_comes_a_day_later_never_lowers_the_chance(demand, supplies, available):
    first, *others = supplies[:2]
    later = Supply(first.quantity, [0.0, *first.chances[:-2], sum(first.chances[-2:])])
    early, late = (Projection(demand, [one, *others]).p_stockout(available) for one in (first, later))
    assert late >= early - 1e-12
