"""The vectors, to the digits: 3 a day, variance 6, available 20, no supply, lead 7, review 1, service level .95."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lowtide.propose import Donor, Lane, order, transfer
from lowtide.propose.outlook import outlook
from tests.propose.conftest import AT, item, position, supplier, terms


def ahead(days: int = 8):
    from datetime import timedelta

    from tests.propose.conftest import MONDAY

    return outlook(position(), "UTC", ((0.0, 1.0),), AT, MONDAY + timedelta(days=days))


def test_the_level_is_the_least_that_meets_the_service_level():
    proposed = order(position(), item(), supplier(), terms(), AT)
    steps, given = proposed.detail["steps"], proposed.detail["inputs"]
    assert (steps["level"], steps["need"], proposed.quantity) == ("36", "16", 16_000)
    assert (round(steps["p_level"], 6), round(steps["p_below"], 6)) == (0.953770, 0.941261)
    assert (given["a"], given["b"]) == ("2026-12-07", "2026-12-08")


@pytest.mark.parametrize(
    ("pack", "moq", "quantity"),
    [(1_000, 0, 16_000), (10_000, 0, 20_000), (12_000, 0, 24_000), (12_000, 24_000, 24_000)],
)
def test_minimum_and_packs(pack, moq, quantity):
    assert order(position(), item(pack=pack, moq=moq), supplier(), terms(), AT).quantity == quantity


def test_expected_shortfall_is_the_formula_of_the_ledger():
    """It is not E(D − s)+, which is 5.099 here: the whole demand of a day at whose end the shelf is empty counts."""
    view = ahead()
    found = [view.shortfall(view.out_by(extra)) for extra in ((), [(7, 24_000)], [(3, 24_000)])]
    assert [round(units, 3) for units in found] == [5.860, 2.012, 0.034]


def test_the_order_alone_is_late_and_says_so():
    proposed = order(position(), item(pack=12_000), supplier(), terms(), AT)
    result = proposed.detail["result"]
    assert (round(result["shortfall_before"], 3), round(result["shortfall_after"], 3)) == (5.860, 2.012)
    assert "late" in proposed.marks
    assert (proposed.avoided, proposed.avoided_in, proposed.cost) == (
        round((5.860280541 - 2.012236287) * 1.5, 2),
        "margin",
        48.0,
    )


def test_a_longer_review_covers_one_day_more():
    proposed = order(position(), item(), supplier(2), terms(), AT)
    assert (proposed.detail["inputs"]["b"], proposed.detail["steps"]["level"]) == ("2026-12-09", "40")
    assert proposed.quantity == 20_000


def test_a_maximum_that_fits():
    proposed = order(position(), item(pack=12_000, max_stock=40_000), supplier(), terms(), AT)
    assert proposed.detail["steps"]["stock_at_a"] == "23"
    assert proposed.quantity == 24_000 and not {"over_max", "fits_max"} & set(proposed.marks)


def test_a_donor_gives_its_true_excess():
    donor = Donor(
        position(60_000, location="S02"), terms(), Lane("S02", "S01", hours=4, pack=1_000, cost=12.0)
    )
    proposed = transfer(position(), item(), supplier(), terms(), [donor], AT)
    steps, result = proposed.detail["steps"], proposed.detail["result"]
    assert (steps["keep"], steps["excess"], proposed.quantity) == ("36", "24", 12_000)
    shown = ("p_before", "p_after", "donor_p_before", "donor_p_after")
    assert [round(result[name], 6) for name in shown] == [0.728808, 0.140305, 0.000030, 0.002033]
    assert (proposed.from_location, proposed.cost) == ("S02", 12.0)
    assert proposed.detail["inputs"]["donor"]["promised"] == "0"


def test_what_a_donor_has_promised_to_others_is_no_excess():
    """60 there, 36 kept and 14 promised: 10 are left, and its own chance counts what is promised as gone."""
    lane = Lane("S02", "S01", hours=4, pack=1_000, cost=12.0)
    donor = Donor(position(60_000, location="S02"), terms(), lane, promised=14_000)
    proposed = transfer(position(), item(), supplier(), terms(), [donor], AT)
    given, steps, result = (proposed.detail[name] for name in ("inputs", "steps", "result"))
    assert (given["donor"]["available"], given["donor"]["promised"]) == ("60", "14")
    assert (steps["keep"], steps["excess"], proposed.quantity) == ("36", "10", 10_000)
    assert "donor_short" in proposed.marks
    less = Donor(position(46_000, location="S02"), terms(), lane)
    same = transfer(position(), item(), supplier(), terms(), [less], AT).detail["result"]
    assert result == same
    assert transfer(position(), item(), supplier(), terms(), [replace(donor, promised=24_000)], AT) is None
