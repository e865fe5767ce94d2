"""The review of a month counts the alerts of a person's own teams, false ones with their rule, and what waited."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.desk import review
from lowtide.desk.review import period
from lowtide.desk.review.questions import Questions
from lowtide.desk.review.scope import Scope
from lowtide.errors import SettingsError
from lowtide.notify.message import Section
from lowtide.people import Book
from lowtide.rows import as_json
from lowtide.warehouse import Warehouse, Writer

from .batches import LEDGER, NOON, alert_id, batch

BOOK = Book.read(
    """
time_zone: UTC
people:
  zhao: {name: Zhao, contacts: [console]}
  wang: {name: Wang, lead: zhao, contacts: [console]}
  chen: {name: Chen, lead: wang, lang: zh, contacts: [console]}
  li: {name: Li, lead: zhao, contacts: [console]}
teams:
  buyers: {lead: wang, members: [chen], fallback: wang}
  count: {lead: zhao, members: [li], fallback: zhao}
routes: [{match: {type: negative_stock}, to: count}, {to: buyers}]
"""
)
START, END = datetime(2026, 11, 1, tzinfo=ZoneInfo("UTC")), datetime(2026, 12, 1, tzinfo=ZoneInfo("UTC"))


def month(warehouse: Warehouse) -> None:
    """Two alerts of the buyers, one of them false, one of the counters; one of the buyers a month before."""
    before = NOON - timedelta(days=30)
    with Writer(warehouse) as writer:
        writer.write(
            "ledger",
            batch(
                LEDGER,
                {"severity": "critical"},
                {"alert_id": alert_id(2), "sku": "b"},
                {"alert_id": alert_id(3), "sku": "c", "type": "negative_stock"},
                {"alert_id": alert_id(4), "sku": "d", "event_time": before, "opened_at": before},
            ),
        )
    entry = {
        "pipeline": "lowtide", "partition": "", "offset": 0, "seq": 0, "type": "projected_stockout", "severity": "warning",
        "location": "330", "sku": "b", "opened_at": NOON, "episode": 1, "reason": "person", "policy_version": "",
        "on_hand": 0, "available": 0, "on_order": 0, "in_transit": 0, "demand_per_day": 0, "feedback": "", "comment": "",
        "owner": "",
    }  # fmt: skip
    routed = [
        {**entry, "alert_id": alert_id(n), "entry": "ROUTED", "event_time": NOON, "actor": "desk", "owner": person,
         "action_id": f"routed{n}", "detail": as_json({"team": team, "route": "r", "row": "member"})}
        for n, person, team in ((1, "chen", "buyers"), (2, "chen", "buyers"), (3, "li", "count"))
    ]  # fmt: skip
    acts = [
        {**entry, "alert_id": alert_id(2), "entry": name, "event_time": NOON + timedelta(hours=hours), "actor": "chen",
         "owner": "chen", "action_id": name, "detail": "{}", "feedback": feedback, "comment": "wrong count"}
        for name, hours, feedback in (("ACKNOWLEDGED", 1, ""), ("RESOLVED", 3, ""), ("CLOSED", 4, "false"))
    ]  # fmt: skip
    Writer(warehouse).insert_rows("ledger", routed + acts)


def tables(warehouse: Warehouse, person: str) -> dict[str, Section]:
    return {one.name: one for one in review.sections(warehouse, BOOK, person, START, END, "en")}


def figures(section: Section) -> dict[str, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in section.rows[1:]}


def test_each_person_sees_the_own_teams_and_those_below(warehouse: Warehouse) -> None:
    month(warehouse)
    expected = {"": (3, 1), "zhao": (3, 0), "wang": (2, 0), "chen": (2, 0), "li": (1, 0)}
    for person, counts in expected.items():
        questions = Questions(warehouse, Scope.of(BOOK, person), START, END)
        assert (questions.figures()["alerts"], questions.before.figures()["alerts"]) == counts, person


def test_what_was_false_names_its_rule_and_what_waited_its_stage(warehouse: Warehouse) -> None:
    month(warehouse)
    found = tables(warehouse, "wang")
    assert figures(found["figures"])["acknowledged"] == ("50%", "–")
    assert figures(found["figures"])["of these, false"] == ("100%", "–")
    (false,) = found["false_alerts"].rows[1:]
    assert alert_id(2)[:8] in false[1] and false[-1] == "wrong count" and "(" in false[3]
    waited = found["waited_in_stage"].rows[1:]
    assert waited[0][0] == "new" and alert_id(1)[:8] in waited[0][2], (
        "nobody has answered it until the month ended"
    )
    assert ("buyers", "2") in {row[:2] for row in found["by_team"].rows}


def test_the_words_are_those_of_the_person(warehouse: Warehouse) -> None:
    month(warehouse)
    (first, *_) = review.sections(warehouse, BOOK, "chen", START, END)
    assert first.rows[0][1] == "本期"


def test_an_empty_warehouse_has_figures_and_no_lists(warehouse: Warehouse) -> None:
    assert list(tables(warehouse, "wang")) == ["figures"]


@pytest.mark.parametrize(
    ("month_", "week", "first", "after"),
    [
        ("2026-02", "", "2026-02-01", "2026-03-01"),
        ("2026-12", "", "2026-12-01", "2027-01-01"),
        ("", "2026-11-29", "2026-11-23", "2026-11-30"),
        ("", "2026-11-23", "2026-11-23", "2026-11-30"),
        ("", "", "2025-12-01", "2026-01-01"),
    ],
)
def test_a_period_is_whole(month_: str, week: str, first: str, after: str) -> None:
    now = datetime(2026, 1, 31, 23, tzinfo=ZoneInfo("Asia/Shanghai"))
    start, end = period(month_, week, now)
    assert (f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}") == (first, after) and start.tzinfo is now.tzinfo


@pytest.mark.parametrize(
    ("month_", "week"), [("2026-13", ""), ("", "monday"), ("2026-10", "2026-10-05"), ("2026", "")]
)
def test_a_period_that_is_not_one_is_refused(month_: str, week: str) -> None:
    with pytest.raises(SettingsError):
        period(month_, week, START)
