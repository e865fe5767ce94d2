"""Open supply where statements, goods and voids of one ref come in any order."""

from tests.model.instant import DAY
from tests.model.outcome import MONDAY
from tests.model.policy import Policy
from tests.model.test_cases import m, po, row, runs, supply


@runs
def test_a_shipment_without_an_order_is_an_order(run):
    log = [m(1, "shipment", 5, 2, "PO1"), m(2, "shipment", 3, 4, "PO1")]
    assert supply(run(log)) == [("PO1", 8, 8, 4 + 7 * 24)]
    log += [m(3, "shipment", 1, 3, "PO1", due=MONDAY + DAY)]  # what is stated holds over what is supposed
    assert supply(run(log)) == [("PO1", 9, 9, 24)]
    assert supply(run([*log, m(4, "receipt", 6, 5, "PO1")])) == [("PO1", 3, 3, 24)]


@runs
def test_the_due_of_a_shipment_holds_against_an_older_order(run):
    shipment = m(1, "shipment", 40, 2, "PO1", due=MONDAY + 2 * DAY)
    assert (
        supply(run([shipment, po(2, 40, 1)]))
        == supply(run([po(2, 40, 1), shipment]))
        == [("PO1", 40, 40, 48)]
    )
    assert supply(run([shipment, po(2, 50, 3)])) == [("PO1", 50, 40, 96)]
    without = m(1, "shipment", 40, 2, "PO1")
    assert supply(run([without, po(2, 40, 1)])) == [("PO1", 40, 40, 96)]


@runs
def test_an_order_without_a_due_states_one(run):
    log = [po(1, 40, 0), m(2, "order", 40, 24, "PO1")]
    assert supply(run(log, Policy(lead_time=DAY))) == [("PO1", 40, 0, 48)]


@runs
def test_a_cancelled_order_stays_known(run):
    """And it is not over-received: the cancellation does not say what had come before it."""
    log = [m(1, "shipment", 25, 0, "PO1"), po(2, 0, 1), m(3, "receipt", 5, 2, "PO1")]
    found = run(log)
    assert (supply(found), found.counters["over_received"]) == ([], 0)


@runs
def test_open_supplies_are_taken_by_due_and_ref(run):
    log = [po(1, 1, 0, "b"), po(2, 1, 1, "a"), po(3, 1, 2, "c", days=1)]
    assert [ref for ref, *_ in supply(run(log))] == ["c", "a", "b"]


@runs
def test_voids_of_supply(run):
    log = [po(1, 40, 0), m(2, "shipment", 25, 1, "PO1", due=MONDAY + 2 * DAY), m(3, "receipt", 10, 2, "PO1")]
    assert supply(run(log)) == [("PO1", 30, 15, 48)]
    assert supply(run([*log, m(4, "void", 10, 3, "3")])) == [("PO1", 40, 25, 48)]
    assert supply(run([*log, m(4, "void", 25, 3, "2")])) == [("PO1", 30, 0, 48)]  # its due stays
    assert supply(run([*log, m(4, "void", 90, 3, "3")])) == [("PO1", 40, 25, 48)]  # never more than ordered


@runs
def test_a_late_record_does_not_make_a_ref_older(run):
    """The last use of a ref is its latest event time, whatever arrives after it."""
    done = [po(1, 40, 0), m(2, "receipt", 40, 10 * 24, "PO1"), po(3, 40, 9 * 24)]
    assert supply(run([*done, po(4, 40, 40 * 24 - 12)])) == []
    assert supply(run([*done, po(4, 40, 40 * 24 + 12, days=50)])) == [("PO1", 40, 0, 50 * 24)]


@runs
def test_supply_is_forgotten_when_nothing_is_open(run):
    policy, month = Policy(), 30 * 24
    done = [po(1, 40, 0), m(2, "receipt", 41, 24, "PO1")]
    assert supply(run([*done, po(3, 40, 24 + month)], policy)) == []
    again = run([*done, po(3, 40, 24 + month + 1)], policy)
    assert (row(again)["on_order"], again.counters["over_received"]) == (40, 1000)
    still_open = [po(1, 40, 0), m(2, "receipt", 30, 24, "PO1"), po(3, 40, 9 * month)]
    assert row(run(still_open, policy))["on_order"] == 10


@runs
def test_a_receipt_without_a_ref_is_only_on_hand(run):
    found = run([po(1, 40, 0), m(2, "receipt", 10, 1), m(3, "transfer_in", 10, 2)])
    assert (row(found)["on_hand"], row(found)["on_order"]) == (20, 40)
