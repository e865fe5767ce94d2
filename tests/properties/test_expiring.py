"""An alert about lots opens and ends by their expiries, sales and midnights alone, and its numbers can be computed again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.explain.recompute_signs import checks
from lowtide.runner.replay import replay_lines
from tests.model.instant import DAY, HOUR
from tests.properties.logs import MONDAY
from tests.properties.test_signs import SIGNS, entries, lines, movement, policy

quick = settings(max_examples=40, deadline=None, derandomize=True)
ALONE = ["expiring"]
VALUES = ", expiring_days: 5, exit_ratio: 0.7, dwell: {dwell}, clear_after: {hold}"


@st.composite
def shelves(draw) -> tuple[list[dict], str]:
    """Five weeks of goods that keep for some days, of which too many come now and then; and values of a policy."""
    dice = draw(st.randoms(use_true_random=False))
    rate, life = dice.choice([0.4, 2.0, 6.0]), dice.randint(3, 20)
    rows: list[tuple] = [("count", dice.randint(0, 20), {}, 0)]
    for day in range(35):
        start = day * DAY
        rows += [("sale", 1, {}, start + dice.randrange(DAY)) for _ in range(int(rate + dice.random()))]
        if day % 3 == 0:
            end = MONDAY + start + (life + dice.randint(-2, 2)) * DAY
            expiry = {"expiry": end + (dice.randrange(DAY) if dice.random() < 0.3 else DAY - 1)}
            more = expiry if dice.random() < 0.9 else {}
            units = int(rate * 3 * dice.choice([0.5, 1, 1, 4])) + 1
            rows.append((dice.choice(["receipt", "transfer_in"]), units, more, start + dice.randrange(DAY)))
        if dice.random() < 0.1:
            rows.append(("adjustment", -dice.randint(1, 6), {"reason": "r"}, start + dice.randrange(DAY)))
        if dice.random() < 0.05:
            rows.append(("count", dice.randint(0, 20), {}, start + dice.randrange(DAY)))
    rows.append(("sale", 0, {}, 36 * DAY))
    records = [movement(number, *row) for number, row in enumerate(sorted(rows, key=lambda row: row[3]))]
    hold = dice.choice(["0h", "30h"])
    return records, VALUES.format(dwell=dice.choice(["0h", "7h"]), hold=hold)


@quick
@given(shelves())
def test_blocks_second_deliveries_and_other_detectors_change_nothing(shelf):
    records, values = shelf
    data, alone = lines(records), policy(ALONE, values)
    found = entries(data, alone)
    assert entries(data, alone, block_records=1, groups=3) == found
    assert entries(lines([twice for record in records for twice in (record, record)]), alone) == found
    assert entries(data, policy(list(SIGNS), values), ("expiring",)) == found
    assert entries(data, policy(ALONE, values, sample=1)) == found
    quiet = ", off: [projected_stockout, out_of_stock, negative_stock, sales_spike]"
    assert entries(data, policy(ALONE, values + quiet)) == found


@quick
@given(shelves())
def test_every_number_is_computed_again(shelf):
    records, values = shelf
    ledger = replay_lines(lines(records), policy=policy(ALONE, values)).ledger
    wrong = [check for entry in ledger for check in checks(entry, "UTC") if not check.ok]
    assert not wrong


def test_nothing_is_said_before_a_day_in_stock_has_ended_but_of_what_has_expired():
    """A new item that keeps for two days would be told at its first receipt."""
    end = MONDAY + 2 * DAY - 1
    fresh = movement(1, "receipt", 9, {"expiry": end}, 8 * HOUR)
    old = movement(2, "receipt", 4, {"expiry": MONDAY}, 8 * HOUR) | {"sku": "B"}
    clock = movement(3, "sale", 0, {}, 4 * DAY) | {"sku": "C"}
    told = [
        (entry["sku"], entry["entry"], entry["severity"], entry["event_time"], entry["reason"])
        for entry in replay_lines(lines([fresh, old, clock]), policy=policy(ALONE)).ledger
        if entry["type"] == "expiring"
    ]
    assert told == [
        ("B", "OPENED", "critical", "2026-11-23T08:00:00.000Z", "units_expired"),
        ("A", "OPENED", "warning", "2026-11-24T00:00:00.000Z", "lot_will_not_be_sold_in_time"),
        ("A", "WORSENED", "critical", "2026-11-25T00:00:00.000Z", "units_expired"),
    ]


def test_a_lot_that_expires_at_noon_is_told_at_noon_and_its_last_day_does_not_count():
    noon = movement(1, "receipt", 9, {"expiry": MONDAY + 2 * DAY + 12 * HOUR}, 8 * HOUR)
    clock = movement(2, "sale", 0, {}, 4 * DAY) | {"sku": "C"}
    ledger = replay_lines(lines([noon, clock]), policy=policy(ALONE)).ledger
    told = [(row["entry"], row["event_time"], row["detail"]["worst"]) for row in ledger if row["sku"] == "A"]
    assert [(entry, when, worst and worst["days"]) for entry, when, worst in told] == [
        ("OPENED", "2026-11-24T00:00:00.000Z", 1), ("WORSENED", "2026-11-25T12:00:00.001Z", None),
    ]  # fmt: skip
