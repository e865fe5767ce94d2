"""Route an alert: its owner, team and route, named once in a ROUTED entry."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lowtide.desk.decide import group, ladder, moment, record
from lowtide.desk.decide.case import Case, Routed, facts
from lowtide.desk.store import Row, Transaction
from lowtide.errors import PeopleError
from lowtide.people.book import Book
from lowtide.rows import object_of


def route(tx: Transaction, book: Book, alert: Row, now: int) -> Case:
    """The case of an alert that is open and has no case yet; the caller saves it.

    Its ROUTED entry is written, unless the ledger has one.
    """
    written = tx.row(
        "SELECT owner, detail FROM action WHERE alert_id = ? AND entry = 'ROUTED'", alert["alert_id"]
    )
    routed = _adopted(book, alert, written) if written else _assigned(tx, book, alert, now)
    case = Case(alert, routed)
    if written:
        ladder.adopt(tx, case)
    return case


def owner_of(book: Book, case: Case, now: int) -> str:
    """Who hears of an alert: the person of the last action, else the one whom ROUTED named.

    A name that the book does not know cannot be reached, so then it is who is on duty now: nothing is lost in silence
    until somebody reroutes the alert.
    """
    for person in (case.alert["owner"], case.routed.person, case.routed.owner):
        if person in book.people:
            return str(person)
    return book.assign(case.facts, moment.utc(now)).person


def team_of(book: Book, case: Case) -> str:
    """The team that ROUTED named; if a later file has no such team, that of the route."""
    try:
        book.team(case.routed.team, case.facts)
    except PeopleError:
        return book.team(book.route(case.facts).to, case.facts).name(case.facts)
    return case.routed.team


def _assigned(tx: Transaction, book: Book, alert: Row, now: int) -> Routed:
    """Decide who owns an alert, and write the ROUTED entry."""
    known = facts(alert)
    assignment = book.assign(known, moment.utc(now))
    grp = group.key(assignment.person, assignment.route, group.shared(book, alert))
    detail: Mapping[str, object] = {
        "people_version": book.version,
        "team": assignment.team,
        "route": assignment.route.id,
        "row": assignment.row,
        "followers": list(assignment.followers),
        "group": grp,
    }
    record.write(
        tx, alert, "ROUTED", "routed", event_time=alert["opened_at"], now=now, owner=assignment.person, stage="open",
        detail=detail,
    )  # fmt: skip
    return _routed(alert, assignment.person, assignment.team, assignment.route.id, assignment.followers)


def _adopted(book: Book, alert: Row, written: Row) -> Routed:
    """What the ROUTED entry of an earlier desk says."""
    detail = object_of(written["detail"])
    route = str(detail.get("route") or book.route(facts(alert)).id)
    team = str(detail.get("team", ""))
    followers = detail.get("followers")
    names = tuple(map(str, followers)) if isinstance(followers, list) else ()
    return _routed(alert, written["owner"], team, route, names)


def _routed(alert: Row, person: str, team: str, route: str, followers: tuple[str, ...]) -> Routed:
    return Routed(
        alert_id=alert["alert_id"], person=person, team=team, route=route, followers=json.dumps(followers), owner=person,
        partition=f"{alert['pipeline']}\x1f{alert['partition']}", grp=None, because="", because_of="", due_at=None, caught=0,
        said_round=None, said_to="", said_in="", told_at=None, told_seq=None, told_severity="", told_round=None, told_to="",
        last_step=0, clock_at=None, used_ms=0, phase="", phase_round=0, phase_at=None,
    )  # fmt: skip
