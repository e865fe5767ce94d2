"""A person's turn: which of the candidates go now, and why the others do not."""

from __future__ import annotations

from collections.abc import Sequence

from lowtide.desk.decide import budget, bundle, group, ladder_hours, nudge, quiet, timer
from lowtide.desk.decide.budget import Candidate, Window
from lowtide.desk.decide.bundle import Held
from lowtide.desk.decide.case import CRITICAL
from lowtide.desk.decide.nudge import Nudge
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people.book import Book


def take(tx: Transaction, book: Book, person: str, now: int) -> None:
    """Decide what a person hears now. Nothing goes twice, and what stays says why."""
    if person not in book.people or not book.people[person].contacts:
        return
    timer.clear(tx, timer.Kind.TURN, person)
    group.become_candidates(tx, person, now)
    release = quiet.until(book, person, now)
    nudges = nudge.of(tx, person, now)
    later = [release]
    if release is None:
        _release(tx, book, person, nudges, now)
    else:
        later.append(_hold(tx, book, person, nudges, now))
    _catch_up(tx, book, person, now, is_quiet=release is not None)
    later.append(_push(tx, book, person, now, is_quiet=release is not None))
    later.append(nudge.next_due(tx, person, now))
    group.mark_cut(tx, person)
    _come_again(tx, person, later, now)


def _hold(tx: Transaction, book: Book, person: str, nudges: Sequence[Nudge], now: int) -> int | None:
    """In quiet hours: hold everything but what is critical while its ladder's calendar is open.

    Returns when the calendar of a critical one opens that is held; None: none is held.
    """
    opens: list[int] = []
    for row in group.candidates(tx, person):
        at = ladder_hours.opens_at(tx, book, row, now)
        held = at is None or at > now
        group.mark(tx, row["grp"], Reason.QUIET if held else Reason.OVER_BUDGET)
        opens += [at] if at is not None and at > now else []
    for one in nudges:
        at = ladder_hours.opens_at_of(book, one, now)
        nudge.hold(tx, one.nudge_id, at is None or at > now)
        opens += [at] if at is not None and at > now else []
    return min(opens, default=None)


def _release(tx: Transaction, book: Book, person: str, nudges: Sequence[Nudge], now: int) -> None:
    """At the end of quiet hours: what was held and is still open is one message. Lists of proposals have their own."""
    held = Held(
        tuple(group.rows(tx, person, Reason.QUIET)),
        tuple(one for one in nudges if one.held and not one.lists),
    )
    for row in held.groups:
        group.mark(tx, row["grp"], Reason.OVER_BUDGET)
    for one in nudges:
        nudge.hold(tx, one.nudge_id, held=False)
    if (held.groups or len(held.nudges) > 1) and _fits(tx, book, person, held, now):
        bundle.send(tx, book, person, Reason.QUIET_END, held, now)


def _catch_up(tx: Transaction, book: Book, person: str, now: int, *, is_quiet: bool) -> None:
    """After a partition has caught up: more than ten groups go as one message, fewer go as always."""
    caught = group.caught(tx, person, now)
    if not caught or is_quiet:
        return
    tx.execute("UPDATE routed SET caught = 0 WHERE owner = ? AND caught = 1 AND due_at <= ?", person, now)
    held = Held(tuple(caught))
    if len(caught) > bundle.FEW and _fits(tx, book, person, held, now):
        bundle.send(tx, book, person, Reason.CATCH_UP, held, now)


def _fits(tx: Transaction, book: Book, person: str, held: Held, now: int) -> bool:
    """Whether one more message is within the budget."""
    probe = Candidate("", False, None, now, "", held.is_critical)
    sent = len(budget.window(tx, person, now).sent_at)
    return bool(budget.choose([probe], sent, book.people[person].budget))


def _push(tx: Transaction, book: Book, person: str, now: int, *, is_quiet: bool) -> int | None:
    """Send the best candidates that the budget has room for; returns when there is room again for what stays."""
    most, window = book.people[person].budget, budget.window(tx, person, now)
    free = None if most is None else max(most - len(window.sent_at), 0)
    nudges = {one.nudge_id: one for one in nudge.of(tx, person, now) if not (is_quiet and one.held)}
    rows = {row["grp"]: row for row in group.best(tx, person, free)}
    candidates = [_of_group(row) for row in rows.values()] + [_of_nudge(one) for one in nudges.values()]
    chosen = budget.choose(candidates, len(window.sent_at), most)
    for candidate in chosen:
        if candidate.is_nudge:
            bundle.send_nudge(tx, book, nudges[candidate.key], now)
        else:
            bundle.send_group(tx, book, rows[candidate.key], now)
    left = [one for one in candidates if one not in chosen]
    flooding = [one for one in left if one.is_critical]
    window = budget.window(tx, person, now)
    if flooding and budget.may_flood(window, now):
        held = Held(
            tuple(rows[one.key] for one in flooding if not one.is_nudge),
            tuple(nudges[one.key] for one in flooding if one.is_nudge),
        )
        bundle.send(tx, book, person, Reason.FLOOD, held, now)
        window, flooding = budget.window(tx, person, now), []
    return _room_at(tx, person, window, most, bool(left), bool(flooding))


def _room_at(
    tx: Transaction, person: str, window: Window, most: int | None, has_left: bool, has_flood: bool
) -> int | None:
    times = [window.free_at(most)] if most is not None and (has_left or group.has_cut(tx, person)) else []
    if has_flood:
        times.append(window.free_at(max(budget.CRITICAL_MOST, most or 0)))
        times.append(None if window.flood_at is None else window.flood_at + budget.FLOOD_MS)
    return min((time for time in times if time is not None), default=None)


def _come_again(tx: Transaction, person: str, times: Sequence[int | None], now: int) -> None:
    ahead = [time for time in times if time is not None and time > now]
    if ahead:
        timer.put_earliest(tx, timer.Kind.TURN, person, min(ahead))


def _of_group(row: Row) -> Candidate:
    return Candidate(row["grp"], False, row["worth"], row["due_at"], row["first"], row["gravity"] == CRITICAL)


def _of_nudge(one: Nudge) -> Candidate:
    return Candidate(one.nudge_id, True, one.worth, one.due_at, one.first, one.gravity == CRITICAL)
