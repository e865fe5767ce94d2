"""An entry comes when its condition holds, whether another type or an idle record looks at the position then."""

from __future__ import annotations

import json
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.runner.replay import replay_lines
from tests.model.instant import DAY, HOUR
from tests.properties.logs import MONDAY

quick = settings(max_examples=60, deadline=None, derandomize=True)
ALONE = ("negative_stock", "overdue_supply", "sales_spike", "below_reorder_point")
"""Types on which no other type depends."""
COLUMNS = (
    "alert_id",
    "seq",
    "entry",
    "type",
    "severity",
    "event_time",
    "reason",
    "available",
    "on_order",
    "p_stockout",
)
LINES = ("0.3, 0.5, 0.8", "0.3, 0.999, 0.9999", "0.05, 0.2, 0.4")


@st.composite
def shelves(draw) -> list[dict]:
    """Three weeks of one position: stock that runs low, orders that are late, a spike now and then."""
    dice = draw(st.randoms(use_true_random=False))
    rows = [("count", dice.randint(10, 40), None, 0)]
    for day in range(21):
        for _ in range(dice.randint(0, 3)):
            rows.append(
                (
                    "sale",
                    dice.randint(1, 4) * (8 if dice.random() < 0.03 else 1),
                    None,
                    day * DAY + dice.randrange(DAY),
                )
            )
        if dice.random() < 0.25:
            ref, at = f"PO{day}", day * DAY + dice.randrange(DAY)
            rows.append(("order", dice.randint(5, 25), ref, at))
            if dice.random() < 0.8:
                rows.append(("receipt", dice.randint(5, 25), ref, at + dice.randrange(9 * DAY)))
        if dice.random() < 0.1:
            rows.append(("count", dice.randint(0, 30), None, day * DAY + dice.randrange(DAY)))
    return [movement(number, *row) for number, row in enumerate(sorted(rows, key=lambda row: row[3]))]


def movement(number: int, kind: str, quantity: float, ref: str | None, when: int) -> dict:
    base = {
        "id": str(number),
        "source": "s",
        "kind": kind,
        "sku": "A",
        "location": "L",
        "quantity": str(quantity),
    }
    return base | {"event_time": MONDAY + when} | ({"ref": ref} if ref else {})


def entries(records: list[dict], lines: str, off: tuple[str, ...] = (), more: str = "") -> list[tuple]:
    watch, warning, critical = lines.split(", ")
    policy = (
        f"version: 1\ndefaults: {{lead_time: 3, grace: 20h, reorder_point: 12, watch: {watch}, warning: {warning}, "
        f"critical: {critical}, off: [{', '.join(off)}]{more}}}\n"
    )
    data = "".join(json.dumps(record) + "\n" for record in records).encode()
    found = replay_lines(data, policy=policy).ledger
    return [tuple(entry[name] for name in COLUMNS) for entry in found if entry["type"] not in ALONE]


@quick
@given(shelves(), st.sets(st.sampled_from(ALONE)), st.sampled_from(LINES))
def test_types_that_are_off_change_no_other_entry(records, off, lines):
    assert entries(records, lines, tuple(sorted(off))) == entries(records, lines)


@quick
@given(
    shelves(),
    st.lists(st.integers(0, 24 * DAY), max_size=60),
    st.sampled_from(LINES),
    st.sampled_from(("", ", clear_after: 5h", ", dwell: 7h")),
)
def test_records_that_change_nothing_change_no_entry(records, looks, lines, more):
    end = [movement(9999, "adjustment", 0, None, 25 * DAY)]
    touches = [movement(1000 + number, "adjustment", 0, None, at) for number, at in enumerate(looks)]
    mixed = sorted(chain(records, touches), key=lambda record: record["event_time"])
    assert entries([*mixed, *end], lines, more=more) == entries([*records, *end], lines, more=more)


def test_an_alert_eases_in_the_hour_in_which_its_line_is_crossed():
    """Two units a day and a few on the shelf: each day the chance falls until midnight, and jumps with the next day."""
    sales = [("sale", 2, None, day * DAY + 9 * HOUR) for day in range(12)]
    records = [movement(n, *row) for n, row in enumerate([("count", 27, None, 0), *sales])]
    records.append(movement(99, "heartbeat", 0, None, 13 * DAY))
    found = [row for row in entries(records, "0.3, 0.5, 0.8") if row[2] in ("EASED", "CLEARED")]
    assert all(row[5].endswith(":00:00.000Z") for row in found), found
