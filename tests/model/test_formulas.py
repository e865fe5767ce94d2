"""The page's own vectors: if one of these fails the formula is wrong, not the page."""

from math import sqrt

import pytest
from scipy.stats import nbinom, norm, poisson

from tests.model import formulas as f

THREE_A_DAY = {"horizon": 8, "mean": 3, "variance": 6}
LATE = [(15, [0, 0, 0, 0.885, 0.885, 0.885, 0.885, 0.885])]
CERTAIN = [(15, [0, 0, 0, 1, 1, 1, 1, 1])]


def close(value):
    return pytest.approx(value, abs=6e-7)


def test_projection_without_supply():
    assert f.p_stockout(20, **THREE_A_DAY) == close(0.728808)
    assert f.out_by(20, 8, 3, 6) == close(0.728808)
    assert [f.day_out(c, 20, **THREE_A_DAY) for c in (0.1, 0.5, 0.9)] == [5, 7, None]


def test_projection_with_supply():
    assert f.p_stockout(20, supplies=LATE, **THREE_A_DAY) == close(0.149305)
    assert f.p_stockout(20, supplies=CERTAIN, **THREE_A_DAY) == close(0.074003)


@pytest.mark.parametrize(("supplies", "levels"), [((), [28, 25, 19]), (LATE, [15, 11, 6])])
def test_trip_levels(supplies, levels):
    assert [f.trip_level(line, supplies=supplies, **THREE_A_DAY) for line in (0.3, 0.5, 0.8)] == levels


def test_later_supplies_count_by_expectation():
    arrived = [0.5] * 8
    four, five = [(1, arrived)] * 4, [(1, arrived)] * 4 + [(2, arrived)]
    assert f.out_by(20, 8, 3, 6, five) == pytest.approx(f.out_by(21, 8, 3, 6, four))


def test_planning_vector_1():
    k = norm.ppf(0.95)
    stock = f.safety_stock(k, 6, 9, 2, 20)
    assert (k, stock / k, stock, 180 + stock) == (
        close(1.644854),
        close(43.863424),
        close(72.148913),
        close(252.148913),
    )
    assert (f.loss(k), stock / k * f.loss(k)) == (close(0.020893), pytest.approx(0.916437, abs=5e-6))
    assert 1 - stock / k * f.loss(k) / 200 == close(0.995418)
    assert k * (6 * sqrt(9) + 20 * 2) == pytest.approx(95.401510, abs=2e-6)
    assert f.loss(1.299297) * 43.863424 == pytest.approx(0.01 * 200, abs=1e-5)
    assert pytest.approx(56.991607, abs=2e-5) == 1.299297 * 43.863424
    assert norm.cdf(1.299297) == pytest.approx(0.903, abs=5e-4)


def test_buffer_zones_vector_2():
    usage, lead, lead_factor, variability, least, cycle = 10, 12, 0.5, 0.4, 50, 7
    base = usage * lead * lead_factor
    red, yellow, green = base + base * variability, usage * lead, max(base, cycle * usage, least)
    assert (base, red, red + yellow, green, red + yellow + green) == (60, 84, 204, 70, 274)
    flow = 120 + 60 - 35
    assert (flow, round(100 * flow / 274, 1), 274 - flow, 0.5 * red) == (145, 52.9, 129, 42)


def test_intermittent_vector_3():
    demands = [0, 0, 5, 0, 0, 0, 3, 0, 4, 0]
    size, interval = f.croston(demands)
    assert (size, interval, size / interval) == (close(4.72), close(2.99), close(1.578595))
    assert size / interval * 0.95 == close(1.499666)
    size, chance = f.tsb(demands)
    assert (size, chance, size * chance) == (close(4.72), close(0.322332), close(1.521408))


def test_spike_vector_4():
    assert poisson.sf(11, 4) == pytest.approx(0.0009, abs=5e-5)
    assert nbinom.sf(11, 2, 2 / 6) == pytest.approx(0.0385, abs=5e-5)
    assert f.tail(4, 12, 12) == pytest.approx(nbinom.sf(11, 2, 2 / 6))


def test_phantom_vector_5():
    p0 = nbinom.pmf(0, 2, 2 / 5)
    assert p0 == close(0.16)
    assert [round(pi, 4) for pi in f.phantom(5, p0, 0.0006)] == [0.0037, 0.0265, 0.1482, 0.5219, 0.8723]
