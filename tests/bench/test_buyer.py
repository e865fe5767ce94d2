"""The buyer orders by what the ledger says of this night, not of the night before."""

import numpy as np
import pyarrow as pa
import pytest

from lowtide._native import demand_days


def test_the_buyer_reads_the_estimate_of_the_day_that_has_just_ended():
    from buyer import Day, Ledger
    from nights import START_MS

    rng = np.random.default_rng(3)
    sold = rng.poisson(2.0, (2, 30)).astype(float)
    ledger = Ledger(1, np.array([0.9, 0.9]))
    nothing = np.zeros(0, np.int64)
    for day in range(30):
        stock = 1000 - sold[:, : day + 1].sum(axis=1)
        points = ledger(Day(day, (nothing, nothing, np.zeros(0)), sold[:, day], stock))
    first = START_MS // 86_400_000
    for shelf in range(2):
        learned = demand_days(first, pa.array(sold[shelf]), pa.array(np.ones(30)))
        assert ledger.mean[shelf] == pytest.approx(8 * learned["rate"][-1].as_py(), rel=1e-6)
    assert (points >= ledger.mean).all()


def test_a_higher_service_level_holds_more_and_loses_less():
    from buyer import Ledger, Window, frontier
    from demands import synthetic

    demand = synthetic(np.random.default_rng(5), 4)
    for rule in (lambda levels: Ledger(4, levels), lambda levels: Window(28, levels)):
        points = frontier(demand, rule, 1)
        assert points[-1].stock > points[2].stock > points[0].stock
        assert points[-1].lost < points[0].lost


def test_a_loss_outside_the_frontier_is_not_made_up():
    from buyer import Outcome, lost_at

    points = [Outcome(0.5, 10.0, 5.0), Outcome(0.9, 4.0, 15.0)]
    assert lost_at(points, 10.0) == pytest.approx(7.0)
    assert np.isnan(lost_at(points, 20.0))
