"""An office with decisions that a test writes, and targets that answer what a test says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lowtide.desk.clock import ScriptedClock
from lowtide.desk.outflow.sender import Office
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Store, Transaction
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.message import Message
from lowtide.people import Book
from tests.desk.entries import HOUR, NOON

SENT = Answer(Outcome.SENT, "0")
WAIT = Answer(Outcome.WAIT, "500", "try later")
DEAD = Answer(Outcome.DEAD, "93000", "the key is not valid")
BOOK = Book.read(
    """
time_zone: Asia/Shanghai
people:
  chen: {name: 陈晨, contacts: [first, "mail:chen@example.com"]}
targets:
  first: {kind: file, path: first.jsonl, personal: true}
""",
    "people.yaml",
)


@dataclass
class FakeTarget:
    """Answers in order what it was given, and then SENT. It notes what came."""

    name: str = "first"
    kind: str = "fake"
    personal: bool = True
    can_tell_repeats: bool = False
    rate: tuple[tuple[int, int], ...] = ()
    deadline_s: float = 1.0
    answers: list[Answer] = field(default_factory=list)
    got: list[tuple[str, bytes, datetime]] = field(default_factory=list)

    def render(self, message: Message) -> bytes:
        return f"{message.notification_id} {message.reason} personal={message.personal}".encode()

    def marked(self, body: bytes) -> bytes:
        return body + b" (may be a repeat)"

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        self.got.append((notification_id, body, now))
        return self.answers.pop(0) if self.answers else SENT

    def close(self) -> None:
        pass


@dataclass
class FakeDecisions:
    """Decides nothing, composes the same message for all, and notes what it is told."""

    drop: Reason | None = None
    told_at: list[tuple[str, int]] = field(default_factory=list)
    unreachable_at: list[tuple[str, int]] = field(default_factory=list)
    composed: int = 0

    def started(self, tx: Transaction) -> None: ...
    def compared(self, tx: Transaction) -> None: ...
    def forget(self, tx: Transaction) -> None: ...
    def remember(self, tx: Transaction, book: Book, row: Mapping[str, Any], at: int) -> None: ...

    def step(self, tx: Transaction, book: Book, now: int) -> int | None:
        return None

    def compose(
        self, tx: Transaction, book: Book, row: Row, now: int, *, reviews: Any = None, link: Any = None
    ) -> Message | Reason:
        self.composed += 1
        if self.drop:
            return self.drop
        return Message(
            row["notification_id"], row["reason"], row["severity"], row["person"], "", "en", datetime.now()
        )

    def told(self, tx: Transaction, book: Book, row: Row, at: int) -> None:
        self.told_at.append((row["notification_id"], at))

    def unreachable(self, tx: Transaction, book: Book, row: Row, at: int) -> None:
        self.unreachable_at.append((row["notification_id"], at))


def office(store: Store, decisions: FakeDecisions, *targets: FakeTarget, now: int = NOON) -> Office:
    """An office at noon."""
    return Office(store, {target.name: target for target in targets}, ScriptedClock(now), decisions, BOOK)  # type: ignore[arg-type]


def put(store: Store, notification_id: str = "N1", severity: str = "warning", **more: Any) -> None:
    """Decide upon a message to chen's first contact."""
    row = {
        "notification_id": notification_id, "target": "first", "person": "chen", "reason": "FIRST",
        "severity": severity, "state": "pending", "because": "", "decided_at": NOON, "due_at": NOON, "next_at": NOON,
        "give_up_at": NOON + 24 * HOUR, "tries": 0, "contact": 0,
        "content": json.dumps({"told": [["A", 1]], "counted": 1, "worth": 7.5}),
    } | more  # fmt: skip
    marks = ", ".join("?" * len(row))
    with store.transaction() as tx:
        tx.execute(f"INSERT INTO outbox ({', '.join(row)}) VALUES ({marks})", *row.values())
