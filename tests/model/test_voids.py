"""A void takes back what its record did, once, and before the record is there what it says itself."""

import pytest

from tests.model import log as model_log
from tests.model.instant import DAY
from tests.model.lines import but
from tests.model.policy import Policy
from tests.model.test_cases import m, po, row, runs, supply

HOLD = Policy(returns="hold")
LATER = m("h", "heartbeat", 0, 100)


@runs
@pytest.mark.parametrize("first", ("record", "void"))
@pytest.mark.parametrize(
    ("kind", "quantity", "more"),
    [
        ("sale", 4, {}),
        ("sale", -4, {}),
        ("return", 4, {"ref": "t-1"}),
        ("receipt", 4, {"ref": "PO"}),
        ("shipment", 4, {"ref": "PO"}),
        ("transfer_in", 4, {"ref": "T"}),
        ("transfer_out", 4, {}),
        ("adjustment", 4, {}),
        ("adjustment", -4, {}),
        ("hold", 4, {}),
        ("release", 4, {"ref": "A"}),
        ("reserve", 4, {"ref": "A"}),
        ("unreserve", 4, {}),
    ],
)
def test_a_void_of_any_kind(run, first, kind, quantity, more):
    """Whichever comes first, and whatever the void guesses: nothing is left."""
    for guess in ("sale", "return", "adjustment", "hold"):
        pair = [m(1, kind, quantity, 1, **more), m(2, "void", 4, 2, "1", of=guess)]
        found = run([m(0, "count", 9, 0), *(pair if first == "record" else pair[::-1])], HOLD)
        assert row(found) | {"on_hand": 0, "available": 0} == dict.fromkeys(row(found), 0)
        assert (row(found)["on_hand"], row(found)["available"]) == (9, 9)
        assert (found.demand, found.counters["over_released"], found.counters["void_unmatched"]) == ({}, 0, 0)


@runs
def test_a_void_is_of_its_own_size_and_time(run):
    log = [m(1, "sale", 5, 1), m(2, "void", 2, 26, "1")]
    found = run(log)
    assert row(found)["on_hand"] == -3
    assert found.demand == {("L", "A", "2026-11-23"): 5000, ("L", "A", "2026-11-24"): -2000}
    assert row(run([*log, m(3, "count", 7, 25)]))["on_hand"] == 9
    assert row(run([*log, m(3, "count", 7, 26)]))["on_hand"] == 7


@runs
def test_a_void_that_waits_meets_a_count(run):
    """The wrong effect is taken out and the right one put in at the void's own time."""
    void, receipt = m(2, "void", 4, 3, "1"), m(1, "receipt", 4, 1)
    for time, left in ((2, 6), (3, 10), (4, 10)):
        count = m(3, "count", 10, time)
        assert row(run([void, count, receipt]))["on_hand"] == left
        assert row(run([void, receipt, count]))["on_hand"] == left


@runs
@pytest.mark.parametrize(
    ("kind", "left"),
    [
        ("sale", 4),
        ("return", -4),
        ("receipt", -4),
        ("transfer_in", -4),
        ("transfer_out", 4),
        ("adjustment", 0),
        ("shipment", 0),
        ("hold", 0),
        ("unreserve", 0),
    ],
)
def test_a_void_of_an_unknown_record_guesses(run, kind, left):
    """On stock and demand only; an adjustment may have given or taken."""
    found = run([m(1, "void", 4, 0, "x", of=kind), LATER], HOLD)
    assert row(found) == row(found) | {"on_hand": left, "held": 0, "allocated": 0, "on_order": 0}
    assert sum(found.demand.values()) == (-4000 if kind == "sale" else 0)
    assert found.counters["void_unmatched"] == 1


@runs
@pytest.mark.parametrize("kind", ("count", "order", "heartbeat", "void"))
def test_a_void_of_what_is_not_a_movement(run, kind):
    named = m(1, kind, 7, 1, **({"ref": "PO1"} if kind in ("order", "void") else {}))
    void, end = m(2, "void", 4, 2, "1"), m(3, "adjustment", 0, 9)
    before, after = run([named, void, end]), run([void, named, end])
    assert before[:3] == after[:3] == run([named, end])[:3]
    assert (before.counters["rejects"], before.counters["void_of_what"]) == (1, 0)
    assert (after.counters["rejects"], after.counters["void_of_what"]) == (0, 1)


def test_the_reject_of_a_void_of_a_count_names_ref():
    lines = [but(kind="count"), but(id="2", kind="void", ref="1")]
    ((offset, reject, _),) = model_log.run(b"\n".join(lines)).rejects
    assert (offset, reject.reason, reject.fields) == (1, "void_of_what", {"ref"})


@runs
def test_a_rejected_or_second_void_does_not_move_the_clock(run):
    sale, late = m(1, "sale", 1, 0), m(9, "unreserve", 1, 0)
    second = [sale, m(2, "void", 1, 1, "1"), m(3, "void", 1, 99, "1")]
    assert run([*second, late, m(4, "reserve", 1, 0)]).positions["L", "A"]["allocated"] == 0
    named = [m(1, "count", 1, 0), m(3, "void", 1, 99, "1")]
    assert run([*named, late, m(4, "reserve", 1, 0)]).positions["L", "A"]["allocated"] == 0


@runs
def test_the_second_void_is_a_duplicate_whatever_the_first_met(run):
    voids = [m(2, "void", 4, 2, "1"), m(3, "void", 4, 3, "1")]
    sale = m(1, "sale", 4, 1)
    for log in ([sale, *voids], [voids[0], sale, voids[1]], [*voids, sale]):
        found = run(log)
        assert (row(found)["on_hand"], found.counters["duplicates"]) == (0, 1)
    unmatched = run([voids[0], LATER, voids[1]])
    assert (row(unmatched)["on_hand"], unmatched.counters["duplicates"]) == (4, 1)


@runs
def test_a_void_that_is_very_late_waits_for_nothing(run):
    found = run([LATER, m(2, "void", 4, 27, "1"), m(1, "receipt", 4, 27)])
    assert (row(found)["on_hand"], found.counters["void_unmatched"]) == (8, 1)


@runs
def test_a_void_names_a_record_of_its_own_source_and_position(run):
    sale = m(1, "sale", 4, 0)
    for other in ({"source": "other"}, {"sku": "B"}, {"location": "K"}):
        void = m(2, "void", 4, 1, "1") | other
        for log in ([sale, void], [void, sale]):
            found = run([*log, LATER])
            assert sum(place["on_hand"] for place in found.positions.values()) == 0
            assert found.counters["void_unmatched"] == 1


@runs
def test_voids_without_a_ref_are_never_duplicates(run):
    found = run([m(1, "void", 4, 0), m(2, "void", 4, 0)])
    assert (row(found)["on_hand"], found.counters["void_unmatched"]) == (8, 2)


@runs
def test_a_void_does_not_void_itself(run):
    found = run([m(1, "void", 4, 0, "1"), m(1, "void", 4, 0, "1"), LATER])
    assert (row(found)["on_hand"], found.counters["duplicates"], found.counters["void_of_what"]) == (4, 1, 0)


@runs
def test_the_kind_that_is_known_holds_over_the_guess(run):
    assert row(run([m(1, "receipt", 4, 0), m(2, "void", 4, 1, "1", of="sale")]))["on_hand"] == 0


@runs
def test_a_return_is_taken_back_as_it_was_put(run):
    """On hold or not is what held when the return came."""
    found = run([m(1, "return", 4, 0), m(2, "void", 4, 1, "1")], HOLD)
    assert (row(found)["held"], row(found)["on_hand"]) == (0, 0)


@runs
def test_a_known_receipt_that_is_voided_opens_its_order_again(run):
    log = [m(3, "void", 40, 3, "2", of="receipt"), po(1, 40, 0), m(2, "receipt", 40, 2, "PO1")]
    assert supply(run(log)) == [("PO1", 40, 0, 96)]
    assert row(run(log))["on_hand"] == 0


@runs
def test_an_id_is_forgotten_with_its_window(run):
    policy = Policy(dedup_window=4 * DAY, late_window=DAY)
    log = [m(1, "receipt", 4, 0), m("h", "heartbeat", 0, 96), m(2, "void", 4, 96, "1", of="receipt")]
    assert run(log, policy).counters["void_unmatched"] == 0
    log[1]["event_time"] += 1
    found = run([*log, m("i", "heartbeat", 0, 200)], policy)
    assert (row(found)["on_hand"], found.counters["void_unmatched"]) == (0, 1)
