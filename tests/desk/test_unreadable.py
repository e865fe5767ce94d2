"""A row that another program wrote into the warehouse, and wrongly, does not end a desk and silences nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.desk import decide, silences
from lowtide.desk.store import Store
from lowtide.people import Book
from tests.desk.entries import DAY, HOUR, NOON, action, desk_db, entry, table, take

ONE = Book.read("time_zone: UTC\npeople: {chen: {contacts: [console]}}\nroutes: [{to: chen}]\n")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with desk_db(tmp_path) as store:
        yield store


def silence(matchers: str, silence_id: str = "S", version: int = 1) -> dict[str, object]:
    return {
        "silence_id": silence_id, "version": version, "matchers": matchers, "start_at": NOON - HOUR,
        "end_at": NOON + DAY, "ends_when_idle_s": None, "author": "chen", "reason": "strike",
    }  # fmt: skip


@pytest.mark.parametrize(
    "matchers",
    [
        "", "no JSON", "{}", "[]", "null", '"sku"', '{"sku": 5}', '{"sku": []}', '{"sku": [""]}', '{"sku": [null]}',
        '{"sku": {"a": 1}}', '{"skv": ["*"]}', '{"1=1 OR sku": ["a"]}', '{"sku": "a"', '{"region": true}',
    ],
)  # fmt: skip
def test_a_silence_that_cannot_be_read_silences_nothing(
    store: Store, caplog: pytest.LogCaptureFixture, matchers: str
) -> None:
    take(store, [entry("A", severity="critical")])
    with store.transaction() as tx:
        silences.take(tx, [silence(matchers), silence('{"sku": ["z*"]}', "T")], NOON)
        decide.step(tx, ONE, NOON)
    assert [row["silence_id"] for row in table(store, "silence")] == ["T"]
    assert [row["because"] for row in table(store, "routed")] == [""]
    assert "row_unreadable" in caplog.text and "silence='S'" in caplog.text


def test_a_version_that_cannot_be_read_leaves_the_one_before_in_force(store: Store) -> None:
    take(store, [entry("A", severity="critical")])
    with store.transaction() as tx:
        silences.take(tx, [silence('{"sku": "a"}')], NOON)
        silences.take(tx, [silence("oops", version=2)], NOON)
        decide.step(tx, ONE, NOON)
    assert [row["because"] for row in table(store, "routed")] == ["SILENCED"]


@pytest.mark.parametrize(
    "detail",
    [
        "", "no JSON", "[]", "null", '{"until": "tomorrow"}', '{"until": []}', '{"until": 1e400}', '{"until": -1e18}',
        '{"until": 99999999999999999999999}', '{"until": 9223372036854775807}', '{"until": "2026-11-23T00:00:00"}',
    ],
)  # fmt: skip
def test_a_snooze_that_cannot_be_read_snoozes_nothing(store: Store, detail: str) -> None:
    take(store, [entry("A"), action("A", "SNOOZED", "s1", NOON + HOUR, detail=detail)])
    assert table(store, "snooze") == []


@pytest.mark.parametrize(
    "detail", ["no JSON", "[]", '{"followers": null}', '{"followers": 5, "team": []}', '{"to": null}']
)
def test_entries_of_a_desk_that_cannot_be_read_do_not_end_the_next_one(store: Store, detail: str) -> None:
    take(
        store,
        [
            entry("A", severity="critical"),
            action("A", "ROUTED", "r1", NOON, actor="desk", owner="chen", detail=detail),
            action("A", "ESCALATED", "e1", NOON, actor="desk", detail=detail),
        ],
    )
    with store.transaction() as tx:
        decide.step(tx, ONE, NOON)
    assert [row["person"] for row in table(store, "routed")] == ["chen"]
