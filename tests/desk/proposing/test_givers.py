"""The owner of a place that gives: told of a transfer, or asked before it, once, and with a veto."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lowtide.desk.proposing import answering, exporting
from lowtide.desk.proposing.decider import Decider, HeldError
from lowtide.errors import ActionError, PeopleError
from lowtide.people import Book
from lowtide.propose import Donor, Lane, life
from tests.desk.proposing.world import PEOPLE, Life, RowShelf, alert, milk

DAY = "2026-12-01"
"""A Tuesday: the next order day is Thursday, so an order comes on Friday."""
OTHERS = PEOPLE.replace(
    "routes:\n",
    "  others: {lead: zhao, members: [mo], fallback: zhao, calendar: office}\n"
    'routes:\n  - {match: {location: "331"}, to: others, group_by: [supplier]}\n',
).replace("  li:", "  mo: {name: 莫, lead: zhao, calendar: office, contacts: [first]}\n  li:")
"""mo owns place 331, chen the others."""


def book(donor: str = "ask", more: str = "") -> Book:
    return Book.read(f"{OTHERS}donor: {donor}\n{more}", "people.yaml")


def begin(folder: Path, people: Book, lane: Lane | None = None, until: str = "10:02") -> Life:
    """A transfer from 331 to 330 waits; its order too."""
    made = RowShelf([milk()])
    giver = milk(location="331", available="400", mean=1.0)
    made.givers["330", "1001"] = [
        Donor(giver.position, giver.terms, lane or Lane("331", "330", hours=3.0, pack=6_000))
    ]
    return Life(folder, made, [alert("A", f"{DAY} 10:00")], people, since=f"{DAY} 09:00").until(
        f"{DAY} {until}"
    )


def transfer(life: Life) -> dict[str, Any]:
    (row,) = [row for row in life.rows() if row["kind"] == "transfer"]
    return row


def approve(life: Life, who: str, quantity: str | None = None, key: str | None = None) -> Any:
    return life.approve(who, quantity=quantity, key=key, proposal_id=transfer(life)["proposal_id"])


def reject(life: Life, who: str, reason: str = "not_needed") -> Any:
    ids = [transfer(life)["proposal_id"]]
    by = Decider(who, who)
    return answering.reject(life.store, life.office.book, ids, by, life.clock.now(), reason=reason)[ids[0]]


def giving(life: Life) -> list[tuple[str, str]]:
    """The messages that tell of stock that leaves a place: to whom, and what each line says."""
    return [
        (row["to"], line) for row in life.messages if "stock leaves" in row["title"] for line in row["lines"]
    ]


def entries(life: Life) -> list[tuple[str, str, str]]:
    name = transfer(life)["proposal_id"]
    return [
        (row["entry"], row["actor"], row["owner"]) for row in life.shipped() if row["proposal_id"] == name
    ]


def test_the_owner_of_the_place_that_gives_is_told_once_when_it_is_approved(tmp_path: Path) -> None:
    for people in (book("tell"), Book.read(OTHERS, "people.yaml")):
        life = begin(tmp_path / people.version, people)
        assert giving(life) == []
        assert approve(life, "chen").entry == "APPROVED"
        life.until(f"{DAY} 10:10")
        ((to, line),) = giving(life)
        assert to == "mo" and "331 → " in line and line.endswith("approved")
        with life.store.transaction() as tx:
            ids, by = [transfer(life)["proposal_id"]], Decider("chen", "chen")
            exporting.note(tx, people, ids, by, life.clock.now(), to="csv")
        life.until(f"{DAY} 18:00")
        assert len(giving(life)) == 1, "exported, it is not told again"
        assert transfer(life)["holder"] == "chen"
        life.close()


def test_a_transfer_that_is_exported_at_once_is_told_all_the_same(tmp_path: Path) -> None:
    life = begin(tmp_path, book("tell"))
    approve(life, "chen")
    with life.store.transaction() as tx:
        ids = [transfer(life)["proposal_id"]]
        exporting.note(tx, life.office.book, ids, Decider("chen", "chen"), life.clock.now(), to="csv")
    life.until(f"{DAY} 10:10")
    assert [to for to, _ in giving(life)] == ["mo"]
    life.close()


def test_who_owns_both_places_is_neither_told_nor_asked(tmp_path: Path) -> None:
    for donor in ("tell", "ask"):
        people = Book.read(f"{PEOPLE}donor: {donor}\n", "people.yaml")
        life = begin(tmp_path / donor, people)
        assert approve(life, "chen").entry == "APPROVED"
        life.until(f"{DAY} 10:10")
        assert giving(life) == []
        life.close()


def test_asked_first_it_is_approved_for_whoever_has_asked(tmp_path: Path) -> None:
    life = begin(tmp_path, book())
    done = approve(life, "chen")
    assert (done.entry, done.holder, done.asks_donor) == ("SUBMITTED", "mo", True)
    row = transfer(life)
    assert (row["state"], row["holder"]) == ("submitted", "mo") and "donor_asked" in json.loads(row["marks"])
    life.until(f"{DAY} 10:10")
    ((to, line),) = giving(life)
    assert to == "mo" and line.endswith("you are asked: approve or reject")
    for who in ("chen", "wang", "li"):
        refused = approve(life, who)
        assert isinstance(refused, HeldError) and refused.holder == "mo"
        assert refused.message == f"proposal {row['ref']} waits for `mo`, who owns the place that gives"
    done = approve(life, "mo")
    assert (done.entry, done.holder) == ("APPROVED", "chen")
    row = transfer(life)
    assert (row["state"], row["decided_by"], row["holder"]) == ("approved", "mo", "chen")
    assert entries(life) == [
        ("PROPOSED", "desk", "chen"),
        ("SUBMITTED", "chen", "mo"),
        ("APPROVED", "mo", "chen"),
    ]
    life.until(f"{DAY} 12:00")
    assert len(giving(life)) == 1, "who has agreed is not told again"
    life.close()


def test_the_place_that_gives_has_a_veto_with_a_reason_of_the_list(tmp_path: Path) -> None:
    life = begin(tmp_path, book())
    approve(life, "chen")
    assert isinstance(reject(life, "mo", "mood"), Exception)
    assert reject(life, "mo", "too_much").entry == "REJECTED"
    row = transfer(life)
    assert (row["state"], row["reason"], row["holder"]) == ("rejected", "too_much", "")
    assert life.one("proposed")["kind"] == "order", "the order stays"
    life.close()


def test_the_place_that_gives_may_give_less_and_not_more(tmp_path: Path) -> None:
    life = begin(tmp_path, book())
    approve(life, "chen")
    assert isinstance(approve(life, "mo", quantity="600"), ActionError)
    assert approve(life, "mo", quantity="6").entry == "APPROVED"
    assert transfer(life)["quantity"] == "6"
    life.close()


def test_after_it_the_lead_decides_what_is_above_the_limit(tmp_path: Path) -> None:
    life = begin(tmp_path, book(), Lane("331", "330", hours=3.0, pack=6_000, cost=2000.0))
    assert approve(life, "chen").holder == "mo"
    done = approve(life, "mo")
    assert (done.entry, done.holder, done.asks_donor) == ("SUBMITTED", "wang", False)
    assert isinstance(approve(life, "chen"), HeldError)
    assert approve(life, "wang").entry == "APPROVED", "the place that gives is not asked again"
    assert [one[:2] for one in entries(life)] == [
        ("PROPOSED", "desk"), ("SUBMITTED", "chen"), ("SUBMITTED", "mo"), ("APPROVED", "wang"),
    ]  # fmt: skip
    life.close()


def test_a_lead_who_wants_more_than_was_agreed_to_asks_again(tmp_path: Path) -> None:
    life = begin(tmp_path, book(), Lane("331", "330", hours=3.0, pack=6_000, cost=2000.0))
    approve(life, "chen", quantity="12")
    approve(life, "mo")
    done = approve(life, "wang", quantity="18")
    assert (done.entry, done.holder, done.asks_donor) == ("SUBMITTED", "mo", True)
    assert approve(life, "mo").entry == "APPROVED" and transfer(life)["holder"] == "wang"
    life.close()


def test_the_deputy_or_a_lead_above_may_answer(tmp_path: Path) -> None:
    absent = "absences:\n  - {person: mo, from: 2026-12-01, to: 2026-12-04, deputy: li}\n"
    for who, more in (("li", absent), ("zhao", "")):
        life = begin(tmp_path / who, book("ask", more))
        asked = approve(life, "chen")
        life.until(f"{DAY} 10:10")
        assert asked.asks_donor and [to for to, _ in giving(life)] == [asked.holder]
        assert approve(life, who).entry == "APPROVED"
        life.close()


def test_a_lead_of_both_sides_who_approves_has_agreed_for_both(tmp_path: Path) -> None:
    life = begin(tmp_path, book())
    assert approve(life, "zhao").entry == "APPROVED"
    life.close()


def test_an_order_asks_nobody(tmp_path: Path) -> None:
    life = begin(tmp_path, book())
    (row,) = [row for row in life.rows() if row["kind"] == "order"]
    assert life.approve("chen", proposal_id=row["proposal_id"]).entry == "APPROVED"
    life.close()


def test_the_same_request_again_is_one_entry(tmp_path: Path) -> None:
    life = begin(tmp_path, book())
    first, again = approve(life, "chen", key="k"), approve(life, "chen", key="k")
    assert (again.is_repeated, again.asks_donor, again.holder) == (True, True, first.holder)
    assert len(entries(life)) == 2
    life.close()


def test_the_file_knows_two_words_for_it() -> None:
    with pytest.raises(PeopleError, match="never"):
        book("never")
    assert "approve" in life.verbs("submitted")
