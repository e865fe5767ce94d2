"""One step of the desk: decide about everything that has changed, and about everything that is due.

The order of the stages is fixed, and inside each stage the order is that of identities and times, so the same rows and the
same time give the same decisions, in whatever order the rows came.

    partitions, silences, news ─▶ alerts ─▶ deadlines ─▶ groups ─▶ a turn for each person ─▶ digests and reviews
"""

from __future__ import annotations

from collections.abc import Iterable

from lowtide.desk.decide import (
    catch_up,
    deadline,
    digest,
    ending,
    group,
    ladder,
    mute,
    review,
    silence,
    standing,
    timer,
    turn,
)
from lowtide.desk.decide.case import GRAVITY, load, save
from lowtide.desk.decide.standing import Scene
from lowtide.desk.decide.timer import Kind, Timer
from lowtide.desk.store import Transaction
from lowtide.people.book import Book

_ANSWERS = frozenset({"ACKNOWLEDGED", "STARTED", "REOPENED", "ASSIGNED"})


def step(tx: Transaction, book: Book, now: int) -> int | None:
    """Decide. Consumes `news` and the timers that are due; returns when there is something to decide again, or None.

    Until the first full compare after a start nothing is pushed, and timers wait.
    """
    timers = timer.take_due(tx, now) if catch_up.is_compared(tx) else []
    changed, acted_at = _changed(tx, book, timers, now)
    groups = _settle(tx, book, changed, acted_at, now)
    persons = _groups(tx, book, groups, now)
    if not catch_up.is_compared(tx):
        return None
    due = [one.subject for one in timers if one.kind == Kind.DEADLINE]
    _deadlines(tx, book, dict.fromkeys([*due, *timer.take_kind(tx, Kind.DEADLINE, now)]), now)
    persons |= {one.subject for one in timers if one.kind == Kind.TURN}
    persons |= _waited(tx, now) | _called(tx, now)
    for person in sorted(persons):
        turn.take(tx, book, person, now)
    _calendars(tx, book, timers, now)
    return _next(tx, book, now)


def _changed(
    tx: Transaction, book: Book, timers: Iterable[Timer], now: int
) -> tuple[set[str], dict[str, int]]:
    """The alerts to decide about, and when somebody last acted on them."""
    changed = {one.subject for one in timers if one.kind == Kind.LOOK}
    changed |= _news_book(tx, book)
    changed |= catch_up.changes(tx, book, now)
    ids = {*silence.changed(tx), *(one.subject for one in timers if one.kind == Kind.SILENCE)}
    for silence_id in sorted(ids):
        changed |= set(silence.refresh(tx, book, silence_id, now))
    entries, acted_at = _news(tx, now)
    changed |= entries
    return changed | _muted_by(tx, book, changed), acted_at


def _news_book(tx: Transaction, book: Book) -> set[str]:
    """With another book than at the last step, everything that is open is decided upon again."""
    if tx.meta("decided_with") == book.version:
        return set()
    tx.set_meta("decided_with", book.version)
    tx.set_meta("people", book.document)
    return {row["alert_id"] for row in tx.rows("SELECT alert_id FROM alert WHERE status = 'open'")}


def _news(tx: Transaction, now: int) -> tuple[set[str], dict[str, int]]:
    """Take the news: which alerts have entries that nobody decided about, and when they were last answered."""
    rows = tx.rows(
        "SELECT alert_id, entry, event_time FROM news ORDER BY alert_id, event_time, entry, action_id"
    )
    if rows:
        tx.execute("DELETE FROM news")
    acted_at: dict[str, int] = {}
    for row in rows:
        if row["entry"] in _ANSWERS:
            acted_at[row["alert_id"]] = min(max(acted_at.get(row["alert_id"], 0), row["event_time"]), now)
        if row["entry"] == "WORSENED":
            _end_snooze(tx, row["alert_id"])
    return {row["alert_id"] for row in rows}, acted_at


def _end_snooze(tx: Transaction, alert_id: str) -> None:
    """An alert that is worse than when its owner put it off is told again."""
    alert = tx.row("SELECT * FROM alert WHERE alert_id = ?", alert_id)
    if alert is not None:
        key = (alert["location"], alert["sku"], alert["type"])
        snooze = tx.row("SELECT severity FROM snooze WHERE location = ? AND sku = ? AND type = ?", *key)
        if snooze is not None and GRAVITY[alert["severity"]] > GRAVITY.get(snooze["severity"], 0):
            tx.execute("DELETE FROM snooze WHERE location = ? AND sku = ? AND type = ?", *key)


def _muted_by(tx: Transaction, book: Book, changed: set[str]) -> set[str]:
    """The alerts that those may mute or have muted."""
    found: set[str] = set()
    if book.inhibit:
        for alert_id in sorted(changed):
            alert = tx.row("SELECT * FROM alert WHERE alert_id = ?", alert_id)
            if alert is not None:
                found.update(mute.targets(tx, book, alert))
    return found


def _settle(tx: Transaction, book: Book, changed: set[str], acted_at: dict[str, int], now: int) -> set[str]:
    """Decide about each alert; those that an idle silence lets go are decided upon too."""
    groups: set[str] = set()
    scene = Scene.of(tx, now)
    for alert_id in sorted(changed):
        groups |= standing.settle(tx, book, scene, alert_id, acted_at.get(alert_id, now), now)
    for alert_id in silence.end_idle(tx, book, now):
        groups |= standing.settle(tx, book, Scene.of(tx, now), alert_id, now, now)
    return groups


def _deadlines(tx: Transaction, book: Book, alert_ids: Iterable[str], now: int) -> None:
    """Do the steps that are due, of alerts that may be pushed."""
    partitions = catch_up.standings(tx)
    for alert_id in alert_ids:
        case = load(tx, alert_id)
        if case is not None and case.is_open and not partitions.of(case.routed.partition):
            ladder.act(tx, book, case, now)
            deadline.set_timer(tx, book, case, may_act=case.routed.clock_at is not None)
            save(tx, case.routed)


def _groups(tx: Transaction, book: Book, groups: set[str], now: int) -> set[str]:
    """Count the groups again that have changed; returns the persons whose groups they are."""
    persons = set()
    for grp in sorted(groups):
        before = group.refresh(tx, grp, now)
        ending.tell(tx, book, before, now)
        persons.add(before["person"])
    return persons


def _waited(tx: Transaction, now: int) -> set[str]:
    """The persons who have a group whose wait is over."""
    rows = tx.rows("SELECT DISTINCT person FROM grp WHERE because = 'WAITING' AND due_at <= ?", now)
    return {row["person"] for row in rows}


def _called(tx: Transaction, now: int) -> set[str]:
    """The persons who got a turn during this step, for instance by a step of a ladder that is due now."""
    return set(timer.take_kind(tx, Kind.TURN, now))


def _calendars(tx: Transaction, book: Book, timers: Iterable[Timer], now: int) -> None:
    """Digests and reviews whose time has come."""
    for one in timers:
        if one.kind == Kind.DIGEST:
            digest.send(tx, book, one.subject, one, now)
        elif one.kind == Kind.REVIEW:
            review.send(tx, book, one, now)
    digest.schedule(tx, book, now)
    review.schedule(tx, book, now)


def _next(tx: Transaction, book: Book, now: int) -> int | None:
    """When something is due: a timer, the wait of a group, or the rest of a partition."""
    waiting = tx.value("SELECT min(due_at) FROM grp WHERE because = 'WAITING'")
    times = [timer.next_due(tx), waiting, catch_up.next_change(tx, book, now)]
    return min((time for time in times if time is not None), default=None)
