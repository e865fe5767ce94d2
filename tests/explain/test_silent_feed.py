"""A silent feed is told without stock, and its moment is computed again to the millisecond."""

from __future__ import annotations

import copy

import orjson
import pytest

from lowtide.explain import explain
from lowtide.ledger import FEED
from lowtide.words import LANGUAGES
from tests.scenarios.story import HERE

LEDGER = [
    orjson.loads(line)
    for line in (HERE / "silent_till_and_silent_shop" / "ledger.jsonl").read_bytes().splitlines()
]
TILL, SHOP = ([entry for entry in LEDGER if entry["sku"] == FEED + name] for name in ("till-1", "*"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("life", [TILL, SHOP, TILL[:1], SHOP[:1]])
def test_it_is_told_in_every_language(life, lang):
    told = explain(life, lang=lang)
    assert told.agrees and told.checks
    assert (told.sections["stock"], told.sections["demand"]) == ([], []), "a feed has no shelf"
    assert len(told.sections["lines"]) >= 2 and all("{" not in one for one in told.sections["lines"])
    assert bool(told.sections["action"]) == (len(life) == 1)


def test_it_is_called_by_its_source():
    assert "source till-1" in explain(TILL).title and "来源 till-1" in explain(TILL, lang="zh").title
    assert "all sources" in explain(SHOP).title
    assert any("together" in sentence for sentence in explain(SHOP).sections["lines"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due", "2026-11-17T12:04:59.999Z"), ("due", "2026-11-17T12:05:00.002Z"), ("silent_records", 3.1),
        ("silent_least_hours", 3.5), ("since", "2026-11-17T09:06:00.000Z"), ("expected", [1.0, 1.0, 0.9, 1.0]),
    ],
)  # fmt: skip
def test_a_number_that_is_off_is_found(name, value):
    wrong = copy.deepcopy(TILL[0])
    wrong["detail"]["silence"][name] = value
    assert not explain([wrong]).agrees
