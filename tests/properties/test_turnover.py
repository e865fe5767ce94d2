"""The exemption of slow sellers, and the wave of sales that lifts it: the engine against sums over all sales."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.runner.replay import replay_lines
from tests.model.instant import DAY, HOUR, text
from tests.properties.logs import MONDAY

START = MONDAY - MONDAY % DAY
SUM_DAYS = 20
POLICY = (
    "defaults: {{unplanned: alert, flap_count: 0, reorder_point: 100000, off: [projected_stockout, out_of_stock], "
    "low_turnover_days: {days}, low_turnover_units: {limit}, wave_units: {least}, wave_days: {wave}}}\n"
)
rules = st.fixed_dictionaries(
    {
        "limit": st.integers(1, 9),
        "least": st.sampled_from([0, 1, 2, 3, 5, 9, 12]),
        "wave": st.sampled_from([1, 2, 4, 7, 40]),
    }
)
Sale = tuple[int, int, int]
"""Hours after the start, units, hours late."""
sales = st.lists(
    st.tuples(st.integers(1, 60 * 24), st.integers(1, 4), st.sampled_from([0, 0, 0, 30, 100])), max_size=14
)


def told(sold: list[Sale], rule: dict) -> list[tuple[str, str, str]]:
    """Entry, time and reason of each entry of the engine."""
    rows = [("count", 1000, START, START)]
    rows += [
        ("sale", units, START + (hour - late) * HOUR, START + hour * HOUR)
        for hour, units, late in sorted(sold)
    ]
    data = []
    for number, (kind, units, event, clock) in enumerate(rows):
        place = {"sku": "A", "location": "L", "quantity": units}
        data.append({"id": f"b{number}", "source": "s", "kind": "heartbeat", "event_time": clock})
        data.append({"id": f"m{number}", "source": "s", "kind": kind, "event_time": event, **place})
    data.append({"id": "end", "source": "s", "kind": "heartbeat", "event_time": START + 100 * DAY})
    lines = "".join(json.dumps(row) + "\n" for row in data).encode()
    ledger = replay_lines(lines, policy=POLICY.format(days=SUM_DAYS, **rule)).ledger
    return [
        (row["entry"], row["event_time"], row["reason"])
        for row in ledger
        if row["type"] == "below_reorder_point"
    ]


def expected(sold: list[Sale], rule: dict) -> list[tuple[str, str, str]]:
    """The same by the sentence of the page: sums over whole days, asked at each sale and at each midnight."""
    units: dict[int, int] = defaultdict(int)
    entries: list[tuple[str, str, str]] = []

    def is_exempt(today: int) -> bool:
        counted = {day: sold for day, sold in units.items() if day > today - SUM_DAYS}
        waves = [sum(counted.get(day + more, 0) for more in range(rule["wave"])) for day in counted]
        return sum(counted.values()) <= rule["limit"] and not (
            rule["least"] and max(waves, default=0) >= rule["least"]
        )

    def look(today: int, at: int) -> None:
        is_open = bool(entries) and entries[-1][0] == "OPENED"
        if is_open == is_exempt(today):
            end = ("EXPIRED", text(at), "low_turnover")
            entries.append(end if is_open else ("OPENED", text(at), "inventory_position_below_reorder_point"))

    left = sorted(sold)
    for today in range(100):
        look(today, START + today * DAY)
        while left and left[0][0] < (today + 1) * 24:
            hour, sold_units, late = left.pop(0)
            units[(hour - late) // 24] += sold_units
            look(today, START + hour * HOUR)
    return entries


@settings(max_examples=200, deadline=None, derandomize=True)
@given(sales, rules)
def test_a_slow_seller_is_looked_at_while_a_wave_is_among_its_sales(sold, rule):
    assert told(sold, rule) == expected(sold, rule)


@pytest.mark.parametrize("least", [0, 4])
def test_only_a_wave_lifts_the_exemption_of_few_sales(least):
    """Four units in two days, six in all: within the limit of twelve."""
    sold = [(30, 1, 0), (200, 2, 0), (230, 2, 0), (500, 1, 0)]
    opened = [entry for entry, *_ in told(sold, {"limit": 12, "least": least, "wave": 7})]
    assert opened == (["OPENED", "EXPIRED"] if least else [])
