"""Approving: the version that was shown, the own limit, the leads above it, deputies, and a decision made twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.desk.proposing import answering, exporting
from lowtide.desk.proposing.decider import Decider, HeldError, MovedError, NotAllowedError
from lowtide.errors import ActionError, SettingsError
from lowtide.people import Book
from tests.desk.proposing.world import PEOPLE, Life, RowShelf, milk, ms

AT = "2026-11-30 14:05"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A proposal of 4 a piece waits; chen approves up to 1,000, wang up to 50,000, zhao has no limit."""
    made = Life(tmp_path, RowShelf([milk()])).until(AT)
    yield made
    made.close()


def dear(folder: Path, book: Book | None = None) -> Life:
    """A proposal that costs more than 1,000."""
    shelf = RowShelf([milk(mean=100.0)])
    return Life(folder, shelf, book=book or Book.read(PEOPLE, "people.yaml")).until(AT)


def test_within_the_limit_it_is_approved_and_the_ledger_says_who_and_what(life: Life) -> None:
    done = life.approve("chen", quantity="36")
    assert (done.entry, done.holder) == ("APPROVED", "chen")
    row = life.one("approved")
    assert (row["quantity"], row["cost"], row["decided_by"]) == ("36", 144.0, "chen")
    entry = life.shipped()[-1]
    assert (entry["entry"], entry["actor"], entry["alert_id"], entry["reason"]) == (
        "APPROVED",
        "chen",
        "",
        "person",
    )
    assert entry["proposal_id"] == row["proposal_id"] and "decided_at" not in entry


def test_approving_twice_is_one_entry(life: Life) -> None:
    assert not life.approve("chen", key="k").is_repeated
    assert life.approve("chen", key="k").is_repeated
    assert life.approve("chen").is_repeated
    assert life.kinds() == ["PROPOSED", "APPROVED"]


def test_another_version_than_the_one_that_holds_is_a_conflict_with_both(life: Life) -> None:
    answer = life.approve("chen", version="000000000000")
    assert isinstance(answer, MovedError)
    assert answer.shown["version"] == "000000000000" and answer.now["version"] == life.one()["version"]
    assert life.kinds() == ["PROPOSED"]


def test_numbers_that_have_moved_since_are_a_conflict_and_what_waits_then_is_the_new_proposal(
    life: Life,
) -> None:
    shown = life.one()
    life.shelf.put(milk(available="-80"))
    answer = life.approve("chen")
    assert isinstance(answer, MovedError)
    new = life.one()
    assert (
        answer.shown["quantity"] == shown["quantity"]
        and answer.now["quantity"] == new["quantity"] != shown["quantity"]
    )
    assert answer.now["proposal_id"] == new["proposal_id"]
    assert life.approve("chen").entry == "APPROVED"
    assert life.kinds() == ["PROPOSED", "PROPOSED", "APPROVED"]


def test_a_need_that_is_gone_is_a_conflict_without_numbers(life: Life) -> None:
    life.shelf.put(milk(available="900"))
    answer = life.approve("chen")
    assert isinstance(answer, MovedError) and answer.now == {}
    assert life.one("withdrawn")["reason"] == "need_gone"


def test_above_the_limit_it_goes_to_the_nearest_lead_whose_limit_covers_it(tmp_path: Path) -> None:
    life = dear(tmp_path)
    done = life.approve("chen")
    assert (done.entry, done.holder) == ("SUBMITTED", "wang")
    assert life.one("submitted")["holder"] == "wang"
    assert life.approve("wang").entry == "APPROVED"
    assert life.one("approved")["holder"] == "wang"
    life.close()


def test_who_submitted_it_changes_nothing_of_what_the_lead_looks_at(tmp_path: Path) -> None:
    """Another quantity above the own limit was submitted again, and the lead approved what was no longer there."""
    life = dear(tmp_path)
    assert life.approve("chen", key="k").entry == "SUBMITTED"
    before = life.one("submitted")
    assert life.approve("chen", version=before["version"], key="k").is_repeated
    for quantity in (None, before["quantity"], "1200", "600"):
        refused = life.approve("chen", quantity=quantity)
        assert isinstance(refused, HeldError)
        assert refused.message == f"proposal {before['ref']} waits for `wang`, because it is above your limit"
    assert life.one("submitted") == before and life.kinds() == ["PROPOSED", "SUBMITTED"]
    life.close()


def test_a_quantity_within_the_own_limit_may_be_approved_while_a_lead_looks_at_more(tmp_path: Path) -> None:
    life = dear(tmp_path)
    assert life.approve("chen").holder == "wang"
    done = life.approve("chen", quantity="240")
    assert (done.entry, done.holder) == ("APPROVED", "chen")
    row = life.one("approved")
    assert (row["quantity"], row["cost"], row["decided_by"]) == ("240", 960.0, "chen")
    answer = life.approve("wang", version=row["version"])
    assert isinstance(answer, ActionError) and "is approved" in answer.message
    life.close()


def test_the_lead_submits_on_what_is_above_the_lead_s_own_limit(tmp_path: Path) -> None:
    life = dear(tmp_path, Book.read(PEOPLE.replace("50000", "5000"), "people.yaml"))
    assert life.approve("chen").holder == "wang"
    assert life.approve("wang", quantity="1440").holder == "zhao"
    assert isinstance(life.approve("wang", quantity="1440"), HeldError)
    assert life.approve("zhao").entry == "APPROVED" and life.one("approved")["quantity"] == "1440"
    life.close()


def test_a_lead_who_has_left_holds_nothing_up(tmp_path: Path) -> None:
    life = dear(tmp_path)
    assert life.approve("chen").holder == "wang"
    gone = PEOPLE.replace(
        "  wang: {name: 王芳, lead: zhao, calendar: office, contacts: [first], approve_up_to: 50000}\n", ""
    )
    life.office.book = Book.read(gone.replace("wang", "zhao"), "people.yaml")
    assert life.approve("chen").holder == "zhao"
    life.close()


def test_a_deputy_decides_up_to_the_own_limit_while_the_absence_lasts(tmp_path: Path) -> None:
    text = PEOPLE + "absences:\n  - {person: chen, from: 2026-11-30, to: 2026-12-04, deputy: li}\n"
    life = dear(tmp_path, Book.read(text, "people.yaml"))
    assert life.one()["holder"] == "li"
    assert life.approve("li").holder == "wang"
    life.close()


def test_nobody_covers_it_so_the_last_lead_decides_and_it_is_marked(tmp_path: Path) -> None:
    text = PEOPLE.replace("name: 赵总,", "name: 赵总, approve_up_to: 1002,").replace("50000", "1001")
    life = dear(tmp_path, Book.read(text, "people.yaml"))
    assert life.approve("chen").holder == "zhao"
    assert "over_limit" in life.one("submitted")["marks"]
    assert life.approve("zhao").entry == "APPROVED"
    assert "over_limit" in life.one("approved")["marks"]
    life.close()


def test_a_program_without_a_person_has_no_limit_to_approve_by(life: Life) -> None:
    row = life.one()
    order = answering.Order(row["proposal_id"], row["version"])
    for by in (Decider("token:erp"), Decider("stranger", "stranger")):
        answer = answering.approve(life.store, life.office.book, [order], by, ms(AT), {})[row["proposal_id"]]
        assert isinstance(answer, NotAllowedError)
    by = Decider("token:erp", is_unlimited=True)
    (done,) = answering.approve(life.store, life.office.book, [order], by, ms(AT), {}).values()
    assert not isinstance(done, Exception) and done.entry == "APPROVED"


def test_rejecting_asks_for_a_reason_of_the_list(life: Life) -> None:
    row, by = life.one(), Decider("chen", "chen")
    ids = [row["proposal_id"]]
    reject = lambda **more: answering.reject(life.store, life.office.book, ids, by, ms(AT), **more)[ids[0]]  # noqa: E731
    assert isinstance(reject(reason=""), SettingsError)
    assert isinstance(reject(reason="mood"), SettingsError)
    assert isinstance(reject(reason="other"), SettingsError)
    assert reject(reason="not_needed").entry == "REJECTED"
    assert life.one("rejected")["reason"] == "not_needed"
    assert isinstance(answering.approve(
        life.store, life.office.book, [answering.Order(ids[0], row["version"])], by, ms(AT), {}
    )[ids[0]], ActionError)  # fmt: skip


def test_a_rejected_line_is_not_proposed_again_for_the_same_order_day(life: Life) -> None:
    row, by = life.one(), Decider("chen", "chen")
    answering.reject(life.store, life.office.book, [row["proposal_id"]], by, ms(AT), reason="not_needed")
    life.until("2026-11-30 14:50")
    assert [one["state"] for one in life.rows()] == ["rejected"]


def test_a_deputy_of_the_last_lead_approves_no_more_than_the_own_limit(tmp_path: Path) -> None:
    """Nobody covered it, so it went to the deputy of the absent chief, who approved any sum with a limit of 100."""
    text = PEOPLE.replace("name: 赵总,", "name: 赵总, approve_up_to: 1002,").replace("50000", "1001")
    text += "absences:\n  - {person: zhao, from: 2026-11-30, to: 2026-12-04, deputy: li}\n"
    life = dear(tmp_path, Book.read(text, "people.yaml"))
    assert life.approve("chen").holder == "zhao"
    refused = life.approve("li")
    assert isinstance(refused, HeldError) and refused.holder == "zhao"
    assert life.one("submitted")["holder"] == "zhao"
    assert life.approve("zhao").entry == "APPROVED"
    life.close()


def test_who_is_the_deputy_of_the_own_lead_does_not_approve_above_the_own_limit(tmp_path: Path) -> None:
    text = (
        PEOPLE.replace("50000", "1001")
        + "absences:\n  - {person: wang, from: 2026-11-30, to: 2026-12-04, deputy: chen}\n"
    )
    life = dear(tmp_path, Book.read(text, "people.yaml"))
    assert life.approve("chen").holder == "zhao"
    life.close()


def test_a_quantity_that_was_changed_on_the_way_up_is_another_version(tmp_path: Path) -> None:
    """Whoever had the page open from before approved a quantity that was never shown to them."""
    life = dear(tmp_path)
    before = life.one()["version"]
    assert life.approve("chen", quantity="1200").entry == "SUBMITTED"
    answer = life.approve("wang", version=before)
    assert isinstance(answer, MovedError) and answer.now["quantity"] == "1200"
    assert life.approve("wang").entry == "APPROVED" and life.one("approved")["quantity"] == "1200"
    life.close()


def test_an_exported_order_that_never_comes_can_be_rejected_so_that_the_position_is_ordered_again(
    life: Life,
) -> None:
    """Where orders come without a ref nothing confirmed it, and the position got no proposal any more."""
    life.approve("chen")
    row = life.one("approved")
    with life.store.transaction() as tx:
        exporting.note(
            tx, life.office.book, [row["proposal_id"]], Decider("chen", "chen"), life.clock.now(), to="csv"
        )
    life.until("2026-12-03 13:50")
    assert [one["state"] for one in life.rows()] == ["exported"]
    by = Decider("chen", "chen")
    done = answering.reject(
        life.store, life.office.book, [row["proposal_id"]], by, life.clock.now(), reason="ordered_already"
    )
    assert not isinstance(done[row["proposal_id"]], Exception)
    life.until("2026-12-03 14:10")
    assert [one["state"] for one in life.rows()] == ["rejected", "proposed"]
