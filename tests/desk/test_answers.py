"""Answers of people: the rules of actions, in force at once, on their way to the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lowtide.actions.act import ActionResult
from lowtide.desk.answers import answer
from lowtide.desk.store import Store
from lowtide.errors import ActionError, SettingsError
from tests.desk.entries import DAY, HOUR, NOON, action, desk_db, entry, one, table, take


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with desk_db(tmp_path) as store:
        take(store, [entry("A"), entry("B", sku="b")])
        with store.transaction() as tx:
            tx.execute("DELETE FROM news")
        yield store


def shipped(store: Store) -> list[dict[str, Any]]:
    with store.read() as tx:
        return [json.loads(row["row"]) for row in tx.rows("SELECT row FROM ship ORDER BY n")]


def test_who_acknowledges_takes_the_alert_at_once(store: Store) -> None:
    (done,) = answer(store, "ack", ["A"], "chen", comment="on it", now=NOON + HOUR)
    assert isinstance(done, ActionResult) and done.standing.state == "acknowledged"
    with store.read() as tx:
        assert one(tx, "SELECT state, owner FROM alert WHERE alert_id = 'A'") == {
            "state": "acknowledged",
            "owner": "chen",
        }
        assert one(tx, "SELECT entry, actor FROM news") == {"entry": "ACKNOWLEDGED", "actor": "chen"}
    (row,) = shipped(store)
    assert (row["entry"], row["owner"], row["comment"], row["seq"]) == ("ACKNOWLEDGED", "chen", "on it", 0)
    assert row["event_time"] == "2026-11-22T13:00:00.000Z"


def test_what_comes_back_from_the_ledger_is_known(store: Store) -> None:
    answer(store, "ack", ["A"], "chen", now=NOON + HOUR)
    (row,) = shipped(store)
    news = table(store, "news")
    back = action("A", "ACKNOWLEDGED", row["action_id"], NOON + HOUR, owner="chen")
    assert take(store, [back]) == 0 and table(store, "news") == news


def test_the_same_key_again_is_the_same_answer(store: Store) -> None:
    for comment in ("first", "second"):
        (done,) = answer(store, "note", ["A"], "chen", key="token:note", comment=comment, now=NOON)
    assert isinstance(done, ActionResult) and done.repeated and done.action.comment == "first"
    assert len(shipped(store)) == 1


def test_each_alert_has_its_own_result(store: Store) -> None:
    take(store, [entry("B", 2, "CLEARED", NOON + 1)])
    snoozed, ended, unknown = answer(
        store, "snooze", ["A", "B", "C"], "chen", until=NOON + 2 * HOUR, now=NOON + HOUR
    )
    assert isinstance(snoozed, ActionResult)
    assert isinstance(ended, ActionError) and "has ended (cleared)" in ended.message
    assert isinstance(unknown, ActionError)
    with store.read() as tx:
        assert one(tx, "SELECT sku, until, person FROM snooze") == {
            "sku": "a",
            "until": NOON + 2 * HOUR,
            "person": "chen",
        }
    assert json.loads(shipped(store)[0]["detail"]) == {"until": "2026-11-22T14:00:00.000Z"}


def test_what_the_life_of_an_alert_forbids_is_refused_and_changes_nothing(store: Store) -> None:
    (refused,) = answer(store, "resolve", ["A"], "chen", now=NOON)
    assert isinstance(refused, ActionError) and "`ack`" in refused.hint
    assert shipped(store) == [] and table(store, "action") == []


@pytest.mark.parametrize(
    "verb, until", [("note", None), ("snooze", NOON - 1), ("snooze", NOON + 31 * DAY), ("dance", None)]
)
def test_what_is_malformed_is_an_error_for_all(store: Store, verb: str, until: int | None) -> None:
    with pytest.raises(SettingsError):
        answer(store, verb, ["A"], "chen", until=until, now=NOON)


def test_a_colleague_takes_it_and_the_order_of_time_holds(store: Store) -> None:
    answer(store, "ack", ["A"], "chen", now=NOON + HOUR)
    (done,) = answer(store, "start", ["A"], "wang", now=NOON)
    assert isinstance(done, ActionResult) and done.standing.owner == "wang"
    with store.read() as tx:
        assert one(tx, "SELECT state, owner FROM alert WHERE alert_id = 'A'") == {
            "state": "in_progress",
            "owner": "wang",
        }
