"""What the estimator must know after given days; if one of these fails, the estimator is wrong, not the figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.estimate import Estimator

STEADY = "3 2 4 3 0 5 3 2 4 3 3 1 4 6 2 3 3 5 1 2 4"
SPARSE = "0 0 4 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 2 0 0"
GROWING = "6 5 7 6 3 0 0 0 8 7 6 5 9 7 15 12 18 14 16 13 17"
EMPTY_SHELF = {5: 0.5, 6: 0.0, 7: 0.0, 8: 0.5}

# After which day: levels | weights | rate | phi | kappa | variance of 7 days.
AFTER_STEADY = """
1   1.500000 1.500000 1.500000 | .345405 .339648 .314947 | 1.500000 | 1.020000 | .350000 | 49.297500
3   2.250000 2.250000 2.250000 | .338949 .336360 .324691 | 2.250000 | 1.494211 | .350000 | 110.355697
7   2.500000 2.500000 2.628800 | .340505 .337172 .322323 | 2.541515 | 1.020000 | .350000 | 128.923408
14  2.866667 2.866667 3.439261 | .251741 .250229 .498031 | 3.151836 | 1.020000 | .179547 | 109.901904
21  2.863636 2.863636 3.028491 | .385692 .383373 .230936 | 2.901707 | 1.020000 | .098500 | 61.357001
"""
AFTER_SPARSE = """
3   .219355 .248474 .851200 | .394170 .357416 .248413 | .386721 | 7.630145 | .350000 | 23.220000
7   .194286 .211040 .348652 | .506909 .350319 .142772 | .222194 | 5.175675 | .350000 | 8.896738
14  .185714 .195450 .201118 | .805062 .193878 .001060 | .187618 | 3.894808 | .057644 | 5.214580
21  .200000 .220598 .298177 | .560077 .425738 .014185 | .210162 | 3.554033 | 0       | 5.228460
"""
AFTER_GROWING = """
3   4.500000 4.500000 4.500000  | .336172 .334883 .328945 | 4.500000  | 1.020000 | .350000 | 379.417500
5   5.000000 5.000000 5.040000  | .335891 .334731 .329378 | 5.013175  | 1.020000 | .350000 | 466.806577
7   5.000000 5.000000 5.040000  | .335891 .334731 .329378 | 5.013175  | 1.020000 | .350000 | 466.806577
8   4.615385 4.615385 4.536000  | .336102 .334845 .329053 | 4.589263  | 1.020000 | .350000 | 393.969211
14  5.760000 5.760000 6.381213  | .323046 .322077 .354877 | 5.980454  | 1.020000 | .153689 | 312.045108
21  9.076923 9.076923 13.347261 | .305158 .303720 .391122 | 10.747148 | 1.020000 | .712445 | 4108.860558
"""


def state(one: Estimator) -> list[float]:
    return [*one.level, *one.weight, one.rate, one.phi, one.kappa, one.mean_variance(7)[1]]


@pytest.mark.parametrize(
    ("one", "sales", "shares", "table"),
    [
        (Estimator(), STEADY, {}, AFTER_STEADY),
        (Estimator(prior_rate=0.1, prior_days=28), SPARSE, {}, AFTER_SPARSE),
        (Estimator(), GROWING, EMPTY_SHELF, AFTER_GROWING),
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


def test_a_part_of_a_day_counts_as_that_part():
    whole, part = Estimator(), Estimator(sold_out_day="part")
    for one in (whole, part):
        one.close(0, 3.0, exposure=0.5, sold_out=True)
    assert (whole.days, whole.rate) == (2.0, pytest.approx(3.0))
    assert (part.days, part.rate) == (1.5, pytest.approx(2.0))


def test_an_empty_shelf_teaches_nothing_however_long():
    """The last week before the shelf was empty is still judged at its end; after that the state stands."""
    one = Estimator()
    for day in range(24):
        one.close(day, 2.0 + day % 3)
    for day in range(24, 28):
        one.close(day, 0.0, exposure=0.0)
    before = vars(one).copy()
    for day in range(28, 428):
        one.close(day, 0.0, exposure=0.0)
    assert vars(one) == before


def test_idle_days_before_the_first_sale_do_not_make_it_certain():
    """The prior dispersion once wore down to nearly 1 before the first sale, so that a first burst looked certain."""
    one = Estimator()
    for day in range(60):
        one.close(day, 0.0)
    assert one.rate == 0 and one.phi == 1.5
    one.close(60, 12.0)
    mean, variance = one.mean_variance(7)
    assert variance > 20 * mean


DAYS = st.lists(st.tuples(st.integers(0, 400), st.sampled_from((0.0, 0.5, 1.0, 1.3))), max_size=60)


@given(DAYS, st.sampled_from((0.0, 1.0, 4.0)))
def test_weights_are_shares_and_demand_is_at_least_as_uneven_as_chance(days, calm):
    one = Estimator(calm=calm)
    for day, (units, exposure) in enumerate(days):
        one.close(day, float(units), exposure, full=1.3, sold_out=units > 390)
        mean, variance = one.mean_variance(7)
        assert sum(one.weight) == pytest.approx(1) and min(one.weight) >= 0
        assert min(one.level) <= one.rate * (1 + 1e-12) and one.rate <= max(one.level) * (1 + 1e-12)
        assert variance >= 1.02 * mean
