"""A digest: what a person should know at fixed times of a working day. If there is nothing, nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta

from lowtide.desk.decide import deadline, moment, notice, timer
from lowtide.desk.decide.case import Case, load_many
from lowtide.desk.decide.identity import digest as hash_of
from lowtide.desk.decide.notice import Notice
from lowtide.desk.decide.timer import Kind, Timer
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Transaction
from lowtide.people.book import Book

LINES = 10
"""So many alerts of a section are named; the others are counted."""
_SPREAD_MINUTES = 4
_SPREAD_KINDS = ("feishu", "lark")
"""Robots that refuse at full and half hours, when everybody sends; their digests are up to four minutes off."""
_DAYS_AHEAD = 400
_OPEN = "FROM alert AS a JOIN routed AS r ON r.alert_id = a.alert_id WHERE a.status = 'open' AND r.owner = ?"


class Part:
    """One section while it is gathered: its name in `words`, the alerts it counts, and the order of its lines."""

    def __init__(
        self, name: str, cases: list[Case], count: int | None = None, worth: float | None = None
    ) -> None:
        self.name, self.cases = name, cases
        self.count = len(cases) if count is None else count
        self._worth = worth

    @property
    def worth(self) -> float | None:
        """Expected loss of its alerts together, or what its proposals avoid; None: not known."""
        return notice.worth(self.cases) if self._worth is None else self._worth


def schedule(tx: Transaction, book: Book, now: int) -> None:
    """Set the timer of each person who wants digests, and take away those of others, when the book has changed."""
    if tx.meta("digests_of") == book.version:
        return
    tx.set_meta("digests_of", book.version)
    since = {row["subject"]: row["detail"] for row in tx.rows("SELECT * FROM timer WHERE kind = 'digest'")}
    tx.execute("DELETE FROM timer WHERE kind = 'digest'")
    for person in sorted(book.people):
        if book.people[person].digest and book.people[person].contacts:
            _set(tx, book, person, int(since.get(person) or now), now)


def send(tx: Transaction, book: Book, person: str, due: Timer, now: int) -> None:
    """Send the digest of a person whose time has come, and set the timer of the next one."""
    if person not in book.people or not book.people[person].digest:
        return
    since = int(due.detail)
    if any(part.count for part in parts(tx, book, person, since, now)):
        notice.send(
            tx, book,
            Notice(
                person, Reason.DIGEST, due.due_at, grp=f"digest:{person}", ordinal=due.due_at // moment.MINUTE,
                extra={"since": since}, why=[{"stage": "due", "reason": Reason.DIGEST.value, "due": due.due_at}],
            ),
            now,
        )  # fmt: skip
    _set(tx, book, person, now, now)


def parts(tx: Transaction, book: Book, person: str, since: int, now: int) -> list[Part]:
    """The sections of a digest as things stand. `since` is the time of the digest before."""
    own = _cases(tx, f"SELECT a.alert_id {_OPEN} AND a.state = 'new' ORDER BY a.alert_id", person)
    waiting = [case for case in own if case.alert["opened_at"] < since]
    found = [
        Part("waited_longest", sorted(waiting, key=lambda case: (case.alert["opened_at"], case.alert_id))),
        Part("new", notice.dearest([case for case in own if case.alert["opened_at"] >= since])),
        Part("overdue", notice.dearest(_overdue(tx, book, person, now))),
        Part(
            "below_cut", notice.dearest([case for case in own if case.routed.because == Reason.OVER_BUDGET])
        ),
        Part("snoozes_ending", _snoozes_ending(tx, own, now)),
        _proposals(tx, person),
        Part("dead", [], _dead(tx, person, since)),
        Part("team_not_told", notice.dearest(_team_not_told(tx, book, person))),
        Part("followed", notice.dearest(_followed(tx, book, person, since))),
    ]
    return [part for part in found if part.count]


def _cases(tx: Transaction, sql: str, *args: object) -> list[Case]:
    return load_many(tx, [row["alert_id"] for row in tx.rows(sql, *args)])


def _overdue(tx: Transaction, book: Book, person: str, now: int) -> list[Case]:
    """The alerts of a person whose deadline to answer, or to resolve, has passed."""
    found = []
    for case in _cases(tx, f"SELECT a.alert_id {_OPEN} AND r.phase != '' ORDER BY a.alert_id", person):
        due = deadline.of(book, case)
        if due is not None and moment.ms_of(due.at) <= now:
            found.append(case)
    return found


def _snoozes_ending(tx: Transaction, own: Iterable[Case], now: int) -> list[Case]:
    """The alerts that come back within a day."""
    ending = "SELECT 1 FROM snooze WHERE location = ? AND sku = ? AND type = ? AND until > ? AND until <= ?"
    return [
        case
        for case in own
        if case.routed.because == Reason.SNOOZED
        and tx.row(
            ending, case.alert["location"], case.alert["sku"], case.alert["type"], now, now + moment.DAY
        )
    ]


def _proposals(tx: Transaction, person: str) -> Part:
    """The proposals that wait for a person, and what they avoid."""
    row = tx.row(
        "SELECT count(*) AS n, round(sum(avoided), 6) AS worth FROM proposal WHERE holder = ? AND state IN "
        "('proposed', 'submitted', 'approved', 'exported')",
        person,
    )
    assert row is not None
    return Part("proposals", [], row["n"], row["worth"])


def _dead(tx: Transaction, person: str, since: int) -> int:
    """How many messages to a person were refused for good since the digest before."""
    dead = "SELECT count(DISTINCT notification_id) FROM outbox WHERE person = ? AND state = 'dead' AND decided_at >= ?"
    return int(tx.value(dead, person, since))


def _team_not_told(tx: Transaction, book: Book, person: str) -> list[Case]:
    """What the teams that a person leads were not told: it is nobody's until somebody looks."""
    rows = tx.rows(
        "SELECT r.alert_id, r.team, a.location, a.region FROM routed AS r JOIN alert AS a ON a.alert_id = r.alert_id"
        " WHERE a.status = 'open' AND a.state = 'new' AND r.told_at IS NULL AND r.owner != ? ORDER BY r.alert_id",
        person,
    )  # fmt: skip
    leads: dict[tuple[str, str, str], str | None] = {}
    found = []
    for row in rows:
        key = (row["team"], row["location"], row["region"])
        if key not in leads:
            leads[key] = book.lead_of(row["team"], {"location": row["location"], "region": row["region"]})
        if leads[key] == person:
            found.append(row["alert_id"])
    return load_many(tx, found)


def _followed(tx: Transaction, book: Book, person: str, since: int) -> list[Case]:
    """New alerts of others that a team of the person follows."""
    if not any(route.follow for route in book.routes):
        return []
    sql = (
        "SELECT r.alert_id FROM routed AS r JOIN alert AS a ON a.alert_id = r.alert_id WHERE a.status = 'open'"
        " AND r.followers != '[]' AND r.owner != ? AND a.opened_at >= ? ORDER BY r.alert_id"
    )
    return [case for case in _cases(tx, sql, person, since) if _follows(book, person, case)]


def _follows(book: Book, person: str, case: Case) -> bool:
    teams = json.loads(case.routed.followers)
    return any(
        person in book.persons_of(team, case.facts) or person == book.lead_of(team, case.facts)
        for team in teams
    )


def _set(tx: Transaction, book: Book, person: str, since: int, now: int) -> None:
    next_at = _next(book, person, now)
    if next_at is not None:
        timer.put(tx, Kind.DIGEST, person, next_at, str(since))


def _next(book: Book, person: str, now: int) -> int | None:
    """The first time after `now` at which a person wants a digest: a minute of a working day."""
    calendar, wanted = book.person_calendar(person), book.people[person]
    shift = _shift(book, person)
    day = moment.utc(now).astimezone(calendar.zone).date()
    is_working: Callable[[datetime], bool] = calendar.is_working_day
    for days in range(_DAYS_AHEAD):
        for minute in wanted.digest:
            local = datetime.combine(
                day + timedelta(days=days), time(minute // 60, minute % 60), calendar.zone
            )
            at = moment.ms_of(local) + shift
            if at > now and is_working(local):
                return at
    return None


def _shift(book: Book, person: str) -> int:
    """Milliseconds by which a person's digests are off, for robots that refuse at busy minutes."""
    target = book.targets.get(book.people[person].contacts[0])
    if target is None or target.kind not in _SPREAD_KINDS:
        return 0
    number = sum(map(ord, hash_of("spread", person)))
    return (number % (2 * _SPREAD_MINUTES + 1) - _SPREAD_MINUTES) * moment.MINUTE
