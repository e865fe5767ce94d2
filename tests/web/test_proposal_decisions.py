"""Proposals decided over HTTP: what a lead looks at already, and the owner of a place that gives, by API and page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from lowtide.desk.decide import moment
from lowtide.desk.proposing import mirror, reckon, taking
from lowtide.desk.proposing.reckon import Cause
from lowtide.people import Book
from lowtide.propose import Donor, Lane
from tests.desk.proposing.world import RowShelf, milk
from tests.page.desk import NOW
from tests.web.house import PEOPLE, House

API = "/api/v1/proposals"
DEAR = PEOPLE.replace("approve_up_to: 5000", "approve_up_to: 500")
GIVERS = PEOPLE.replace("to: others}]", 'to: others}, {match: {location: "331"}, to: others}]\ndonor: ask')
"""mo owns place 331."""


def house(folder: Path, people: str, mean: float = 10.0) -> House:
    """A desk with the proposals of one alert: an order, and a transfer from 331 if that has enough."""
    made = House(folder)
    made.book = Book.read(people)
    known = replace(milk(mean=mean))
    giver = milk(location="331", available="400", mean=1.0)
    donors = [Donor(giver.position, giver.terms, Lane("331", "330", hours=3.0, pack=6_000))]
    cause = Cause("alert:A:1", NOW, "", "projected_stockout")
    found = reckon.of_alert(known, cause, RowShelf().suppliers(), donors, moment.utc(NOW))
    with made.store.transaction() as tx:
        for one in found:
            taking.take(tx, made.book, one, NOW)
    return made


def row(made: House, kind: str) -> dict[str, Any]:
    with made.store.read() as tx:
        name = tx.value("SELECT proposal_id FROM proposal WHERE kind = ?", kind)
        return dict(mirror.get(tx, name) or {})


def approve(made: House, who: str, kind: str, **more: Any) -> tuple[int, dict[str, Any]]:
    one = row(made, kind)
    cookie = made.sign_in(who)
    body = {"version": one["version"], **more}
    reply = made.post(
        f"{API}/{one['proposal_id']}/approve", body, cookie=cookie, sec_fetch_site="same-origin"
    )
    return reply.status, json.loads(reply.text)


def press(made: House, who: str, one: dict[str, Any], do: str, **more: str) -> Any:
    """A button of the page."""
    name = one["proposal_id"]
    fields = {"do": do, "id": name, f"version.{name}": one["version"], f"was.{name}": one["quantity"], **more}
    return made.form("/proposals", fields, cookie=made.sign_in(who))


def test_who_submitted_it_may_only_approve_what_is_within_the_own_limit(tmp_path: Path) -> None:
    made = house(tmp_path, DEAR, mean=100.0)
    status, told = approve(made, "chen", "order")
    assert (status, told["entry"], told["holder"], told["asks_donor"]) == (200, "SUBMITTED", "wang", False)
    before = row(made, "order")
    for quantity in (None, "1200", "240"):
        status, told = approve(made, "chen", "order", **({"quantity": quantity} if quantity else {}))
        assert status == 409 and "waits for `wang`, because it is above your limit" in json.dumps(told)
    assert row(made, "order") == before
    page = press(made, "chen", before, "approve", **{f"quantity.{before['proposal_id']}": "1200"})
    assert page.status == 409 and "正等待 王芳 处理" in page.text
    status, told = approve(made, "chen", "order", quantity="120")
    assert (status, told["entry"], told["state"]) == (200, "APPROVED", "approved")
    assert (row(made, "order")["quantity"], row(made, "order")["cost"]) == ("120", 480.0)


def test_the_owner_of_a_place_that_gives_sees_the_question_and_answers_it(tmp_path: Path) -> None:
    made = house(tmp_path, GIVERS)
    assert approve(made, "mo", "transfer")[0] == 403, "nobody has asked yet"
    status, told = approve(made, "chen", "transfer")
    assert (status, told["entry"], told["holder"], told["asks_donor"]) == (200, "SUBMITTED", "mo", True)
    assert approve(made, "chen", "transfer")[0] == 409
    one = row(made, "transfer")
    seen = made.get(f"{API}?holder=mo", cookie=made.sign_in("mo"))
    (line,) = [line for found in json.loads(seen.text)["lists"] for line in found["lines"]]
    assert (line["holder"], line["state"]) == ("mo", "submitted")
    assert set(line["verbs"]) == {"approve", "reject"} and "donor_asked" in line["marks"]
    shown = made.get(f"/proposals/{one['proposal_id']}", cookie=made.sign_in("mo")).text
    assert "The owner of the place that gives is asked" in shown and "Mo" in shown
    page = press(made, "mo", one, "approve")
    assert page.status == 303, page.text
    after = row(made, "transfer")
    assert (after["state"], after["holder"], after["decided_by"]) == ("approved", "chen", "mo")


def test_the_page_says_that_the_place_is_asked_and_a_veto_needs_a_reason(tmp_path: Path) -> None:
    made = house(tmp_path, GIVERS)
    page = press(made, "chen", row(made, "transfer"), "approve")
    assert page.status == 303 and "done=asked" in page.headers["location"]
    told = made.get(page.headers["location"], cookie=made.sign_in("chen")).text
    assert "须先征得调出方负责人同意" in told
    page = press(made, "mo", row(made, "transfer"), "reject", reason="too_much")
    assert page.status == 303
    assert (row(made, "transfer")["state"], row(made, "transfer")["reason"]) == ("rejected", "too_much")
