"""The lists of open signs as the page and the report have them, over the alerts of the stories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lowtide.desk.store import Store
from lowtide.people import Book
from lowtide.report import Scope
from lowtide.report.questions import signs as questions
from lowtide.service import Caller, Context, Role, kept
from lowtide.service.signs import signs as lists
from lowtide.settings import load_settings
from lowtide.warehouse import Warehouse
from tests.scenarios import signs

CHEN = Caller("chen", Role.VIEWER, "chen", "session")
JAM, TEA, MILK, CREAM = 27.5, 501.159, 12.0, 3.6


@pytest.fixture
def context(warehouse: Warehouse, tmp_path: Path) -> Iterator[Context]:
    signs.write(warehouse)
    kept.forget()
    book = Book.read(
        "time_zone: UTC\npeople: {chen: {name: 陈晨, contacts: [console]}}\nroutes: [{to: chen}]\n"
    )
    with Store.open(tmp_path / "desk.db") as store:
        yield Context(
            store, warehouse, lambda: book, lambda: int(signs.CLOCK.timestamp() * 1000), load_settings()
        )


def test_a_position_with_two_alerts_is_worth_its_stock_once(context: Context) -> None:
    """Jam is slow moving in one alert and dead in another: the sum of both would be twice the money."""
    sums = {one.type: one for one in lists(context, CHEN).sums}
    assert sums["slow_moving"].value == sums["dead_stock"].value == JAM
    assert (sums["all"].positions, sums["all"].value) == (4, pytest.approx(JAM + TEA + MILK + CREAM))
    assert sums["expiring"].holding_cost_month is None


def test_a_silent_feed_is_told_before_it_can_spoil_the_rest(context: Context) -> None:
    found = lists(context, CHEN)
    assert [one.source for one in found.feeds] == ["*", "till-1"], (
        "the one that should have sent the most first"
    )
    assert [(one.rank, one.sku) for one in found.counts] == [(1, "Oat drink 1 l"), (2, "Dish soap")]
    assert found.at_rest[0].sku == "Green tea 100 g"
    assert [(one.supplier, one.promised_on) for one in found.slips] == [("V002", date(2026, 11, 9))]
    assert {one.kind for one in found.holes} == {"return", "adjustment", "unordered"}


def test_one_location_has_its_own_lists(context: Context) -> None:
    here, elsewhere = lists(context, CHEN, "330"), lists(context, CHEN, "331")
    assert here.counts and here.feeds and not here.slips, "an order is for many locations"
    assert not (elsewhere.counts or elsewhere.feeds or elsewhere.at_rest or elsewhere.holes or elsewhere.sums)


def test_the_report_has_the_same(context: Context, warehouse: Warehouse) -> None:
    scope = Scope.resolve(warehouse, days=28)
    assert scope is not None
    found = lists(context, CHEN)
    assert [row["source"] for row in questions.feeds(warehouse, scope)] == [one.source for one in found.feeds]
    assert [row["sku"] for row in questions.counting(warehouse, scope)] == [one.sku for one in found.counts]
    lines, sums = questions.at_rest(warehouse, scope)
    assert [row["sku"] for row in lines] == [one.sku for one in found.at_rest]
    assert {row["type"]: float(row["value"]) for row in sums} == {one.type: one.value for one in found.sums}
    assert len(questions.slips(warehouse, scope)) == len(found.slips)
