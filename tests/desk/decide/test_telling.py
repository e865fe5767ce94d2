"""A message may be late, refused, or no longer true when it is sent: what then becomes of the alert."""

from __future__ import annotations

import json

import pytest

from lowtide.desk import decide
from lowtide.desk.history.script import Script
from lowtide.desk.reasons import Reason
from lowtide.notify.answer import Outcome
from lowtide.notify.message import Message
from lowtide.people import Book
from tests.desk.decide.conftest import PEOPLE, Make, acted, at, later, opened, reasons, refuses
from tests.desk.decide.world import World


def waits(until: float):  # type: ignore[no-untyped-def]
    """A target that takes nothing until so many minutes after nine."""
    return lambda message, target, now: Outcome.SENT if now >= at(until) else Outcome.WAIT


def first_contact_waits(message: Message, target: str, now: int) -> Outcome:
    """The first contact refuses, the second takes it."""
    return Outcome.DEAD if target == "console" else Outcome.SENT


class Late(World):
    """A desk whose messages are tried a second after they were decided."""

    def _send(self) -> bool:
        return self._next_try() == self.now and super()._send()

    def _next_try(self) -> int | None:
        (row,) = self.rows("SELECT min(decided_at) AS at FROM outbox WHERE state = 'pending'")
        return None if row["at"] is None else row["at"] + 1000


def test_acknowledged_a_second_before_the_send(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The message is dropped, the slot of the budget is free again, and nothing else goes for the alert."""
    world = Late(tmp_path, Book.read(PEOPLE))
    try:
        world.live(Script.of([opened("a", 0), acted("a", 0.005, "ACKNOWLEDGED", "chen")]), at(100))
        assert world.dropped == [(at(0) + 1000, "FIRST", Reason.ACKNOWLEDGED)]
        assert world.told == []
        assert world.rows("SELECT * FROM push") == []
    finally:
        world.close()


def test_ended_before_the_send(tmp_path) -> None:  # type: ignore[no-untyped-def]
    world = Late(tmp_path, Book.read(PEOPLE))
    try:
        a = opened("a", 0)
        world.live(Script.of([a, later(a, 0.005, "CLEARED")]), at(100))
        assert [why for _, _, why in world.dropped] == [Reason.ENDED]
        assert world.told == []
    finally:
        world.close()


def test_silenced_before_the_send_and_told_when_the_silence_ends(tmp_path) -> None:  # type: ignore[no-untyped-def]
    silence = {
        "silence_id": "S1", "version": 1, "matchers": json.dumps({"sku": ["a"]}), "start_at": at(0.005), "end_at": at(30),
        "ends_when_idle_s": None, "author": "wang", "reason": "count",
    }  # fmt: skip
    world = Late(tmp_path, Book.read(PEOPLE))
    try:
        world.live(Script.of([opened("a", 0), {"at": at(0.005), "silence": silence}]), at(40))
        assert [why for _, _, why in world.dropped] == [Reason.SILENCED]
        assert [(moment, message.reason) for moment, message in world.told] == [(at(30) + 1000, "FIRST")]
    finally:
        world.close()


def test_a_group_that_lost_one_member_names_the_others(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = PEOPLE.replace("group_by: [sku]", "group_by: [supplier]")
    world = Late(tmp_path, Book.read(text))
    try:
        world.live(
            Script.of([opened("a", 0), opened("b", 0), acted("a", 0.005, "ACKNOWLEDGED", "li")]), at(1)
        )
        ((_, message),) = world.told
        assert [line.alert_id for line in message.lines] == ["b"]
        assert (message.count, message.worth) == (1, 10.0)
    finally:
        world.close()


def test_the_next_contact_is_told(desk: Make) -> None:
    world = desk([opened("a", 0)], 1, first_contact_waits)
    assert reasons(world) == [("chen", "FIRST")]
    assert world.rows("SELECT target, state FROM outbox ORDER BY contact") == [
        {"target": "console", "state": "dead"},
        {"target": "file:told.jsonl", "state": "sent"},
    ]


def test_nobody_can_be_reached_so_the_next_step_is_due_at_once(desk: Make) -> None:
    def answers(message: Message, target: str, now: int) -> Outcome:
        return Outcome.DEAD if message.person == "chen" else Outcome.SENT

    world = desk([opened("a", 0)], 5, answers)
    assert reasons(world) == [("wang", "STEP")]
    (routed,) = world.rows("SELECT told_at FROM routed")
    assert routed["told_at"] == at(0), "the moment of the last refusal"


def test_no_step_before_the_owner_was_told(desk: Make) -> None:
    """The target is away for an hour: the clock of the ladder begins when it takes the message."""
    world = desk([opened("a", 0)], 100, waits(60))
    ((told_at, first), (step_at, step)) = world.told
    assert (first.reason, step.reason) == ("FIRST", "STEP")
    assert told_at >= at(60)
    assert step_at - told_at >= 30 * 60_000


def test_everybody_refuses(desk: Make) -> None:
    world = desk([opened("a", 0)], 60, refuses)
    assert world.told == []
    assert {row["state"] for row in world.rows("SELECT state FROM outbox")} == {"dead"}
    assert [row["step"] for row in world.rows("SELECT step FROM step")] == [2]


def test_given_to_another_person_who_is_told_at_once(desk: Make) -> None:
    world = desk([opened("a", 0), acted("a", 5, "ASSIGNED", "li", actor="wang")], 20)
    assert reasons(world) == [("chen", "FIRST"), ("li", "FIRST")]


def test_a_person_leaves_the_file(desk: Make) -> None:
    """Without chen in the file, who is on duty hears of it: the message is not lost in silence."""
    world = desk([opened("a", 0)], 5)
    text = PEOPLE.replace("members: [chen]", "members: [li]").replace("  chen:", "  gone:")
    world.book = Book.read(text)
    world.live(Script.of([opened("b", 6)]), at(20))
    assert ("li", "FIRST") in reasons(world)
    assert {row["owner"] for row in world.rows("SELECT owner FROM routed")} == {"li"}


@pytest.mark.parametrize("minutes", [3, 45])
def test_a_memory_that_is_made_again_tells_nothing_twice(desk: Make, minutes: float) -> None:
    """desk.db is lost: the mirror, the desk's entries and its messages make it again, and the steps go on."""
    rows = [opened("a", 0), opened("b", 2, "warning")]
    whole = desk(rows, 300)
    lost = desk(rows, minutes)
    again = desk([], 0)
    with again.store.transaction() as tx:
        for table in ("alert", "action"):
            for row in lost.rows(f"SELECT * FROM {table}"):
                marks = ", ".join("?" * len(row))
                tx.execute(f"INSERT INTO {table} VALUES ({marks})", *row.values())
        decide.started(tx)
        decide.step(tx, again.book, at(minutes))
        for row in lost.rows("SELECT * FROM outbox WHERE state = 'sent' ORDER BY sent_at, notification_id"):
            decide.remember(tx, again.book, row, row["sent_at"])
        decide.compared(tx)
    again.now, again._next = at(minutes), at(minutes) + 1
    again.live(Script.of([]), at(300))
    assert reasons(lost) + reasons(again) == reasons(whole)
