"""`lowtide people` over a warehouse: the version in force, the account of an alert, the alerts of somebody who left."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lowtide.actions import act
from lowtide.cli.people import app
from lowtide.desk import handover, people_versions
from lowtide.errors import LowtideError, PeopleError
from lowtide.people import Book
from lowtide.warehouse import Warehouse, Writer, queries
from lowtide.warehouse.alert_facts import alert_facts
from tests.people.shop import folder

from .batches import LEDGER, alert_id, at, batch

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)


@pytest.fixture
def filled(warehouse: Warehouse) -> Warehouse:
    """Three open alerts and one that has ended, of locations that the file of the shop knows."""
    with Writer(warehouse) as writer:
        writer.write(
            "ledger",
            batch(
                LEDGER,
                {"alert_id": alert_id(1), "sku": "7", "location": "330"},
                {"alert_id": alert_id(2), "sku": "8", "location": "330", "severity": "critical"},
                {"alert_id": alert_id(3), "sku": "9", "location": "331", "type": "negative_stock"},
                {"alert_id": alert_id(4), "sku": "10", "location": "330", "entry": "CLEARED"},
            ),
        )
    return warehouse


def said(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return folder(tmp_path)


def test_the_version_that_was_applied_last_is_in_force(warehouse):
    one, two = Book.alone("an"), Book.alone("bo")
    assert people_versions.in_force(warehouse) is None
    assert people_versions.store(warehouse, one, applied_by="an", now=NOW)
    assert not people_versions.store(warehouse, one, applied_by="an", now=NOW + timedelta(days=1)), (
        "it is in force"
    )
    assert people_versions.store(warehouse, two, applied_by="bo", now=NOW - timedelta(days=1)), (
        "a clock that is behind"
    )
    there = people_versions.in_force(warehouse)
    assert (there.version, there.applied_by, there.book()) == (two.version, "bo", two)
    assert people_versions.store(warehouse, one, applied_by="an", now=NOW + timedelta(days=2)), (
        "back to the first"
    )
    assert people_versions.in_force(warehouse).version == one.version
    assert people_versions.version(warehouse, two.version).document == two.document
    assert people_versions.version(warehouse, "none") is None
    changes = warehouse.rows("SELECT what, actor, subject, detail FROM lowtide.audit ORDER BY at")
    assert [(row["what"], row["actor"], row["subject"]) for row in changes] == [
        ("people.apply", "an", one.version), ("people.apply", "bo", two.version), ("people.apply", "an", one.version),
    ]  # fmt: skip
    assert json.loads(changes[1]["detail"]) == {"before": one.version}


def test_alerts_of_somebody_who_left_go_to_who_is_on_duty(filled, store, shop):
    act(filled, alert_id(1), "ack", "chen", at=at(hours=30))
    act(filled, alert_id(2), "assign", "wang", owner="gone", at=at(hours=30))
    act(filled, alert_id(3), "assign", "wang", owner="gone", at=at(hours=30))
    act(filled, alert_id(4), "note", "gone", comment="ended", at=at(hours=30))
    told = json.loads(said("apply", shop, "--as", "wang", "--dry-run", "--json", "--warehouse", store))
    assert people_versions.in_force(filled) is None and not told["stored"], "a dry run writes nothing"
    assert {one["alert_id"]: one["from"] for one in told["reassigned"]} == {
        alert_id(2): "gone",
        alert_id(3): "gone",
    }

    out = said("apply", shop, "--as", "wang", "--warehouse", store)
    version = Book.load(shop).version
    assert f"version {version} is in force; before it was none" in out and "of `gone`" in out
    owners = {row["alert_id"]: row["owner"] for row in queries.alerts(filled)}
    assert owners[alert_id(1)] == "chen" and owners[alert_id(3)] == "wang" and owners[alert_id(2)] != "gone"
    entries = [row["actor"] for row in queries.alert_actions(filled, alert_id(3))]
    assert entries == ["wang", "wang"]

    again = said("apply", shop, "--as", "wang", "--warehouse", store)
    assert "in force already" in again and "gone" not in again
    zh = said("apply", shop, "--lang", "zh", "--warehouse", store)
    assert "已在生效中" in zh


def test_a_handover_that_is_repeated_is_one_entry(filled, shop):
    act(filled, alert_id(1), "assign", "wang", owner="gone", at=at(hours=30))
    book = Book.load(shop)
    leaving = handover.handovers(filled, book, NOW)
    first = handover.hand_over(filled, leaving, "wang")
    second = handover.hand_over(filled, leaving, "wang")
    assert not any(isinstance(one, LowtideError) for one in (*first, *second))
    assert [one.repeated for one in (*first, *second)] == [False, True]
    assert handover.handovers(filled, book, NOW) == []


def test_somebody_unknown_who_takes_an_alert_again_loses_it_again(filled, shop):
    book = Book.load(shop)
    for _ in range(2):
        act(filled, alert_id(1), "assign", "wang", owner="gone")
        (done,) = handover.hand_over(filled, handover.handovers(filled, book, NOW), "wang")
        assert (done.repeated, done.standing.owner in book.people) == (False, True)


def test_the_account_of_an_alert(filled, store, shop):
    told = json.loads(
        said(
            "show",
            alert_id(3),
            "--people",
            shop,
            "--at",
            "2026-12-01T10:00:00+08:00",
            "--json",
            "--warehouse",
            store,
        )
    )
    assert (told["team"], told["person"], told["row"], told["owner"]) == (
        "store-331",
        "wang",
        "fallback",
        "wang",
    )
    assert (told["lead"], told["manager"], told["followers"]) == ("qian", "zhao", ["stock-control"])
    assert told["route"]["match"] == {"type": ["negative_stock"]} and not told["told"]
    act(filled, alert_id(2), "ack", "li", at=at(hours=30))
    out = said(
        "show", alert_id(2), "--people", shop, "--at", "2026-12-01T10:00:00+08:00", "--warehouse", store
    )
    assert "owner: li" in out and "nobody was told yet" in out and "critical, hours of `shop`" in out
    assert (
        "step 4: manager" in out
        and "1 Dec 2026 12:00 Asia/Shanghai" in out
        and "acknowledge until 1 Dec 2026 10:30" in out
    )
    zh = said("show", alert_id(2), "--people", shop, "--lang", "zh", "--warehouse", store)
    assert "负责人：li" in zh


def test_the_times_of_a_ladder_count_from_when_the_owner_was_told(filled, store, shop):
    sent = {
        "notification_id": "N" * 20, "target": "console", "person": "li", "contact": 0, "reason": "FIRST",
        "state": "sent", "severity": "critical", "alerts": [alert_id(2)], "seqs": [1], "decided_at": at(hours=20),
        "due_at": at(hours=20), "sent_at": at(hours=21), "tries": 1, "version": 1,
    }  # fmt: skip
    Writer(filled).insert_rows("notification", [sent])
    told = json.loads(said("show", alert_id(2), "--people", shop, "--json", "--warehouse", store))
    assert told["told"] and told["told_at"] == f"{at(hours=21):%Y-%m-%dT%H:%M:%S}.000Z"


def test_without_a_file_the_version_in_force_answers(filled, store, shop):
    with pytest.raises(PeopleError, match="no file of people is in force"):
        said("duty", "--warehouse", store)
    said("apply", shop, "--warehouse", store)
    out = said("duty", "--at", "2026-12-07T10:00:00+08:00", "--warehouse", store)
    assert "dairy-buyers" in out and "rotation" in out and "store-330" in out
    rows = [
        json.loads(line)
        for line in said("duty", "--team", "store-330", "--json", "--warehouse", store).splitlines()
    ]
    assert [(row["team"], row["lead"]) for row in rows] == [("store-330", "qian")]
    assert "轮班" in said("duty", "--at", "2026-12-07T10:00:00+08:00", "--lang", "zh", "--warehouse", store)
    with pytest.raises(LowtideError, match="there is no team `nobody`"):
        said("duty", "--team", "nobody", "--warehouse", store)


def test_the_facts_of_an_alert_come_from_catalogue_and_locations(filled):
    filled.insert_rows(
        "catalogue", ["sku", "category", "supplier", "abc", "department"], [["7", "DAIRY", "V2", "A", "F"]]
    )
    filled.insert_rows("location", ["location", "region", "loaded_at"], [["330", "east", NOW]])
    found = alert_facts(filled, alert_id(1))
    assert found.facts == {
        "type": "projected_stockout", "sku": "7", "category": "DAIRY", "supplier": "V2", "abc": "A", "department": "F",
        "location": "330", "region": "east",
    }  # fmt: skip
