"""Every sign of four stories is explained in both languages, and a number of it that is wrong is found."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache

import orjson
import pytest

from lowtide.explain import explain
from lowtide.runner.replay import replay_lines
from lowtide.words import LANGUAGES, Language
from tests.scenarios.story import Story

STORIES = {
    "goods_that_lie": {"overstock", "slow_moving", "dead_stock"},
    "promised_slipped_and_short": {"slipping_supply", "transfer_mismatch", "count_variance"},
    "full_record_empty_shelf": {"phantom_stock", "sales_drought", "level_shift"},
    "records_without_another": {"process_hole"},
}
"""The signs of each story."""


@cache
def ledger(name: str) -> list[dict]:
    story = Story(name)
    return replay_lines(story.events, policy=story.policy).ledger


def lives(name: str) -> list[list[dict]]:
    """The entries of each alert of a sign."""
    found: dict[str, list[dict]] = {}
    for entry in ledger(name):
        if entry["type"] in STORIES[name]:
            found.setdefault(entry["alert_id"], []).append(entry)
    return list(found.values())


def opening(kind: str) -> dict:
    name = next(name for name, kinds in STORIES.items() if kind in kinds)
    return deepcopy(next(life[0] for life in lives(name) if life[0]["type"] == kind))


@pytest.mark.parametrize("name", STORIES)
def test_a_story_has_each_of_its_signs(name):
    assert {life[0]["type"] for life in lives(name)} == STORIES[name]
    assert any(life[-1]["entry"] in ("CLEARED", "SUPERSEDED") for life in lives(name))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", STORIES)
def test_each_entry_is_told_and_each_of_its_numbers_is_right(name, lang):
    tell = Language(lang)
    for life in lives(name):
        for last in range(1, len(life) + 1):
            entry, told = life[last - 1], explain(life[:last], lang=lang)
            assert told.agrees, (entry["type"], entry["entry"], told.wrong)
            assert tell.word("reason", entry["reason"]) in " ".join(told.sections["happened"])
            assert told.sections["lines"], (entry["type"], entry["entry"])
            said = " ".join(line for section in told.sections.values() for line in section)
            assert not [gap for gap in ("{", "}", "None") if gap in said], said


def changed(**numbers: object) -> Callable[[dict], None]:
    return lambda entry: entry["detail"].update(numbers)


def first(key: str, **numbers: object) -> Callable[[dict], None]:
    return lambda entry: entry["detail"][key][0].update(numbers)


@pytest.mark.parametrize(
    ("kind", "change", "wrong"),
    [
        ("transfer_mismatch", changed(at_stake=11.0), "at_stake"),
        ("transfer_mismatch", first("mismatches", shipped="81"), "at_stake"),
        ("transfer_mismatch", first("mismatches", received="71"), "at_stake"),
        ("count_variance", changed(variance="-19"), "variance"),
        ("count_variance", changed(counted="21"), "variance"),
        ("count_variance", changed(recorded="41"), "variance"),
        ("slipping_supply", changed(p_as_promised=0.15), "p_as_promised"),
        ("slipping_supply", first("slipping", promised="2026-11-12T23:59:59.999Z"), "p_as_promised"),
        ("slipping_supply", lambda entry: entry.update(p_stockout=0.6), "p_stockout"),
        ("overstock", changed(cover_days=54.0), "cover_days"),
        ("overstock", changed(excess="160"), "excess"),
        ("overstock", changed(at_stake=3.0), "at_stake"),
        ("overstock", changed(overstock_exit_days=21.0), "excess"),
        ("slow_moving", changed(at_stake=0.3), "at_stake"),
        ("slow_moving", changed(holding_cost=0.5), "at_stake"),
        ("dead_stock", changed(at_stake=0.3), "at_stake"),
        ("phantom_stock", changed(odds=40.0), "odds"),
        ("phantom_stock", changed(quiet_days=5), "odds"),
        ("phantom_stock", changed(surprise_per_day=2.7), "odds"),
        ("sales_drought", changed(score=13.0), "score"),
        ("sales_drought", changed(score_of_sales=6.0), "score"),
        ("level_shift", lambda entry: entry.update(demand_per_day="1"), "demand_per_day"),
        ("process_hole", lambda entry: entry.update(demand_per_day="9"), "demand_per_day"),
        ("transfer_mismatch", first("mismatches", since="2026-11-15T22:00:00.000Z"), "since of PO-1"),
        ("transfer_mismatch", first("mismatches", since="2026-11-16T00:00:00.000Z"), "since of PO-1"),
        ("transfer_mismatch", changed(mismatches=[]), "some ref differs"),
        ("count_variance", changed(variance_units="21"), "variance over the line"),
        ("count_variance", changed(variance_share=0.6), "variance over the line"),
        ("count_variance", changed(at_stake=19.0), "at_stake"),
        ("count_variance", changed(counted_at="2026-11-19T00:00:00.000Z"), "counted before"),
        ("slipping_supply", changed(p_as_promised=0.38), "made by the slip"),
        ("slipping_supply", lambda entry: entry.update(severity="critical"), "severity"),
        ("overstock", changed(overstock_days=60.0), "cover over the line"),
        ("slow_moving", changed(idle_days=9), "idle days over the line"),
        ("slow_moving", changed(idle_units="12"), "units over the line"),
        ("dead_stock", changed(idle_days=19), "idle days over the line"),
        ("phantom_stock", changed(phantom_odds=50.0), "odds over the line"),
        ("sales_drought", changed(drought_line=20.0), "score over the line"),
        ("level_shift", changed(cusum=4.0), "CUSUM at the line"),
        ("level_shift", changed(cusum=0.0), "CUSUM over the line"),
        ("level_shift", changed(since="2026-08-12"), "since"),
        ("level_shift", changed(since="2026-08-20"), "since"),
        ("process_hole", changed(holes={}, unordered=[]), "a hole"),
    ],
)
def test_a_number_that_is_wrong_is_found(kind, change, wrong):
    entry = opening(kind)
    assert explain([entry]).agrees
    change(entry)
    assert wrong in [check.name for _, check in explain([entry]).wrong]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_mismatch_that_is_forgotten_is_not_said_to_agree(lang):
    """Nothing was reconciled: the ref has only become too old to be remembered."""
    base = {"source": "erp", "sku": "A", "location": "L", "ref": "T-1"}
    rows = [
        base
        | {
            "id": "1",
            "kind": "order",
            "quantity": 10,
            "event_time": "2026-11-02T08:00:00Z",
            "due": "2026-11-03",
        },
        base | {"id": "2", "kind": "shipment", "quantity": 10, "event_time": "2026-11-02T09:00:00Z"},
        base | {"id": "3", "kind": "receipt", "quantity": 12, "event_time": "2026-11-03T09:00:00Z"},
        {"source": "erp", "id": "4", "kind": "heartbeat", "event_time": "2026-12-24T00:00:00Z"},
    ]
    log = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    opened, cleared = (
        row
        for row in replay_lines(log, policy="defaults: {look_for: [transfer_mismatch]}").ledger
        if row["type"] == "transfer_mismatch"
    )
    tell, told = Language(lang), explain([opened, cleared], lang=lang)
    assert (told.agrees, cleared["entry"]) == (True, "CLEARED"), told.wrong
    assert tell.say("explain.mismatch_none") in told.sections["lines"]
    happened = " ".join(told.sections["happened"])
    assert {"en": "too old to be remembered", "zh": "过久不再保留"}[lang] in happened
