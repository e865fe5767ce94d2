"""The whole desk over a warehouse: an entry becomes a message, an answer an entry, and a lost desk.db is made again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lowtide.desk import answers, rebuild
from lowtide.desk.clock import LogClock, ScriptedClock
from lowtide.desk.desk import Desk
from lowtide.desk.history.script import Script
from lowtide.errors import ActionError, WarehouseError
from lowtide.warehouse import Warehouse, desk_record
from tests.desk.entries import HOUR, table
from tests.warehouse.desk.ledger import desk, insert, row, told

DECIDED = ("routed", "grp", "timer", "step", "push", "action", "alert")


@contextmanager
def running(made: Desk) -> Any:
    """The desk at work, until the test leaves."""
    stop, failed = threading.Event(), []  # type: ignore[var-annotated]

    def work() -> None:
        try:
            made.run(stop)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        until(lambda: made.ready or failed)
        yield failed
    finally:
        stop.set()
        made.wake()
        thread.join(60)
    assert not thread.is_alive()


def until(true: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not become true"
        time.sleep(0.02)


def entries(warehouse: Warehouse) -> list[tuple[str, str, str]]:
    """What the desk and people wrote into the ledger."""
    rows = warehouse.rows(
        "SELECT DISTINCT alert_id, entry, owner FROM lowtide.ledger WHERE action_id != '' ORDER BY ALL"
    )
    return [(r["alert_id"], r["entry"], r["owner"]) for r in rows]


def test_an_entry_becomes_a_message_and_an_answer_an_entry(warehouse: Warehouse, tmp_path: Path) -> None:
    with desk(tmp_path, warehouse) as made, running(made) as failed:
        insert(warehouse, row("A"))
        until(lambda: told(tmp_path))
        assert told(tmp_path)[0]["alerts"] == ["A"]
        (done, refused) = answers.answer(made.store, "ack", ["A", "B"], "chen", key="t:ack", now=made.now())
        assert not isinstance(done, Exception) and done.standing.owner == "chen"
        assert isinstance(refused, ActionError)
        made.wake()
        until(lambda: ("A", "ACKNOWLEDGED", "chen") in entries(warehouse))
        (again,) = answers.answer(made.store, "ack", ["A"], "chen", key="t:ack", now=made.now())
        assert not isinstance(again, Exception) and again.repeated
        assert failed == [] and made.repaired == 0
    assert entries(warehouse) == [("A", "ACKNOWLEDGED", "chen"), ("A", "ROUTED", "chen")]
    rows = warehouse.rows("SELECT state, alerts, tries FROM lowtide.notification FINAL")
    assert rows == [{"state": "sent", "alerts": ["A"], "tries": 1}]


def test_a_restart_tells_nothing_again(warehouse: Warehouse, tmp_path: Path) -> None:
    insert(warehouse, row("A"))
    for _ in range(2):
        with desk(tmp_path, warehouse) as made:
            made.once()
    assert len(told(tmp_path)) == 1


def test_once_tells_what_is_due_and_counts_it(warehouse: Warehouse, tmp_path: Path) -> None:
    """A group of warnings waits 30 seconds; a clock of the log is put forward over it."""
    insert(warehouse, row("A", severity="warning"), row("B"))
    with desk(tmp_path, warehouse) as made:
        made.clock = LogClock.of(warehouse)
        done = made.once()
    assert (done.sent, done.dead, done.quiet) == (2, 0, 0)
    assert sorted(alert for message in told(tmp_path) for alert in message["alerts"]) == ["A", "B"]


@pytest.mark.parametrize("lost", [False, True])
def test_a_rebuild_knows_what_was_told(warehouse: Warehouse, tmp_path: Path, lost: bool) -> None:
    insert(warehouse, row("A"), row("B"))
    with desk(tmp_path, warehouse) as made:
        made.once()
        answers.answer(made.store, "ack", ["B"], "chen", now=made.now())
        made.once()
        before = {name: table(made.store, name) for name in ("routed", "step", "action", "alert")}
        if not lost:
            rebuild.rebuild(made.store, warehouse, made.book, made.now())
    if lost:
        for path in (tmp_path / "desk").glob("desk.db*"):
            path.unlink()
    with desk(tmp_path, warehouse, take_over=True) as made:
        made.once()
        for name, rows in before.items():
            assert table(made.store, name) == rows, name
    assert len(told(tmp_path)) == len({message["notification_id"] for message in told(tmp_path)})
    assert sorted(alert for message in told(tmp_path) for alert in message["alerts"]) == ["A", "B"]


def test_a_message_that_a_lost_desk_had_not_sent_is_ended_or_goes_on(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """One is decided anew under its id and sent; the other one tells what nobody is told any more."""
    insert(warehouse, row("A"))
    with desk(tmp_path / "first", warehouse) as made:
        made.once()
    (sent,) = warehouse.rows("SELECT * FROM lowtide.notification FINAL")
    lost = {name: str(value) if name.endswith("_at") and value else value for name, value in sent.items()}
    lost |= {"state": "sending", "sent_at": None, "version": 5_000, "tries": 3}
    insert(warehouse, lost, lost | {"notification_id": "OTHER"}, table="notification")
    with desk(tmp_path / "second", warehouse, take_over=True) as made:
        made.once()
    rows = warehouse.rows(
        "SELECT notification_id, state FROM lowtide.notification FINAL ORDER BY notification_id = 'OTHER'"
    )
    assert [row["state"] for row in rows] == ["sent", "dropped"]
    assert [message["notification_id"] for message in told(tmp_path / "second")] == [sent["notification_id"]]


def test_while_the_warehouse_is_away_people_answer_and_nothing_is_lost(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = threading.Event()
    insert_json, blocks = desk_record.insert_json, "lowtide.warehouse.desk_rows.blocks"

    def maybe(*args: Any) -> None:
        if away.is_set():
            raise WarehouseError("the warehouse cannot be reached")
        insert_json(*args)

    def no_blocks(_: object) -> Any:
        raise WarehouseError("the warehouse cannot be reached")

    monkeypatch.setattr(desk_record, "insert_json", maybe)
    monkeypatch.setattr("lowtide.desk.desk._AWAY_S", 0.05)
    insert(warehouse, row("A"))
    with desk(tmp_path, warehouse) as made, running(made):
        until(lambda: told(tmp_path))
        away.set()
        with monkeypatch.context() as patched:
            patched.setattr(blocks, no_blocks)
            until(lambda: made.warehouse_away)
            answers.answer(made.store, "ack", ["A"], "chen", now=made.now())
            made.wake()
            time.sleep(0.2)
            assert ("A", "ACKNOWLEDGED", "chen") not in entries(warehouse)
        away.clear()
        until(lambda: ("A", "ACKNOWLEDGED", "chen") in entries(warehouse))


def test_a_desk_that_is_superseded_ends_with_its_error(warehouse: Warehouse, tmp_path: Path) -> None:
    with desk(tmp_path / "a", warehouse, renew_s=0.05) as first, running(first) as failed:
        with desk(tmp_path / "b", warehouse, take_over=True) as second:
            second.once()
        until(lambda: failed)
        assert failed[0].exit_code == 76


def test_a_history_gives_the_same_decisions_wherever_it_is_cut(warehouse: Warehouse, tmp_path: Path) -> None:
    day = "2026-11-23T0{}:00:00.000Z"
    rows = [
        row(name, event_time=day.format(n), opened_at=day.format(n), severity=severity)
        for n, (name, severity) in enumerate([("A", "critical"), ("B", "warning"), ("C", "critical")])
    ]
    rows.append(
        row("A", 0, "ACKNOWLEDGED", action_id="x", actor="chen", owner="chen", event_time=day.format(4))
    )
    script = Script.of(rows)
    begin = script.next_after(-1) or 0
    whole, cut = {}, {}
    for folder, stops, kept in (("whole", [30], whole), ("cut", list(range(0, 31, 3)), cut)):
        for stop in stops:
            with desk(tmp_path / folder, warehouse) as made:
                made.clock = ScriptedClock()
                made.drive(script, begin + stop * HOUR, writes=False)
                kept.update(
                    {name: table(made.store, name, but=("n",)) for name in (*DECIDED, "outbox", "attempt")}
                )
    assert whole == cut and len(whole["outbox"]) > 3
    assert told(tmp_path / "whole") == told(tmp_path / "cut")


def test_the_people_that_are_put_in_force_are_followed(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lowtide.desk.inflow.follower.PEOPLE_S", 0.0)
    with desk(tmp_path, warehouse) as made:
        made.once()
        old = made.book
        document = json.loads(old.document)
        new = type(old).of_document(json.dumps(document))
        assert new.version == old.version
        insert(
            warehouse,
            {
                "version": "abcdefabcdef",
                "document": old.document,
                "applied_at": "2026-11-30T00:00:00Z",
                "applied_by": "wang",
            },
            table="people_version",
        )
        said: list[str] = []
        made.on_decision = lambda event, facts: said.append(event)
        made.once()
        assert "people_in_force" in said and made.book is not old
