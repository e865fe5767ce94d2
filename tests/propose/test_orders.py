"""Methods, maximum, catch weight, value, and what a proposal warns of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lowtide.explain.recompute_proposal import proposal_checks
from lowtide.propose import Demand, Donor, Lane, Position, Reservation, Supply, Terms, order, transfer
from lowtide.propose.position import thousandths
from tests.propose.conftest import AT, MONDAY, item, position, steady, supplier, terms


def agreed(proposed) -> None:
    wrong = [check for check in proposal_checks(proposed.kind, proposed.detail) if not check.ok]
    assert not wrong, wrong


def test_catch_weight_is_exact_to_the_gram():
    """16.250 kg are needed; a pack of 0.125 kg gives 16.25, whole kilograms 17."""
    meat = position(19_750)
    for pack, quantity in ((125, 16_250), (None, 17_000), (300, 16_500), (1, 16_250)):
        found = order(meat, item(pack=pack, unit="kg"), supplier(), terms(), AT)
        assert (found.detail["steps"]["need"], found.quantity) == ("16.25", quantity)
        agreed(found)


def test_open_orders_count_by_their_chances_and_may_make_an_order_needless():
    late = ((0.0, 0.5), (3.0, 1.0))
    some = position(20_000, (Supply("o1", 10_000, MONDAY + timedelta(days=7)),))
    found = order(some, item(), supplier(), terms(lateness=late), AT)
    assert (found.detail["steps"]["arriving"], found.quantity) == ("5", 11_000)
    agreed(found)
    assert order(position(20_000, (Supply("o1", 16_000, MONDAY),)), item(), supplier(), terms(), AT) is None
    assert order(position(36_000), item(), supplier(), terms(), AT) is None


def test_the_maximum_down_up_and_ask():
    """20 − 21 + 24 = 23 at a. Under 20, one pack of 12 fits and leaves a chance of .18; under 10 none does."""
    packs = item(pack=12_000, max_stock=20_000)
    down = order(position(), packs, supplier(), terms(), AT)
    assert (down.quantity, "fits_max" in down.marks, down.detail["steps"]["fits"]) == (12_000, True, "12")
    strict = order(position(), packs, supplier(), terms(warning=0.1), AT)
    assert (strict.quantity, "over_max" in strict.marks) == (24_000, True)
    none = order(position(), item(pack=12_000, max_stock=10_000), supplier(), terms(), AT)
    assert (none.quantity, "over_max" in none.marks) == (24_000, True)
    for way, mark in (("up", "over_max"), ("ask", "over_max_ask")):
        found = order(position(), packs, supplier(), terms(over_max=way), AT)
        assert (found.quantity, mark in found.marks) == (24_000, True)
        agreed(found)
    agreed(down), agreed(strict), agreed(none)


def test_min_max_counts_every_open_order_and_waits_above_the_minimum():
    levels = terms(method="min_max", min_level=30_000, max_level=60_000)
    found = order(position(20_000, (Supply("o", 10_000, MONDAY),)), item(pack=12_000), supplier(), levels, AT)
    assert (found.detail["steps"]["need"], found.quantity) == ("30", 36_000)
    agreed(found)
    assert order(position(30_001), item(), supplier(), levels, AT) is None
    without = order(position(), item(), supplier(), terms(method="min_max"), AT)
    assert (without.quantity, "no_levels" in without.marks) == (16_000, True)


def test_ddmrp_fills_up_to_the_top_of_green():
    """ADU 10, lead time 12, LTF .5, VF .4, MOQ 50, cycle 7: red 84, TOY 204, TOG 274; 120 + 60 − 35 = 145, order 129."""
    here = replace(
        position(0, (Supply("o", 60_000, MONDAY),), demand=steady(10, 20, 12)),
        available=85_000, on_hand=120_000,
        reservations=(
            Reservation(20_000, MONDAY), Reservation(15_000), Reservation(42_000, MONDAY + timedelta(days=5)),
            Reservation(90_000, MONDAY + timedelta(days=13)),
        ),
    )  # fmt: skip
    buffers = terms(method="ddmrp", lead_time=12.0, lead_time_factor=0.5, variability_factor=0.4)
    found = order(here, item(moq=50_000), supplier(7), buffers, AT)
    steps = found.detail["steps"]
    assert [steps[name] for name in ("red", "top_of_yellow", "green", "top_of_green", "spike")] == [
        "84",
        "204",
        "70",
        "274",
        "42",
    ]
    assert (steps["qualified_demand"], steps["net_flow"], steps["need"], found.quantity) == (
        "35",
        "145",
        "129",
        129_000,
    )
    agreed(found)
    spike = replace(here, reservations=(Reservation(42_001, MONDAY + timedelta(days=5)),))
    agreed(again := order(spike, item(moq=50_000), supplier(7), buffers, AT))
    assert again.detail["steps"]["qualified_demand"] == "42.001"
    assert order(replace(here, on_hand=180_000), item(), supplier(7), buffers, AT) is None, (
        "205 is above the top of yellow"
    )


def test_the_value_is_told_in_margin_then_price_then_units():
    found = [
        order(position(), item(**more), supplier(), terms(), AT)
        for more in ({}, {"margin": None, "unit_price": 4.0}, {"margin": None, "unit_cost": None})
    ]
    assert [one.avoided_in for one in found] == ["margin", "price", "units"]
    lost = found[2].avoided
    assert abs(found[0].avoided - lost * 1.5) < 0.01 and abs(found[1].avoided - lost * 4) < 0.03
    assert ["no_margin" in one.marks for one in found] == [False, True, True]
    assert (found[2].cost, "no_cost" in found[2].marks) == (None, True)


def test_an_estimate_of_a_few_days_with_one_burst_is_called_wide():
    """It once asked for 8,070 units of a SKU that later sold 24 a day."""
    burst = position(100_000, demand=Demand(MONDAY, (57.0, 114.0), (540_000.0, 1_080_000.0)))
    slow = position(0, demand=Demand(MONDAY, (0.02, 0.04), (0.1, 0.2)))
    assert "wide" in order(burst, item(), supplier(), terms(), AT).marks
    found = order(slow, item(), supplier(), terms(service_level=0.99), AT)
    assert found.quantity > 0 and "wide" not in found.marks


def test_the_rest_of_today_is_what_is_left_of_it():
    """At noon half of today is still to come, and a row of the day before yesterday is two days old."""
    noon = AT.replace(hour=12)
    known = Position(
        "shop",
        "p",
        "S01",
        "1001",
        AT,
        0,
        Demand(MONDAY - timedelta(days=2), (3.0, 6.0, 9.0), (6.0, 12.0, 18.0)),
    )
    means = order(known, item(), supplier(), terms(lead_time=0.0), noon).detail["inputs"]["mean"]
    assert means == [1.5, 4.5]


def test_the_nearest_donor_with_true_excess_gives():
    """What a place has on order is not excess; a lane without hours comes after those with; display stays."""
    near = Donor(
        position(36_000, (Supply("o", 90_000, MONDAY),), location="S02"), terms(), Lane("S02", "S01", 1.0)
    )
    far = Donor(position(60_000, location="S03"), terms(), Lane("S03", "S01", 30.0, 5_000))
    unknown = Donor(position(90_000, location="S04"), terms())
    found = transfer(position(), item(), supplier(), terms(), [unknown, near, far], AT)
    assert (found.from_location, found.quantity) == ("S03", 10_000) and "lane_unknown" not in found.marks
    assert [donor["location"] for donor in found.detail["steps"]["donors"]] == ["S03", "S04"]
    kept = Donor(far.position, terms(), far.lane, display_min=58_000)
    other = transfer(position(), item(), supplier(), terms(), [kept, unknown], AT)
    assert (other.from_location, "lane_unknown" in other.marks) == ("S04", True)
    assert transfer(position(40_000), item(), supplier(), terms(), [far], AT) is None
    short = transfer(
        position(), item(), supplier(), terms(), [Donor(position(40_000, location="S05"), terms())], AT
    )
    assert (short.quantity, "donor_short" in short.marks) == (4_000, True)


def test_terms_are_those_of_the_policy():
    found = Terms.of(
        {"method": "min_max", "max_level": 2.5, "watch": 0.2, "auto_approve": {"up_to": 200, "p_over": 0.9}}
    )
    assert (found.max_level, found.warning, found.lead_time) == (thousandths("2.5"), 0.55, 7.0)
    assert found.auto_approve.up_to == 200 and found.propose_before == timedelta(hours=1)
    assert Terms.of({"horizon": 2.0, "lead_time_days": 1.0}).warning == 0.22
    assert Terms.of({"warning": 0.3, "horizon": "2 lead"}).warning == 0.3
