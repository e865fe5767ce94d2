"""A proposal in sentences: what a buyer reads before pressing the button, in English and in Chinese."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest

from lowtide.explain.proposal import proposal_story
from lowtide.propose import (
    MARKS,
    Donor,
    Lane,
    Overdue,
    Proposed,
    Supplier,
    Supply,
    chase,
    count,
    expedite,
    life,
    order,
    transfer,
)  # fmt: skip
from lowtide.words import Language
from tests.propose.conftest import AT, MONDAY, item, position, supplier, terms

EN, ZH = Language("en", "¥", "Asia/Shanghai"), Language("zh", "¥", "Asia/Shanghai")
DAIRY = Supplier(
    "V002", "Dairy Co", order_days=frozenset({0, 3}), cut_off=18 * 60, delivery_days=frozenset({1, 4}), lead_time=1.0,
    zone=ZoneInfo("UTC"), expedite_to=1.0, expedite_cost=0.5,
)  # fmt: skip


def row(proposed: Proposed) -> dict:
    return {**proposed.to_dict(), "name": "Milk", "location_name": "Harbour"}


def every_kind() -> list[Proposed]:
    here = position(3_250, (Supply("o1", 2_000, MONDAY + timedelta(days=3)), Supply("o2", 1_000, MONDAY)))
    donor = Donor(position(60_000, location="S02"), terms(), Lane("S02", "S01", 5.0, 2_000, 3.0))
    return [
        order(here, item(pack=12_000, moq=24_000, max_stock=20_000), DAIRY, terms(), AT),
        order(
            here,
            item(source="make"),
            supplier(),
            terms(method="min_max", min_level=20_000, max_level=50_000),
            AT,
        ),
        order(here, item(margin=None), supplier(), terms(method="ddmrp"), AT),
        transfer(here, item(), supplier(), terms(), [donor], AT),
        *expedite(here, item(), DAIRY, terms(), AT),
        chase(
            "V002", "Dairy Co", [Overdue("S01", "1001", "o2", 1_000, AT - timedelta(days=2.4), "Milk")], AT
        ),
        count(position(-3_500), item(), AT),
    ]


def test_an_order_is_told_line_by_line():
    told = proposal_story(row(order(position(), item(pack=12_000), DAIRY, terms(), AT)), EN)
    assert told.title == (
        "Order 12 piece (1 × 12) of Milk (1001) from Dairy Co (V002) for Harbour (S01), until 1 Dec 2026 02:00 Asia/Shanghai"
    )
    everything = [sentence for section in told.sections.values() for sentence in section]
    for sentence in (
        "What is ordered on 30 November 2026 comes on 1 December 2026; the next order is on 3 December 2026 and comes on "
        "4 December 2026. So the stock has to last to the end of 4 December 2026.",
        "Until then 12.0 units are expected to be sold, give or take 4.9 (standard deviation).",
        "21 units are enough with a chance of 96.0 %, one unit less with 94.5 %; the service level asks for 95.0 %.",
        "Need = 21 − 20 available − 0 expected from open orders = 1 units.",
        "In packs of 12: 12.",
    ):
        assert sentence in everything, "\n".join(everything)


def test_the_order_that_is_late_alone_says_what_else_to_do():
    told = proposal_story(row(order(position(), item(), supplier(), terms(), AT)), EN)
    assert any(
        "The order alone is late" in sentence and "expedite" in sentence
        for sentence in told.sections["warnings"]
    )


@pytest.mark.parametrize("tell", [EN, ZH], ids=["en", "zh"])
@pytest.mark.parametrize("number", range(7))
def test_every_kind_has_its_sentences_and_its_numbers_agree(number, tell):
    proposed = every_kind()[number]
    told = proposal_story(orjson.loads(orjson.dumps(row(proposed))), tell)
    assert told.agrees and told.checks, told.wrong
    assert told.sections["arithmetic"] and told.title
    assert not [sentence for section in told.sections.values() for sentence in section if "{" in sentence]
    assert told.verdict() == tell.say("proposal.agree", count=len(told.checks))


def test_a_number_that_was_changed_is_found():
    """Somebody edits the quantity in the record: explain must not nod."""
    proposed = every_kind()[0]
    changed = replace(
        proposed, detail={**proposed.detail, "result": {**proposed.detail["result"], "quantity": "36"}}
    )
    told = proposal_story(row(changed), EN)
    assert not told.agrees and "quantity" in {check.name for check in told.wrong}
    assert "came out differently" in told.verdict()


def test_every_mark_and_every_reason_has_a_sentence():
    for tell in (EN, ZH):
        for mark in MARKS:
            assert tell.say(f"proposal.mark.{mark}", chance="9 %")
        for reason in life.REASONS:
            assert tell.say(f"proposal.reason.{reason}")
