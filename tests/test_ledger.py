"""The words of a ledger entry and of a movement are those of the core, in its order, which SQL and blocks follow."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from lowtide import ledger, rows
from lowtide.core import Job
from lowtide.sources import movement

CORE = "\n".join(
    path.read_text("utf-8") for path in sorted((Path(__file__).parents[1] / "native/src").rglob("*.rs"))
)


def listed(declaration: str) -> tuple[str, ...]:
    """The texts of one array of the core."""
    (body,) = re.findall(rf"const {declaration}: [^=]+= \[(.*?)\];", CORE, re.DOTALL)
    return tuple(re.findall(r'"(\w+)"', body))


def test_the_lists_are_those_of_the_core() -> None:
    assert listed("TYPES") == ledger.TYPES
    assert ("none", *ledger.SEVERITIES) == listed("SEVERITIES")
    assert listed("KINDS") == movement.KINDS
    assert listed("FIELDS") == movement.FIELDS
    names = dict(re.findall(r'Change::(\w+) => "([A-Z]+)"', CORE))
    assert tuple(names.values()) == ledger.ENTRIES
    (ending,) = re.findall(r"fn ends\(self\) -> bool \{\s*matches!\(self, ([^)]+)\)", CORE)
    assert tuple(names[name] for name in re.findall(r"Change::(\w+)", ending)) == ledger.ENDED


def test_the_columns_are_those_of_the_core() -> None:
    job = Job.of(partition="p")
    group, partition = job.group(), job.partition(1)
    text = '{"id":"1","source":"t","kind":"count","sku":"a","location":"b","quantity":5,"event_time":1795339800000}'
    for _, block in partition.lines(f"{text}\n".encode()):
        group.apply(block)
    written: dict[str, pa.RecordBatch] = group.take()
    assert set(ledger.COLUMNS) <= set(written["ledger"].schema.names)
    assert set(ledger.POSITION_COLUMNS) <= set(group.positions().schema.names)
    (position,) = rows.json_rows(group.positions(), ledger.POSITION_COLUMNS)
    assert list(position) == list(ledger.POSITION_COLUMNS) and position["on_hand"] == "5"
