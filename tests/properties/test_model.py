"""Engine and model read the same log: stock, rejects, counts, demand and the alerts the model can know."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.instant import HOUR, text
from tests.model.log import run
from tests.properties import engine
from tests.properties.engine import STILL, replay
from tests.properties.logs import MONDAY, joined, line, lines, movement

POLICIES = [
    STILL,
    replace(STILL, returns="hold", negative_sale="reject"),
    replace(STILL, dedup_window=24 * HOUR, late_window=24 * HOUR),
    replace(STILL, grace=2 * HOUR, lead_time=48 * HOUR),
    replace(STILL, unplanned="alert"),
]
quick = settings(max_examples=150, deadline=None, derandomize=True)


def agree(data: bytes, policy=STILL) -> None:
    model, found = run(data, policy), replay(data, policy)
    judge_rejects(model, found)
    assert {name: found.counts[name] for name in model.counts} == dict(model.counts)
    assert engine.table(found) == model.table()
    assert engine.last_times(found) == {
        key: text(stock.last_event_time) for key, stock in model.stock.items()
    }
    assert engine.demand(found) == model.demand()
    judge_very_late(model, found)
    judge_episodes(model, found)


def judge_rejects(model, found) -> None:
    assert [(row["offset"], row["reason"]) for row in found.rejects] == [
        (o, r.reason) for o, r, _ in model.rejects
    ]
    for row, (_, reject, _) in zip(found.rejects, model.rejects, strict=True):
        assert row["field"] in reject.fields


def judge_very_late(model, found) -> None:
    """Which part of a day a void takes from is not fixed, so only days without one are compared."""
    expected, voided = {}, set()
    for key, stock in model.stock.items():
        voided |= {(*key, day) for day in stock.voided_days}
        expected |= {(*key, day): units for day, units in stock.very_late_demand.items() if units}
    parts = engine.demand(found, "very_late")
    shown = {key: engine.quantity.text(units) for key, units in expected.items() if key not in voided}
    assert {key: units for key, units in parts.items() if key not in voided} == shown


def judge_episodes(model, found) -> None:
    known = {key for key, watch in model.watches.items() if watch.out_of_stock_known}
    types = ("overdue_supply", "negative_stock", "out_of_stock")
    theirs = [e for e in engine.episodes(found, *types) if e[0] != "out_of_stock" or e[1:3] in known]
    ours = model.episodes(*types)
    assert [e[:5] for e in theirs] == [e[:5] for e in ours]
    assert all(mine[5] in ((), their[5]) for mine, their in zip(ours, theirs, strict=True))


@quick
@given(lines(), st.sampled_from(POLICIES))
def test_engine_is_the_model(rows, policy):
    agree(joined(rows), policy)


@quick
@given(lines(kinds=("count", "sale", "receipt", "adjustment", "return"), most=14))
def test_counts_with_late_history(rows):
    agree(joined(rows))


@quick
@given(lines(kinds=("order", "shipment", "receipt", "transfer_in", "heartbeat", "sale"), most=14))
def test_open_supply(rows):
    agree(joined(rows))


@quick
@given(lines(kinds=("sale", "void", "count", "hold", "reserve", "release", "unreserve"), most=14))
def test_promises_and_voids(rows):
    agree(joined(rows))


def test_a_very_late_void_undoes_the_demand_of_its_day():
    """The day's demand is one number, whichever part of it the sale was counted in."""
    moves = [
        movement(1, "count", 0, 9000, MONDAY),
        movement(2, "sale", 0, 4000, MONDAY + 10 * HOUR),
        movement(3, "heartbeat", 0, 0, MONDAY + 120 * HOUR),
        movement(4, "void", 0, 4000, MONDAY + 11 * HOUR),
    ]
    agree(joined(line(move) for move in moves))


def test_out_of_stock_ends_with_stock_and_not_with_demand():
    """A void that takes the last demand away does not put anything on the shelf."""
    moves = [
        movement(1, "count", 0, 5000, MONDAY),
        movement(2, "sale", 0, 5000, MONDAY + HOUR),
        movement(3, "adjustment", 0, -5000, MONDAY + 2 * HOUR),
        movement(4, "void", 0, 5000, MONDAY + 3 * HOUR),
    ]
    agree(joined(line(move) for move in moves))


def test_a_thousand_positions():
    """Every position gets a count, sales and an order that stays away; the model walks the same way."""
    rows = []
    for number in range(5000):
        kind = ("count", "sale", "order", "sale", "receipt")[number // 1000]
        record = movement(
            number,
            kind,
            0,
            number % 7 * 1000,
            MONDAY + number * 60_000,
            ref="PO1" if kind == "order" else None,
        )
        rows.append(line(record | {"sku": f"sku-{number * 7919 % 1000}"}, number))
    rows.append(line(movement(9999, "heartbeat", 0, 0, MONDAY + 2000 * HOUR)))
    agree(joined(rows))


SOLD_OUT = [
    movement(1, "count", 0, 5000, MONDAY),
    movement(2, "sale", 0, 5000, MONDAY + HOUR),
    movement(4, "heartbeat", 0, 0, MONDAY + 3 * HOUR),
    movement(5, "count", 0, 0, MONDAY + 4 * HOUR),
]


def entries(moves, policy=STILL) -> list:
    agree(joined(line(move) for move in moves), policy)
    found = replay(joined(line(move) for move in moves), policy)
    return [(entry["entry"], entry["reason"]) for entry in found.ledger if entry["type"] == "out_of_stock"]


def test_a_position_that_nobody_plans_falls_silent_with_the_first_order_of_the_log():
    opened = ("OPENED", "available_at_or_below_zero")
    order = movement(3, "order", 1, 5000, MONDAY + 2 * HOUR, ref="PO1")
    assert entries(SOLD_OUT) == [opened], "nobody plans anything: everything counts as planned"
    with_order = sorted([*SOLD_OUT, order], key=lambda move: move["event_time"])
    assert entries(with_order) == [opened, ("EXPIRED", "unplanned")]
    assert entries(with_order, replace(STILL, unplanned="alert")) == [opened]
    for kind in ("shipment", "receipt", "transfer_in"):
        assert entries([{**move, "kind": kind} if move is order else move for move in with_order])[1:]
    for nothing in ({"quantity": 0}, {"kind": "return"}, {"event_time": MONDAY + 4 * HOUR}):
        quiet = [{**move, **nothing} if move is order else move for move in with_order]
        quiet.sort(key=lambda move: move["event_time"])
        assert entries(quiet) == [opened], nothing


def test_what_was_received_before_the_first_count_is_no_plan():
    early = movement(8, "receipt", 0, 9000, MONDAY - HOUR)
    assert entries([early, *SOLD_OUT]) == []
    late = [
        *SOLD_OUT[:1],
        movement(9, "receipt", 0, 1000, MONDAY + 1),
        movement(10, "sale", 0, 1000, MONDAY + 2),
    ]
    assert [name for name, _ in entries([early, *late, *SOLD_OUT[1:]])] == ["OPENED"]
    ordered = movement(8, "order", 0, 9000, MONDAY - HOUR, ref="PO1")
    assert "OPENED" in [name for name, _ in entries([ordered, *SOLD_OUT])], (
        "an order is a plan before and after"
    )
