"""The mirror: the same whatever the order, nothing met twice, nothing of the past."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.desk.inflow import mirror
from lowtide.desk.inflow.compare import difference
from lowtide.desk.inflow.fold import FACTS, REOPENED
from lowtide.desk.store import Store
from tests.desk.entries import DAY, HOUR, NOON, action, desk_db, entry, one, shuffled, table, take


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with desk_db(tmp_path) as store:
        yield store


LIFE = [
    entry("A"),
    entry("A", 2, "WORSENED", NOON + HOUR, severity="critical", worth=40.0),
    entry("A", 3, "REVISED", NOON + 2 * HOUR, severity="critical", worth=50.0),
    action("A", "ACKNOWLEDGED", "x1", NOON + HOUR, owner="chen"),
    action("A", "RESOLVED", "x2", NOON + 2 * HOUR),
    action("A", "REOPENED", "x3", NOON + 3 * HOUR, actor="wang"),
    entry("B", sku="b"),
]


def test_an_alert_is_folded_from_its_entries(store: Store) -> None:
    assert take(store, LIFE) == 7
    with store.read() as tx:
        alert = one(tx, "SELECT * FROM alert WHERE alert_id = 'A'")
    assert (alert["seq"], alert["entry"], alert["severity"], alert["worth"]) == (
        3,
        "REVISED",
        "critical",
        50.0,
    )
    assert (alert["state"], alert["owner"], alert["status"]) == ("acknowledged", "chen", "open")
    assert (alert["round"], alert["round_at"]) == (2 + REOPENED, NOON + 3 * HOUR)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_repeats_and_polls_do_not_matter(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    with desk_db(tmp_path_factory.mktemp("a")) as plain, desk_db(tmp_path_factory.mktemp("b")) as mixed:
        take(plain, LIFE)
        take(mixed, [row for rows in shuffled(LIFE, seed) for row in rows])
        for name in ("alert", "action"):
            assert table(mixed, name) == table(plain, name)
        assert table(mixed, "news", but=("n",)) == table(plain, "news", but=("n",))


@pytest.mark.parametrize("seed", range(8))
def test_actions_may_come_in_any_polls(store: Store, seed: int, tmp_path: Path) -> None:
    """The entries of the core come in order, those of people before or after them."""
    take(store, LIFE)
    with desk_db(tmp_path / "other") as other:
        take(other, LIFE[:1] + LIFE[6:])
        for rows in shuffled(LIFE[3:6], seed):
            take(other, rows)
        take(other, LIFE[1:3])
        for name in ("alert", "action"):
            assert table(other, name) == table(store, name)


def test_an_entry_that_comes_again_is_not_news(store: Store) -> None:
    take(store, LIFE)
    before = table(store, "news")
    assert take(store, LIFE) == 0
    assert table(store, "news") == before


def test_what_ended_before_it_was_seen_stays_out(store: Store) -> None:
    take(store, [entry("A"), entry("A", 2, "CLEARED", NOON + 1)])
    take(store, [entry("B", is_open=0)])
    take(store, [action("C", "NOTED", "n1", NOON)])
    assert table(store, "alert") == table(store, "news") == table(store, "action") == []


def test_an_ended_alert_stays_two_days_and_its_replay_brings_nothing(store: Store) -> None:
    take(store, [entry("A")])
    take(store, [entry("A", 2, "CLEARED", NOON + HOUR)], now=NOON + HOUR)
    with store.transaction() as tx:
        assert one(tx, "SELECT status, ended_at FROM alert") == {"status": "cleared", "ended_at": NOON + HOUR}
        assert mirror.forget(tx, NOON + 2 * DAY) == 0
        assert mirror.forget(tx, NOON + 2 * DAY + HOUR + 1) == 1
    news = len(table(store, "news"))
    take(store, [entry("A", is_open=0), entry("A", 2, "CLEARED", NOON + HOUR, is_open=0)])
    assert table(store, "alert") == [] and len(table(store, "news")) == news


def test_an_alert_whose_rows_were_taken_by_retention_has_expired(store: Store) -> None:
    take(store, [entry("A"), entry("B", sku="b")])
    with store.transaction() as tx:
        assert mirror.expire(tx, ["A", "unknown"], NOON + DAY) == 1
        assert mirror.expire(tx, ["A"], NOON + DAY) == 0
        assert one(tx, "SELECT entry, seq FROM news WHERE entry = 'EXPIRED'") == {
            "entry": "EXPIRED",
            "seq": 2,
        }
    take(store, [entry("A")])
    with store.read() as tx:
        assert one(tx, "SELECT status FROM alert WHERE alert_id = 'A'")["status"] == "open"


def test_a_snooze_of_the_ledger_is_in_force(store: Store) -> None:
    until = {"until": "2026-11-22T18:00:00.000Z"}
    take(store, [entry("A"), action("A", "SNOOZED", "s1", NOON + HOUR, detail=until)])
    with store.read() as tx:
        snooze = one(tx, "SELECT * FROM snooze")
    assert (snooze["sku"], snooze["until"], snooze["person"]) == ("a", NOON + 6 * HOUR, "chen")


def test_to_whom_the_desk_routed_an_alert_is_not_an_action_of_a_person(store: Store) -> None:
    take(store, [entry("A"), action("A", "ROUTED", "r1", NOON, actor="desk", owner="wang")])
    with store.read() as tx:
        assert one(tx, "SELECT state, owner FROM alert") == {"state": "new", "owner": ""}


def test_the_compare_names_what_differs_and_how(store: Store) -> None:
    take(store, [entry(name, sku=name) for name in "ABCD"] + [action("B", "NOTED", "n1", NOON)])
    facts = dict.fromkeys(FACTS, "") | {"worth": None, "severity": "warning", "entry": "OPENED", "seq": 1}
    listed = [
        [facts | {"alert_id": "A", "actions": 0}, facts | {"alert_id": "B", "actions": 2}],
        [facts | {"alert_id": "C", "actions": 0, "supplier": "V2"}, facts | {"alert_id": "E", "actions": 0}],
    ]
    with store.read() as tx:
        found = difference(tx, listed)
    assert (found.missing, found.behind, found.gone) == (["E"], ["B"], ["D"])
    assert [row["alert_id"] for row in found.changed] == ["C"]
    with store.transaction() as tx:
        mirror.refresh(tx, found.changed)
        assert one(tx, "SELECT supplier FROM alert WHERE alert_id = 'C'")["supplier"] == "V2"
