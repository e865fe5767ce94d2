"""The plain arithmetic meets the published vectors, and finds a number that is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from scipy.stats import nbinom

from lowtide.explain.recompute import (
    at_least,
    checks,
    first_day,
    least_available,
    out_by,
    reorder_point,
)
from tests.explain.entries import DEMAND, SUPPLY, entry, projection

CERTAIN = SUPPLY | {"arrived_by": [0, 0, 0, 1, 1, 1, 1, 1]}


@pytest.mark.parametrize(
    ("supply", "p", "levels"),
    [([], 0.728808, (28, 25, 19)), ([SUPPLY], 0.149305, (15, 11, 6)), ([CERTAIN], 0.074003, None)],
)
def test_the_vectors_of_the_semantics(supply, p, levels):
    chances = out_by(Decimal(20), DEMAND, supply)
    assert max(chances) == pytest.approx(p, abs=5e-7)
    if levels:
        assert tuple(least_available(line, DEMAND, supply) for line in (0.3, 0.5, 0.8)) == levels


def test_time_to_stockout():
    chances = out_by(Decimal(20), DEMAND, [])
    assert [first_day(chances, line) for line in (0.1, 0.5, 0.9)] == [5, 7, None]


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


def test_the_fifth_supply_counts_by_its_expectation():
    ten = {"remaining": "10", "arrived_by": [0.5] * 8}
    five = [ten | {"ref": f"PO{day}", "due": f"2026-11-2{day}"} for day in range(5)]
    swapped = [five[4], *five[:4]]
    assert out_by(Decimal(0), DEMAND, five) == out_by(Decimal(0), DEMAND, swapped)
    assert out_by(Decimal(5), DEMAND, five[:4]) == out_by(Decimal(0), DEMAND, five)


def test_the_reorder_point_is_vector_1():
    assert reorder_point(20, 6, 9, 2, 0.95) == pytest.approx(252.148913, abs=1e-6)


def test_every_number_of_a_right_entry_is_found_right():
    found = checks(entry())
    assert {check.name for check in found} == {
        "on_order", "out_by", "demand_per_day", "p_stockout",
        "stockout_p10", "stockout_p50", "stockout_p90", "trip_level", "exit_level",
    }  # fmt: skip
    assert [check for check in found if not check.ok] == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"p_stockout": 0.72884}, "p_stockout"),
        ({"stockout_p50": 6}, "stockout_p50"),
        ({"stockout_p90": 8}, "stockout_p90"),
        ({"trip_level": "26.000"}, "trip_level"),
        ({"exit_level": "27.000"}, "exit_level"),
        ({"on_order": "1.000"}, "on_order"),
        ({"detail": projection(out_by=[0.1, *projection()["out_by"][1:]])}, "out_by"),
        ({"detail": projection(out_by=projection()["out_by"][:7])}, "buckets"),
    ],
)
def test_a_wrong_number_is_named(changes, name):
    assert {check.name for check in checks(entry(**changes)) if not check.ok} == {name}


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
