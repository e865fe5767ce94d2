"""An explanation says the same in two languages, for each of the six types, and never hides a difference."""

from __future__ import annotations

import io

import orjson
import pytest

from lowtide.explain import explain
from lowtide.explain.render import render
from lowtide.operation.screen import Screen
from lowtide.words import LANGUAGES, Language
from tests.explain.entries import DEMAND, SUPPLY, entry, judged, projection, supply

OVERDUE = {
    "overdue": [{"ref": "PO1", "remaining": "40", "due": "2026-11-20T00:00:00.000Z"}],
    "grace_hours": 24,
}
SPIKE = {
    "day": "2026-11-22", "sold": "12", "mean": 4.0, "variance": 12.0, "tail_p": 0.03853673,
    "spike_p": 1e-4, "spike_min": 5,
}  # fmt: skip
CASES = {
    "projected_stockout": entry(),
    "out_of_stock": judged(
        0, type="out_of_stock", severity="critical", supersedes="01KAMOLDOLDOLDOLDOLDOLDOLD",
    ) | {"trip_level": "0", "exit_level": "0"},
    "below_reorder_point": entry(
        type="below_reorder_point", trip_level="39.075", exit_level="39.075",
        detail=projection(reorder_point="39.075", inventory_position="20", formula={
            "k": 1.6449, "sigma": 9.165, "safety_stock": 15.075,
            "service_level": 0.95, "lead_time_sd_days": 2, "service": "cycle", "quantity": None,
        }),
    ),
    "overdue_supply": entry(type="overdue_supply", cause_id=None, on_order="40", detail=OVERDUE),
    "sales_spike": entry(type="sales_spike", severity="watch", detail=SPIKE),
    "negative_stock": entry(
        type="negative_stock", on_hand="-3", available="-3", trip_level="0", exit_level="0", detail={}
    ),
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", CASES)
def test_every_type_is_told_in_every_language(kind, lang):
    explained = explain([CASES[kind]], {"name": "Milk 1 l"}, lang)
    assert explained.agrees, explained.wrong
    tell = Language(lang)
    assert tell.named("1004906", "Milk 1 l") in explained.title
    asked = tell.say("explain.unordered") if kind == "out_of_stock" else tell.word("action", kind)
    assert explained.sections["action"] == [asked]
    assert explained.sections["lines"], "an alert that crosses no line needs no one"
    assert all("{" not in sentence for part in explained.sections.values() for sentence in part)
    assert orjson.loads(orjson.dumps(explained.to_dict()))["agrees"] is True


def test_times_are_those_of_the_shop_and_places_have_names():
    late = entry(event_time="2026-11-22T23:30:00.000Z")
    told = explain([late], lang="zh", place="Nord", zone="Asia/Shanghai")
    assert "Nord（330）" in told.title
    assert "2026年11月23日 07:30 Asia/Shanghai" in told.sections["happened"][0]
    assert (
        explain([late], zone="Europe/Paris")
        .sections["happened"][0]
        .startswith("Opened at 23 Nov 2026 00:30 Europe/Paris")
    )
    assert told.to_dict()["entry"]["event_time"] == "2026-11-22T23:30:00.000Z", "data stay in UTC"


@pytest.mark.parametrize(
    ("lang", "since", "order"),
    [
        (
            "en",
            "Since the alert: −1 on hand, −1 available, +36 on order.",
            "PO9: 36 due 24 Nov 2026; chance to be here by day 8: 95.0 %.",
        ),
        (
            "zh",
            "告警以来：现有 −1，可用 −1，已订 +36。",
            "PO9：36，应于 2026年11月24日 到货；第 8 天前到货的概率 95.0 %。",
        ),
    ],
)
def test_stock_and_supply_are_those_of_now(lang, since, order):
    """Eight of the ten dearest alerts said that nothing was on order after the order had been placed."""
    empty = CASES["out_of_stock"]
    now = {"on_hand": "-1", "available": "-1", "on_order": "36", "in_transit": "0"}
    orders = [{"ref": "PO9", "outstanding": "36", "due": "2026-11-24T08:00:00.000Z"}]
    before, after = explain([empty], lang=lang), explain([empty], lang=lang, now=now, orders=orders)
    tell = Language(lang)
    assert before.sections["action"] == [tell.say("explain.unordered")]
    assert after.sections["action"] == [tell.word("action", "out_of_stock")]
    assert since in after.sections["stock"] and since not in before.sections["stock"]
    assert before.sections["supply"] == [tell.say("explain.no_supply")]
    assert after.sections["supply"][1] == order
    assert explain([empty], lang=lang, now=now, orders=[]).sections["supply"] == [
        tell.say("explain.supply_total", on_order="36", in_transit="0")
    ]


def test_what_is_said_about_a_projected_stockout():
    explained = explain([entry(on_order="15", detail=projection(supply=[SUPPLY], out_by=[0.0] * 8))])
    text = " ".join(sentence for part in explained.sections.values() for sentence in part)
    assert "by record `t-1` from `till-7`" in text
    assert "PO1: 15 due 25 Nov 2026; chance to be here by day 8: 92.0 %" in text
    assert "over 8 days 24.0 expected, give or take 6.9" in text
    assert "72.9 % is over the warning line of 50.0 %; with 25 available it would not be" in text
    assert "lead_time_days from layer `dairy`" in text


def test_between_the_entry_and_the_exit_line_it_says_that_the_alert_is_kept():
    kept = explain([entry(p_stockout=0.3, detail=projection(out_by=[0.3] * 8))])
    assert (
        "under the warning line of 50.0 %, and not yet under its exit line of 25.0 %."
        in kept.sections["lines"][2]
    )
    left = explain([entry(p_stockout=0.2, detail=projection(out_by=[0.2] * 8))])
    assert left.sections["lines"][2:] == ["20.0 % is under the exit line of 25.0 %."]


def test_a_safety_stock_is_told_with_what_it_is_made_of():
    told = explain([CASES["below_reorder_point"]])
    assert told.sections["lines"][:2] == [
        "The inventory position is 20; the reorder point is 39.075.",
        "Safety stock 15.1: k 1.645 × σ 9.2, for 95.0 % of order cycles without a stockout. "
        "Reorder point 39.1: 24.0 expected and the safety stock.",
    ]


def test_overdue_supply_is_told_as_late():
    explained = explain([judged(20, DEMAND, [supply(due_in=-2)])])
    assert explained.agrees
    assert "2 days ago; it does not count as here" in explained.sections["supply"][1]


def test_the_last_entry_with_numbers_is_told_when_the_alert_is_over():
    cleared = entry(seq=2, entry="CLEARED", cause_id="r-9", available="200", p_stockout=None, detail={})
    explained = explain([cleared, entry()])
    assert explained.alert["seq"] == 1
    assert "cleared" in explained.sections["happened"][0].lower()
    assert len(explained.sections["history"]) == 2
    assert explained.sections["action"] == []


def test_a_wrong_number_of_an_old_entry_is_not_hidden_by_a_right_last_one():
    explained = explain([entry(p_stockout=0.9), entry(seq=2, entry="REVISED")])
    assert not explained.agrees
    assert [(seq, check.name) for seq, check in explained.wrong] == [(1, "p_stockout")]
    assert "1 of" in explained.verdict()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_difference_is_a_word_and_a_plain_terminal_will_do(encoding):
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    render(explain([entry(p_stockout=0.9)]), Screen(file=out, width=100, no_color=True))
    out.flush()
    assert "DIFFERS" in raw.getvalue().decode(encoding)


def test_a_terminal_shows_a_name_and_does_not_obey_it():
    out = io.StringIO()
    said = explain([entry(sku="\x1b]0;owned\x07\x1b[2Jmilk")])
    render(said, Screen(file=out, width=100, no_color=True))
    assert "\x1b" not in out.getvalue() and "\x07" not in out.getvalue() and "owned" in out.getvalue()


def test_a_wave_that_lifted_an_exemption_is_named():
    wave = {
        "first": "2026-09-07", "last": "2026-09-11", "sold": "6", "wave_units": "4", "wave_days": 7, "turnover": "7",
        "low_turnover_units": "12", "low_turnover_days": 180,
    }  # fmt: skip
    found = entry(detail=projection(wave=wave))
    said = explain([found]).sections["happened"][-1]
    assert said == (
        "It hardly sells: 7 in 180 days, and up to 12 would exempt it from this alert. But 6 of them were sold within 7 "
        "days (7 September – 11 September 2026), and 4 or more lift the exemption."
    )
    assert "达到 4 件即解除豁免" in explain([found], lang="zh").sections["happened"][-1]
