"""Which change each group takes: within the budget, and not by one lucky part of the time."""

from __future__ import annotations

from datetime import date

import pytest

from lowtide.desk.history.episodes import Episode
from lowtide.errors import SettingsError
from lowtide.tune.alerts import Alert
from lowtide.tune.choosing import KEEP, NOW, choose
from lowtide.tune.feedback import Feedback, Rating
from lowtide.tune.figures import DAY_MS, Figures, figures
from lowtide.tune.parts import Parts

HOUR = DAY_MS // 24


def _of(*pairs: tuple[int, float]) -> list[Figures]:
    return [Figures(pushes=pushes, value=value) for pushes, value in pairs]


def test_pushes_go_where_they_are_worth_most() -> None:
    """Milk may be pushed more only because salt is pushed less; a smaller budget takes the dearest pushes first."""
    now = {"milk": _of((10, 100), (10, 100)), "salt": _of((20, 10), (20, 10)), "tea": _of((10, 40), (10, 40))}
    low = {"milk": _of((20, 300), (20, 300)), "salt": _of((40, 12), (40, 12)), "tea": _of((18, 60), (18, 60))}
    high = {"milk": _of((5, 20), (5, 20)), "salt": _of((2, 8), (2, 8)), "tea": _of((2, 10), (2, 10))}
    table = {NOW: now, KEEP: now, "low": low, "high": high}
    names = sorted(now)
    assert choose(table, names, [0, 1], 85) == {"milk": "low", "salt": "high", "tea": "low"}
    assert choose(table, names, [0, 1], 66) == {"milk": "low", "salt": "high"}
    assert choose(table, names, [0, 1], 10) == {}


def test_a_change_that_gains_once_and_loses_once_is_luck() -> None:
    now = {"milk": _of((10, 100), (10, 100))}
    luck = {"milk": _of((9, 900), (9, 90))}
    assert choose({NOW: now, KEEP: now, "luck": luck}, ["milk"], [0, 1], 40) == {}
    assert choose({NOW: now, KEEP: now, "luck": luck}, ["milk"], [0], 40) == {"milk": "luck"}


def test_a_warning_counts_only_if_it_is_pushed_a_day_before() -> None:
    """A line so high that it warns in the last hour would look perfect else: every warning comes true."""
    real = [Episode("r", "out_of_stock", "1", "milk", "", "critical", 10 * DAY_MS, 11 * DAY_MS, 50.0)]
    parts = [(0, 20 * DAY_MS)]

    def loss(*alerts: Alert) -> float:
        return figures(alerts, real, parts, lambda sku: "g").get("g", [Figures()])[0].loss

    def warns(opened: int, pushed: int | None, ended: int = 10 * DAY_MS) -> Alert:
        return Alert("projected_stockout", "1", "milk", opened, pushed, ended)

    assert loss(warns(8 * DAY_MS, 8 * DAY_MS)) == 50
    assert loss(warns(8 * DAY_MS, 10 * DAY_MS - HOUR)) == loss(warns(8 * DAY_MS, None)) == 0
    assert loss(warns(5 * DAY_MS, 5 * DAY_MS, 9 * DAY_MS)) == 0
    told = Alert("out_of_stock", "1", "milk", 10 * DAY_MS, 10 * DAY_MS, 11 * DAY_MS)
    assert loss(told) == 50 and loss(told, warns(8 * DAY_MS, 8 * DAY_MS)) == 100


def test_few_ratings_say_nothing() -> None:
    few, many = Rating(19, 0, 19), Rating(40, 12, 28)
    feedback = Feedback(
        {("sales_spike", "a"): few, ("sales_spike", "b"): many, ("overdue_supply", "b"): Rating(40, 16, 24)}
    )
    assert feedback.off == [("sales_spike", "b")]
    assert feedback.weight("sales_spike", "a") == 1 and feedback.weight("sales_spike", "b") == 0.3


def test_a_history_that_is_too_short_is_said() -> None:
    with pytest.raises(SettingsError, match="only 20 days are before 2026-03-21, and it takes 25"):
        Parts(date(2026, 3, 1), date(2026, 3, 21))
