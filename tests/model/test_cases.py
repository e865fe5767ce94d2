"""Cases worked by hand: those of the page of rules, and what other shops' systems do to a log."""

import json

import pytest

from lowtide.runner.replay import replay_lines
from tests.model.beside import RUNS
from tests.model.instant import DAY, HOUR, text
from tests.model.outcome import MONDAY, movement
from tests.model.policy import Policy

runs = pytest.mark.parametrize("run", RUNS)


def row(found, sku="A", location="L") -> dict:
    """The position in units, last_event_time left out."""
    columns = found.positions[location, sku].items()
    return {name: amount / 1000 for name, amount in columns if name != "last_event_time"}


def supply(found, sku="A") -> list:
    """(ref, remaining, in transit, due in hours after Monday) in units."""
    return [
        (ref, left / 1000, moving / 1000, (due - MONDAY) / HOUR)
        for ref, left, moving, due in found.supply["L", sku]
    ]


def m(number, kind, quantity, hours, ref=None, **more):
    return movement(str(number), kind, quantity, int(hours * HOUR), **({"ref": ref} if ref else {}), **more)


def po(number, quantity, hours, ref="PO1", days=4):
    return m(number, "order", quantity, hours, ref, due=MONDAY + days * DAY)


@runs
def test_a_sale_that_comes_twice(run):
    found = run([m(1, "count", 100, 8), m(2, "sale", 5, 9), m(2, "sale", 5, 9)])
    assert (row(found)["on_hand"], found.counters["duplicates"]) == (95, 1)


@runs
def test_a_count_between_sales(run):
    assert row(run([m(1, "sale", 3, 10), m(2, "count", 50, 9), m(3, "sale", 2, 8.5)]))["on_hand"] == 47


@runs
@pytest.mark.parametrize("turn", range(4))
def test_an_order_in_parts(run, turn):
    """Order, shipment, receipts and in the end the order again, from any of them on."""
    log = [po(1, 40, 0), m(2, "shipment", 25, 1, "PO1"), m(3, "receipt", 30, 2, "PO1")]
    log = log[turn:] + log[:turn] if turn < 3 else log[::-1]
    found = run(log)
    assert (row(found)["on_hand"], supply(found)) == (30, [("PO1", 10, 0, 96)])
    log.append(m(4, "receipt", 15, 3, "PO1"))
    found = run(log)
    assert (row(found)["on_hand"], supply(found), found.counters["over_received"]) == (45, [], 5000)
    found = run([*log, po(5, 40, 4)])
    assert (row(found)["on_order"], supply(found)) == (0, [])


@runs
def test_a_second_shipment_adds_to_the_first(run):
    log = [po(1, 40, 0), m(2, "shipment", 25, 1, "PO1"), m(3, "shipment", 15, 2, "PO1")]
    assert supply(run(log)) == [("PO1", 40, 40, 96)]
    assert supply(run([*log, m(4, "receipt", 30, 3, "PO1")])) == [("PO1", 10, 10, 96)]


@runs
@pytest.mark.parametrize("turn", (1, -1))
def test_the_later_order_holds(run, turn):
    two = [po(1, 40, 0), po(2, 60, 1, days=5)]
    assert supply(run(two[::turn])) == [("PO1", 60, 0, 120)]
    assert supply(run([po(3, 0, 2), *two[::turn]])) == []


@runs
def test_of_two_orders_at_one_time_the_last_to_arrive_holds(run):
    assert supply(run([po(1, 40, 0), po(2, 60, 0, days=5)])) == [("PO1", 60, 0, 120)]
    assert supply(run([po(2, 60, 0, days=5), po(1, 40, 0)])) == [("PO1", 40, 0, 96)]


@runs
def test_over_release_by_ref(run):
    log = [m(1, "count", 12, 0), m(2, "reserve", 10, 1, "A"), m(3, "hold", 5, 2)]
    assert row(run(log))["available"] == -3
    log += [m(4, "release", 9, 3)]
    found = run(log)
    assert (row(found)["held"], row(found)["available"], found.counters["over_released"]) == (0, 2, 4000)
    log += [m(5, "unreserve", 4, 4, "A"), m(6, "unreserve", 8, 5, "A"), m(7, "reserve", 3, 6, "B")]
    found = run(log)
    assert (row(found)["allocated"], found.counters["over_released"]) == (3, 6000)


@runs
def test_a_sale_and_its_void(run):
    found = run([m(1, "count", 9, 0), m(2, "sale", 4, 1), m(3, "void", 4, 2, "2")])
    assert (row(found)["on_hand"], found.demand) == (9, {})


@runs
def test_a_reservation_is_released_twice(run):
    """The shipment releases it, then a late cancellation: the other order keeps its own."""
    log = [m(1, "count", 100, 0), m(2, "reserve", 5, 1, "W-A"), m(3, "reserve", 10, 1, "W-B")]
    log += [m(4, "sale", 5, 2, "W-A"), m(5, "unreserve", 5, 2, "W-A"), m(6, "unreserve", 5, 3, "W-A")]
    found = run(log)
    assert (row(found)["allocated"], row(found)["available"], found.counters["over_released"]) == (
        10,
        85,
        5000,
    )


@runs
def test_the_order_is_sent_again_after_a_change_of_status(run):
    done = [po(1, 40, 0), m(2, "receipt", 40, 25, "PO1"), po(3, 40, 26)]
    assert supply(run(done)) == []
    half = [po(1, 40, 0), m(2, "receipt", 30, 25, "PO1"), po(3, 40, 26, days=9)]
    assert supply(run(half)) == [("PO1", 10, 0, 216)]


@pytest.mark.parametrize(
    ("log", "overdue"),
    [
        ([po(1, 40, 0), m(2, "receipt", 40, 25, "PO1"), po(3, 40, 26)], 0),
        ([po(1, 40, 0), m(2, "receipt", 30, 25, "PO1"), po(3, 40, 26)], 1),
        ([m(2, "receipt", 40, 50, "PO1"), po(1, 40, 1)], 0),
        ([m(2, "receipt", 25, 50, "PO1"), po(1, 40, 1)], 1),
        ([po(1, 40, 0), po(2, 0, 1)], 0),
        ([po(2, 0, 1), po(1, 40, 0)], 0),
        ([po(1, 40, 0), m(2, "receipt", 40, 25, "PO1"), m(3, "void", 40, 26, "2")], 1),
    ],
)
def test_only_what_is_still_to_come_is_overdue(log, overdue):
    end = m("end", "heartbeat", 0, 240)
    lines = "\n".join(map(json.dumps, [m("c", "count", 0, 0), *log, end]))
    types = [row["type"] for row in replay_lines(lines.encode()).ledger if row["entry"] == "OPENED"]
    assert types.count("overdue_supply") == overdue


@runs
@pytest.mark.parametrize("kind", ("receipt", "transfer_in"))
def test_goods_before_their_order(run, kind):
    found = run([m(1, "count", 0, 0), m(2, kind, 40, 50, "PO1"), po(3, 40, 1, days=2)])
    assert (row(found)["on_hand"], row(found)["on_order"]) == (40, 0)
    found = run([m(1, "count", 0, 0), m(2, kind, 25, 50, "PO1"), po(3, 40, 1, days=2)])
    assert supply(found) == [("PO1", 15, 0, 48)]


@runs
def test_a_cancellation_before_its_reservation(run):
    found = run([m(1, "count", 100, 0), m(2, "unreserve", 5, 2, "W"), m(3, "reserve", 5, 1, "W")])
    assert (row(found)["allocated"], row(found)["available"], found.counters["over_released"]) == (0, 100, 0)


@runs
def test_a_receipt_is_voided_and_a_sale_twice(run):
    assert row(run([m(1, "receipt", 10, 0), m(2, "void", 10, 1, "1")]))["on_hand"] == 0
    found = run([m(1, "count", 10, 0), m(2, "sale", 3, 1), m(3, "void", 3, 2, "2"), m(4, "void", 3, 3, "2")])
    assert (row(found)["on_hand"], found.counters["duplicates"]) == (10, 1)


@runs
def test_weights_that_went_through_a_binary_float(run):
    log = [
        m(1, "receipt", "0.30000000000000004", 0),
        m(2, "receipt", 0.8999999999999999, 1),
        m(3, "receipt", "0.0004", 2),
    ]
    found = run(log)
    assert (row(found)["on_hand"], found.counters["rejects"]) == (1.2, 1)


@runs
def test_ids_and_skus_as_json_numbers(run):
    place = {"source": "shop", "sku": 9001, "location": 330}
    log = [m(1, "receipt", 10, 0) | place | {"id": 5726128734520}]
    log += [m(2, "sale", 2, 1) | place | {"id": 5726128734521, "ref": False}]
    log += [m(3, "void", 2, 2) | place | {"id": "5726128734522", "ref": 5726128734521}]
    found = run(log)
    assert (row(found, "9001", "330")["on_hand"], found.counters["accepted"]) == (10, 3)


@runs
def test_times_as_they_come(run):
    times = (
        "2026-11-22T08:00:00.000+0800",
        "2026-11-22T08:00:00+08",
        "2026-11-22T08:00+08:00",
        "2026-11-22 08:00",
    )
    wrong = ("1795334400", "22/11/2026 08:00")
    log = [m(n, "receipt", 1, 0) | {"event_time": time} for n, time in enumerate(times + wrong)]
    found = run(log, Policy(naive_zone="Asia/Shanghai"))
    assert (row(found)["on_hand"], found.counters["rejects"]) == (4, 2)
    assert text(found.positions["L", "A"]["last_event_time"]) == "2026-11-22T00:00:00.000Z"


@runs
def test_the_local_time_of_each_store(run):
    policy = Policy(
        naive_zone="position", time_zone="America/New_York", zones=(("LA*", "America/Los_Angeles"),)
    )
    log = [
        m(n, "count", 10, 0) | {"location": place, "event_time": "2026-11-21T21:30:00"}
        for n, place in enumerate(("LA-1", "NY-1"))
    ]
    found = run(log, policy)
    last = {location: text(row["last_event_time"]) for (location, _), row in found.positions.items()}
    assert last == {"LA-1": "2026-11-22T05:30:00.000Z", "NY-1": "2026-11-22T02:30:00.000Z"}


@runs
def test_a_due_date_in_the_zone_of_the_store(run):
    policy = Policy(time_zone="America/New_York", zones=(("L", "Asia/Shanghai"),))
    found = run([m(1, "order", 4, 0, "PO1", due="2026-11-27")], policy)
    assert text(found.supply["L", "A"][0][3]) == "2026-11-27T15:59:59.999Z"
