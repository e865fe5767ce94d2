"""What is due at midnight is done in slices: a key group that gets no more blocks must still come to its end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from lowtide.core import Job, Log
from lowtide.errors import JobError
from lowtide.runner.steps import Inventory

POSITIONS = 6_000
NOON_MS = 1_767_614_400_000
JOB = Job.of(partition="log")


def record(number: int, kind: str, at_ms: int, **more: Any) -> bytes:
    """One line of a log."""
    fields = {"id": f"{kind}-{number}", "source": "till", "kind": kind, "event_time": at_ms}
    return orjson.dumps(fields | more, option=orjson.OPT_APPEND_NEWLINE)


def lines() -> list[bytes]:
    """A sale at every position, then a heartbeat after midnight."""
    sales = [record(at, "sale", NOON_MS, sku=str(at), location="a", quantity=1) for at in range(POSITIONS)]
    return [b"".join(sales), record(0, "heartbeat", NOON_MS + 13 * 3_600_000)]


KEPT = SimpleNamespace(save=lambda *_: b"kept", written=0, segments=1)


def inventory(chain: Any = None, linger: float | None = None) -> tuple[Inventory, list[tuple[str, int]]]:
    """The step of a key group, with this chain of segments or without a state, and the rows that it hands to the sink.

    `linger` is how long a row of a topic may wait in seconds; None: the log is a file.
    """
    written: list[tuple[str, int]] = []
    sink = SimpleNamespace(write=lambda table, batch: written.append((table, batch.num_rows)))
    plan: Any = SimpleNamespace(
        logs={"log": Log(JOB, [], 1)},
        chain=lambda *_: chain,
        applied=lambda *_: None,
        sink=sink,
        process=0,
        linger=linger,
        key_groups=1,
        observer=SimpleNamespace(saved=lambda *_: None),
    )
    step, partition = Inventory(plan, None), JOB.partition(1)
    for block in lines():
        for number, part in partition.lines(block):
            step.take([("log", number, part, False)])
    return step, written


def days(written: list[tuple[str, int]]) -> int:
    return sum(rows for table, rows in written if table == "demand_day")


def test_a_group_without_new_blocks_closes_the_day_of_every_position():
    step, written = inventory(linger=0.0)
    calls = 0
    while step.due() is not None:
        step.hand_on()
        calls += 1
    assert 1 < calls < 20 and days(written) == POSITIONS


def test_rows_of_a_file_wait_for_later_ones_also_when_nothing_more_is_due():
    step, written = inventory()
    while step.due() is not None:
        step.hand_on()
    assert days(written) < POSITIONS and "position" not in dict(written)
    partition = JOB.partition(1)
    partition.lines(lines()[1])
    for number, part in partition.finish():
        step.take([("log", number, part, True)])
    assert days(written) == POSITIONS and dict(written)["position"] == POSITIONS


def test_a_state_is_saved_with_all_that_is_due():
    step, written = inventory(KEPT)
    assert step.due() is not None and days(written) < POSITIONS
    assert step.save() == b"kept"
    assert step.due() is None and days(written) == POSITIONS


def test_a_group_is_not_saved_before_what_is_due_is_done(tmp_path):
    partition, group = JOB.partition(1), JOB.group()
    for block in lines():
        for _, part in partition.lines(block):
            group.apply(part)
    assert group.is_behind
    group.take()
    with pytest.raises(JobError, match="settle the group"):
        group.save(True, str(tmp_path / "segment"))
    group.settle()
    assert not group.is_behind and group.take()["demand_day"].num_rows > 0
    group.save(True, str(tmp_path / "settled"))
