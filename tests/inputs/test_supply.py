"""Lateness from receipts equals the truth of the history, open orders and remainders that never come among it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from lowtide.learning.lateness import arrivals_of, remainder_of, share_by, steps_of
from tests.inputs.shop import START, Shop, at, beat, finding, movement, sales, shop

TRUTH = {0: 0.60, 1: 0.72, 2: 0.80, 4: 0.90, 9: 0.96}
"""Share of the orders that has come by so many days late; .04 of them never come."""
DAYS, LEAD = 120, 4


def orders(sku: str, seed: int, days: int = DAYS, late: bool = True) -> list[tuple[str, bytes]]:
    """An order every day, due four days later; the last 4 % is missing from every second receipt."""
    rng = np.random.default_rng(seed)
    lines = []
    for day in range(days):
        ref = f"PO-{sku}-{day}"
        due = (START + timedelta(days=day + LEAD)).isoformat()
        lines.append((at(day, 18), movement("order", sku, 100, at(day, 18), str(day), ref=ref, due=due)))
        draw = rng.random()
        after = next((d for d, share in TRUTH.items() if draw < share), None) if late else 0
        came = day + LEAD + (after if after is not None else 10**6)
        units = 96 if day % 2 else 100
        if came < days:
            lines.append((at(came, 8), movement("receipt", sku, units, at(came, 8), str(day), ref=ref)))
    return lines


def with_orders(skus: list[str], seed: int = 7, late: bool = True) -> list[bytes]:
    lines = [line for number, sku in enumerate(skus) for line in orders(sku, seed + number, late=late)]
    lines += [(at(0, 0.1), movement("count", sku, 10**6, at(0, 0.1), "0")) for sku in skus]
    lines += [
        (at(day, 12), movement("sale", sku, 2, at(day, 12), str(day))) for sku in skus for day in range(DAYS)
    ]
    lines += [(at(day, 23.99), beat(day)) for day in range(DAYS)]
    return [line for _, line in sorted(lines, key=lambda one: one[0])]


@pytest.fixture(scope="module")
def late() -> Shop:
    return shop(with_orders([f"o{number}" for number in range(12)]))


def test_lateness_equals_the_truth(late):
    steps = steps_of(arrivals_of(late.history.orders), late.history.last_day)
    assert share_by(steps, 15) == pytest.approx(share_by(sorted(TRUTH.items()), 15), abs=0.02)
    assert steps[-1][1] < 0.975, "what never comes leaves the last share under 1"


def test_open_orders_count_as_watched_until_the_last_day(late):
    """The naive share, of what came among what came, would say that everything comes."""
    orders = late.history.orders
    came = sum(days is not None for days in orders["days"].to_pylist())
    assert came < orders.num_rows
    steps = steps_of(arrivals_of(orders), late.history.last_day)
    assert steps[0][1] < 0.63


def test_lateness_pays_against_the_shipped_table_and_is_a_layer(late):
    learned = late.learn()
    assert finding(learned, "lateness").status == "paid"
    layer = next(layer for layer in learned.one.document.layers if layer.set.lateness)
    assert layer.match == {} and dict(layer.set.lateness)[0] == pytest.approx(0.60, abs=0.02)
    assert finding(learned, "lead_time").values == {"days": LEAD, "policy": 7.0}


def test_a_remainder_that_never_comes_is_watched_from_its_receipt_on(late):
    parts = arrivals_of(late.history.orders)
    remainders = parts.some(parts.is_remainder)
    assert remainders.orders > 400 and set(remainders.late) == {-1}
    assert remainders.weight == pytest.approx(np.full(len(remainders.weight), 0.04))
    share = remainder_of(parts, late.history.last_day)
    assert share is not None and share < 0.01
    layer = next(layer for layer in late.learn().one.document.layers if layer.set.remainder is not None)
    assert layer.set.remainder == share


def test_suppliers_have_their_own(tmp_path):
    skus = [f"o{number}" for number in range(6)]
    rows = [f"{sku},{'fast' if number < 3 else 'slow'}" for number, sku in enumerate(skus)]
    (tmp_path / "items.csv").write_text("sku,supplier\n" + "\n".join(rows) + "\n", encoding="utf-8")
    lines = [*with_orders(skus[:3], late=False), *with_orders(skus[3:])]
    learned = shop(
        sorted(lines, key=lambda line: line.split(b'"event_time":"')[1]), tmp_path / "items.csv"
    ).learn()
    tables = {
        layer.match["supplier"][0]: layer.set.lateness for layer in learned.one.document.layers if layer.match
    }
    assert dict(tables["fast"])[0] > 0.97 and dict(tables["slow"])[0] < 0.66
    assert finding(learned, "lateness", "slow").values["orders"] == 3 * DAYS


def test_without_orders_it_says_what_to_add():
    learned = shop(sales(["a", "b"], 40, lambda *_: 1.0)).learn()
    assert ("learn.note.no_orders", {}) in learned.notes
    assert all(one.key != "lateness" for one in learned.findings)


def test_a_few_orders_say_nothing():
    learned = shop([*sales(["a"], 40, lambda *_: 1.0), *(line for _, line in orders("a", 1, days=9))]).learn()
    assert ("learn.note.few_orders", {"orders": 9}) in learned.notes
