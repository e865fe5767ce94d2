"""What a caller may do to one thing: alerts of own teams, approvals up to a limit, figures of persons.

The role decides first, in the table of routes; this module decides what depends on the thing itself.

    own teams of a person := those with the person on duty, as member or as lead, and those led by anybody below
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lowtide.errors import PeopleError
from lowtide.people import Book
from lowtide.service.caller import Caller, Role
from lowtide.service.refusal import NotAllowed

Facts = Mapping[str, str]
"""What a route matches on: type, location, region, sku, category, supplier, abc, department."""


def may_act(book: Book, caller: Caller, facts: Facts, at: datetime, owner: str = "", team: str = "") -> bool:
    """Whether the caller may act on an alert or a proposal, of `owner` and `team` (empty: that of the route).

    An admin may act on everything, a viewer on nothing. A token is nobody's teammate, so it acts as an admin or as a viewer
    does, or as an operator of every team: who made it chose its role. An operator without a person acts on nothing.
    """
    if not caller.role.includes(Role.OPERATOR):
        return False
    if caller.role is Role.ADMIN or caller.via in ("token", "local"):
        return True
    person = caller.person
    if person is None or person not in book.people:
        return False
    return person == owner or is_own(book, person, team or book.route(dict(facts)).to, facts, at)


def check_act(
    book: Book, caller: Caller, facts: Facts, at: datetime, owner: str = "", team: str = ""
) -> None:
    """Raises NotAllowed if the caller may not act on it (see `may_act`)."""
    if may_act(book, caller, facts, at, owner, team):
        return
    name = team or book.route(dict(facts)).to
    raise NotAllowed(
        f"`{caller.actor}` does not belong to team `{name}`, which has this",
        "Its members, its lead, the leads above and an admin may act; `lowtide people show` names them.",
    )


def is_own(book: Book, person: str, team: str, facts: Facts, at: datetime) -> bool:
    """Whether a team is one of a person's own."""
    known = dict(facts)
    try:
        mates = {*book.persons_of(team, known), book.lead_of(team, known) or ""}
        if person in mates:
            return True
        on_duty = book.on_duty(team, known, at).person
    except PeopleError:  # the team of an older version of the file
        return False
    below = people_below(book, person)
    return on_duty == person or bool(below & {book.lead_of(team, known) or "", *_alone(book, team)})


def _alone(book: Book, team: str) -> set[str]:
    """A route may name a person in place of a team: then that person's leads stand above."""
    return {team} & set(book.people)


def people_below(book: Book, person: str) -> frozenset[str]:
    """Everybody whose lead, or whose lead's lead and so on, is this person."""
    found: set[str] = set()
    layer = {person}
    while layer:
        layer = {one.key for one in book.people.values() if one.lead in layer} - found - {person}
        found |= layer
    return frozenset(found)


def approval_limit(book: Book, caller: Caller) -> float | None:
    """Up to which cost in money the caller may approve one proposal; None: any cost.

    A person's own `approve_up_to`, also while that one stands in for somebody else; a person without it approves
    everything. A token has no person: as admin it approves everything, else nothing. So does a login without a person.
    """
    if not caller.role.includes(Role.OPERATOR):
        return 0.0
    if caller.person is None or caller.person not in book.people:
        return None if caller.role is Role.ADMIN or caller.via == "local" else 0.0
    return book.people[caller.person].approve_up_to


def may_see_figures(book: Book, caller: Caller, person: str) -> bool:
    """Whether the caller may see the load and response of a person: that person and the leads above may."""
    if caller.via == "local":
        return True
    here = caller.person
    return here is not None and (here == person or person in people_below(book, here))


def check_figures(book: Book, caller: Caller, person: str) -> None:
    """Raises NotAllowed if the figures of a person are not the caller's to see."""
    if not may_see_figures(book, caller, person):
        raise NotAllowed(
            f"the figures of `{person}` are shown to that person and the leads above",
            "Ask the person, or a lead.",
        )
