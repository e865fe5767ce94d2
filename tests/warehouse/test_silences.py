"""A silence says beforehand what it hits, has a reason and an end, and ends once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lowtide.desk import silences
from lowtide.desk.silences import Silence, draft, matchers_of
from lowtide.desk.store import Store
from lowtide.errors import SettingsError
from lowtide.warehouse import Warehouse, Writer

from .batches import LEDGER, NOON, alert_id, batch

NOW = NOON + timedelta(days=1)
STRIKE = {"supplier": ["V002"]}


def silence(matchers: dict[str, list[str]] | None = None, **changed: object) -> Silence:
    usual = {"author": "wang", "reason": "strike", "start": NOW, "end": NOW + timedelta(days=4), "now": NOW}
    return draft(STRIKE if matchers is None else matchers, **{**usual, **changed})  # type: ignore[arg-type]


def shop(warehouse: Warehouse) -> None:
    """Two alerts that are open at 330, one that has ended at 331, and one of two months ago."""
    old = NOON - timedelta(days=60)
    with Writer(warehouse) as writer:
        writer.write(
            "ledger",
            batch(
                LEDGER,
                {"severity": "critical", "location": "330"},
                {"alert_id": alert_id(2), "location": "330", "type": "overdue_supply", "severity": "warning", "sku": "b"},
                {"alert_id": alert_id(3), "location": "331", "sku": "c"},
                {"alert_id": alert_id(3), "location": "331", "sku": "c", "seq": 2, "entry": "CLEARED"},
                {"alert_id": alert_id(4), "location": "330", "sku": "d", "event_time": old, "opened_at": old},
                {"alert_id": alert_id(4), "location": "330", "sku": "d", "seq": 2, "entry": "CLEARED", "event_time": old,
                 "opened_at": old},
            ),
        )  # fmt: skip
    place = {"location": "330", "name": "Main", "region": "north", "loaded_at": NOW, "row_hash": 1}
    columns = {row["name"] for row in warehouse.rows("DESCRIBE TABLE lowtide.location")}
    Writer(warehouse).insert_row(
        "location", {name: value for name, value in place.items() if name in columns}
    )


HITS = {
    ("location=330",): (2, 2),
    ("location=33*",): (2, 3),
    ("location=330", "type=overdue_supply"): (1, 1),
    ("severity=critical,watch", "location=330"): (1, 1),
    ("region=north",): (2, 2),
    ("region=south",): (0, 0),
}
"""Matchers, and how many alerts are open now and how many opened in the 30 days before the last opening."""


def test_the_preview_counts_what_is_open_and_what_opened_in_thirty_days(warehouse: Warehouse) -> None:
    shop(warehouse)
    for words, expected in HITS.items():
        hits = silences.preview(warehouse, matchers_of(words), NOW)
        assert (hits.open, hits.opened) == expected, words
        assert hits.until == NOON


def test_the_preview_of_an_empty_warehouse_says_nothing(warehouse: Warehouse) -> None:
    hits = silences.preview(warehouse, STRIKE, NOW)
    assert (hits.open, hits.opened, hits.worth, hits.until) == (0, 0, None, None)


def test_a_silence_is_written_listed_and_ended_once(warehouse: Warehouse) -> None:
    made = silence(idle_s=7200)
    silences.write(warehouse, made)
    silences.write(warehouse, made)
    assert silences.silences(warehouse, NOW) == [made], "the same row again is the same silence"
    later = NOW + timedelta(hours=1)
    ended = silences.end(warehouse, made.silence_id[:4].lower(), "li", later)
    assert (ended.version, ended.end, ended.ended_by) == (2, later, "li")
    assert silences.silences(warehouse, later) == []
    assert silences.silences(warehouse, later, ended=True) == [ended]
    with pytest.raises(SettingsError, match="no silence begins"):
        silences.end(warehouse, made.silence_id, "li", later)


def test_one_that_begins_later_can_be_ended_before(warehouse: Warehouse) -> None:
    made = silence(start=NOW + timedelta(days=1))
    silences.write(warehouse, made)
    assert not made.is_in_force(NOW) and silences.silences(warehouse, NOW) == [made]
    assert silences.end(warehouse, made.silence_id, "li", NOW).end == NOW


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": "  "}, "needs a reason"),
        ({"author": ""}, "nobody makes"),
        ({"end": NOW + timedelta(days=31)}, "at most 30 days"),
        ({"end": NOW}, "before it begins or before now"),
        ({"start": NOW - timedelta(days=9), "end": NOW - timedelta(days=1)}, "before now"),
    ],
)
def test_a_silence_without_reason_author_or_end_is_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        silence(**changed)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "what shall be silent"),
        (["V002"], "not a matcher"),
        (["supplier="], "not a matcher"),
        (["supplir=V002"], "Did you mean `supplier`"),
        (["type=overdue"], "not a type"),
        (["severity=high"], "not a severity"),
    ],
)
def test_a_matcher_that_is_misspelt_is_refused_and_never_matches_nothing_in_silence(
    words: list[str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        matchers_of(words)


def test_the_desk_takes_the_highest_version_in_any_order(tmp_path) -> None:
    """Rows of the table come in blocks, and a block may bring an older version after a newer one."""
    first = {
        "silence_id": "S1", "version": 1, "matchers": '{"sku": ["a"]}', "start_at": 0, "end_at": 100, "ends_when_idle_s": 60,
        "author": "wang", "reason": "strike", "ended_by": "", "at": 0,
    }  # fmt: skip
    second = {**first, "version": 2, "end_at": 50, "ended_by": "li"}
    with Store.open(tmp_path / "desk.db") as store:
        for rows in ([first], [second, first], [first, second]):
            with store.transaction() as tx:
                silences.take(tx, rows, 10)
        with store.read() as tx:
            (row,) = tx.rows("SELECT * FROM silence")
    assert (row["version"], row["end_at"], row["ends_when_idle_ms"]) == (2, 50, 60_000)
