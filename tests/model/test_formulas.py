"""The page's own vectors: if one of these fails the formula is wrong, not the page."""

from math import sqrt

import pytest
from scipy.stats import nbinom, norm, poisson

from tests.model import formulas as f


def close(value):
    return pytest.approx(value, abs=6e-7)


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
