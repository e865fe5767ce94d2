"""A layer by class: the class comes with the inputs, so new inputs change the values of a position, however it is run."""

from __future__ import annotations

import json

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.core import Inputs
from lowtide.explain import explain
from lowtide.inputs import inputs_record
from lowtide.inputs.tables import classes_rows
from lowtide.runner.replay import Replayed, replay_lines
from tests.model.instant import DAY, HOUR
from tests.properties.engine import canonical
from tests.properties.logs import MONDAY, busy, joined, line
from tests.runner.in_memory import by_flow

FIRST, SECOND = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
POLICY = """\
defaults: {unplanned: alert, reorder_point: formula, off: [projected_stockout]}
layers:
  - {name: steady and dear, match: {abc: A, xyz: X}, set: {service_level: 0.98}}
  - {name: irregular, match: {abc: [B, C], xyz: Z}, set: {service_level: 0.85, lead_time: 3d}}
  - {name: north, match: {location: 330}, set: {service_level: 0.9}}
"""


def classes(*rows: tuple[str, str, str, str]) -> tuple[bytes, None, pa.RecordBatch]:
    """A set of inputs, as the core takes it, that holds nothing but classes: location, SKU, ABC, XYZ."""
    names = ("location", "sku", "abc", "xyz")
    table = pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows])
    return orjson.dumps({"version": 1}), None, classes_rows(table, "c")


SETS = {
    FIRST: classes(("L", "milk", "A", "X"), ("L", "salt", "C", "Z"), ("330", "A", "A", "X")),
    SECOND: classes(("L", "milk", "B", "Z"), ("L", "salt", "A", "X"), ("330", "A", "C", "Z")),
}


def record(kind: str, sku: str, units: int, at: int) -> bytes:
    row = {
        "id": f"{kind}{sku}{at}",
        "source": "s",
        "kind": kind,
        "sku": sku,
        "location": "L",
        "quantity": units,
        "event_time": at,
    }
    return orjson.dumps(row) + b"\n"


def shop() -> list[bytes]:
    """Two SKUs sell four a day. The first inputs come before all, the second after three weeks."""
    rows = [inputs_record(FIRST, "x")]
    rows += [record("count", sku, 130, MONDAY) for sku in ("milk", "salt", "rice")]
    for day in range(28):
        at = MONDAY + day * DAY
        rows += [inputs_record(SECOND, "y")] * (day == 21)
        rows += [
            record("sale", sku, 4, at + HOUR * (1 + n)) for n, sku in enumerate(("milk", "salt", "rice"))
        ]
    return rows


def told(found: Replayed) -> dict[tuple[str, str], tuple[float, str]]:
    """By SKU and inputs: service level of the last entry about the reorder point, and the layer that it comes from."""
    entries = [row for row in found.ledger if row["type"] == "below_reorder_point"]
    return {
        (row["sku"], row["inputs_version"]): (
            row["detail"]["formula"]["service_level"], row["detail"]["layers"].get("service_level", "defaults")
        )
        for row in entries
    }  # fmt: skip


def test_the_layer_of_the_class_sets_the_service_level_and_new_inputs_change_it():
    rows = shop()
    found = replay_lines(joined(rows), policy=POLICY, inputs=Inputs(SETS))
    assert found.rejects == []
    by = told(found)
    assert by["milk", FIRST] == (0.98, "steady and dear") and by["rice", FIRST] == (0.95, "defaults")
    assert by["salt", SECOND] == (0.98, "steady and dear")
    assert ("salt", FIRST) not in by, "lead time 3 days and 85 %: the first inputs have nothing to say yet"
    opened = {row["sku"]: row for row in reversed(found.ledger) if row["entry"] == "OPENED"}
    said = explain([opened["milk"]]).sections["policy"]
    assert any("service_level" in sentence and "steady and dear" in sentence for sentence in said), said
    assert float(opened["milk"]["trip_level"]) > float(opened["rice"]["trip_level"]), (
        "98 % asks for more stock than 95 %"
    )


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_do_not_show(workers):
    data, sets = joined(shop()), Inputs(SETS)
    one, other = (
        replay_lines(data, policy=POLICY, inputs=sets),
        by_flow(data, POLICY, 7, workers=workers, inputs=sets),
    )
    assert json.dumps(one.ledger) == json.dumps(other.ledger)
    assert sorted(map(str, one.positions)) == sorted(map(str, other.positions))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(busy(days=8), st.data())
def test_blocks_and_groups_do_not_show(moves, data):
    rows = [line(move, 2) for move in moves]
    for number, version in enumerate(data.draw(st.lists(st.sampled_from([FIRST, SECOND]), max_size=3))):
        rows.insert(data.draw(st.integers(0, len(rows))), inputs_record(version, str(number)))
    block, groups = data.draw(st.integers(1, 40)), data.draw(st.sampled_from([2, 3, 16]))
    one = replay_lines(joined(rows), policy=POLICY, inputs=Inputs(SETS))
    other = replay_lines(joined(rows), policy=POLICY, inputs=Inputs(SETS), block_records=block, groups=groups)
    for table in ("ledger", "positions", "demand_days"):
        assert canonical(one)[table] == canonical(other)[table]
