"""An action is one row, however often it is retried, and the computed entries do not depend on it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from lowtide.actions import Action, ActionResult, Snooze, act, act_many, actions_of, snooze_many
from lowtide.actions.rows import desk_row
from lowtide.cli import act as cli_act
from lowtide.errors import ActionError, SettingsError
from lowtide.warehouse import Warehouse, Writer, queries

from .batches import LEDGER, NOON, alert_id, at, batch

ALERT = alert_id(1)


@pytest.fixture
def opened_alert(warehouse: Warehouse) -> Warehouse:
    with Writer(warehouse) as writer:
        writer.write(
            "ledger", batch(LEDGER, {"severity": "warning", "available": "12.5"}, {"alert_id": alert_id(2)})
        )
    return warehouse


def stored(warehouse: Warehouse) -> list[dict]:
    return warehouse.rows(
        f"SELECT * FROM {warehouse.database}.ledger FINAL WHERE action_id != '' ORDER BY event_time"
    )


def test_a_row_of_its_own_with_the_identity_of_the_alert(opened_alert: Warehouse) -> None:
    done = act(opened_alert, ALERT[:26], "ack", "ana", comment="calling", at=at(hours=1))
    (row,) = stored(opened_alert)
    assert (row["alert_id"], row["seq"], row["entry"], row["reason"]) == (ALERT, 0, "ACKNOWLEDGED", "person")
    assert (row["actor"], row["owner"], row["comment"], row["event_time"]) == (
        "ana",
        "ana",
        "calling",
        at(hours=1),
    )
    assert (row["severity"], row["location"], row["sku"], row["opened_at"]) == (
        "warning",
        "330",
        "1004906",
        NOON,
    )
    assert row["action_id"] == done.action.action_id and len(row["action_id"]) == 26
    assert str(row["available"]) == "12.500"


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("ack", {}),
        ("assign", {"owner": "ben"}),
        ("note", {"comment": "look"}),
        ("close", {"feedback": "false"}),
    ],
)
def test_a_retry_is_one_row_also_after_midnight(opened_alert: Warehouse, verb: str, given: dict) -> None:
    if verb == "close":
        for step in ("ack", "resolve"):
            act(opened_alert, ALERT, step, "ana", at=at(minutes=len(step)))
    before = len(stored(opened_alert))
    first = act(opened_alert, ALERT, verb, "ana", **given, at=at(hours=11, minutes=59))
    again = act(opened_alert, ALERT, verb, "ana", **given, at=at(hours=12, minutes=1))
    assert (first.repeated, again.repeated) == (False, True)
    assert again.action == first.action
    assert len(stored(opened_alert)) == before + 1


def test_two_processes_that_retry_at_once_leave_one_action(opened_alert: Warehouse) -> None:
    """The two do not see each other. Both write, with clocks a day apart, and the view still shows one action."""
    act(opened_alert, ALERT, "ack", "ana", at=at(hours=1))
    (row,) = stored(opened_alert)
    opened_alert.insert_rows("ledger", tuple(row), [tuple({**row, "event_time": at(days=1)}.values())])
    assert len(stored(opened_alert)) == 2
    (action,) = actions_of(opened_alert, ALERT)
    assert action.at == at(hours=1)


def test_a_key_of_the_caller_tells_actions_apart(opened_alert: Warehouse) -> None:
    notes = [act(opened_alert, ALERT, "note", "ana", comment="called", key=key) for key in ("k1", "k2", "k1")]
    assert [note.repeated for note in notes] == [False, False, True]
    assert len(stored(opened_alert)) == 2


def test_what_is_not_possible_names_what_is_and_writes_nothing(opened_alert: Warehouse) -> None:
    act(opened_alert, ALERT, "ack", "ana", at=at(hours=1))
    with pytest.raises(ActionError, match="acknowledged by `ana`") as error:
        act(opened_alert, ALERT, "ack", "ben", at=at(hours=2))
    assert "`start`" in error.value.hint and "`close`" not in error.value.hint
    with pytest.raises(ActionError):
        act(opened_alert, ALERT, "close", "ben", feedback="right", at=at(hours=2))
    assert len(stored(opened_alert)) == 1


@pytest.mark.parametrize(
    ("verb", "given", "says"),
    [
        ("close", {"feedback": "wrong"}, "not a feedback"),
        ("assign", {}, "to whom"),
        ("note", {"comment": " "}, "empty note"),
        ("ack", {"actor": " "}, "nobody"),
        ("ack", {"at": at(days=-1)}, "opened"),
        ("ack", {"at": NOON.replace(tzinfo=None)}, "no zone"),
        ("note", {"comment": "x" * 10_001}, "10,001"),
        ("bless", {}, "not an action"),
    ],
)
def test_what_is_missing_or_malformed_is_said(
    opened_alert: Warehouse, verb: str, given: dict, says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        act(opened_alert, ALERT, verb, **{"actor": "ana", **given})
    assert stored(opened_alert) == []


def test_an_action_follows_what_it_is_based_on_though_the_clock_was_set_back(opened_alert: Warehouse) -> None:
    def now(verb: str, **given: str) -> ActionResult:
        return act(opened_alert, ALERT, verb, "ana", **given)

    act(opened_alert, ALERT, "ack", "ana", at=at(days=40_000))
    assert now("start").action.at == at(days=40_000) + timedelta(milliseconds=1)
    with pytest.raises(SettingsError, match="last action"):
        act(opened_alert, ALERT, "resolve", "ana", at=at(days=1))


def core_row(warehouse: Warehouse, one: str = ALERT) -> dict:
    return queries.alerts_to_act_on(warehouse, [one])[one]


def put_desk_entries(warehouse: Warehouse, *actions: Action, detail: dict | None = None) -> None:
    rows = [desk_row(core_row(warehouse), action, NOON, detail) for action in actions]
    Writer(warehouse).insert_rows("ledger", rows)


def test_entries_of_the_desk_and_of_newer_versions_are_passed_over(opened_alert: Warehouse) -> None:
    """`act` ended with a KeyError, and a retry after ROUTED was a second action."""
    act(opened_alert, ALERT, "ack", "ana", at=at(hours=1))
    put_desk_entries(
        opened_alert,
        Action("ROUTED", "desk", at(hours=9), "chen", action_id="R" * 26),
        Action("ESCALATED", "desk", at(hours=9), action_id="E" * 26),
        Action("SUBMITTED", "desk", at(hours=9), "lead", action_id="X" * 26),
    )
    assert act(opened_alert, ALERT, "ack", "ana", at=at(hours=2)).repeated
    started = act(opened_alert, ALERT, "start", "ana", at=at(hours=3))
    assert (started.standing.state, started.standing.owner, started.action.at) == (
        "in_progress",
        "ana",
        at(hours=3),
    )
    (shown,) = opened_alert.rows(f"SELECT state, owner FROM lowtide.alert_current WHERE alert_id = '{ALERT}'")
    assert shown == {"state": "in_progress", "owner": "ana"}
    assert [action.entry for action in actions_of(opened_alert, ALERT)] == ["ACKNOWLEDGED", "STARTED"]


def test_the_person_routed_to_is_the_owner_until_somebody_takes_it(opened_alert: Warehouse) -> None:
    def owner() -> str:
        ask = f"SELECT owner, state FROM lowtide.alert_current WHERE alert_id = '{ALERT}'"
        return " ".join(opened_alert.rows(ask)[0].values())

    put_desk_entries(opened_alert, Action("ROUTED", "desk", at(hours=30), "chen", action_id="R" * 26))
    assert owner() == "chen new"
    act(opened_alert, ALERT, "ack", "eve", at=at(hours=1))
    assert owner() == "eve acknowledged"


def test_a_colleague_acts_for_the_owner_and_leaves_the_owner(opened_alert: Warehouse) -> None:
    put_desk_entries(opened_alert, Action("ROUTED", "desk", at(hours=1), "chen", action_id="R" * 26))
    with pytest.raises(ActionError, match="`wang` does not own") as error:
        act(opened_alert, ALERT, "ack", "eve", for_="wang")
    assert "--for chen" in error.value.hint and "its owner is `chen`" in error.value.message
    done = act(opened_alert, ALERT, "ack", "eve", for_="chen")
    assert (done.action.actor, done.standing.owner) == ("eve", "chen")
    assert act(opened_alert, ALERT, "start", "eve").standing.owner == "eve"
    with pytest.raises(SettingsError, match="leaves the owner"):
        act(opened_alert, ALERT, "resolve", "eve", for_="chen")


def test_the_command_line_acts_for_the_owner_and_only_where_somebody_takes_an_alert(
    opened_alert: Warehouse, store: Path
) -> None:
    app = typer.Typer()
    app.command()(cli_act.ack)
    app.command()(cli_act.resolve)

    def said(*arguments: str) -> str:
        typed = [*arguments, "--warehouse", str(store), "--lang", "en"]
        return CliRunner().invoke(app, typed).output

    put_desk_entries(opened_alert, Action("ROUTED", "desk", at(hours=1), "chen", action_id="R" * 26))
    assert said("ack", ALERT, "--as", "eve", "--for", "chen") == f"{ALERT} acknowledged by eve, owner chen\n"
    assert "--for" not in said("resolve", "--help") and "No such option" in said(
        "resolve", ALERT, "--for", "chen"
    )


def test_the_owner_that_a_ladder_names_later_holds(opened_alert: Warehouse) -> None:
    """Its key has the time of the entry that it answers, which is before the person's; its own time is the desk's clock."""
    act(opened_alert, ALERT, "assign", "ana", owner="ben", at=at(hours=1))
    put_desk_entries(opened_alert, Action("ASSIGNED", "desk", at(hours=4), "wang", action_id="A" * 26))
    act(opened_alert, ALERT, "note", "eve", comment="called", at=at(hours=5))
    assert [action.owner for action in actions_of(opened_alert, ALERT)] == ["ben", "wang", ""]
    (shown,) = opened_alert.rows(f"SELECT owner FROM lowtide.alert_current WHERE alert_id = '{ALERT}'")
    assert shown == {"owner": "wang"}
    assert act(opened_alert, ALERT, "ack", "eve", for_="wang").standing.owner == "wang"


def test_a_snooze_is_an_entry_that_changes_no_state(opened_alert: Warehouse) -> None:
    until = at(days=2)
    results = snooze_many(opened_alert, [ALERT, "02"], "chen", until, at=at(hours=1), comment="truck is late")
    again = snooze_many(opened_alert, [ALERT], "chen", until, at=at(hours=13))
    first, unknown = results
    assert isinstance(first, Snooze) and isinstance(unknown, SettingsError)
    assert first.action.action_id == again[0].action.action_id
    (told,) = queries.alert_desk(opened_alert, ALERT)
    assert (told["entry"], told["person"], told["until"]) == ("SNOOZED", "chen", until)
    assert act(opened_alert, ALERT, "ack", "chen").standing.state == "acknowledged"
    with Writer(opened_alert) as writer:
        worse = {"seq": 2, "entry": "WORSENED", "event_time": at(hours=14)}
        writer.write("ledger", batch(LEDGER, worse))
    anew = snooze_many(opened_alert, [ALERT], "chen", until, at=at(hours=15))[0]
    assert anew.action.action_id != first.action.action_id, "WORSENED ended the first one"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"until": at(hours=1)}, "has passed"),
        ({"until": at(days=31, hours=2)}, "30 days"),
        ({"until": at(days=1).replace(tzinfo=None)}, "no zone"),
        ({"person": ""}, "nobody"),
    ],
)
def test_a_snooze_has_a_person_and_an_end(opened_alert: Warehouse, given: dict, says: str) -> None:
    whole = {"person": "chen", "until": at(days=1), "at": at(hours=2)} | given
    with pytest.raises(SettingsError, match=says):
        snooze_many(opened_alert, [ALERT], **whole)


def test_what_has_ended_is_not_snoozed(opened_alert: Warehouse) -> None:
    with Writer(opened_alert) as writer:
        writer.write("ledger", batch(LEDGER, {"seq": 2, "entry": "CLEARED", "event_time": at(hours=1)}))
    (refused,) = snooze_many(opened_alert, [ALERT], "chen", at(days=1), at=at(hours=2))
    assert isinstance(refused, ActionError) and "has ended (cleared)" in refused.message


def test_a_thousand_alerts_are_one_read_and_one_insert(warehouse: Warehouse) -> None:
    ids = [alert_id(number) for number in range(1000)]
    with Writer(warehouse) as writer:
        writer.write("ledger", batch(LEDGER, *({"alert_id": one, "sku": one} for one in ids)))
    asked = [*ids[:998], ids[998][:25] + ids[998][25:].lower(), ids[3], "01K", "02"]
    done = act_many(warehouse, asked, "ack", "ana", comment="all of them")
    assert [result.alert_id for result in done[:1000]] == [*ids[:999], ids[3]]
    assert [result.repeated for result in done[:1000]] == [False] * 999 + [True]
    ambiguous, unknown = done[1000:]
    assert isinstance(ambiguous, SettingsError) and f"`{ids[4]}`, …" in ambiguous.hint
    assert isinstance(unknown, SettingsError)
    assert len(stored(warehouse)) == 999
    parts = warehouse.rows("SELECT count() AS parts FROM system.parts WHERE table = 'ledger' AND active")
    assert parts[0]["parts"] == 2, "one insert of the log, one of the people"
    again = act_many(warehouse, ids[:2], "start", "ben")
    assert [result.standing.state for result in again] == ["in_progress"] * 2
    assert [result.standing.owner for result in again] == ["ben"] * 2, (
        "who starts it takes it from a colleague"
    )
    with pytest.raises(SettingsError, match="nobody"):
        act_many(warehouse, ids, "ack", " ")


def test_closed_by_the_data_it_may_be_closed_with_feedback(opened_alert: Warehouse) -> None:
    with Writer(opened_alert) as writer:
        writer.write("ledger", batch(LEDGER, {"seq": 2, "entry": "CLEARED", "event_time": at(hours=1)}))
    assert act(opened_alert, ALERT, "close", "ana", feedback="unnecessary").standing.state == "closed"


def test_the_engine_does_not_know_of_it(opened_alert: Warehouse) -> None:
    """Actions are later than every entry, and the views do not mistake one for a computed entry."""
    before = queries.alerts(opened_alert, closed=True), queries.alert_entries(opened_alert, ALERT)
    for step in ("ack", "start", "resolve"):
        act(opened_alert, ALERT, step, "ana")
    after = queries.alerts(opened_alert, closed=True), queries.alert_entries(opened_alert, ALERT)
    engine = [
        name
        for name in before[0][0]
        if name in ("entry", "entries", "status", "severity", "event_time", "closed_at")
    ]
    assert [[row[name] for name in engine] for row in before[0]] == [
        [row[name] for name in engine] for row in after[0]
    ]
    assert before[1] == after[1]
    ids = {row["alert_id"] for row in queries.position_ledger(opened_alert, "1004906", "330")}
    assert ids == {ALERT, alert_id(2)}
