"""The people: who is on duty now and next, who is away, how much each of them has, and where nobody looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lowtide.desk.decide.budget import WINDOW_MS
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Transaction
from lowtide.people import Book
from lowtide.people.coverage import teams_of, unconfirmed
from lowtide.service.answer import Answer, ms_of
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.rights import may_see_figures
from lowtide.service.turns import schedule


@dataclass(frozen=True)
class PersonRow(Answer):
    """One person. Load is None where the caller may not see it: it is shown to the person and the leads above."""

    person: str
    name: str
    lead: str
    lead_name: str
    teams: tuple[str, ...]
    calendar: str
    is_working: bool
    """Whether the calendar is open now."""
    next_open: int | None
    """When it opens next; None: it is open, or does not open within 60 days."""
    absent_until: int | None
    deputy: str
    """Who stands in now; empty: nobody, or the person is here."""
    contacts: tuple[str, ...]
    """Names of targets and kinds of addresses, for an admin; for others empty."""
    approve_up_to: float | None
    open_alerts: int | None
    overdue: int | None
    pushed_hour: int | None
    """Messages in the last 60 minutes."""
    budget: int | None
    held: int | None
    """Groups that wait: the budget is spent, or quiet hours."""


@dataclass(frozen=True)
class DutyChange(Answer):
    """From when on somebody is on duty."""

    at: int
    person: str
    name: str
    row: str
    """override, absence, rotation, member, next open or fallback: `duty.row.*`."""


@dataclass(frozen=True)
class TeamRow(Answer):
    """One team: who has it now, who next, and when nobody comes."""

    team: str
    lead: str
    lead_name: str
    now: DutyChange
    next: tuple[DutyChange, ...]
    """The changes of the next 7 days, at most 5."""
    members: tuple[str, ...]
    """Keys of persons."""
    gaps: tuple[tuple[int, int], ...]
    """From when to when only the fallback has it, in the next 14 days."""
    open_alerts: int


@dataclass(frozen=True)
class AbsenceRow(Answer):
    """Somebody is or will be away."""

    person: str
    name: str
    start: int
    end: int
    deputy: str
    deputy_name: str


@dataclass(frozen=True)
class People(Answer):
    """The page of people."""

    version: str
    at: int
    """The moment that is told."""
    persons: tuple[PersonRow, ...]
    teams: tuple[TeamRow, ...]
    """At most 200; of a shop with a team for each location those with alerts first."""
    teams_more: int
    absences: tuple[AbsenceRow, ...]
    unconfirmed: tuple[tuple[str, int], ...]
    """Calendars and years whose holidays are not confirmed."""


def people(context: Context, caller: Caller, at: int | None = None) -> People:
    """The people as of `at`; None: now."""
    book, now = context.book(), context.now()
    when = now if at is None else at
    moment = datetime.fromtimestamp(when / 1000, UTC)
    with context.store.read() as rows:
        load = _load(rows, now)
        by_team = {row["team"]: row["n"] for row in rows.rows(_OF_TEAMS)}
    teams = sorted(teams_of(book), key=lambda team: (-by_team.get(team[0], 0), team[0]))
    shown = teams[:_MOST_TEAMS]
    belongs = _belongs(book, teams)
    return People(
        book.version, when, tuple(_person(book, key, belongs, load, caller, moment) for key in sorted(book.people)),
        tuple(_team(book, name, facts, by_team.get(name, 0), when) for name, facts in shown), len(teams) - len(shown),
        _absences(book, moment), tuple(unconfirmed(book, moment)),
    )  # fmt: skip


def names(context: Context) -> dict[str, str]:
    """The name of each person by key."""
    return {key: person.name for key, person in context.book().people.items()}


_MOST_TEAMS = 200
_OF_TEAMS = "SELECT team, count(*) AS n FROM queue WHERE team != '' GROUP BY team"
_OF_OWNERS = "SELECT owner, count(*) AS n, sum(due_rank <= ?) AS late FROM queue GROUP BY owner"
_OF_GROUPS = "SELECT person, count(*) AS n FROM grp WHERE because IN (?, ?) GROUP BY person"
_OF_PUSHES = "SELECT person, count(*) AS n FROM push WHERE at > ? AND reason != ? GROUP BY person"
_AWAY_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class _Load:
    """What each person has, by key."""

    alerts: Mapping[str, int]
    overdue: Mapping[str, int]
    pushed: Mapping[str, int]
    held: Mapping[str, int]


def _load(rows: Transaction, now: int) -> _Load:
    owners = rows.rows(_OF_OWNERS, now)
    groups = rows.rows(_OF_GROUPS, Reason.OVER_BUDGET, Reason.QUIET)
    pushes = rows.rows(_OF_PUSHES, now - WINDOW_MS, Reason.FLOOD)
    return _Load(
        {row["owner"]: row["n"] for row in owners}, {row["owner"]: row["late"] for row in owners},
        {row["person"]: row["n"] for row in pushes}, {row["person"]: row["n"] for row in groups},
    )  # fmt: skip


def _belongs(book: Book, teams: Sequence[tuple[str, dict[str, str]]]) -> dict[str, list[str]]:
    """The teams of each person, by their names in the order of the file."""
    found: dict[str, list[str]] = {}
    for name, facts in teams:
        for person in book.persons_of(name, facts):
            found.setdefault(person, []).append(name)
    return {person: sorted(dict.fromkeys(teams)) for person, teams in found.items()}


def _person(
    book: Book, key: str, belongs: Mapping[str, list[str]], load: _Load, caller: Caller, at: datetime
) -> PersonRow:
    person, calendar = book.people[key], book.person_calendar(key)
    away = next((one for one in book.absences if one.person == key and one.start <= at < one.end), None)
    is_working = away is None and calendar.is_open(at)
    opens = None if is_working or away else calendar.next_open(at, _AWAY_AHEAD)
    stands_in = book.present(key, at) if away else key
    known = may_see_figures(book, caller, key)
    contacts = person.contacts if caller.role.includes(Role.ADMIN) else ()
    return PersonRow(
        key, person.name, person.lead or "", _name(book, person.lead), tuple(belongs.get(key, ())[:_MOST_NAMED]),
        calendar.name, is_working, None if opens is None else ms_of(opens), None if away is None else ms_of(away.end),
        "" if stands_in == key else stands_in, tuple(contact.partition(":")[0] for contact in contacts),
        person.approve_up_to, load.alerts.get(key, 0) if known else None, load.overdue.get(key, 0) if known else None,
        load.pushed.get(key, 0) if known else None, person.budget, load.held.get(key, 0) if known else None,
    )  # fmt: skip


_MOST_NAMED = 12
"""Teams that are named for one person."""


def _team(book: Book, name: str, facts: dict[str, str], alerts: int, at: int) -> TeamRow:
    turns = schedule(book, name, facts, at)
    moment = datetime.fromtimestamp(at / 1000, UTC)
    duty = book.on_duty(name, facts, moment)
    lead = book.lead_of(name, facts)
    return TeamRow(
        name, lead or "", _name(book, lead), DutyChange(at, duty.person, _name(book, duty.person), duty.row),
        tuple(DutyChange(one.at, one.person, _name(book, one.person), one.row) for one in turns.changes),
        tuple(book.persons_of(name, facts)), turns.gaps, alerts,
    )  # fmt: skip


def _absences(book: Book, at: datetime) -> tuple[AbsenceRow, ...]:
    """Those that have not ended, the earliest first."""
    found = []
    for one in sorted(book.absences, key=lambda absence: (absence.start, absence.person)):
        if one.end <= at:
            continue
        person = book.people.get(one.person)
        deputy = one.deputy or (person.deputy if person else None) or ""
        found.append(
            AbsenceRow(
                one.person,
                _name(book, one.person),
                ms_of(one.start),
                ms_of(one.end),
                deputy,
                _name(book, deputy),
            )
        )
    return tuple(found)


def _name(book: Book, person: str | None) -> str:
    known = book.people.get(person or "")
    return known.name if known else person or ""
