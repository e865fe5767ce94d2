"""A sign opens and ends by itself: by blocks, by other types, by what else wakes a position nothing of it changes."""

from __future__ import annotations

import json
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.ledger import ENDED, TYPES
from lowtide.runner.replay import replay_lines
from tests.model.instant import DAY, HOUR
from tests.properties.logs import MONDAY

quick = settings(max_examples=40, deadline=None, derandomize=True)
SIGNS = TYPES[TYPES.index("sales_spike") + 1 :]
WITH = {"dead_stock": ["slow_moving"], "slow_moving": ["dead_stock"]}
"""Signs of which one takes over from the other."""
VALUES = (
    "slow_days: 4, dead_days: 9, overstock: 20d, overstock_exit: 12d, sign_after: 5d, mismatch_after: 6h, "
    "variance_units: 3, hole_after: 12h, lead_time: 4d, grace: 30h"
)
COLUMNS = ("alert_id", "seq", "entry", "type", "severity", "event_time", "reason", "on_hand", "available")


@st.composite
def shelves(draw) -> list[dict]:
    """Six weeks of one position: quiet times, supply that is re-dated, short or not ordered, counts that are off."""
    dice = draw(st.randoms(use_true_random=False))
    rate = dice.choice([0.1, 0.5, 2.0])
    rows: list[tuple] = [("count", dice.randint(10, 60), {}, 0)]
    for day in range(42):
        start = day * DAY
        if day % 14 < 9:  # and then a quiet time
            rows += [("sale", 1, {}, start + dice.randrange(DAY)) for _ in range(int(rate + dice.random()))]
        if dice.random() < 0.15:
            ref, at = f"PO{day}", start + dice.randrange(DAY)
            due = MONDAY + at + dice.randint(1, 6) * DAY
            rows.append(("order", 20, {"ref": ref, "due": due}, at))
            if dice.random() < 0.5:
                rows.append(
                    (
                        "order",
                        20,
                        {"ref": ref, "due": due + dice.randint(-2, 6) * DAY},
                        at + dice.randrange(4 * DAY),
                    )
                )
            if dice.random() < 0.7:
                rows.append(("shipment", 20, {"ref": ref}, at + dice.randrange(5 * DAY)))
            if dice.random() < 0.7:
                rows.append(
                    ("receipt", dice.choice([20, 20, 14]), {"ref": ref}, at + dice.randrange(9 * DAY))
                )
        if dice.random() < 0.1:
            rows.append(("count", dice.randint(0, 40), {}, start + dice.randrange(DAY)))
        if dice.random() < 0.05:
            rows.append(
                (dice.choice(["adjustment", "return"]), dice.randint(1, 5), {}, start + dice.randrange(DAY))
            )
        if dice.random() < 0.05:
            rows.append(("receipt", 5, dice.choice([{}, {"ref": f"X{day}"}]), start + dice.randrange(DAY)))
    rows.append(("sale", 0, {}, 43 * DAY))
    ordered = enumerate(sorted(rows, key=lambda row: row[3]))
    return [movement(number, *row) for number, row in ordered]


def movement(number: int, kind: str, quantity: int, more: dict, when: int) -> dict:
    row = {"id": str(number), "source": "s", "kind": kind, "sku": "A", "location": "L", "quantity": quantity}
    return row | {"event_time": MONDAY + when} | more


def policy(look_for: list[str], more: str = "", sample: int = 16) -> str:
    return f"calibration_sample: {sample}\ndefaults: {{look_for: [{', '.join(look_for)}], {VALUES}{more}}}\n"


def lines(records: list[dict]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def entries(data: bytes, text: str, types: tuple[str, ...] = SIGNS, **split: int) -> list[tuple]:
    ledger = replay_lines(data, policy=text, **split).ledger
    return [tuple(entry[name] for name in COLUMNS) for entry in ledger if entry["type"] in types]


@quick
@given(shelves())
def test_blocks_and_second_deliveries_change_nothing(records):
    text, data = policy(list(SIGNS)), lines(records)
    whole = entries(data, text)
    assert entries(data, text, block_records=1, groups=3) == whole
    assert entries(lines([twice for record in records for twice in (record, record)]), text) == whole


@quick
@given(shelves())
def test_an_episode_opens_once_and_ends_once(records):
    found = entries(lines(records), policy(list(SIGNS)))
    for _, life in groupby(sorted(found, key=lambda row: (row[0], row[1])), key=lambda row: row[0]):
        kinds = [row[2] for row in life]
        assert kinds[0] == "OPENED" and kinds.count("OPENED") == 1
        assert all(kind not in ENDED for kind in kinds[:-1])


@pytest.mark.parametrize("sign", [one for one in SIGNS if one != "slipping_supply"])
def test_a_sign_does_not_hang_on_what_else_looks(sign):
    """Neither on other signs, nor on the sample whose chances are written each midnight, nor on stock alerts."""

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(shelves())
    def holds(records):
        data, alone = lines(records), [sign, *WITH.get(sign, [])]
        together = entries(data, policy(list(SIGNS)), (sign,))
        assert entries(data, policy(alone), (sign,)) == together
        assert entries(data, policy(alone, sample=1), (sign,)) == together
        quiet = ", off: [projected_stockout, out_of_stock, negative_stock, sales_spike]"
        assert entries(data, policy(alone, quiet), (sign,)) == together

    holds()


def test_a_clock_alone_opens_what_is_due():
    """Nothing touches the position: another one carries the clock."""
    rows = [
        movement(1, "count", 9, {}, 8 * HOUR),
        movement(2, "sale", 1, {}, 9 * HOUR),
        movement(3, "sale", 1, {}, 30 * DAY) | {"sku": "B"},
    ]
    found = [
        row[3:6] for row in entries(lines(rows), policy(["slow_moving", "dead_stock"])) if row[2] == "OPENED"
    ]
    assert found == [
        ("slow_moving", "watch", "2026-11-28T00:00:00.000Z"), ("dead_stock", "watch", "2026-12-03T00:00:00.000Z"),
    ]  # fmt: skip
