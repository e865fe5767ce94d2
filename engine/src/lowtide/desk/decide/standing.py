"""How an alert stands: who owns it, whether there is something to tell, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.desk.decide import catch_up, deadline, group, mute, routing, silence, timer
from lowtide.desk.decide.case import Case, save
from lowtide.desk.decide.case import of as case_of
from lowtide.desk.decide.catch_up import Standings
from lowtide.desk.decide.mute import Mute
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people.book import Book


@dataclass(frozen=True)
class Scene:
    """What all alerts of one step share: the silences that hold, and how the partitions stand."""

    silences: list[Row]
    partitions: Standings

    @classmethod
    def of(cls, tx: Transaction, now: int) -> Scene:
        return cls(silence.active(tx, now), catch_up.standings(tx))


def settle(tx: Transaction, book: Book, scene: Scene, alert_id: str, acted_at: int, now: int) -> set[str]:
    """Decide about one alert again. Returns the groups that it is in or was in.

    `acted_at` is when somebody last acted on it. What ended before the desk saw it open has no owner and no entry.
    """
    alert = tx.row("SELECT * FROM alert WHERE alert_id = ?", alert_id)
    if alert is None:
        return set()
    case = case_of(tx, alert)
    if case is None and alert["status"] != "open":
        return set()
    case = case or routing.route(tx, book, alert, now)
    before = case.routed.grp
    if scene.silences:
        silence.match_alert(tx, scene.silences, alert)
    if case.is_open:
        _stand(tx, book, scene, case, acted_at, now)
    else:
        _end(tx, case)
    save(tx, case.routed)
    return {grp for grp in (before, case.routed.grp) if grp is not None}


def _stand(tx: Transaction, book: Book, scene: Scene, case: Case, acted_at: int, now: int) -> None:
    routed = case.routed
    owner = routing.owner_of(book, case, now)
    if owner != routed.owner:
        routed.owner, routed.due_at, routed.caught = owner, None, 0
    routed.team = routing.team_of(book, case)
    group.join(tx, book, case, now)
    muted = mute.of(tx, book, case, now)
    if muted and muted.until is not None:
        timer.put(tx, timer.Kind.LOOK, case.alert_id, muted.until)
    held = scene.partitions.of(routed.partition)
    deadline.settle(tx, book, case, muted, acted_at, now)
    deadline.set_timer(tx, book, case, may_act=not held and muted is None)
    reason, of = _because(book, case, muted, held)
    if reason is None:
        _wait(tx, case, now)
    else:
        routed.because, routed.because_of, routed.due_at = reason, of, None
        routed.caught = 1 if reason == Reason.CATCHING_UP else 0


def _because(book: Book, case: Case, muted: Mute | None, held: str) -> tuple[str | None, str]:
    """Why an open alert is not told, and what is the reason; None: it has something to tell, empty: it was told."""
    routed = case.routed
    if not case.is_new:
        return Reason.ACKNOWLEDGED, str(case.alert["owner"])
    if muted is not None:
        return muted.reason, muted.of
    if held == Reason.STALE:
        return Reason.STALE, routed.partition.split("\x1f")[-1]
    if is_digest_only(book, case):
        return Reason.DIGEST_ONLY, case.alert["severity"]
    if routed.said_round == case.alert["round"] and routed.said_to == routed.owner:
        changed = routed.told_seq is not None and case.alert["seq"] > routed.told_seq
        return (Reason.UNCHANGED if changed else ""), routed.said_in
    if held:
        return Reason.CATCHING_UP, routed.partition.split("\x1f")[-1]
    return None, ""


def is_digest_only(book: Book, case: Case) -> bool:
    """Whether its severity only stands in digests, or its owner has no channel."""
    steps = case.ladder(book).steps
    owner = book.people.get(case.routed.owner)
    return not steps or steps[0].who == "digest" or owner is None or not owner.contacts


def _wait(tx: Transaction, case: Case, now: int) -> None:
    """Say from when the alert may be told. What was held while its partition caught up has waited long enough."""
    routed = case.routed
    row = tx.row("SELECT * FROM grp WHERE grp = ?", routed.grp)
    assert row is not None, "the alert has joined its group"
    due_at = now if routed.caught else group.due_of(row, case, now)
    routed.due_at = due_at if routed.due_at is None else min(routed.due_at, due_at)
    routed.because, routed.because_of = row["because"] or Reason.WAITING, row["grp"]


def _end(tx: Transaction, case: Case) -> None:
    """The data have ended it: no clock runs, and nothing is told."""
    routed = case.routed
    routed.because, routed.because_of, routed.due_at, routed.caught = Reason.ENDED, "", None, 0
    routed.phase, routed.clock_at, routed.deadline_at = "", None, None
    timer.clear(tx, timer.Kind.DEADLINE, case.alert_id)
    timer.clear(tx, timer.Kind.LOOK, case.alert_id)
