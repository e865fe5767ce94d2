"""Of the rows of a position that wait for the sink only the latest goes to it, and none waits for ever."""

from __future__ import annotations

import json

import pytest

from lowtide.core import Job, Log
from lowtide.rows import json_rows
from lowtide.runner import flow, steps
from lowtide.runner.plan import Plan
from lowtide.sources.lines import line_blocks

from .in_memory import Kept

NOON = 1795348800000  # 2026-11-22T12:00:00Z
HOUR = 3_600_000


def stored(days: int = 2) -> list[dict[str, object]]:
    """The rows of positions that reach the sink: three positions that sell each hour."""
    lines = [
        {"id": f"{sku}{n}", "source": "t", "kind": "receipt" if n == 0 else "sale", "sku": sku, "location": "1",
         "quantity": 900 if n == 0 else 1, "event_time": NOON + n * HOUR}
        for n in range(24 * days) for sku in ("salt", "milk", "bread")
    ]  # fmt: skip
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    log, kept = Log(Job.of(partition="lines"), line_blocks(iter([data]), 5), 2), Kept()
    flow.run(Plan({log.name: log}, kept))
    columns = ("location", "sku", "offset", "on_hand")
    finals = [row for group in log.groups.values() for row in json_rows(group.positions(), columns)]
    rows = kept.table("position", lambda batch: json_rows(batch, columns))
    assert {row["sku"]: row for row in rows} == {row["sku"]: row for row in finals}, (
        "the last row is the state"
    )
    return rows


def test_a_run_of_a_file_stores_each_position_once() -> None:
    """Its whole past would be rows that nobody can see: they were more than half of all that a run stored."""
    assert len(stored()) == 3


def test_more_positions_than_may_wait_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "HELD_ROWS", 0)
    assert len(stored()) > 20


def test_positions_that_have_waited_long_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "HELD_S", 0.0)
    assert len(stored()) > 20
