"""At the trip level an alert does not open, one whole unit below it does: the engine against the plain arithmetic."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.runner.replay import replay_lines
from tests.model.decision import Demand, Projection, Supply, arrival_days
from tests.model.instant import DAY, HOUR
from tests.properties.logs import MONDAY

LATENESS = ((0, 0.7), (1, 0.8), (3, 0.9), (9, 1.0))
STEPS = "lateness: [[0, 0.7], [1, 0.8], [3, 0.9], [9, 1]]"
POLICY = f"defaults: {{{{lead_time: {{lead}}, {STEPS}, watch: {{line}}, unplanned: alert}}}}\n"


@st.composite
def shelves(draw):
    """Sales of some weeks, what is on its way (sent, not ordered, so that no further order is expected), a line, a lead."""
    dice = draw(st.randoms(use_true_random=False))
    rate = draw(st.sampled_from([0.2, 1.0, 4.0, 20.0]))
    weeks = draw(st.integers(1, 5))
    sales = [(day, round(min(dice.expovariate(1 / rate), 20 * rate) * 2) / 2) for day in range(7 * weeks)]
    supply = draw(st.lists(st.tuples(st.integers(-2, 9), st.integers(1, 40)), max_size=4))
    return sales, supply, draw(st.sampled_from([0.1, 0.3, 0.4])), draw(st.sampled_from([2, 6, 13]))


def told(shelf, units: int | None):
    """The entries where stock is counted as `units` at the midnight after the last day; plenty before."""
    sales, supply, line, lead = shelf
    end = MONDAY - MONDAY % DAY + (sales[-1][0] + 1) * DAY
    start = MONDAY - MONDAY % DAY
    rows = [("count", 100_000, start, None, None)]
    rows += [("sale", units_, start + day * DAY + 10 * HOUR, None, None) for day, units_ in sales if units_]
    rows += [
        ("shipment", quantity, end - HOUR, f"S{number}", end + due * DAY + HOUR)
        for number, (due, quantity) in enumerate(supply)
    ]
    rows.append(("count", 1 if units is None else units, end, None, None))
    data = [
        {"id": str(number), "source": "s", "kind": kind, "sku": "A", "location": "L", "quantity": str(quantity),
         "event_time": at} | ({"ref": ref, "due": due} if ref else {})
        for number, (kind, quantity, at, ref, due) in enumerate(rows)
    ]  # fmt: skip
    text = "".join(json.dumps(row) + "\n" for row in data).encode()
    ledger = replay_lines(text, policy=POLICY.format(lead=lead, line=line)).ledger
    return [entry for entry in ledger if entry["type"] == "projected_stockout"]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(shelves())
def test_a_level_is_where_the_plain_arithmetic_has_it(shelf):
    _, supply, line, lead = shelf
    opened = told(shelf, None)
    if not opened:
        return  # nothing is expected to sell, or what comes is enough
    detail = opened[0]["detail"]
    if isinstance(detail, str):
        detail = json.loads(detail)
    demand = detail["demand"]
    assert len(demand["exposure"]) == max(lead + 1, 7)
    plain = Demand(demand["rate_per_day"], demand["phi"], demand["kappa"], demand["exposure"])
    ordered = sorted(range(len(supply)), key=lambda number: (supply[number][0], f"S{number}"))
    coming = [Supply(supply[n][1], arrival_days(supply[n][0], LATENESS, plain.horizon)) for n in ordered]
    projection = Projection(plain, coming)
    level = projection.level(line)
    assert float(opened[0]["trip_level"]) == level or opened[0]["severity"] != "watch"
    assert abs(opened[0]["p_stockout"] - projection.p_stockout(1)) < 2e-6
    assert told(shelf, level) == []
    if level > 1:
        assert [entry["entry"] for entry in told(shelf, level - 1)] == ["OPENED"]
