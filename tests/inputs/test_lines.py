"""Horizon and lines: the best F1 within the budget, by the protocol of the worlds."""

from __future__ import annotations

import numpy as np
import pytest

from lowtide.core import Job
from lowtide.learning.alerting import learn_lines
from lowtide.learning.learn import Material, learn
from lowtide.learning.lines import beside, chance_of_loss, choose, lead_class, outcomes
from lowtide.policy import load_policy
from lowtide.sources import Block
from lowtide.sources.lines import line_blocks
from tests.inputs.shop import at, beat, movement, sales, shop

SHIPPED = {None: 0.4, 7: 0.4, "2 lead": 0.35}


def grid(days: int, empty_from: dict[int, list[tuple[int, int]]], positions: int) -> np.ndarray:
    empty = np.zeros((positions, days), bool)
    for row, spans in empty_from.items():
        for first, last in spans:
            empty[row, first : last + 1] = True
    return empty


def test_an_alert_is_true_within_fourteen_days_and_a_stockout_is_caught_the_day_before():
    empty = grid(60, {0: [(20, 22)], 1: [(40, 41)]}, 3)
    chance = np.full((3, 60), 0.05)
    chance[0, 15:20] = 0.6  # opens five days before the shelf is empty: true, caught
    chance[1, 20:22] = 0.6  # opens nineteen days before: false; the stockout on day 40 is missed
    chance[2, 30] = 0.6  # nothing happens: false
    chance[empty] = np.nan
    found = outcomes(None, chance, empty, 5, [0.5])[0]
    assert (found.opened, found.true, found.caught, found.episodes) == (3, 1, 1, 2)
    assert found.precision == pytest.approx(1 / 3) and found.recall == 0.5


def test_an_alert_stays_open_down_to_half_its_line():
    empty = grid(60, {0: [(20, 21)]}, 1)
    chance = np.full((1, 60), 0.3)
    chance[0, 14] = 0.5
    chance[empty] = np.nan
    found = outcomes(None, chance, empty, 5, [0.5])[0]
    assert (found.opened, found.caught) == (1, 1)
    chance[0, 17] = 0.2
    assert outcomes(None, chance, empty, 5, [0.5])[0].caught == 0


def test_a_shelf_that_nobody_missed_counts_little():
    empty = grid(20, {0: [(5, 9)], 1: [(5, 5)]}, 2)
    share = np.where(empty, 0, 1).astype(np.float32)
    share[:, 4] = 0.5
    lost = chance_of_loss(empty, share, np.array([1.0, 0.01]))
    assert lost[0, 5] == pytest.approx(1 - np.exp(-5)) and lost[1, 5] == pytest.approx(0.01, rel=0.01)
    found = outcomes(None, np.full((2, 20), 0.9), empty, 2, [0.5], lost)[0]
    assert found.episodes == pytest.approx(lost[0, 5] + lost[1, 5]) and found.caught == pytest.approx(
        found.episodes
    )


def world(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """200 positions; the chance is right: a stockout starts within seven days as often as it says."""
    rng = np.random.default_rng(seed)
    empty = np.zeros((200, 120), bool)
    for row in range(200):
        for start in rng.choice(np.arange(10, 115, 12), 3, replace=False):
            empty[row, start : start + 2] = True
    soon = np.zeros_like(empty)
    for ahead in range(1, 8):
        soon[:, :-ahead] |= empty[:, ahead:]
    chance = np.where(soon, rng.beta(5, 3, soon.shape), rng.beta(1, 4, soon.shape))
    return np.where(empty, np.nan, chance), empty


def test_the_budget_decides_between_lines():
    chance, empty = world()
    wide = choose({None: chance}, empty, 30, 5, SHIPPED)
    tight = choose({None: chance}, empty, 30, 0.05, SHIPPED)
    assert wide and tight and wide.within
    assert (
        tight.outcome.line > wide.outcome.line
        and tight.outcome.false_a_month <= 0.05 < wide.outcome.false_a_month
    )


def test_a_horizon_must_beat_the_shipped_one():
    chance, empty = world()
    noise = np.where(np.isnan(chance), np.nan, np.random.default_rng(3).random(chance.shape))
    same = choose({None: chance, 7: chance}, empty, 30, 5, SHIPPED)
    better = choose({None: noise, "2 lead": chance}, empty, 30, 5, SHIPPED)
    assert same and same.outcome.horizon is None
    assert better and better.outcome.horizon == "2 lead" and better.outcome.f1 > better.default.f1 + 0.1


def test_no_line_is_chosen_from_a_few_stockouts():
    empty = grid(120, {0: [(50, 51)]}, 4)
    assert choose({None: np.full((4, 120), 0.2)}, empty, 30, 5, SHIPPED) is None


def test_the_upper_lines_keep_their_odds():
    assert beside(0.4) == (0.4, 0.55, 0.8)
    lines = beside(0.1)
    assert lines[0] < lines[1] < lines[2] < 0.5


def test_each_class_of_lead_time_has_its_lines(tmp_path):
    """Suppliers tell the classes apart, so that a layer can name them."""
    skus = [f"k{number:03}" for number in range(200)]
    rows = [f"{sku},{'near' if number < 100 else 'far'}" for number, sku in enumerate(skus)]
    (tmp_path / "items.csv").write_text("sku,supplier\n" + "\n".join(rows) + "\n", encoding="utf-8")
    history = shop(sales(skus[:1], 3, lambda *_: 1.0), tmp_path / "items.csv").history
    chance, empty = world()
    history.empty, history.units = empty, np.full(empty.shape, 3, np.float32)
    history.share = np.where(empty, 0, 1).astype(np.float32)
    names = {"sku": skus, "supplier": ["near"] * 100 + ["far"] * 100}
    history.column = lambda key: names.get(key, [""] * 200)  # type: ignore[method-assign]
    history.positions = history.positions.take([0] * 200)
    history.chosen = np.arange(200)
    lead = np.array([3.0] * 100 + [14.0] * 100)
    asked: list[object] = []

    def chances(horizon: object) -> np.ndarray:
        asked.append(horizon)
        return chance

    findings, layers = learn_lines(history, lead, 5.0, chances, lambda _: None)
    assert [one.lead_class for one in findings] == ["short", "long"]
    assert [layer.match for layer in layers] == [{"supplier": ["near"]}, {"supplier": ["far"]}]
    assert asked == [None, 7, 6, 5, "lead+review", "2 lead"]
    assert [lead_class(days) for days in (0, 4, 4.5, 10, 11)] == [
        "short",
        "short",
        "middle",
        "middle",
        "long",
    ]


def test_the_chances_come_from_the_core_and_the_lines_become_a_layer():
    """Forty positions that are ordered for too late: their shelves are empty again and again."""
    rng = np.random.default_rng(2)
    lines: list[tuple[str, bytes]] = []
    for number in range(40):
        sku, stock = f"r{number}", 40
        lines.append((at(0, 0.1), movement("count", sku, stock, at(0, 0.1), "0")))
        coming: dict[int, int] = {}
        for day in range(110):
            came = coming.pop(day, 0)
            if came:
                ref = f"PO-{sku}-{day}"
                lines.append((at(day, 8), movement("receipt", sku, came, at(day, 8), str(day), ref=ref)))
            stock += came
            sold = min(stock, int(rng.poisson(4)))
            stock -= sold
            if sold:
                lines.append((at(day, 12), movement("sale", sku, sold, at(day, 12), str(day))))
            if stock < 26 and not coming:
                due = at(day + 7, 8)
                more = {"ref": f"PO-{sku}-{day + 7}", "due": due}
                lines.append((at(day, 18), movement("order", sku, 50, at(day, 18), str(day), **more)))
                coming[day + 7] = 50
    lines += [(at(day, 23.99), beat(day)) for day in range(110)]
    made = shop([line for _, line in sorted(lines, key=lambda one: one[0])])

    def again(_: Job) -> dict[str, list[Block]]:
        return {"shop": list(line_blocks(iter([b"".join(made.lines)]), 4096))}

    material = Material(made.history, load_policy(None), made.job, open_history=again, budget=2.0)
    learned = learn(material)
    (line,) = learned.lines
    assert (line.lead_class, line.positions, line.where) == ("middle", 40, "*")
    assert len(line.choice.tried) == 5 and line.choice.outcome.f1 > 0.6
    layer = learned.one.document.layers[-1]
    assert layer.name == "lines for a middle lead time"
    assert (layer.set.watch, layer.set.warning, layer.set.critical) == line.choice.lines
