"""Mistakes that the simulation found, each as a small test."""

from __future__ import annotations

import orjson
import pytest

from lowtide.core import Group, Partition
from lowtide.policy import policy_record

from .world import HOUR, START, job

SHORT, LONG = job("dedup_window: 6h\n", "log"), job("dedup_window: 7d\n", "log")


def sale(number: int, hours: int) -> bytes:
    """A sale of one unit; the number is its id."""
    record = {
        "id": str(number), "source": "till", "kind": "sale", "sku": "a", "location": "L", "quantity": "1",
        "event_time": START + hours * HOUR,
    }  # fmt: skip
    return orjson.dumps(record) + b"\n"


def heartbeat(hours: int) -> bytes:
    """A heartbeat that moves the clock."""
    record = {"id": f"h{hours}", "source": "till", "kind": "heartbeat", "event_time": START + hours * HOUR}
    return orjson.dumps(record) + b"\n"


@pytest.fixture
def resumed(tmp_path):
    """Restores a log after a crash from its segments. Returns the log."""

    def resume(partition: Partition, segments: list[bytes]) -> Partition:
        file = tmp_path / str(len(segments))
        partition.save(not segments, str(file))
        segments.append(file.read_bytes())
        return Partition.restore(SHORT.config, 1, None, segments)

    return resume


def read(partition: Partition, group: Group, *lines: bytes) -> None:
    for line in lines:
        for _, block in partition.lines(line):
            group.apply(block)


def test_a_checkpoint_while_a_file_is_passed_over_does_not_sell_twice(resumed):
    """The state saved a wrong record number while records were skipped. The following records were read again, and a
    repeated sale, outside the window by then, counted as another sale."""
    partition, group, segments = SHORT.partition(1), SHORT.group(), []
    lines = (sale(1, 0), sale(1, 0), heartbeat(10))
    read(partition, group, *lines)
    partition = resumed(partition, segments)
    partition.rewind(0)
    read(partition, group, lines[0])
    partition = resumed(partition, segments)
    partition.rewind(0)
    read(partition, group, *lines)
    assert group.positions().column("on_hand")[0].as_py() == -1
    assert partition.counts()["records"] == 3


@pytest.mark.parametrize("crash", [False, True])
def test_a_longer_window_knows_no_more_than_the_shorter_one_before_it(resumed, crash):
    """Ids that the state had forgotten were still in memory, so a crash decided which records are duplicates."""
    partition, group = SHORT.partition(1), SHORT.group()
    read(partition, group, sale(1, 0), heartbeat(10))
    if crash:
        partition = resumed(partition, [])
    read(partition, group, policy_record(LONG.policy_document, "here") + b"\n", sale(1, 0))
    assert group.positions().column("on_hand")[0].as_py() == -2


def test_where_a_finite_run_ends_does_not_show_in_the_day_of_a_late_sale():
    """The row had the number of the last record of its position, not of the record that changed the day."""

    def days(*ends: int) -> dict[str, int]:
        partition, group, kept = LONG.partition(1), LONG.group(), {}
        lines = [sale(1, 30), sale(2, 1), sale(3, 30)]
        for number, line in enumerate(lines):
            read(partition, group, line)
            for _, block in partition.finish() if number in ends else ():
                group.apply(block)
            for row in group.take()["demand_day"].to_pylist():
                kept[str(row["day"])] = max(kept.get(str(row["day"]), 0), row["offset"])
        return kept

    assert days(2) == days(1, 2)
