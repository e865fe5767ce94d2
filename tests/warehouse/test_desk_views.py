"""The views of what the desk did, on rows that were made by hand."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from lowtide.actions import act
from lowtide.actions.life import Action, identity
from lowtide.actions.rows import desk_row
from lowtide.cli.explain import explain
from lowtide.cli.position import position
from lowtide.rows import instant
from lowtide.warehouse import Warehouse, Writer, queries
from lowtide.warehouse.figure_rows import Figures

from .batches import LEDGER, NOON, POSITION, alert_id, at, batch
from .conftest import same_with_nulls_from_joins

VIEWS = ("alert_desk", "silence_current", "push_load_hour", "response")
NOTIFICATION = {
    "notification_id": "N1", "target": "wecom-chen", "person": "chen", "contact": 0, "reason": "FIRST", "state": "sent",
    "because": "", "severity": "warning", "alerts": [], "seqs": [], "counted": 1, "worth": None, "grp": "g",
    "about": "[]", "step": 0, "decided_at": NOON, "due_at": NOON, "sent_at": NOON, "tries": 1, "code": "0",
    "people_version": "p", "pipeline": "lowtide", "version": 1,
}  # fmt: skip
DEADLINE = {
    "pipeline": "lowtide", "alert_id": alert_id(1), "round": 1, "kind": "acknowledge", "person": "chen",
    "team": "dairy-buyers", "severity": "warning", "told_at": at(minutes=5), "due": at(hours=4), "confirmed": True,
    "people_version": "p", "decided_at": at(minutes=5),
}  # fmt: skip


def put(warehouse: Warehouse, table: str, base: dict[str, Any], *rows: dict[str, Any]) -> None:
    Writer(warehouse).insert_rows(table, [{**base, **row} for row in rows])


def ask(warehouse: Warehouse, view: str, order: str = "ALL") -> list[dict[str, Any]]:
    return warehouse.rows(f"SELECT * FROM lowtide.{view} ORDER BY {order}")


def entry(alert: dict[str, Any], kind: str, key: str, when: datetime, owner: str = "", **detail: Any) -> dict:
    action = Action(kind, "desk", when, owner)
    action = replace(action, action_id=identity(alert["alert_id"], action, "", key))
    return desk_row(alert, action, alert["opened_at"], detail, "open" if kind == "ROUTED" else "")


def opened(warehouse: Warehouse, *numbers: int, **more: Any) -> dict[int, dict[str, Any]]:
    """Alerts, each of a SKU of its own; the columns of their last entries."""
    with Writer(warehouse) as writer:
        rows = (
            {"alert_id": alert_id(one), "sku": f"s{one}", "severity": "warning", **more} for one in numbers
        )
        writer.write("ledger", batch(LEDGER, *rows))
    found = queries.alerts_to_act_on(warehouse, [alert_id(one) for one in numbers])
    return {one: found[alert_id(one)] for one in numbers}


def same_on_pages(warehouse: Warehouse) -> None:
    """What a page counts of a span is what the views say of all times."""
    first, last = NOON - timedelta(days=30), NOON + timedelta(days=30)
    told, heard = ask(warehouse, "response"), ask(warehouse, "push_load_hour")
    with warehouse.reader() as reader:
        figures = Figures(reader, first, first, last)
        whole = next((row for row in figures.kept("location") if row["whole"]), {})
        teams = {row["value"]: row["told"] for row in figures.kept("team") if not row["whole"]}
        hours = figures.pushes()
        persons = {one["person"]: figures.of_person(one["person"]) for one in told}
        before = Figures(reader, first - timedelta(days=9), first, first)
        assert not before.kept("team") and not before.pushes()
    assert whole.get("told", 0) == len(told)
    assert teams == Counter(one["team"] for one in told)
    for name, column, wanted in (
        ("kept", "acknowledged_in_time", 1), ("missed", "acknowledged_in_time", 0),
        ("resolved_kept", "resolved_in_time", 1), ("resolved_missed", "resolved_in_time", 0),
    ):  # fmt: skip
        assert whole.get(name, 0) == sum(one[column] == wanted for one in told), name
    for name, rows in persons.items():
        own = [one for one in told if one["person"] == name]
        taken = [m for one in own if (m := one["minutes_to_acknowledge"]) is not None]
        assert sum(row["acknowledged"] for row in rows) == len(taken)
        assert not taken or rows[0]["mtta"] == pytest.approx(statistics.median(taken))
    for name in ("pushes", "floods"):
        assert sum(row[name] for row in hours) == sum(one[name] for one in heard)


def test_nothing_there_is_no_row_and_no_error(warehouse: Warehouse) -> None:
    assert [ask(warehouse, view) for view in VIEWS] == [[]] * len(VIEWS)


def test_what_the_desk_did_is_a_row_with_its_facts_however_often_it_was_written(warehouse: Warehouse) -> None:
    """A rebuilt desk writes the same keys at a later time: the first of the two is told."""
    alert = opened(warehouse, 1)[1]
    for later in (0, 90):
        routed = entry(
            alert, "ROUTED", "routed", at(minutes=1 + later), "chen",
            people_version="p1", team="dairy-buyers", route="ab", row="rotation", followers=[], group="g1",
        )  # fmt: skip
        step = entry(
            alert, "ESCALATED", "step:1:3", at(hours=4, minutes=later),
            people_version="p1", round=1, step=3, to="wang", who="lead", due=instant(at(hours=4)),
        )  # fmt: skip
        Writer(warehouse).insert_rows("ledger", [routed, step])
    assert len(warehouse.rows("SELECT 1 FROM lowtide.ledger FINAL WHERE actor = 'desk'")) == 2
    first, second = ask(warehouse, "alert_desk", "decided_at")
    assert (first["person"], first["team"], first["row"], first["grp"]) == (
        "chen",
        "dairy-buyers",
        "rotation",
        "g1",
    )
    assert (second["person"], second["who"], second["round"], second["step"], second["due"], second["passed"]) == (
        "wang", "lead", 1, 3, at(hours=4), 0,
    )  # fmt: skip
    (row,) = warehouse.rows("SELECT stage, owner FROM lowtide.ledger FINAL WHERE entry = 'ROUTED'")
    assert row == {"stage": "open", "owner": "chen"}


def test_the_desk_moves_no_state_and_no_key_figure(warehouse: Warehouse) -> None:
    alerts = opened(warehouse, 1, 2)
    views = ("alert_current", "kpi_month", "alert_action", "alert_history", "alarm_stale", "alert_open")
    act(warehouse, alert_id(2), "ack", "ana", at=at(hours=1))
    before = {view: ask(warehouse, view) for view in views}
    for number, alert in alerts.items():
        rows = [
            entry(alert, "ROUTED", "routed", at(days=3), "chen" if number == 1 else "wang", group="g"),
            entry(alert, "ESCALATED", "step:1:2", at(days=3), to="lead", who="lead", step=2, round=1),
        ]
        Writer(warehouse).insert_rows("ledger", rows)
    after = {view: ask(warehouse, view) for view in views}
    for view in views:
        assert [{**row, "owner": ""} for row in after[view]] == [
            {**row, "owner": ""} for row in before[view]
        ], view
    assert [row["owner"] for row in after["alert_current"]] == ["chen", "ana"]


def test_load_of_a_person_is_counted_by_owner_once_alerts_are_routed(warehouse: Warehouse) -> None:
    alerts = opened(warehouse, *range(1, 9))
    rows = [
        entry(alert, "ROUTED", "routed", at(minutes=1), "chen" if n < 8 else "li")
        for n, alert in alerts.items()
    ]
    Writer(warehouse).insert_rows("ledger", rows)
    load = {row["owner"]: (row["alarms"], row["level"]) for row in ask(warehouse, "alarm_load_hour")}
    assert load == {"chen": (7, "high"), "li": (1, "acceptable")}


def test_stale_is_also_what_was_only_routed(warehouse: Warehouse) -> None:
    alerts = opened(warehouse, 1, 2, 3)
    opened(warehouse, 4, event_time=at(hours=30), opened_at=at(hours=30))
    rows = [entry(alert, "ROUTED", "routed", at(minutes=1), "chen") for alert in alerts.values()]
    Writer(warehouse).insert_rows("ledger", rows)
    act(warehouse, alert_id(2), "assign", "ana", owner="ben", at=at(hours=2))
    act(warehouse, alert_id(3), "ack", "chen", at=at(hours=2))
    assert [row["alert_id"] for row in ask(warehouse, "alarm_stale")] == [alert_id(1)]


def test_the_last_version_of_a_silence_holds(warehouse: Warehouse) -> None:
    silence = {
        "silence_id": "s1", "version": 1, "matchers": '{"supplier":["V002"]}', "start_at": NOON, "end_at": at(days=2),
        "ends_when_idle_s": 7200, "author": "chen", "reason": "strike", "ended_by": "", "at": NOON,
    }  # fmt: skip
    ended = {"version": 2, "end_at": at(hours=3), "ended_by": "wang", "at": at(hours=3), "author": "wang"}
    put(warehouse, "silence", silence, ended, {}, {"silence_id": "s2", "ends_when_idle_s": None})
    first, second = ask(warehouse, "silence_current", "silence_id")
    assert (first["version"], first["end_at"], first["ended_by"], first["author"], first["made_at"], first["at"]) == (
        2, at(hours=3), "wang", "chen", NOON, at(hours=3),
    )  # fmt: skip
    assert (second["version"], second["ends_when_idle_s"]) == (1, None)


def test_a_push_is_a_message_that_was_sent_however_many_targets_it_tried(warehouse: Warehouse) -> None:
    many = [{"notification_id": f"M{n}", "sent_at": at(hours=1, minutes=n)} for n in range(7)]
    put(
        warehouse, "notification", NOTIFICATION, *many,
        {"state": "dead", "sent_at": None},
        {"contact": 1, "target": "mail-chen", "severity": "critical"},
        {"notification_id": "N2", "state": "pending", "sent_at": None},
        {"notification_id": "N2", "version": 2, "sent_at": at(minutes=59)},
        {"notification_id": "N3", "reason": "DIGEST"},
        {"notification_id": "N4", "reason": "FIRST", "state": "dropped", "because": "ACKNOWLEDGED", "sent_at": None},
        {"notification_id": "N5", "person": "wang"},
    )  # fmt: skip
    load = [
        (r["person"], r["hour"], r["pushes"], r["critical"], r["level"])
        for r in ask(warehouse, "push_load_hour")
    ]
    assert load == [
        ("chen", NOON, 2, 1, "acceptable"),
        ("chen", at(hours=1), 7, 0, "high"),
        ("wang", NOON, 1, 0, "acceptable"),
    ]
    same_on_pages(warehouse)


def test_a_flood_is_more_than_ten_groups_in_ten_minutes(warehouse: Warehouse) -> None:
    alerts = opened(warehouse, *range(1, 41))
    rows = [
        entry(
            alert,
            "ROUTED",
            "routed",
            at(minutes=n % 10),
            "li" if n > 20 else "chen",
            group=f"g{n % 5 if n > 20 else n}",
        )
        for n, alert in alerts.items()
    ]
    Writer(warehouse).insert_rows("ledger", rows)
    floods = {row["person"]: (row["pushes"], row["floods"]) for row in ask(warehouse, "push_load_hour")}
    assert floods == {"chen": (0, 1)}, "20 groups of chen; 20 alerts of li in 5 groups are none"
    same_on_pages(warehouse)


def response(warehouse: Warehouse) -> dict[int, dict[str, Any]]:
    return {int(row["alert_id"][-5:]): row for row in ask(warehouse, "response")}


def test_answers_are_judged_against_the_deadline_of_what_was_told(warehouse: Warehouse) -> None:
    opened(warehouse, *range(1, 7))
    resolve = {"kind": "resolve", "told_at": at(minutes=5), "due": at(hours=48)}
    put(warehouse, "deadline", DEADLINE, *({"alert_id": alert_id(n)} for n in range(1, 7)), resolve)
    act(warehouse, alert_id(1), "ack", "ana", at=at(hours=4))
    act(warehouse, alert_id(1), "resolve", "ana", at=at(hours=20))
    act(warehouse, alert_id(2), "ack", "ben", at=at(hours=4, minutes=1))
    ends = {4: at(hours=3), 5: at(hours=9)}
    with Writer(warehouse) as writer:
        rows = [
            {"alert_id": alert_id(n), "sku": f"s{n}", "seq": 2, "entry": "CLEARED", "event_time": end}
            for n, end in ends.items()
        ]
        writer.write("ledger", batch(LEDGER, *rows))
    found = response(warehouse)
    in_time = {n: row["acknowledged_in_time"] for n, row in found.items()}
    assert in_time == {1: 1, 2: 0, 3: None, 4: None, 5: 0, 6: None}, "3 and 6 are not due on the desk's clock"
    first = found[1]
    assert (first["acknowledged_by"], first["minutes_to_acknowledge"], first["resolved_in_time"]) == (
        "ana",
        235.0,
        1,
    )
    assert (first["person"], first["team"], first["told_at"], first["resolve_due"]) == (
        "chen", "dairy-buyers", at(minutes=5), at(hours=48),
    )  # fmt: skip
    assert [found[2][name] for name in ("resolve_due", "resolved_in_time", "resolved_at")] == [None] * 3
    put(warehouse, "notification", NOTIFICATION, {"decided_at": at(hours=5)})
    moved = {"alert_id": alert_id(6), "due": at(hours=30), "decided_at": at(hours=1)}
    put(warehouse, "deadline", DEADLINE, moved)
    found = response(warehouse)
    assert (found[3]["acknowledged_in_time"], found[6]["acknowledged_in_time"]) == (0, None), (
        "a silence moved that of 6"
    )
    same_on_pages(warehouse)


def test_a_round_has_its_own_answer_and_its_own_steps(warehouse: Warehouse) -> None:
    alert = opened(warehouse, 1)[1]
    act(warehouse, alert_id(1), "ack", "ana", at=at(hours=1))
    again = {"round": 2, "told_at": at(hours=6), "due": at(hours=8), "severity": "critical", "person": "li"}
    put(warehouse, "deadline", DEADLINE, {}, again)
    rows = [
        entry(
            alert, "ESCALATED", "step:2:2", at(hours=7), round=2, step=2, to="li", who="owner", passed=True
        ),
        entry(alert, "ESCALATED", "step:2:3", at(hours=7), round=2, step=3, to="wang", who="lead"),
    ]
    Writer(warehouse).insert_rows("ledger", rows)
    first, second = ask(warehouse, "response", "round")
    assert (first["acknowledged_by"], first["acknowledged_in_time"], first["steps"]) == ("ana", 1, 0)
    assert (second["acknowledged_by"], second["acknowledged_in_time"], second["steps"]) == ("", None, 1)
    assert (second["person"], second["severity"]) == ("li", "critical")
    same_on_pages(warehouse)


def test_an_alert_that_retention_took_keeps_its_answer(warehouse: Warehouse) -> None:
    put(warehouse, "deadline", DEADLINE, {"alert_id": alert_id(9)})
    (row,) = ask(warehouse, "response")
    assert (row["type"], row["sku"], row["ended_at"]) == ("", "", None)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_does_not_depend_on_the_settings_of_its_reader(warehouse: Warehouse, view: str) -> None:
    alert = opened(warehouse, 1)[1]
    put(warehouse, "deadline", DEADLINE, {}, {"alert_id": alert_id(9)}, {"kind": "resolve"})
    put(warehouse, "notification", NOTIFICATION, {})
    Writer(warehouse).insert_rows("ledger", [entry(alert, "ROUTED", "routed", at(minutes=1), "chen")])
    same_with_nulls_from_joins(warehouse, view)


def test_names_are_those_of_the_people_file_in_force(warehouse: Warehouse) -> None:
    assert queries.names_of_people(warehouse) == {}
    base = {"version": "p1", "applied_at": NOON, "applied_by": "wang"}
    old = {"document": '{"file": {"people": {"chen": {"name": "陈"}}}}'}
    new = {
        "version": "p2",
        "document": '{"file": {"people": {"chen": {"name": "陈晨"}, "li": {}}}}',
        "applied_at": at(hours=1),
    }
    put(warehouse, "people_version", base, new, old)
    assert queries.names_of_people(warehouse) == {"chen": "陈晨"}


def test_explain_and_position_tell_what_the_desk_did(warehouse: Warehouse, store: Path) -> None:
    alert = opened(warehouse, 1)[1]
    with Writer(warehouse) as writer:
        writer.write("position", batch(POSITION, {"sku": "s1"}))
    people = '{"file": {"people": {"chen": {"name": "陈晨"}, "wang": {"name": "王芳"}}}}'
    put(
        warehouse,
        "people_version",
        {"version": "p1", "applied_at": NOON, "applied_by": "wang", "document": people},
        {},
    )
    due = instant(at(hours=4))
    rows = [
        entry(alert, "ESCALATED", "step:1:3", at(hours=4), round=1, step=3, to="wang", who="lead", due=due),
        entry(alert, "ROUTED", "routed", at(minutes=1), "chen", team="dairy-buyers", row="rotation"),
    ]
    Writer(warehouse).insert_rows("ledger", [rows[0]])
    Writer(warehouse).insert_rows("ledger", [rows[1]])
    act(warehouse, alert_id(1), "ack", "chen", at=at(hours=5))
    app = typer.Typer()
    app.command()(explain)
    app.command()(position)

    def said(*arguments: str) -> str:
        return CliRunner().invoke(app, [*arguments, "--warehouse", str(store)], env={"COLUMNS": "200"}).output

    told = said("explain", alert_id(1), "--lang", "en").partition("What was done\n")[2].splitlines()
    assert [line.strip() for line in told[:3]] == [
        "22 Nov 2026 12:01 UTC routed to 陈晨 (dairy-buyers, rotation)",
        "22 Nov 2026 16:00 UTC escalated to 王芳: step 3, due 22 Nov 2026 16:00",
        "22 Nov 2026 17:00 UTC acknowledged by 陈晨, owner 陈晨",
    ]
    newest = said("position", "s1", "330", "--lang", "en").splitlines()[-3:]
    assert [line.split("UTC")[1].split(",")[0].strip() for line in newest] == [
        "routed",
        "escalated",
        "acknowledged",
    ]
