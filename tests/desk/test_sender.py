"""A message on its way: sent once where that is possible, tried again where it is not, lost never."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lowtide.desk.clock import LogClock, ScriptedClock, WallClock
from lowtide.desk.outflow import outbox
from lowtide.desk.outflow.sender import Lane, Office, Senders, settle
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Store
from lowtide.errors import ActionError, StateAccessError, SupersededError
from lowtide.notify.answer import Answer, Outcome
from tests.desk.entries import DAY, HOUR, MINUTE, NOON, desk_db, one, table
from tests.desk.office import DEAD, SENT, WAIT, FakeDecisions, FakeTarget, office, put


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with desk_db(tmp_path) as store:
        yield store


def message(store: Store, target: str = "first") -> dict[str, Any]:
    with store.read() as tx:
        return one(tx, "SELECT * FROM outbox WHERE target = ?", target)


def shipped(store: Store) -> dict[str, Any]:
    """The newest row of `notification` of each target that is on its way."""
    with store.read() as tx:
        rows = [
            json.loads(row["row"])
            for row in tx.rows("SELECT row FROM ship WHERE table_name = 'notification'")
        ]
    return {row["target"]: row for row in rows}


def at(desk: Office, now: int) -> Office:
    assert isinstance(desk.clock, ScriptedClock)
    desk.clock.set(now)
    return desk


def test_a_message_is_sent_and_the_decisions_hear_of_it(store: Store) -> None:
    decisions, target = FakeDecisions(), FakeTarget()
    put(store)
    assert settle(office(store, decisions, target)) == (True, None)
    assert [body for _, body, _ in target.got] == [b"N1 FIRST personal=True"]
    assert decisions.told_at == [("N1", NOON)]
    row = shipped(store)["first"]
    assert (row["state"], row["alerts"], row["seqs"], row["worth"]) == ("sent", ["A"], [1], 7.5)
    assert row["sent_at"] == "2026-11-22T12:00:00.000Z"


def test_what_is_no_longer_true_is_dropped_with_its_reason(store: Store) -> None:
    decisions, target = FakeDecisions(drop=Reason.ACKNOWLEDGED), FakeTarget()
    put(store)
    settle(office(store, decisions, target))
    assert target.got == [] and decisions.told_at == []
    assert (message(store)["state"], message(store)["because"]) == ("dropped", "ACKNOWLEDGED")
    assert shipped(store)["first"]["because"] == "ACKNOWLEDGED"


def test_a_body_is_composed_once_and_the_same_at_every_try(store: Store) -> None:
    decisions, target = FakeDecisions(), FakeTarget(answers=[WAIT, WAIT])
    put(store)
    desk, due = office(store, decisions, target), NOON
    while due is not None:
        _, due = settle(at(desk, due))
    assert decisions.composed == 1 and len({body for _, body, _ in target.got}) == 1
    assert [row["outcome"] for row in table(store, "attempt")] == ["wait", "wait", "sent"]
    assert message(store)["tries"] == 3


def test_waits_grow_have_jitter_and_are_the_same_again() -> None:
    waits = [outbox.wait_ms("N1", n) for n in range(1, 30)]
    assert waits == [outbox.wait_ms("N1", n) for n in range(1, 30)]
    assert all(1_000 <= wait <= 600_000 for wait in waits)
    assert all(wait <= max(1_000, 5_000 << n) for n, wait in enumerate(waits[:7]))
    assert len(set(waits)) > 20 and max(waits) > 300_000
    assert outbox.wait_ms("N1", 1, 60.0) == 60_000 and outbox.wait_ms("N1", 1, 86_400.0) == 600_000


def test_refused_for_good_goes_to_the_next_contact_and_then_nobody_is_left(store: Store) -> None:
    decisions = FakeDecisions()
    first, mail = FakeTarget(answers=[DEAD]), FakeTarget("mail:chen@example.com", answers=[DEAD])
    put(store)
    settle(office(store, decisions, first, mail))
    assert message(store)["state"] == message(store, "mail:chen@example.com")["state"] == "dead"
    assert "key is not valid" in message(store)["because"]
    assert decisions.unreachable_at == [("N1", NOON)] and decisions.told_at == []


def test_the_second_contact_is_told_when_the_first_is_dead(store: Store) -> None:
    decisions = FakeDecisions()
    put(store)
    settle(office(store, decisions, FakeTarget(answers=[DEAD]), FakeTarget("mail:chen@example.com")))
    assert decisions.told_at == [("N1", NOON)] and decisions.unreachable_at == []
    assert {name: row["state"] for name, row in shipped(store).items()} == {
        "first": "dead", "mail:chen@example.com": "sent",
    }  # fmt: skip


def test_a_target_that_left_the_people_file_is_a_dead_one(store: Store) -> None:
    decisions, mail = FakeDecisions(), FakeTarget("mail:chen@example.com")
    put(store)
    settle(office(store, decisions, mail))
    assert "no target `first`" in message(store)["because"] and len(mail.got) == 1


def test_it_is_tried_until_the_time_to_give_up_and_then_dead(store: Store) -> None:
    decisions, target = FakeDecisions(), FakeTarget(answers=[WAIT] * 1000)
    put(store, give_up_at=NOON + 2 * HOUR)
    desk, due = office(store, decisions, target, FakeTarget("mail:chen@example.com")), NOON
    while due is not None:
        _, due = settle(at(desk, due))
    assert message(store)["because"] == "given up: try later"
    assert round(target.got[-1][2].timestamp() * 1000) == NOON + 2 * HOUR
    assert decisions.told_at == [("N1", NOON + 2 * HOUR)]


def test_a_desk_that_was_off_beyond_that_time_still_tries_once(store: Store) -> None:
    target = FakeTarget()
    put(store, give_up_at=NOON + 2 * HOUR)
    settle(office(store, FakeDecisions(), target, now=NOON + 2 * DAY))
    assert len(target.got) == 1


def test_what_died_in_flight_is_sent_again_under_its_id_with_the_mark(store: Store) -> None:
    decisions, target = FakeDecisions(), FakeTarget()
    put(store)
    with store.transaction() as tx:
        outbox.claim(tx, outbox.get(tx, "N1", "first"), b"frozen", NOON)
    settle(office(store, decisions, target))
    assert [(id_, body) for id_, body, _ in target.got] == [("N1", b"frozen (may be a repeat)")]
    assert decisions.composed == 0 and message(store)["tries"] == 1


def test_a_target_that_can_tell_repeats_gets_the_same_bytes(store: Store) -> None:
    target = FakeTarget(can_tell_repeats=True)
    put(store)
    with store.transaction() as tx:
        outbox.claim(tx, outbox.get(tx, "N1", "first"), b"frozen", NOON)
    settle(office(store, FakeDecisions(), target))
    assert target.got[0][1] == b"frozen"


def test_a_try_that_may_have_arrived_marks_the_next_one(store: Store) -> None:
    target = FakeTarget(answers=[Answer(Outcome.WAIT, "timeout", may_have_arrived=True)])
    put(store)
    desk = office(store, FakeDecisions(), target)
    settle(desk)
    settle(at(desk, NOON + HOUR))
    assert [body.endswith(b"(may be a repeat)") for _, body, _ in target.got] == [False, True]


def test_an_exception_of_a_target_is_a_try_that_may_have_arrived(store: Store) -> None:
    class Broken(FakeTarget):
        def send(self, *_: object) -> Answer:
            raise RuntimeError("half an answer")

    put(store)
    settle(office(store, FakeDecisions(), Broken()))
    assert (message(store)["state"], message(store)["in_doubt"]) == ("pending", 1)


def test_a_window_of_the_rate_is_kept_over_a_restart(tmp_path: Path) -> None:
    sent: list[int] = []
    for start in range(2):
        with desk_db(tmp_path) as store:
            if start == 0:
                for n in range(25):
                    put(store, f"N{n:02}")
            target = FakeTarget(rate=((18, MINUTE),))
            settle(office(store, FakeDecisions(), target, now=NOON + start * 1_000))
            sent.append(len(target.got))
    assert sent == [18, 0]
    with desk_db(tmp_path) as store:
        target = FakeTarget(rate=((18, MINUTE),))
        settle(office(store, FakeDecisions(), target, now=NOON + MINUTE))
        assert len(target.got) == 7


def test_the_lane_says_when_the_rate_lets_it_go_on(store: Store) -> None:
    put(store, "N1")
    put(store, "N2")
    assert settle(office(store, FakeDecisions(), FakeTarget(rate=((1, MINUTE),)))) == (True, NOON + MINUTE)


def test_critical_goes_before_what_waits_longer(store: Store) -> None:
    target = FakeTarget()
    put(store, "N1", next_at=NOON - HOUR)
    put(store, "N2", severity="critical")
    settle(office(store, FakeDecisions(), target))
    assert [id_ for id_, _, _ in target.got] == ["N2", "N1"]


def test_a_clock_that_is_put_back_does_not_hold_messages(store: Store) -> None:
    target = FakeTarget()
    put(store, next_at=NOON + HOUR)
    settle(office(store, FakeDecisions(), target))
    assert len(target.got) == 1


def test_a_dead_message_is_tried_again_by_hand(store: Store) -> None:
    decisions = FakeDecisions()
    targets = FakeTarget(answers=[DEAD]), FakeTarget("mail:chen@example.com", answers=[DEAD])
    put(store)
    desk = office(store, decisions, *targets)
    settle(desk)
    assert [row["target"] for row in outbox.dead_letters(store)] == ["first", "mail:chen@example.com"]
    with pytest.raises(ActionError, match="`N9` is not dead"):
        outbox.retry(store, "N9", NOON)
    versions = {name: row["version"] for name, row in shipped(store).items()}
    assert len(outbox.retry(store, None, NOON)) == 2
    assert all(row["version"] > versions[name] for name, row in shipped(store).items())
    settle(desk)
    assert {row["state"] for row in table(store, "outbox")} == {"sent"}
    assert decisions.told_at == [("N1", NOON)]


def test_each_state_of_a_message_has_a_higher_version(store: Store) -> None:
    target, versions = FakeTarget(answers=[WAIT, DEAD]), []
    put(store)
    with store.transaction() as tx:
        outbox.announce(tx)
    desk = office(store, FakeDecisions(), target)
    versions.append(shipped(store)["first"]["version"])
    desk.on_attempt = lambda to, *_: versions.append(shipped(store)[to]["version"]) if to == "first" else None
    settle(desk)
    settle(at(desk, NOON + HOUR))
    outbox.retry(store, "N1", NOON)
    versions.append(shipped(store)["first"]["version"])
    settle(desk)
    assert versions == sorted(set(versions)) and len(versions) == 5


def test_a_disk_that_is_full_after_the_answer_is_waited_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions, target, mark, failures = FakeDecisions(), FakeTarget(), outbox.mark, [1, 1]

    def full(*args: Any) -> Any:
        if failures:
            failures.pop()
            raise StateAccessError("the disk is full")
        return mark(*args)

    monkeypatch.setattr(outbox, "mark", full)
    monkeypatch.setattr("lowtide.desk.outflow.sender._AGAIN_S", 0.01)
    put(store)
    settle(office(store, decisions, target))
    assert len(target.got) == 1 and decisions.told_at == [("N1", NOON)]


def test_nothing_is_sent_once_another_desk_has_taken_over(store: Store) -> None:
    def check() -> None:
        raise SupersededError("another desk has taken over")

    target = FakeTarget()
    put(store)
    desk = office(store, FakeDecisions(), target)
    desk.check = check
    with pytest.raises(SupersededError):
        Lane(desk, "first").send_next()
    assert target.got == [] and message(store)["state"] == "pending"


def test_all_mailboxes_share_a_lane_and_every_other_target_has_its_own(store: Store) -> None:
    put(store, "N1")
    put(store, "N2", target="mail:a@example.com")
    put(store, "N3", target="mail:b@example.com")
    with store.read() as tx:
        assert outbox.lanes(tx) == ["first", "mail"]


def test_threads_send_what_comes_while_they_run(store: Store) -> None:
    failed: list[BaseException] = []
    done = threading.Event()
    target = FakeTarget()
    desk = office(store, FakeDecisions(), target)
    desk.on_sent = lambda *_: done.set()
    senders = Senders(desk, failed.append)
    senders.wake()
    put(store)
    senders.wake()
    assert done.wait(30)
    desk.stop.set()
    senders.join(30)
    assert failed == [] and len(target.got) == 1


def test_settled_messages_are_forgotten_after_eight_days(store: Store) -> None:
    put(store, "N1")
    put(store, "N2", next_at=NOON + 9 * DAY)
    settle(office(store, FakeDecisions(), FakeTarget(answers=[SENT])))
    with store.transaction() as tx:
        tx.execute("UPDATE outbox SET state = 'pending', body = NULL WHERE notification_id = 'N2'")
        outbox.forget(tx, NOON + 8 * DAY + 1)
    assert [row["notification_id"] for row in table(store, "outbox")] == ["N2"]
    assert table(store, "attempt") == []


def test_a_desk_that_lives_in_the_past_signs_with_the_time_of_those_who_take_messages() -> None:
    past = LogClock(1_500_000_000_000)
    assert past.now() < 1_600_000_000_000 < past.outside()
    assert abs(past.outside() - WallClock().now()) < 60_000
    assert ScriptedClock(7).outside() == 7
