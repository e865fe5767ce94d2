"""An alert about lots that expire is told in both languages, and its numbers are those of the story of short dates."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import pytest

from lowtide.explain import explain
from lowtide.runner.replay import replay_lines
from lowtide.words import LANGUAGES, Language
from tests.scenarios.story import Story


@cache
def ledger() -> list[dict]:
    story = Story("short_dates")
    return [
        row for row in replay_lines(story.events, policy=story.policy).ledger if row["type"] == "expiring"
    ]


def life(sku: str, number: int) -> list[dict]:
    """The entries of one alert of a SKU, by the order in which they opened."""
    ids = list(dict.fromkeys(row["alert_id"] for row in ledger() if row["sku"] == sku))
    return [deepcopy(row) for row in ledger() if row["alert_id"] == ids[number]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lots_are_told_and_every_number_agrees(lang):
    opened, *_ = milk = life("Milk 1 l", 1)
    told = explain(milk[:1], lang=lang)
    assert told.agrees, told.wrong
    tell = Language(lang)
    lot, worst, *_ = told.sections["lines"]
    assert lot == tell.say("explain.lot", left="60", expiry=tell.instant("2026-11-10T23:59:59.999Z"))
    assert all(part in worst for part in ("60", "26.504", "95.5", "34.034")), worst
    assert told.sections["action"] == [tell.word("action", "expiring")]
    assert tell.word("reason", opened["reason"]) in " ".join(told.sections["happened"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_has_expired_is_told_and_what_is_gone_too(lang):
    tell, milk = Language(lang), life("Milk 1 l", 1)
    told = explain(milk[:2], lang=lang)
    assert told.agrees, told.wrong
    assert told.sections["lines"][1] == tell.say("explain.lots_expired", units="15")
    gone = explain(milk, lang=lang)
    assert gone.agrees, gone.wrong
    assert gone.sections["lines"][0] == tell.say("explain.lots_gone")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda detail: detail["lots"][-1].update(left="61"), "left of 2026-11-10"),
        (lambda detail: detail.update(expiring_p=0.99), "chance over the line"),
        (lambda detail: detail["worst"].update(days=4), "days until the expiry"),
        (lambda detail: detail["worst"].update(p=0.5), "chance not to be sold"),
        (lambda detail: detail["worst"].update(mean=20.0), "mean until the expiry"),
        (lambda detail: detail["worst"].update(unsold=3.0), "unsold"),
        (lambda detail: detail.update(expired="4"), "expired"),
        (lambda detail: detail.update(at_stake=3.0), "at_stake"),
    ],
)
def test_a_number_that_is_wrong_is_found(change, wrong):
    entry = life("Milk 1 l", 1)[0]
    change(entry["detail"])
    assert wrong in [check.name for _, check in explain([entry]).wrong]
