"""Properties that every history keeps: one owner, a step once, nothing after an answer, and a reason for every silence."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lowtide.desk import decide, rebuild, silences
from lowtide.desk.decide.moment import HOUR
from lowtide.desk.history.script import Script
from lowtide.notify.message import Message
from lowtide.people import Book
from lowtide.rows import Row
from tests.desk.decide import histories, rules
from tests.desk.decide.world import World, shown

UNTIL = histories.START + 12 * HOUR
Events = list[tuple[int, str, int, int]]
NEWS = "SELECT * FROM outbox WHERE reason IN ('FIRST', 'NEW_IN_GROUP', 'WORSENED') AND state = 'sent'"
few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def book() -> Book:
    return Book.read(histories.PEOPLE)


def lived(book: Book, rows: list[dict[str, Any]], use: Callable[[World], Any], *, often: bool = False) -> Any:
    """What `use` says of a desk that lived through rows; `often`: each step is made twice."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder), book, check=rules.hold, often=often)
        try:
            world.live(Script.of(rows), UNTIL)
            return use(world)
        finally:
            world.close()


@few
@given(events=histories.events)
def test_every_open_alert_has_one_owner_and_a_reason(book: Book, events: Events) -> None:
    lived(book, histories.script(events), lambda world: None)


@few
@given(events=histories.events)
def test_a_step_is_recorded_once_and_only_of_what_was_told(book: Book, events: Events) -> None:
    def check(world: World) -> None:
        for step in world.rows("SELECT * FROM step"):
            told = [at for at, message in world.told if step["alert_id"] in _names(message)]
            assert told, "a step of an alert that nobody was told"
            assert min(told) <= step["at"]
        rows = [row for row in shown(world) if row.get("entry") == "ESCALATED"]
        assert len(rows) == len(world.rows("SELECT * FROM step"))

    lived(book, histories.script(events), check)


@few
@given(events=histories.events)
def test_nothing_is_told_twice(book: Book, events: Events) -> None:
    """The same entry of an alert goes to one person once, as news; steps and reminders are other messages."""

    def check(world: World) -> None:
        seen: set[tuple[str, str, int]] = set()
        for row in world.rows(NEWS):
            seen_before = len(seen)
            rows = world.rows("SELECT value FROM json_each(?, '$.told')", row["content"])
            rounds = world.rows("SELECT value FROM json_each(?, '$.rounds')", row["content"])
            new = {(row["person"], a["value"], r["value"]) for a, r in zip(rows, rounds, strict=True)}
            seen |= new
            assert len(seen) == seen_before + len(new)

    lived(book, histories.script([one for one in events if one[1] != "ASSIGNED"]), check)


@few
@given(events=histories.events, seed=st.integers(0, 1000))
def test_the_order_of_rows_within_a_poll_changes_nothing(book: Book, events: Events, seed: int) -> None:
    rows = histories.script(events)
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    assert lived(book, rows, rules.tables) == lived(book, shuffled, rules.tables)


@few
@given(events=histories.events)
def test_a_step_that_is_made_again_changes_nothing(book: Book, events: Events) -> None:
    rows = histories.script(events)
    assert lived(book, rows, rules.tables) == lived(book, rows, rules.tables, often=True)


@few
@given(events=histories.events, size=st.integers(1, 3))
def test_a_new_desk_may_take_the_ledger_in_any_slices(book: Book, events: Events, size: int) -> None:
    found = Script.of(histories.script(events)).between(0, UNTIL)
    by_alert = sorted(found["entry"], key=lambda row: (row["alert_id"], row["event_time"]))
    alerts = [list(rows) for _, rows in groupby(by_alert, key=lambda row: row["alert_id"])]
    slices = [
        [row for rows in alerts[start : start + size] for row in rows]
        for start in range(0, len(alerts), size)
    ]

    def made(slices: list[list[Row]]) -> dict[str, list[str]]:
        return lived(book, [], lambda world: _filled(world, slices, found["silence"]))

    assert made(slices) == made([by_alert])


@few
@given(events=histories.events)
def test_no_message_of_what_is_answered_or_silenced(book: Book, events: Events) -> None:
    def check(world: World) -> None:
        assert world.tellings == [], "an alert was told that should not have been"

    lived(book, histories.script(events), check)


def _filled(world: World, slices: list[list[Row]], quiet: list[Row]) -> dict[str, list[str]]:
    """All decisions of a desk.db that was made from these slices of a ledger, with its first messages."""
    with world.store.transaction() as tx:
        decide.started(tx)
    for rows in slices:
        rebuild.take(world.store, decide, world.book, rows, UNTIL)
    with world.store.transaction() as tx:
        silences.take(tx, quiet, UNTIL)
        decide.step(tx, world.book, UNTIL)
        decide.compared(tx)
    world.now, world._next = UNTIL - 1, UNTIL
    world.live(Script.of([]), UNTIL)
    return rules.tables(world)


def _names(message: Message) -> list[str]:
    return [line.alert_id for line in message.lines]
