"""The model against cases worked by hand: it holds the engine, so something must hold it."""

import json
import random
from dataclasses import replace

import pytest

from tests.model.instant import DAY, HOUR, MINUTE
from tests.model.log import run
from tests.model.policy import Policy

MONDAY = 1795392000000
"""2026-11-23T00:00:00Z."""


def log(*moves, policy=None, position="A"):
    """Each move is (kind, quantity, hours after Monday midnight, ref, due hours), the last two optional."""
    lines = []
    for number, (kind, quantity, hours, *rest) in enumerate(moves):
        ref, due = (*rest, None, None)[:2]
        record = {
            "id": str(number),
            "source": "s",
            "kind": kind,
            "sku": position,
            "location": "L",
            "quantity": quantity,
            "event_time": MONDAY + int(hours * HOUR),
            "ref": ref,
        }
        lines.append(json.dumps(record | ({} if due is None else {"due": MONDAY + due * HOUR})))
    return run("\n".join(lines).encode(), policy)


def stock(*moves, policy=None):
    return next(iter(log(*moves, policy=policy).stock.values()))


def units(*moves, policy=None):
    position = stock(*moves, policy=policy)
    return position.on_hand / 1000


def test_movements_up_to_a_count_are_absorbed():
    assert units(("sale", 3, 10), ("count", 50, 9), ("sale", 2, 8.5)) == 47
    assert units(("count", 50, 9), ("sale", 3, 9)) == 50
    assert units(("sale", 3, 9), ("count", 50, 9)) == 50
    assert units(("count", 50, 9), ("sale", 3, 9.001)) == 47


def test_later_count_wins_and_an_older_one_changes_nothing():
    assert units(("count", 50, 9), ("count", 70, 8), ("sale", 1, 8.5), ("sale", 1, 9.5)) == 49
    assert units(("count", 50, 9), ("count", 70, 9)) == 70


def test_count_older_than_history_stands_at_the_clock():
    moves = ("sale", 5, 100), ("count", 50, 27.99), ("sale", 2, 99)
    assert units(*moves) == 50
    assert units(moves[0], ("count", 50, 28), moves[2]) == 43


def test_old_count_under_a_newer_one_changes_nothing_even_out_of_window():
    assert units(("count", 7, 100), ("count", 50, 0)) == 7
    assert units(("sale", 7, 100), ("count", 50, 0), ("count", 9, 99)) == 50


def test_very_late_movement_after_the_count_still_applies():
    assert units(("count", 50, 0), ("sale", 1, 100), ("sale", 2, 1), ("sale", 4, -1)) == 47


@pytest.mark.parametrize("seed", range(40))
def test_any_order_within_the_window_gives_the_same_stock(seed):
    chance = random.Random(seed)
    kinds = ("sale", "return", "receipt", "count", "adjustment", "transfer_out")
    moves = [
        (chance.choice(kinds), chance.randint(0, 20), hours / 2, "r")
        for hours in chance.sample(range(140), 30)
    ]
    shuffled = chance.sample(moves, len(moves))
    assert units(*moves) == units(*shuffled)


@pytest.mark.parametrize("seed", range(40))
def test_stock_is_effects_plus_variances(seed):
    chance = random.Random(seed)
    kinds = ("sale", "return", "receipt", "count", "adjustment", "transfer_in")
    position = stock(
        *[(chance.choice(kinds), chance.randint(0, 20), chance.randint(0, 200), "r") for _ in range(30)]
    )
    assert position.on_hand == position.effects - position.absorbed + position.variances


def test_open_supply():
    def table(*moves):
        return {
            ref: (s.remaining / 1000, s.in_transit / 1000, (s.due - MONDAY) / HOUR)
            for ref, s in stock(*moves).open_supply.items()
        }

    order, ship = ("order", 40, 0, "PO1", 96), ("shipment", 25, 1, "PO1")
    assert table(order, ship, ("receipt", 30, 2, "PO1")) == {"PO1": (10, 0, 96)}
    assert table(order, ship, ("receipt", 10, 2, "PO1")) == {"PO1": (30, 15, 96)}
    assert table(order, ship, ("receipt", 30, 2, "PO1"), ("receipt", 15, 3, "PO1")) == {}
    assert table(order, ("order", 60, 1, "PO1", 120)) == {"PO1": (60, 0, 120)}
    assert table(order, ship, ("order", 20, 1, "PO1", 120)) == {"PO1": (20, 20, 120)}
    assert table(order, ("order", 0, 1, "PO1")) == {}
    assert table(("order", 40, 2, "PO1")) == {"PO1": (40, 0, 2 + 7 * 24)}
    assert table(("shipment", 5, 2, "PO1", 9)) == {"PO1": (5, 5, 9)}
    assert table(order, ("shipment", 99, 2, "PO1", 9)) == {"PO1": (40, 40, 9)}
    assert table(order, ("receipt", 5, 2), ("receipt", 5, 2, "other"), ("return", 5, 2, "PO1")) == {
        "PO1": (40, 0, 96)
    }
    assert table(order, ("transfer_in", 15, 2, "PO1")) == {"PO1": (25, 0, 96)}


def test_promised_and_held_stock_stop_at_zero():
    position = stock(("count", 12, 0), ("reserve", 10, 1), ("hold", 5, 1))
    assert position.available == -3000
    position = stock(("count", 12, 0), ("reserve", 10, 1), ("hold", 5, 1), ("release", 9, 2))
    assert (position.held, position.available) == (0, 2000)


def test_returns_on_hold():
    hold = Policy(returns="hold")
    for kind, quantity in (("return", 3), ("sale", -3)):
        position = stock(("count", 5, 0), (kind, quantity, 1), policy=hold)
        assert (position.on_hand, position.held, position.available) == (8000, 3000, 5000)


def test_demand_is_kept_by_day_with_its_sign():
    """A void takes from its own day, so that day may hold less than nothing."""
    moves = (
        ("sale", 4, 23),
        ("sale", 5, 24),
        ("void", 1, 30, "1"),
        ("void", 4, 49, "0"),
        ("return", 2, 1),
        ("sale", -2, 1),
    )
    assert log(*moves).demand() == {
        ("L", "A", "2026-11-23"): "4",
        ("L", "A", "2026-11-24"): "4",
        ("L", "A", "2026-11-25"): "-4",
    }


def test_very_late_is_late_too():
    found = log(("sale", 1, 100), ("sale", 1, 99), ("sale", 1, 28), ("sale", 1, 27.9))
    assert (found.counts["late"], found.counts["very_late"]) == (3, 1)
    assert dict(found.stock["L", "A"].very_late_demand) == {"2026-11-24": 1000}
    assert found.demand() == {("L", "A", "2026-11-24"): "2", ("L", "A", "2026-11-27"): "2"}


def line(id="1", hours=0.0, quantity=1):
    return json.dumps(
        {
            "id": id,
            "source": "s",
            "kind": "sale",
            "sku": "A",
            "location": "L",
            "quantity": quantity,
            "event_time": MONDAY + int(hours * HOUR),
        }
    ).encode()


@pytest.mark.parametrize(
    ("lines", "duplicates"),
    [
        ([line(), line()], 1),
        ([line(), line(quantity=9)], 1),
        ([line(), line("2", 168), line()], 1),
        ([line(), line("2", 168.001), line()], 0),
        ([line(), line(hours=168.001)], 1),
        ([line("2", 100), line(), line("3", 168), line()], 1),
        ([line(), b"{", line(), b"{"], 1),
        ([line("2", 100), line(), line("3", 168.001), line()], 0),
        ([line("2", 168.001), line(), line()], 0),
    ],
)
def test_duplicates(lines, duplicates):
    """The window runs from the event time of the first of the two to the clock before the second."""
    found = run(b"\n".join(lines))
    assert found.counts["duplicates"] == duplicates


def test_duplicate_does_not_move_the_clock():
    found = run(b"\n".join([line(), line(hours=90), line("2", 10)]))
    assert (found.clock, found.counts["late"]) == (MONDAY + 10 * HOUR, 0)


def test_blank_lines_have_offsets_but_are_no_records():
    found = run(b"\n  \n" + line() + b"\n{\n\n[]")
    assert [(offset, reject.reason) for offset, reject, _ in found.rejects] == [
        (3, "not_json"),
        (5, "not_an_object"),
    ]
    assert found.counts["records"] == 3


def episodes(*moves, types=("overdue_supply", "negative_stock", "out_of_stock"), policy=None):
    hours = [
        ((opened - MONDAY) / HOUR, ended and (ended - MONDAY) / HOUR, type, bool(cause))
        for type, _, _, opened, ended, cause in log(*moves, policy=policy).episodes(*types)
    ]
    return sorted(hours)


def test_overdue_opens_at_its_due_time_whatever_comes_when():
    order = ("order", 40, 0, "PO1", 24)
    assert episodes(order, ("heartbeat", 0, 47.9)) == []
    assert episodes(order, ("heartbeat", 0, 48)) == [(48, 0, "overdue_supply", False)]
    assert episodes(order, ("heartbeat", 0, 99), ("receipt", 40, 30, "PO1")) == [
        (48, 99, "overdue_supply", False)
    ]
    assert episodes(order, ("receipt", 40, 60, "PO1")) == [(48, 60, "overdue_supply", False)]
    assert episodes(order, ("receipt", 39, 60, "PO1")) == [(48, 0, "overdue_supply", False)]
    assert episodes(order, ("heartbeat", 0, 90), policy=Policy(grace=HOUR)) == [
        (25, 0, "overdue_supply", False)
    ]


def test_overdue_on_arrival_is_the_records_doing():
    assert episodes(("sale", 0, 60), ("order", 40, 0, "PO1", 24)) == [(60, 0, "overdue_supply", True)]


def test_overdue_twice_when_redated():
    moves = ("order", 40, 0, "PO1", 24), ("order", 40, 50, "PO1", 72), ("heartbeat", 0, 200)
    assert episodes(*moves) == [(48, 50, "overdue_supply", False), (96, 0, "overdue_supply", False)]


def test_one_episode_for_two_overdue_orders():
    moves = (
        ("order", 4, 0, "PO1", 24),
        ("order", 4, 0, "PO2", 30),
        ("receipt", 4, 60, "PO1"),
        ("receipt", 4, 61, "PO2"),
    )
    assert episodes(*moves) == [(48, 61, "overdue_supply", False)]


def test_negative_and_out_of_stock():
    moves = ("count", 5, 0), ("sale", 5, 1), ("sale", 1, 2), ("receipt", 3, 3), ("hold", 2, 4)
    assert episodes(*moves) == [
        (1, 3, "out_of_stock", True),
        (2, 3, "negative_stock", True),
        (4, 0, "out_of_stock", True),
    ]


def test_sales_alone_say_nothing_of_stock():
    assert episodes(("sale", 5, 1), ("sale", 1, 2), types=("negative_stock",)) == []
    assert episodes(("sale", 5, 1), ("receipt", 3, 2), types=("negative_stock",)) == [
        (2, 0, "negative_stock", True)
    ]


def test_out_of_stock_needs_demand():
    assert episodes(("count", 5, 0), ("transfer_out", 5, 1)) == []


def test_out_of_stock_is_left_open_where_demand_cannot_be_known():
    assert episodes(("sale", 5, 0), types=("out_of_stock",)) == []
    assert not log(("sale", 5, 0)).watches["L", "A"].out_of_stock_known
    assert (
        not log(("count", 5, 0), ("sale", 4, 1), ("void", 4, 2), ("adjustment", -5, 3))
        .watches["L", "A"]
        .out_of_stock_known
    )


def test_policy_survives_its_yaml():
    policy = Policy(dedup_window=DAY, negative_sale="reject", returns="hold", grace=90 * HOUR, flap_count=9)
    assert Policy.of(policy.yaml()) == policy
    assert Policy().yaml() is None
    assert Policy.of("defaults: {grace: 30m, watch: 0.2}") == replace(Policy(), grace=30 * MINUTE)
