"""Words say why an estimate is what it is: level, evidence, lumps, season, promotion, forecast of others, order to come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lowtide.explain import explain
from lowtide.words import LANGUAGES, Language
from tests.explain.entries import DEMAND, EXPOSURE, LATENESS, SUPPLY, entry, judged, projection
from tests.model.ordering import Ordering


def why(lang="en", days=None, **changes):
    """The sentences of `Why this estimate` for a demand with these changes."""
    told = entry(detail=projection(demand=DEMAND | changes))
    return " ".join(explain([told], lang=lang, days=days).sections["estimate"])


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([0.7, 0.2, 0.1], "leans on the long run (half-life 115 days) with 70%"),
        ([0.2, 0.7, 0.1], "leans on the last month (half-life 17 days) with 70%"),
        ([0.1, 0.2, 0.7], "leans on the last week (half-life 3 days) with 70%"),
        ([0.36, 0.34, 0.3], "count about alike (at most 36%)"),
    ],
)
def test_the_level_that_carries_the_weight_is_named(weights, said):
    text = why(weights=weights)
    assert said in text and "long run 2.9 (" in text and "week 3.4 (" in text


def test_levels_that_agree_are_one_and_a_position_that_does_not_sell_has_none():
    assert "Its level is 3 a day" in why(levels=[3.0, 3.0, 3.0])
    assert "Nothing is expected to be sold" in why(levels=[0.0] * 3, rate_per_day=0.0)


def test_evidence_is_told_without_the_prior_and_with_its_share():
    assert "60 days in stock are behind it." in why()
    prior = {"rate": 0.1, "days": 28.0, "dispersion": 1.5, "calm": 1.0}
    text = why(days_learned=12.0, prior=prior)
    assert (
        "Only 12 days in stock" in text
        and "began with 0.1 a day" in text
        and "that is 70% of all days" in text
    )


@pytest.mark.parametrize(
    ("phi", "kappa", "said"),
    [
        (1.02, 0, "Sales are even"),
        (1.02, 0.35, "Single days are even"),
        (2.0, 0.05, "Sales are uneven"),
        (7.6, 0.35, "Sales come in lumps"),
    ],
)
def test_lumps_are_told_in_plain_words(phi, kappa, said):
    text = why(phi=phi, kappa=kappa)
    assert said in text
    assert ("Whole weeks differ too, by about" in text) == (kappa > 0)
    young = why(phi=phi, kappa=kappa, days_learned=6.0)
    assert ("How far whole weeks differ is hardly known yet" in young) == (kappa > 0)


def test_season_and_promotions_are_named_with_the_days_that_they_change():
    exposure = [1.0, 2.0, 2.0, 3.6, 5.2, 6.2, 7.2, 8.2]  # day 3 is closed, days 4 and 5 are promoted
    text = why(season="DAIRY", drivers=["closed", "easter"], exposure=exposure)
    assert "The season `DAIRY` acts: the 8 days of the horizon weigh as much as 8.2 normal days." in text
    assert "`closed`, `easter`" in text
    assert "The heaviest day is 25 November 2026: 1.60 normal days." in text
    assert "The lightest day is 24 November 2026: 0.00 normal days." in text
    assert "No season, promotion" in why()


def test_a_forecast_of_others_stands_beside_the_own_estimate():
    mean = [5 * days for days in EXPOSURE]
    text = why(mean=mean, variance=mean)
    assert "over 8 days 40.0, give or take 6.3; the own estimate would say 24.0, give or take 6.9" in text


def test_stored_days_say_how_far_the_levels_are_and_why():
    days = [{"day": f"{date(2026, 11, 1) + timedelta(days=n)}", "demand": "3"} for n in range(21)]
    text = why(days=days)
    assert "from the 21 days of demand that the warehouse has since 1 November 2026" in text
    assert "at most" in text and "days out of stock" in text
    assert "has no day of demand from before this entry" in why(days=[])
    assert "warehouse" not in why()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_expected_order_is_told_with_its_day_and_its_reason(lang):
    told = judged(20, DEMAND, [SUPPLY], Ordering(point=30, quantity=40, lead=2))
    said = " ".join(explain([told], lang=lang).sections["supply"])
    assert Language(lang).day(date(2026, 11, 23)) in said, "35 less 3 a day are 29 at the end of tomorrow"
    assert Language(lang).day(date(2026, 11, 25)) in said, "due two days later"
    if lang == "en":
        assert "An order of 40 is expected on 23 November 2026" in said
        assert "stock and open orders of 35 fall to 30 by then" in said
        assert "Of such supply 88.5 % comes by the due day, and 95.0 % within 5 days after it" in said
    today = judged(20, DEMAND, [], Ordering(point=30, quantity=40, lead=2))
    assert ("今天" if lang == "zh" else "expected today") in " ".join(
        explain([today], lang=lang).sections["supply"]
    )


def test_an_expected_order_is_that_of_now():
    """The order has been placed since: saying that it is still to come would count it twice."""
    told = judged(20, DEMAND, [], Ordering(point=30, quantity=40, lead=2))
    now = {"on_hand": "20", "available": "20", "on_order": "60", "in_transit": "0"}
    orders = [{"ref": "PO9", "outstanding": "60", "due": "2026-11-24T08:00:00.000Z"}]
    said = explain([told], now=now, orders=orders).sections["supply"]
    assert not any("is expected" in sentence for sentence in said)
    assert any(
        sentence.startswith("PO9: 60 due 24 Nov 2026; chance to be here by day 8: 95.0 %")
        for sentence in said
    )


def test_no_lateness_is_told_where_nothing_is_coming():
    assert LATENESS[0] == [0, 0.885]
    assert explain([entry()]).sections["supply"] == ["Nothing is on order."]
