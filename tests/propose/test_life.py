"""The life of a proposal as a table, and the names that stay the same on any desk."""

from __future__ import annotations

import doctest
import importlib
import runpy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.ledger import PROPOSAL_ENTRIES
from lowtide.propose import (
    Overdue,
    Supply,
    chase,
    count,
    dearest_first,
    expedite,
    life,
    list_id,
    moved,
    order,
    proposal_id,
    ref,
)
from tests.propose.conftest import AT, MONDAY, item, position, supplier, terms

MODULES = (
    "demand", "position", "item", "supplier", "terms", "identity", "life", "moved", "rounding", "arriving", "ddmrp",
    "export.cells",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name):
    assert doctest.testmod(importlib.import_module(f"lowtide.propose.{name}")).failed == 0


@given(st.lists(st.sampled_from(PROPOSAL_ENTRIES), max_size=12))
def test_what_ended_stays_ended_and_nothing_goes_back(entries):
    """Two people at once, a retry, a late desk: whatever order entries come in, a decision is not undone."""
    order_of = {state: number for number, state in enumerate(life.STATES)}
    state = None
    for entry in entries:
        to = life.after(state, entry)
        if to is None:
            continue
        if state is not None:
            assert state not in life.ENDED and (order_of[to] > order_of[state] or to == state)
        state = to


def test_who_may_do_what():
    assert life.verbs("proposed") == life.verbs("submitted") == ("approve", "reject")
    assert life.verbs("approved") == ("reject", "export") and life.verbs("exported") == ("reject", "export")
    assert all(life.verbs(state) == () for state in life.ENDED)
    assert life.superseded("approved") == "approved" and life.closed("submitted") == "closed"
    assert set(life.STATES) == life.ACTIVE | life.ENDED and not life.ACTIVE & life.ENDED


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
def test_the_table_prints(capsys):
    runpy.run_module("lowtide.propose.life", run_name="__main__")
    shown = capsys.readouterr().out
    assert "proposed   APPROVED             approved" in shown and len(shown.splitlines()) == len(
        life.table()
    )


def test_the_same_cause_has_the_same_name_and_another_has_another():
    words = ["shop", "order", "S01", "1001", "V002", "alert:A1"]
    one = proposal_id(*words)
    assert len(one) == 26 and ref(one) == f"LT-{one[:10]}" and one == proposal_id(*words)
    others = {proposal_id(*words[:at], words[at] + "x", *words[at + 1 :]) for at in range(len(words))}
    assert len(others | {one}) == 7
    assert proposal_id("a", "b", "c", "", "", "") != proposal_id("a", "b", "", "c", "", "")


def test_lines_of_one_supplier_and_day_are_one_order():
    first = order(position(), item(), supplier(), terms(), AT)
    second = order(position(5_000), item(), supplier(), terms(), AT)
    assert list_id(first, "2026-11-30") == list_id(second, "2026-11-30") != list_id(first, "2026-12-01")


def test_the_version_moves_with_the_numbers_that_people_decide_on():
    first = order(position(), item(), supplier(), terms(), AT)
    assert first.version == order(position(), item(), supplier(), terms(), AT + timedelta(minutes=5)).version
    assert first.version != order(position(19_000), item(), supplier(), terms(), AT).version
    assert first.version != order(position(), item(), supplier(), terms(), AT + timedelta(days=1)).version
    assert count(position(-1_000), item(), AT).version == count(position(-2_000), item(), AT).version


def test_moved_is_a_share_of_what_was_there():
    assert not moved(20_000, 22_000, 0.1) and moved(20_000, 22_001, 0.1) and moved(20_000, 0, 9.0)
    days = {"old_requested": AT, "new_requested": AT + timedelta(days=1)}
    assert moved(20_000, 20_000, 0.1, **days) and moved(1, 1, 1.0, same_origin=False)


def test_a_chase_names_every_overdue_order_of_the_supplier_once():
    lines = [
        Overdue("S01", "1001", "o2", 3_000, AT - timedelta(days=1), "Milk", "piece", 12.5),
        Overdue("S02", "1001", "o1", 4_500, AT - timedelta(days=9), "Milk", "piece", None),
        Overdue("S01", "1001", "o1", 1_000, AT - timedelta(days=9), "Milk", "piece", 12.5),
    ]
    found = chase("V002", "Dairy", lines, AT)
    assert (found.refs, found.quantity, found.avoided, found.location) == (("o1", "o2"), 8_500, 12.5, "")
    assert found.detail["result"]["most_days_late"] == 9.0 and chase("V002", "Dairy", [], AT) is None
    assert found.version != chase("V002", "Dairy", lines[:1], AT).version


def test_the_dearest_is_counted_first():
    cheap, dear = (count(position(-2_000), item(unit_cost=cost), AT) for cost in (1.0, 9.0))
    unknown = count(position(-9_000), item(unit_cost=None), AT)
    assert dearest_first([unknown, cheap, dear]) == [dear, cheap, unknown]
    assert (dear.quantity, dear.avoided, unknown.marks) == (-2_000, 18.0, ("no_cost",))


def test_only_a_hurry_that_pays_is_proposed():
    from dataclasses import replace

    hurried = replace(supplier(), expedite_to=1.0, expedite_cost=4.0)
    here = position(
        0,
        (
            Supply("far", 30_000, MONDAY + timedelta(days=5)),
            Supply("late", 9_000, MONDAY - timedelta(days=2)),
        ),
    )
    found = expedite(here, item(), hurried, terms(), AT)
    assert [one.about for one in found] == ["far"] and found[0].avoided > 4 and found[0].cost == 4.0
    assert found[0].requested_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert expedite(here, item(), replace(hurried, expedite_cost=1e6), terms(), AT) == ()
    assert expedite(here, item(), supplier(), terms(), AT) == (), "this supplier cannot hurry"
    worthless = item(margin=None)
    assert expedite(here, worthless, hurried, terms(), AT) == (), "units are not held against money"
    assert len(expedite(here, worthless, replace(hurried, expedite_cost=0.0), terms(), AT)) == 1
