"""Who may act on what: own teams, leads above, tokens, the local person; and whose figures one sees."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import pytest

from lowtide.people import Book
from lowtide.service import Caller, NotAllowed, Role, rights

BOOK = Book.read(
    """
time_zone: Asia/Shanghai
calendars: {office: {work: {mon-fri: "09:00-18:00"}}}
people:
  boss: {name: B, calendar: office, contacts: [console]}
  zhao: {name: Z, lead: boss, calendar: office, contacts: [console]}
  wang: {name: W, lead: zhao, calendar: office, contacts: [console], approve_up_to: 50000}
  chen: {name: C, lead: wang, calendar: office, contacts: [console], approve_up_to: 5000}
  li: {name: L, lead: wang, calendar: office, contacts: [console]}
  mo: {name: M, calendar: office, contacts: [console]}
teams:
  buyers: {members: [chen], lead: wang, fallback: wang, calendar: office}
  others: {members: [mo], fallback: li, calendar: office}
overrides: [{team: others, person: li, from: 2026-12-01, to: 2026-12-01}]
routes: [{to: buyers}, {match: {type: negative_stock}, to: others}, {match: {type: sales_spike}, to: chen}]
"""
)
MONDAY = datetime(2026, 11, 30, 2, tzinfo=UTC)
TUESDAY = datetime(2026, 12, 1, 2, tzinfo=UTC)
FACTS = {"type": "out_of_stock", "location": "S1"}
OTHER = {"type": "negative_stock", "location": "S1"}


def of(
    person: str | None, role: Role = Role.OPERATOR, via: Literal["local", "session", "token"] = "session"
) -> Caller:
    return Caller(person or "login", role, person, via)


@pytest.mark.parametrize(
    ("caller", "facts", "at", "owner", "may"),
    [
        (of("chen"), FACTS, MONDAY, "", True),  # a member
        (of("wang"), FACTS, MONDAY, "", True),  # the lead
        (of("zhao"), FACTS, MONDAY, "", True),  # leads the lead
        (of("boss"), FACTS, MONDAY, "", True),
        (of("mo"), FACTS, MONDAY, "", False),
        (of("li"), FACTS, MONDAY, "", False),  # below the lead, and not in the team
        (of("li"), OTHER, MONDAY, "", False),
        (of("li"), OTHER, TUESDAY, "", True),  # on duty out of turn
        (of("chen"), OTHER, MONDAY, "", False),
        (of("chen"), OTHER, MONDAY, "chen", True),  # has it
        (of("chen", Role.VIEWER), FACTS, MONDAY, "chen", False),
        (of(None), FACTS, MONDAY, "", False),  # a login that is nobody
        (of("gone"), FACTS, MONDAY, "gone", False),  # has left the people file
        (of(None, Role.ADMIN), FACTS, MONDAY, "", True),
        (of(None, Role.OPERATOR, "token"), FACTS, MONDAY, "", True),
        (of(None, Role.VIEWER, "token"), FACTS, MONDAY, "", False),
        (of("mo", Role.ADMIN, "local"), FACTS, MONDAY, "", True),
    ],
)
def test_who_may_act(caller: Caller, facts: dict[str, str], at: datetime, owner: str, may: bool) -> None:
    assert rights.may_act(BOOK, caller, facts, at, owner) is may
    if not may:
        with pytest.raises(NotAllowed):
            rights.check_act(BOOK, caller, facts, at, owner)


def test_a_route_to_a_person() -> None:
    facts = {"type": "sales_spike"}
    assert [rights.may_act(BOOK, of(one), facts, MONDAY) for one in ("chen", "wang", "boss", "mo")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_team_that_is_not_in_the_file_any_more_is_nobodys() -> None:
    assert not rights.may_act(BOOK, of("chen"), FACTS, MONDAY, "", "dissolved")
    assert rights.may_act(BOOK, of(None, Role.ADMIN), FACTS, MONDAY, "", "dissolved")


@pytest.mark.parametrize(
    ("caller", "limit"),
    [
        (of("chen"), 5000.0), (of("li"), None), (of("chen", Role.ADMIN), 5000.0), (of("chen", Role.VIEWER), 0.0),
        (of(None), 0.0), (of(None, Role.ADMIN), None), (of(None, Role.OPERATOR, "token"), 0.0),
        (of(None, Role.ADMIN, "token"), None), (of("chen", Role.ADMIN, "local"), 5000.0),
    ],
)  # fmt: skip
def test_up_to_which_cost(caller: Caller, limit: float | None) -> None:
    assert rights.approval_limit(BOOK, caller) == limit


def test_figures_are_for_the_person_and_the_leads() -> None:
    assert [one for one in BOOK.people if rights.may_see_figures(BOOK, of(one), "chen")] == [
        "boss",
        "chen",
        "wang",
        "zhao",
    ]
    with pytest.raises(NotAllowed):
        rights.check_figures(BOOK, of("mo", Role.ADMIN), "chen")
