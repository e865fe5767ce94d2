"""A group: alerts that one person hears of in one message, because they share a route and the values it groups by."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lowtide.desk.decide.case import CRITICAL, Case, facts
from lowtide.desk.decide.identity import digest
from lowtide.desk.decide.moment import MINUTE, utc
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people.book import Book
from lowtide.people.route import Route

WAIT_MS = 30_000
"""From the first member of a group to its first message; a critical one does not wait."""
INTERVAL_MS = 15 * MINUTE
"""Between two messages of a group."""
CRITICAL_INTERVAL_MS = MINUTE

_PENDING = """
    SELECT count(*) AS pending, sum(a.worth) AS worth, min(r.due_at) AS due_at, min(r.alert_id) AS first,
           max(CASE a.severity WHEN 'critical' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END) AS gravity
    FROM (SELECT * FROM routed WHERE grp = ? AND due_at IS NOT NULL ORDER BY alert_id) AS r
    JOIN alert AS a ON a.alert_id = r.alert_id
"""


def shared(book: Book, alert: Row) -> dict[str, str]:
    """What a group can share: the facts of an alert, and the day on which it opened, in the zone of the people file."""
    opened = utc(alert["opened_at"]).astimezone(book.zone)
    return facts(alert) | {"day": opened.date().isoformat()}


def key(person: str, route: Route, known: Mapping[str, str]) -> str:
    """The identity of a group: it does not depend on the time of now."""
    return digest(person, route.id, *(f"{name}={known.get(name, '')}" for name in route.group_by))


def join(tx: Transaction, book: Book, case: Case, now: int) -> None:
    """Put an alert into the group of its owner; the group is made, or opened again, if need be."""
    route = book.route(case.facts)
    known = shared(book, case.alert)
    grp = key(case.routed.owner, route, known)
    if case.routed.grp == grp:
        return
    about = json.dumps([[name, known.get(name, "")] for name in route.group_by])
    tx.execute(
        "INSERT INTO grp (grp, person, route, about, ordinal, opened_at, due_at, last_sent_at, told, members, pending,"
        " worth, gravity, first, because) VALUES (?, ?, ?, ?, 1, ?, NULL, NULL, 0, 0, 0, NULL, 0, '', '')"
        " ON CONFLICT (grp) DO NOTHING",
        grp, case.routed.owner, route.id, about, now,
    )  # fmt: skip
    case.routed.grp = grp


def due_of(group: Row, case: Case, now: int) -> int:
    """When a member that has something to tell may be told, in milliseconds since 1970 UTC."""
    critical = case.gravity == CRITICAL
    wait = 0 if critical else WAIT_MS
    if is_worse(case):
        return now
    if group["last_sent_at"] is None or not group["told"] or not group["members"]:
        return now + wait
    interval = CRITICAL_INTERVAL_MS if critical else INTERVAL_MS
    return max(int(group["last_sent_at"]) + interval, now + wait)


def is_worse(case: Case) -> bool:
    """Whether its owner heard of it before it became worse."""
    return case.routed.said_round is not None and case.routed.said_to == case.routed.owner


def mark(tx: Transaction, grp: str, because: str) -> None:
    """Say of a group, and of its members that have something to tell, why they are not told now."""
    tx.execute("UPDATE grp SET because = ? WHERE grp = ?", because, grp)
    tx.execute(
        "UPDATE routed SET because = ?, because_of = ? WHERE grp = ? AND due_at IS NOT NULL",
        because,
        grp,
        grp,
    )


def refresh(tx: Transaction, grp: str, now: int) -> Row:
    """Count the members of a group again, and say whether it waits, is a candidate, or has nothing to tell.

    Returns the row as it was. A group whose last open member has ended is closed; when one joins it, it is open again
    with the next ordinal.
    """
    before = tx.row("SELECT * FROM grp WHERE grp = ?", grp)
    assert before is not None, "an alert names a group that is not there"
    members = tx.value("SELECT count(*) FROM routed WHERE grp = ? AND because != ?", grp, Reason.ENDED)
    pending = tx.row(_PENDING, grp)
    assert pending is not None
    because = _because(before, pending, now)
    reopened = members and not before["members"] and before["told"]
    tx.execute(
        "UPDATE grp SET members = ?, pending = ?, worth = ?, due_at = ?, first = ?, gravity = ?, because = ?,"
        " ordinal = ordinal + ?, opened_at = CASE WHEN ? THEN ? ELSE opened_at END, told = CASE WHEN ? THEN 0 ELSE told END"
        " WHERE grp = ?",
        members, pending["pending"], pending["worth"], pending["due_at"], pending["first"] or "", pending["gravity"] or 0,
        because, 1 if reopened else 0, bool(reopened), now, bool(reopened), grp,
    )  # fmt: skip
    return before


def _because(before: Row, pending: Row, now: int) -> str:
    """A candidate stays one while it has something to tell; what is not due yet waits."""
    if not pending["pending"]:
        return ""
    if pending["due_at"] > now:
        return Reason.WAITING
    return before["because"] if before["because"] in (Reason.QUIET, Reason.OVER_BUDGET) else Reason.WAITING


def pending_cases(tx: Transaction, grp: str) -> list[str]:
    """The alerts of a group that have something to tell, in the order of their ids."""
    rows = tx.rows("SELECT alert_id FROM routed WHERE grp = ? AND due_at IS NOT NULL ORDER BY alert_id", grp)
    return [row["alert_id"] for row in rows]


def become_candidates(tx: Transaction, person: str, now: int) -> None:
    """The groups of a person whose wait is over compete for the budget from now on."""
    tx.execute(
        "UPDATE grp SET because = 'OVER_BUDGET' WHERE person = ? AND because = 'WAITING' AND due_at <= ?",
        person,
        now,
    )


def rows(tx: Transaction, person: str, because: str) -> list[Row]:
    """The groups of a person that are held for one reason, in the order of their ids."""
    return tx.rows("SELECT * FROM grp WHERE person = ? AND because = ? ORDER BY grp", person, because)


def candidates(tx: Transaction, person: str) -> list[Row]:
    """In quiet hours: the groups to decide about, which are those that are not held yet and those that are critical."""
    held = tx.rows(
        "SELECT * FROM grp WHERE person = ? AND because = 'QUIET' AND gravity = 2 ORDER BY grp", person
    )
    return [*rows(tx, person, Reason.OVER_BUDGET), *held]


def best(tx: Transaction, person: str, free: int | None) -> list[Row]:
    """The dearest groups that compete, as many as are `free` (None: all), and every critical one."""
    found = tx.rows(
        "SELECT * FROM grp WHERE person = ? AND because = 'OVER_BUDGET' ORDER BY worth DESC, due_at, first LIMIT ?",
        person, -1 if free is None else free,
    )  # fmt: skip
    known = {row["grp"] for row in found}
    critical = tx.rows(
        "SELECT * FROM grp WHERE person = ? AND because = 'OVER_BUDGET' AND gravity = 2 ORDER BY grp", person
    )
    return found + [row for row in critical if row["grp"] not in known]


def has_cut(tx: Transaction, person: str) -> bool:
    """Whether a group of the person competes for a slot."""
    return bool(tx.row("SELECT 1 FROM grp WHERE person = ? AND because = 'OVER_BUDGET' LIMIT 1", person))


def mark_cut(tx: Transaction, person: str) -> None:
    """Say at the alerts of the groups that were left that they are below the cut."""
    tx.execute(
        "UPDATE routed SET because = 'OVER_BUDGET', because_of = grp WHERE because = 'WAITING' AND due_at IS NOT NULL"
        " AND grp IN (SELECT g.grp FROM grp AS g WHERE g.person = ? AND g.because = 'OVER_BUDGET')",
        person,
    )


def caught(tx: Transaction, person: str, now: int) -> list[Row]:
    """The groups that are due and have members that were held while their partition caught up."""
    return tx.rows(
        "SELECT * FROM grp WHERE because = 'OVER_BUDGET' AND grp IN"
        " (SELECT grp FROM routed WHERE owner = ? AND caught = 1 AND due_at <= ?) ORDER BY grp",
        person, now,
    )  # fmt: skip
