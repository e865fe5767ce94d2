"""Holds and reservations where what leaves the window is folded."""

from tests.model import log as model_log
from tests.model import outcome
from tests.model.test_cases import m, row, runs
from tests.model.test_log import episodes


def at(run, log, hours):
    found = run([*log, m("h", "heartbeat", 0, hours)])
    return row(found)["allocated"], found.counters["over_released"] / 1000


@runs
def test_what_leaves_the_window_is_cut_at_zero(run):
    log = [m(1, "unreserve", 4, 0, "A"), m(2, "reserve", 10, 1, "A")]
    assert at(run, log, 72) == (6, 0)
    assert at(run, log, 72.001) == (10, 4)
    assert at(run, log, 500) == (10, 4)


@runs
def test_in_before_out_at_one_time(run):
    log = [m(1, "unreserve", 4, 0, "A"), m(2, "reserve", 4, 0, "A")]
    assert at(run, log, 72) == at(run, log, 100) == (0, 0)


@runs
def test_what_comes_very_late_is_folded_as_it_comes(run):
    log = [m("h0", "heartbeat", 0, 100), m(1, "unreserve", 4, 0, "A"), m(2, "reserve", 10, 1, "A")]
    assert at(run, log, 100) == (10, 4)
    assert at(run, [log[0], log[2], log[1]], 100) == (6, 0)
    young = m(3, "unreserve", 3, 99, "A")
    assert at(run, [log[0], young, log[2]], 100) == (7, 0)


@runs
def test_every_ref_has_its_own_and_those_without_share_one(run):
    log = [
        m(1, "reserve", 5, 0),
        m(2, "reserve", 5, 0, "A"),
        m(3, "unreserve", 7, 1),
        m(4, "unreserve", 1, 1, "B"),
    ]
    assert at(run, log, 2) == (5, 3)
    assert at(run, log, 200) == (5, 3)


@runs
def test_holds_and_reservations_of_one_ref_are_apart(run):
    found = run([m(1, "reserve", 5, 0, "A"), m(2, "release", 2, 0, "A"), m(3, "hold", 3, 0, "A")])
    assert (row(found)["allocated"], row(found)["held"]) == (5, 1)


def test_nothing_is_kept_of_what_is_settled():
    lines = [m(1, "reserve", 4, 0, "A"), m(2, "unreserve", 4, 1, "A"), m("h", "heartbeat", 0, 74)]
    position = model_log.run("\n".join(map(outcome.json.dumps, lines)).encode()).stock["L", "A"]
    assert not position.reservations.refs


def test_a_fold_is_a_moment_of_its_own():
    """The excess of an early release ends with the window: the stock is out then, not at the next record."""
    moves = (
        ("count", 5, 0),
        ("sale", 1, 1),
        ("unreserve", 4, 2, "A"),
        ("reserve", 4, 3, "A"),
        ("heartbeat", 0, 200),
    )
    found = episodes(*moves, types=("out_of_stock",))
    assert [(round(opened, 3), ended, bool(cause)) for opened, ended, _, cause in found] == [(74.0, 0, False)]
