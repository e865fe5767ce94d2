"""Whatever stands there: whole packs, at least the minimum, never over the maximum in silence, and explain computes
the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.explain.recompute_proposal import proposal_checks
from lowtide.propose import (
    Demand,
    Donor,
    Item,
    Lane,
    Position,
    Reservation,
    Supplier,
    Supply,
    Terms,
    expedite,
    order,
    transfer,
)
from tests.propose.conftest import MONDAY

AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
LATENESS = ((0.0, 0.885), (1.0, 0.91), (2.0, 0.93), (5.0, 0.958), (30.0, 1.0))
DAYS = st.frozensets(st.integers(0, 6), min_size=1)
SUPPLIERS = st.builds(
    Supplier, st.just("V1"), order_days=DAYS, delivery_days=DAYS, cut_off=st.none() | st.integers(0, 1440),
    lead_time=st.none() | st.floats(0, 9), zone=st.sampled_from([ZoneInfo("UTC"), ZoneInfo("Asia/Shanghai")]),
    expedite_to=st.none() | st.integers(0, 3), expedite_cost=st.sampled_from([0.0, 5.0]),
) | st.builds(Supplier.unknown, st.just("V2"), st.just(ZoneInfo("UTC")), st.floats(0, 9))  # fmt: skip
ITEMS = st.builds(
    Item, st.just("1001"), pack=st.sampled_from([None, 1, 500, 1_000, 12_000, 2_250]), moq=st.sampled_from([0, 1,
    1_500, 24_000]),
    max_stock=st.none() | st.integers(0, 90_000), unit_cost=st.none() | st.just(2.35), margin=st.none() | st.just(1.2),
    unit_price=st.none() | st.just(3.55), source=st.sampled_from(["buy", "make"]),
)  # fmt: skip
TERMS = st.builds(
    Terms, service_level=st.sampled_from([0.5, 0.9, 0.95, 0.999]), lead_time=st.floats(0, 9), lateness=st.just(LATENESS),
    method=st.sampled_from(["order_up_to", "order_up_to", "min_max", "ddmrp"]), min_level=st.integers(0, 20_000),
    max_level=st.sampled_from([0, 20_000, 55_250]), over_max=st.sampled_from(["down", "up", "ask"]),
    lead_time_factor=st.floats(0, 2), variability_factor=st.floats(0, 2),
)  # fmt: skip
DUES = st.integers(-40, 20).map(lambda days: MONDAY + timedelta(days=days))
SUPPLY = st.lists(
    st.builds(
        Supply,
        st.sampled_from("abcdef"),
        st.integers(1, 40_000),
        DUES,
        comes=st.sampled_from([1.0, 1.0, 0.6]),
    ),
    max_size=4,
    unique_by=lambda supply: supply.ref,
).map(tuple)


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    steps = draw(st.lists(st.floats(0, 30), max_size=12))
    ratio = draw(st.floats(1, 6))
    means = [sum(steps[: day + 1]) for day in range(len(steps))]
    first = MONDAY + timedelta(days=draw(st.integers(-3, 1)))
    return Demand(first, tuple(means), tuple(mean * ratio for mean in means))


@st.composite
def positions(draw: st.DrawFn, location: str = "S01") -> Position:
    return Position(
        "shop", "p", location, "1001", AT, draw(st.integers(-20_000, 90_000)), draw(demands()), draw(SUPPLY),
        reservations=tuple(draw(st.lists(st.builds(
            Reservation, st.integers(1, 90_000), st.none() | st.integers(-3, 15).map(lambda n: MONDAY + timedelta(days=n))
        ), max_size=3))),
    )  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(positions(), ITEMS, SUPPLIERS, TERMS)
def test_an_order_is_whole_packs_and_its_numbers_come_out_again(position, item, supplier, terms):
    found = order(position, item, supplier, terms, AT)
    if found is None:
        return
    assert found.quantity > 0 and found.quantity % item.step == 0 and found.quantity >= item.moq
    assert found.kind == ("production" if item.source == "make" else "order")
    wrong = [check for check in proposal_checks(found.kind, found.detail) if not check.ok]
    assert not wrong, wrong
    if item.max_stock is not None and not {"over_max", "over_max_ask"} & set(found.marks):
        steps = found.detail["steps"]
        stock = float(steps["stock_at_a"]) - float(steps["wanted"]) + found.quantity / 1000
        assert stock <= item.max_stock / 1000 + 1e-9
    assert found.cost is None or found.cost == round(2.35 * found.quantity / 1000, 2)


@settings(deadline=None, max_examples=20)
@given(positions(), ITEMS, SUPPLIERS, TERMS, st.integers(1, 30_000))
def test_the_more_is_there_the_less_is_ordered(position, item, supplier, terms, more):
    """Without a maximum: to the thousandth. `over_max: down` looks at a chance and may step back up by a pack."""
    from dataclasses import replace

    plain = replace(item, max_stock=None)
    fewer = order(position, plain, supplier, terms, AT)
    after = order(replace(position, available=position.available + more), plain, supplier, terms, AT)
    assert (after.quantity if after else 0) <= (fewer.quantity if fewer else 0)


@settings(deadline=None, max_examples=20)
@given(
    positions(),
    ITEMS,
    SUPPLIERS,
    TERMS,
    positions("S02"),
    positions("S03"),
    st.sampled_from([None, 500, 6_000]),
    st.sampled_from([0, 1_500, 20_000]),
)
def test_a_donor_keeps_what_it_needs_and_its_numbers_come_out_again(
    position, item, supplier, terms, one, other, pack, promised
):
    lane = Lane("S02", "S01", 4, pack, 8.0)
    donors = [Donor(one, terms, lane, 2_000, promised), Donor(other, terms, promised=promised)]
    found = transfer(position, item, supplier, terms, donors, AT)
    if found is None:
        return
    giver = one if found.from_location == "S02" else other
    steps = found.detail["steps"]
    assert 0 < found.quantity <= giver.available - promised - float(steps["keep"]) * 1000
    assert found.quantity <= float(steps["need"]) * 1000
    assert found.quantity % ((pack or 1_000) if giver is one else 1_000) == 0
    wrong = [check for check in proposal_checks("transfer", found.detail) if not check.ok]
    assert not wrong, wrong


@settings(deadline=None, max_examples=20)
@given(positions(), ITEMS, SUPPLIERS, TERMS)
def test_a_hurry_pays_and_its_numbers_come_out_again(position, item, supplier, terms):
    for found in expedite(position, item, supplier, terms, AT):
        assert found.avoided >= supplier.expedite_cost and found.refs == (found.about,)
        wrong = [check for check in proposal_checks("expedite", found.detail) if not check.ok]
        assert not wrong, wrong
