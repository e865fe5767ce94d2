"""The lots of a position: what expires first goes first, whatever arrives first, and a state keeps it.

The model goes by event time alone. From the first midnight on it cuts the lots to what was left of them when a day
began that is wholly behind the late window; then it takes from what is on hand what expires last.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.core import Job, Log, decode
from lowtide.policy import read_policy_text
from lowtide.sources.lines import line_blocks
from tests.model.instant import DAY, HOUR, instant
from tests.model.policy import Policy
from tests.model.shuffles import arrivals
from tests.model.signs.lots import shared
from tests.properties.logs import MONDAY

quick = settings(max_examples=120, deadline=None, derandomize=True)
SIGN = {
    "receipt": 1,
    "transfer_in": 1,
    "return": 1,
    "adjustment": 1,
    "sale": -1,
    "transfer_out": -1,
    "void": -1,
}
LOT_KINDS = ("receipt", "transfer_in")
KINDS = ("receipt", "receipt", "transfer_in", "sale", "sale", "sale", "return", "adjustment", "transfer_out")
HOURS = (0, 24, 30, 72)
LONG = 3000 * DAY
"""Nothing of these logs expires before its end, so that only midnights and records look at the position."""


@st.composite
def logs(draw) -> tuple[list[dict], Policy]:
    """Records in order of event time, no two at the same time; some receipts are voided, some are of no lot."""
    window = draw(st.sampled_from(HOURS)) * HOUR
    dice = draw(st.randoms(use_true_random=False))
    whens = sorted(dice.sample(range(12 * 24), k=draw(st.integers(1, 30))))
    records = []
    for number, hour in enumerate(whens):
        kind, units = dice.choice(KINDS), dice.randint(0, 12)
        made = movement(number, kind, units, MONDAY + hour * HOUR + 7)
        if kind in LOT_KINDS and dice.random() < 0.8:
            made["expiry"] = MONDAY + LONG + dice.randint(0, 5) * DAY
        records.append(made)
        if kind in LOT_KINDS and dice.random() < 0.3:
            when = made["event_time"] + dice.randint(0, 90) * HOUR + 3
            part = units if dice.random() < 0.7 else units // 2
            void = movement(number + 1000, "void", part, when) | {"ref": made["id"]}
            records.append(void | ({"of": "receipt"} if dice.random() < 0.5 else {}))
    records.append(movement(9999, "sale", 0, MONDAY + dice.randint(12, 24) * DAY))
    policy = Policy(late_window=window, dedup_window=60 * DAY)
    return sorted(records, key=lambda record: record["event_time"]), policy


def movement(number: int, kind: str, units: int, when: int) -> dict:
    record = {"id": f"m{number}", "source": "s", "kind": kind, "sku": "A", "location": "L"}
    return record | {"quantity": units, "event_time": when}


def rules(policy: Policy) -> str:
    return (policy.yaml() or "") + "defaults: {look_for: [expiring]}\n"


def plain(records: list[dict], policy: Policy) -> list[tuple[int, int, int]]:
    """(expiry, most, left) by event time."""
    expiries = {record["id"]: record["expiry"] for record in records if "expiry" in record}
    steps = [(record["event_time"], SIGN[record["kind"]] * record["quantity"]) for record in records]
    entries = []  # of lots: [expiry, record, when, units]
    for record in records:
        of = record.get("ref") if record["kind"] == "void" else record["id"]
        if of in expiries and (record["kind"] in LOT_KINDS or record["kind"] == "void"):
            entries.append(
                [expiries[of], of, record["event_time"], SIGN[record["kind"]] * record["quantity"]]
            )
    end = records[-1]["event_time"]
    for midnight in range(MONDAY, end + 1, DAY):
        start = (midnight - policy.late_window) // DAY * DAY
        stock = sum(change for when, change in steps if when < start)
        known = [entry for entry in entries if entry[2] < start]
        entries = [entry for entry in entries if entry[2] >= start]
        entries += [[*of, start - 1, left] for of, _, left in shared(known, stock) if left > 0]
    found = [(of[0], most, left) for of, most, left in shared(entries, sum(change for _, change in steps))]
    by_expiry = groupby(sorted(found), key=lambda lot: lot[0])
    rows = [(expiry, [lot[1:] for lot in same]) for expiry, same in by_expiry]
    sums = [(expiry, sum(most for most, _ in same), sum(left for _, left in same)) for expiry, same in rows]
    return [row for row in sums if row[1] > 0]


def start(policy: str) -> Log:
    return Log(Job.of(read_policy_text(policy, "policy"), partition="log"), [], 1)


def feed(log: Log, records: list[dict], size: int = 4) -> Log:
    data = "".join(json.dumps(record) + "\n" for record in records).encode()
    for block in line_blocks(iter([data]), size):
        for number, routed in decode(log.partition, block):
            log.group(number).apply(routed)
    return log


def lots(log: Log, sku: str = "A") -> list[tuple[int, int, int]]:
    position = json.loads(log.group(0).position("L", sku) or "{}")
    return [
        (instant(lot["expiry"]), int(float(lot["most"])), int(float(lot["left"]))) for lot in position["lots"]
    ]


@quick
@given(logs())
def test_lots_are_those_of_the_plain_model(log):
    records, policy = log
    assert lots(feed(start(rules(policy)), records)) == plain(records, policy)


@quick
@given(st.data())
def test_arrival_within_the_window_does_not_change_them(data):
    records, policy = data.draw(logs())
    late = data.draw(arrivals(records, policy))
    assert lots(feed(start(rules(policy)), late)) == plain(records, policy)


@quick
@given(logs(), st.integers(0, 40))
def test_a_state_keeps_them(log, cut):
    records, policy = log
    first = feed(start(rules(policy)), records[:cut])
    with TemporaryDirectory() as folder:
        names = [Path(folder) / name for name in ("partition", "group")]
        first.group(0).settle()
        first.group(0).take()
        first.partition.save(True, str(names[0]))
        first.group(0).save(True, str(names[1]))
        segments = [name.read_bytes() for name in names]
    again = start(rules(policy))
    again.partition = again.job.restored_partition(1, segments[:1])
    again.groups[0] = again.job.restored_group(segments[1:])
    assert lots(feed(again, records[cut:])) == plain(records, policy)


@pytest.mark.parametrize(
    ("zone", "life", "expiry"),
    [("UTC", 3.0, "2026-11-26T23:59:59.999Z"), ("Asia/Shanghai", 1.0, "2026-11-25T15:59:59.999Z")],
)
def test_the_shelf_life_of_the_catalogue_counts_where_a_record_says_no_expiry(zone, life, expiry):
    """The receipt comes at 20:00 UTC on Monday, which is Tuesday in Shanghai."""
    catalogue = pa.record_batch({"sku": ["A"], "shelf_life": [life]})
    policy = f"defaults: {{look_for: [expiring], time_zone: {zone}}}"
    job = Job.of(read_policy_text(policy, "policy"), partition="log", catalogue=catalogue)
    own = {"expiry": "2026-12-24T12:00:00Z"}
    records = [
        movement(1, "receipt", 5, MONDAY + 20 * HOUR), movement(2, "receipt", 6, MONDAY + 20 * HOUR) | own,
        movement(3, "receipt", 7, MONDAY) | {"sku": "B"},
    ]  # fmt: skip
    log = feed(Log(job, [], 1), records)
    assert lots(log) == [(instant(expiry), 5, 5), (instant(own["expiry"]), 6, 6)]
    assert lots(log, "B") == []


def test_no_lot_is_kept_where_nobody_looks_for_them():
    records = [movement(1, "receipt", 5, MONDAY) | {"expiry": "2026-11-30"}]
    assert lots(feed(start("defaults: {look_for: [overstock]}"), records)) == []
