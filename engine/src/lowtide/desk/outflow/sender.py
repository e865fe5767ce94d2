"""Send what is due: claim, compose once, try, and keep what the target answered.

    claim (committed) ──▶ POST ──▶ answer ──▶ mark (committed)

A crash between the two leaves the message `sending`: the next start makes the same try again under the same id. So a
message may arrive twice after a crash, and is never lost. One thread works on a lane (a target, or all contacts of a kind).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lowtide.desk.clock import Clock, aware
from lowtide.desk.decisions import Decisions, Reviews
from lowtide.desk.outflow import entry, outbox
from lowtide.desk.points import point
from lowtide.desk.proposing import exporting
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Store
from lowtide.errors import LowtideError, StateAccessError
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.target import Target
from lowtide.people import Book

EVENTS = {Outcome.SENT: "message_sent", Outcome.WAIT: "message_waits", Outcome.DEAD: "message_dead"}
"""The event of the log that says what became of a try."""
_AGAIN_S = 1.0
"""Seconds after which a full disk is tried again."""


@dataclass
class Office:
    """What all lanes share."""

    store: Store
    targets: Mapping[str, Target]
    clock: Clock
    decisions: Decisions
    book: Book
    check: Callable[[], None] = lambda: None
    """Raises SupersededError if this desk may not send any more."""
    link: Callable[[str, str, int], str | None] = lambda notification_id, person, now: None
    reviews: Reviews | None = None
    decided: Callable[[], None] = lambda: None
    """Called when an answer may have given the decisions something to do."""
    on_sent: Callable[[str, str, float], None] = lambda reason, severity, seconds: None
    on_attempt: Callable[[str, str, str], None] = lambda target, outcome, code: None
    on_decision: Callable[[str, dict[str, Any]], None] = lambda event, facts: None
    stop: threading.Event = field(default_factory=threading.Event)
    sent: int = 0
    dead: int = 0


class Lane:
    """Sends the messages of one lane, one after the other."""

    def __init__(self, office: Office, name: str) -> None:
        self.name = name
        self._office = office

    def send_next(self) -> int | None:
        """Settle one message that is due. Returns the time at which to come again: 0 for at once, None if nothing waits.

        Raises SupersededError.
        """
        office = self._office
        now = office.clock.now()
        with office.store.read() as tx:
            row = outbox.due(tx, self.name, now)
            if row is None:
                return outbox.next_due(tx, self.name)
            target = self._target(row["target"])
            free = (
                now if isinstance(target, Answer) else outbox.allowed_at(tx, row["target"], target.rate, now)
            )
        if free > now:
            return free
        office.check()
        if isinstance(target, Answer):
            self._refuse(row, target, now)
        else:
            self._send(row, target, now)
        return 0

    def _target(self, contact: str) -> Target | Answer:
        """The target of a contact, or why there is none: then the next contact gets the message."""
        try:
            return self._office.targets[contact]
        except KeyError:
            return Answer(Outcome.DEAD, "unknown", f"the people file has no target `{contact}`")
        except LowtideError as error:
            return Answer(Outcome.DEAD, "unusable", str(error))

    def _send(self, row: Row, target: Target, now: int) -> None:
        try:
            claimed = self._claim(row, target, now)
        except StateAccessError:
            raise
        except Exception as error:  # a mistake of ours in one message must not stop all others
            why = f"the message cannot be made: {type(error).__name__}: {error}"
            return self._refuse(row, Answer(Outcome.DEAD, "unmade", why), now)
        if claimed is None:
            return None
        point("in_flight")
        body = claimed["body"]
        if claimed["in_doubt"] and not target.can_tell_repeats:
            body = target.marked(body)
        answer = _try(target, body, claimed["notification_id"], self._office.clock.outside())
        point("after_answer")
        return self._mark(claimed, answer, now)

    def _claim(self, row: Row, target: Target, now: int) -> Row | None:
        """Freeze the body and take the message; None: it was dropped, because it is no longer true."""
        office = self._office
        with office.store.transaction() as tx:
            row = outbox.get(tx, row["notification_id"], row["target"])
            if row["body"] is not None:
                return outbox.claim(tx, row, row["body"], now)

            def link(notification_id: str, person: str) -> str | None:
                return office.link(notification_id, person if target.personal else "", now)

            message = office.decisions.compose(tx, office.book, row, now, reviews=office.reviews, link=link)
            row = outbox.get(tx, row["notification_id"], row["target"])
            if not isinstance(message, Reason):
                return outbox.claim(tx, row, target.render(replace(message, personal=target.personal)), now)
            outbox.drop(tx, row, message.value)
        office.on_decision("message_dropped", _facts(row, because=message.value))
        office.decided()
        return None

    def _refuse(self, row: Row, answer: Answer, now: int) -> None:
        """A try that ends before anything is sent."""
        with self._office.store.transaction() as tx:
            claimed = outbox.claim(tx, row, row["body"] or b"", now)
        self._mark(claimed, answer, now)

    def _mark(self, row: Row, answer: Answer, began: int) -> None:
        """Keep the answer. A disk that is full is waited for, because the answer is known only here."""
        while True:
            try:
                effect = self._settle(row, answer, began)
                break
            except StateAccessError as error:
                self._office.on_decision("answer_not_kept", _facts(row, why=error.message))
                if self._office.stop.wait(_AGAIN_S):
                    return
        self._tell(row, answer, effect)

    def _settle(self, row: Row, answer: Answer, began: int) -> outbox.Effect:
        office = self._office
        at = max(office.clock.now(), began)
        with office.store.transaction() as tx:
            shipped = entry.last_shipped(tx)
            person = office.book.people.get(row["person"])
            effect = outbox.mark(tx, row, answer, began, at, person.contacts if person else ())
            point("before_mark")
            now = outbox.get(tx, row["notification_id"], row["target"])
            if row["reason"] == Reason.EXPORT:
                if effect == "told":
                    exporting.delivered(tx, office.book, now, at)
            elif effect == "told":
                office.decisions.told(tx, office.book, now, at)
            elif effect == "unreachable":
                office.decisions.unreachable(tx, office.book, now, at)
            entry.adopt(tx, shipped)
            outbox.announce(tx)
        return effect

    def _tell(self, row: Row, answer: Answer, effect: outbox.Effect) -> None:
        office = self._office
        office.on_attempt(row["target"], answer.outcome.value, answer.code)
        office.on_decision(EVENTS[answer.outcome], _facts(row, code=answer.code, detail=answer.detail))
        if answer.outcome is Outcome.SENT:
            office.sent += 1
            office.on_sent(row["reason"], row["severity"], (office.clock.now() - row["due_at"]) / 1000)
        elif effect == "unreachable":
            office.dead += 1
        if effect or answer.outcome is Outcome.DEAD:
            office.decided()


class Senders:
    """A thread for each lane, begun when its first message comes."""

    def __init__(self, office: Office, failed: Callable[[BaseException], None]) -> None:
        self._office, self._failed = office, failed
        self._threads: dict[str, threading.Thread] = {}
        self._wakes: dict[str, threading.Event] = {}

    def wake(self) -> None:
        """There may be something to send. One thread calls it."""
        with self._office.store.read() as tx:
            lanes = outbox.lanes(tx)
        for lane in lanes:
            if lane not in self._threads:
                self._wakes[lane] = threading.Event()
                self._threads[lane] = threading.Thread(
                    target=self._work, args=(lane,), name=f"lowtide-to-{lane}", daemon=True
                )
                self._threads[lane].start()
            self._wakes[lane].set()

    def join(self, seconds: float) -> None:
        """Wait until what is in flight has ended; `stop` of the office is set."""
        until = time.monotonic() + seconds
        for lane in self._threads:
            self._wakes[lane].set()
        for thread in self._threads.values():
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self, name: str) -> None:
        lane, wake, stop = Lane(self._office, name), self._wakes[name], self._office.stop
        while not stop.is_set():
            wake.clear()
            try:
                again = lane.send_next()
            except StateAccessError as error:
                self._office.on_decision("desk_db_away", {"why": error.message})
                stop.wait(_AGAIN_S)
                continue
            except BaseException as error:
                self._failed(error)
                return
            if again == 0:
                continue
            wake.wait(_AGAIN_S if again is None else _seconds(again - self._office.clock.now()))


def _try(target: Target, body: bytes, notification_id: str, now: int) -> Answer:
    """One try. What a target raises against its promise is not an answer: the message may have arrived."""
    try:
        return target.send(body, notification_id, aware(now))
    except Exception as error:
        return Answer(
            Outcome.WAIT, type(error).__name__, f"the try ended with: {error}", may_have_arrived=True
        )


def _seconds(ms: int) -> float:
    return min(max(ms / 1000, 0.001), _AGAIN_S)


def _facts(row: Row, **more: Any) -> dict[str, Any]:
    names = ("notification_id", "target", "person", "reason", "severity", "tries")
    return {name: row[name] for name in names} | {name: value for name, value in more.items() if value}


def settle(office: Office) -> tuple[bool, int | None]:
    """Send all that is due now, lane by lane, without threads.

    Returns whether there was something, and when something is due next.
    """
    settled: dict[str, int | None] = {}
    has_sent = False
    while new := [name for name in _lanes(office) if name not in settled]:
        for name in new:
            lane = Lane(office, name)
            while (again := lane.send_next()) == 0:
                has_sent = True
            settled[name] = again
    return has_sent, min((at for at in settled.values() if at is not None), default=None)


def _lanes(office: Office) -> list[str]:
    with office.store.read() as tx:
        return outbox.lanes(tx)
