"""What is learned of demand is what the history was made with, and what does not pay is dropped."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from lowtide.inputs import Effect, Price
from lowtide.learning.factors import categories, fit
from lowtide.learning.priors import prior_of
from tests.inputs.shop import SKUS, START, finding, sales, shop

WEEK = np.array([0.6, 0.7, 0.8, 1.0, 1.2, 1.6, 1.1])


def by_week(_: int, day: date) -> float:
    return float(WEEK[day.weekday()])


def effect(name: str, first: int, last: int, factor: float | None = None, **match: list[str]) -> Effect:
    days = START + timedelta(days=first), START + timedelta(days=last)
    return Effect(name, match, *days, factor, name, "promotions.csv:2")


def test_weekday_factors_are_recovered_and_pay():
    learned = shop(sales(SKUS, 120, by_week)).learn()
    profile = learned.one.document.profiles["week all"]
    days = np.array(profile).reshape(7, 24).mean(axis=1)
    assert days == pytest.approx(WEEK / WEEK.mean(), abs=0.03)
    paid = finding(learned, "weekday")
    assert paid.status == "paid" and paid.gain and paid.gain > 0.01
    assert learned.one.document.layers[0].set.profile == "week all"


def test_a_week_that_does_not_matter_is_dropped():
    learned = shop(sales(SKUS[:20], 120, lambda *_: 1.0, seed=3)).learn()
    assert finding(learned, "weekday").status == "dropped"
    assert learned.one.document.profiles == {}
    assert all(layer.set.profile is None for layer in learned.one.document.layers)


def test_the_uplift_of_a_class_is_recovered_from_what_runs_on_any_day():
    """A promotion on weekends must not be taken for a weekday, nor a weekday for a promotion."""
    promoted = [(20, 22), (47, 49), (75, 78), (95, 97), (110, 111)]

    def weight(_: int, day: date) -> float:
        number = (day - START).days
        return by_week(0, day) * (2.5 if any(first <= number <= last for first, last in promoted) else 1)

    effects = [effect("flyer", first, last) for first, last in promoted]
    learned = shop(sales(SKUS, 120, weight)).learn([*effects, effect("flyer", 140, 142)])
    found = finding(learned, "driver", "flyer")
    assert found.status == "paid" and found.values["factor"] == pytest.approx(2.5, rel=0.08)
    drivers = learned.one.document.drivers
    assert len(drivers) == 6 and {driver.factor for driver in drivers} == {drivers[0].factor}
    assert drivers[-1].first == START + timedelta(days=140), "what is to come has the factor too"


def test_a_promotion_without_an_effect_is_dropped_and_a_closed_day_stays():
    effects = [effect("sticker", first, first + 2) for first in (20, 40, 60, 80, 100, 110)]
    closed = effect("closed", 150, 150, 0.0)
    learned = shop(sales(SKUS[:30], 120, by_week)).learn([*effects, closed])
    assert finding(learned, "driver", "sticker").status == "dropped"
    assert finding(learned, "driver", "closed").status == "given"
    assert [driver.name for driver in learned.one.document.drivers] == ["closed"]


def test_a_price_has_its_elasticity():
    prices = {START + timedelta(days=day): (2.0 if day // 10 % 2 else 3.0) for day in range(130)}
    lines = sales(SKUS, 120, lambda _, day: float((prices[day] / 2.5) ** -1.5))
    learned = shop(lines).learn(prices=[Price("milk", {}, prices, "prices.csv:2")])
    found = finding(learned, "price", "milk")
    assert found.status == "paid" and found.values["elasticity"] == pytest.approx(-1.5, abs=0.15)
    factors = {driver.factor for driver in learned.one.document.drivers} | {1.0}
    assert max(factors) / min(factors) == pytest.approx(1.5**1.5, rel=0.1)
    ends = {driver.last for driver in learned.one.document.drivers}
    assert ends & {START + timedelta(days=129), START + timedelta(days=119)}, (
        "what is to come has its price too"
    )


def test_categories_have_their_own_week_and_small_ones_fall_back(tmp_path):
    file = tmp_path / "items.csv"
    rows = [
        f"{sku},{'ICE' if number < 30 else 'BREAD' if number < 59 else 'RARE'}"
        for number, sku in enumerate(SKUS)
    ]
    file.write_text("sku,category\n" + "\n".join(rows) + "\n", encoding="utf-8")
    upside_down = WEEK[::-1]

    def weight(number: int, day: date) -> float:
        return float((WEEK if number < 30 else upside_down)[day.weekday()])

    made = shop(sales(SKUS, 84, weight), file)
    names, of = categories(made.history)
    assert names == ["", "BREAD", "ICE"] and of[-1] == 0
    factors = fit(made.history, names, of, made.history.days)
    assert factors.weekday["ICE"] == pytest.approx(WEEK / WEEK.mean(), abs=0.06)
    assert factors.weekday["BREAD"] == pytest.approx(upside_down / WEEK.mean(), abs=0.06)


def test_a_prior_is_the_mean_and_spread_of_what_positions_sell():
    rng = np.random.default_rng(5)
    rates = rng.gamma(4.0, 0.5, 400)  # mean 2, variance 1
    units = rng.negative_binomial(rates[:, None], 0.5, (400, 100)).astype(
        np.float32
    )  # variance twice the mean
    found = prior_of(units, np.ones_like(units))
    assert found is not None
    assert (found.rate, found.dispersion) == (pytest.approx(2.0, rel=0.06), pytest.approx(2.0, rel=0.06))
    assert found.days == pytest.approx(2.0 * 2.0 / 1.0, rel=0.2)


def test_priors_of_positions_that_differ_much_pay_in_their_first_weeks():
    learned = shop(sales(SKUS, 60, lambda *_: 1.0, rates=(0.05, 3.0))).learn()
    found = finding(learned, "prior")
    assert found.gain is not None and found.status in ("paid", "dropped")
    shared = learned.one.document.layers[0].set
    assert (shared.dispersion is not None) == (
        found.status == "paid" or finding(learned, "calm").status == "paid"
    )


def test_days_without_stock_are_no_days_without_demand():
    """Half of the positions are empty every weekend: their weekend demand is still that of the others."""
    lines = sales(SKUS[:30], 84, lambda *_: 1.0, rates=(4.0, 4.0))
    made = shop(lines)
    made.history.share[:15, 5::7] = made.history.share[:15, 6::7] = 0
    made.history.units[:15, 5::7] = made.history.units[:15, 6::7] = 0
    names, of = categories(made.history)
    factors = fit(made.history, names, of, made.history.days)
    assert factors.weekday[""] == pytest.approx(np.ones(7), abs=0.08)


def test_a_short_history_teaches_no_demand_and_says_so():
    learned = shop(sales(SKUS[:5], 20, by_week)).learn()
    assert [key for key, _ in learned.notes] == [
        "learn.note.short",
        "learn.note.no_orders",
        "learn.note.no_replay",
    ]
    assert learned.findings == [] and learned.one.classes is not None
