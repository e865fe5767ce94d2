"""The estimator of the package meets the published vectors and the plain model, and learns again from stored days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.explain.estimate import Estimate
from lowtide.explain.learned import learn, learned, weekday_weights
from tests.explain.entries import DEMAND, projection
from tests.model.estimate import Estimator
from tests.model.test_estimate import (
    AFTER_GROWING,
    AFTER_SPARSE,
    AFTER_STEADY,
    EMPTY_SHELF,
    GROWING,
    SPARSE,
    STEADY,
)

EPOCH = date(1970, 1, 1)


def state(one: Estimate) -> list[float]:
    mean = one.rate * 7
    return [*one.levels, *one.weights, one.rate, one.phi, one.kappa, one.phi * mean + one.kappa * mean * mean]


@pytest.mark.parametrize(
    ("one", "sales", "shares", "table"),
    [
        (Estimate(), STEADY, {}, AFTER_STEADY),
        (Estimate(prior_rate=0.1, prior_days=28), SPARSE, {}, AFTER_SPARSE),
        (Estimate(), GROWING, EMPTY_SHELF, AFTER_GROWING),
    ],
    ids=["steady", "sparse", "growing, with an empty shelf"],
)
def test_vectors(one, sales, shares, table):
    rows = [line.replace("|", " ").split() for line in table.strip().splitlines()]
    expected = {int(after): [float(text) for text in figures] for after, *figures in rows}
    for day, units in enumerate(sales.split(), start=1):
        one.close(day - 1, float(units), shares.get(day, 1.0), sold_out=day == 5 and bool(shares))
        if day in expected:
            assert state(one) == pytest.approx(expected[day], abs=1e-6), f"after day {day}"


DAYS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from((0.0, 0.5, 1.0, 1.3)), st.booleans()), max_size=50
)


@given(DAYS, st.floats(0, 3), st.floats(0.1, 40), st.sampled_from((0.0, 1.0, 4.0)), st.booleans())
@settings(max_examples=60)
def test_it_is_the_estimator_of_the_model(days, rate, prior_days, calm, whole):
    one = Estimate(rate, prior_days, 2.0, calm, whole)
    plain = Estimator(rate, prior_days, 2.0, calm, "whole" if whole else "part")
    for day, (units, exposure, sold_out) in enumerate(days):
        for each in (one, plain):
            each.close(day, float(units), exposure, 1.3, sold_out=sold_out)
    assert [*one.levels, *one.weights] == pytest.approx([*plain.level, *plain.weight], rel=1e-9)
    assert (one.rate, one.phi, one.kappa, one.days) == pytest.approx(
        (plain.rate, plain.phi, plain.kappa, plain.days)
    )


def rows(units: list[float], last: date) -> list[dict[str, str]]:
    """Demand rows of days that end with `last`; a day without a sale has no row."""
    first = last - timedelta(days=len(units) - 1)
    return [{"day": f"{first + timedelta(days=n)}", "demand": str(q)} for n, q in enumerate(units) if q]


def test_stored_days_give_the_estimate_that_the_core_had():
    today, sold = date(2026, 11, 22), [float(text) for text in SPARSE.split()[2:]]
    prior = {"rate": 0.1, "days": 28, "dispersion": 1.5, "calm": 1}
    plain = Estimator(0.1, 28)
    for n, units in enumerate(sold):
        plain.close((today - EPOCH).days - len(sold) + n, units)
    demand = DEMAND | {"prior": prior, "rate_per_day": plain.rate, "levels": plain.level}
    later = [{"day": "2026-11-22", "demand": "99"}, {"day": "2026-11-23", "demand": "99"}]
    again = learned(projection(demand=demand), rows(sold, today - timedelta(days=1)) + later)
    assert again and (again.since, again.days) == (date(2026, 11, 3), 19)
    assert again.off_by(demand) == pytest.approx(0, abs=1e-12)
    assert again.to_dict(demand)["off_by"] < 1e-9


def test_a_day_out_of_stock_is_not_stored_so_the_levels_are_apart():
    today, plain, sold = date(2026, 11, 22), Estimator(), []
    for n in range(28):
        empty = n in range(10, 15)
        plain.close((today - EPOCH).days - 28 + n, 0.0 if empty else 4.0, 0.0 if empty else 1.0)
        sold.append(0.0 if empty else 4.0)
    demand = DEMAND | {"rate_per_day": plain.rate, "levels": plain.level}
    again = learned(projection(demand=demand), rows(sold, today - timedelta(days=1)))
    assert again and again.off_by(demand) > 0.3 and again.estimate.levels[0] < plain.level[0]


def test_days_begin_and_end_in_the_zone_of_the_position():
    detail = projection(as_of="2026-11-22T17:00:00.000Z")
    there, here = (
        learned(detail, rows([3.0] * 4, date(2026, 11, 22)), zone) for zone in ("Asia/Shanghai", "UTC")
    )
    assert there and here and (there.days, here.days) == (4, 3)
    assert (
        learned(projection(), []) is None
        and learn(rows([3.0], date(2026, 11, 22)), date(2026, 11, 22), {}) is None
    )


def test_weekdays_are_weighed_where_the_horizon_shows_them_all():
    week = [0.5, 0.5, 1.0, 1.0, 1.0, 1.5, 1.5]  # Monday first
    today = date(2026, 11, 22)  # a Sunday
    exposure, total = [0.4], 0.4
    for ahead in range(1, 8):
        total += week[(today + timedelta(days=ahead)).weekday()]
        exposure.append(total)
    demand = DEMAND | {"exposure": exposure}
    assert weekday_weights({"demand": demand}, today) == pytest.approx(dict(enumerate(week)))
    assert weekday_weights({"demand": demand | {"season": "GARDEN"}}, today) is None
    assert weekday_weights({"demand": demand | {"drivers": ["easter"]}}, today) is None
    assert weekday_weights({"demand": demand | {"exposure": exposure[:7]}}, today) is None
    assert weekday_weights({"demand": DEMAND}, today) is None, "a flat week"
