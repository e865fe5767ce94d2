"""A position whose movements are in two logs is found, in one process and across those of a cluster."""

import pytest

from lowtide.core import Job, Log, decode
from lowtide.runner.shared_positions import SharedPositions
from lowtide.sources.block import Block


def log_of(name, places, key_groups=4):
    """A log with one receipt at each (location, SKU)."""
    log = Log(Job.of(partition=name), [], key_groups)
    line = '{"id":"%d","source":"t","kind":"receipt","sku":"%s","location":"%s","quantity":1,"event_time":1770000000000}\n'
    lines = [line % (at, sku, location) for at, (location, sku) in enumerate(places)]
    for number, part in decode(log.partition, Block("lines", "".join(lines).encode(), len(lines))):
        log.group(number).apply(part)
    return log


A = [("north", f"S{n}") for n in range(50)]
B = [("south", f"S{n}") for n in range(50)]
BOTH = {"location": "north", "sku": "S7"}


def test_logs_keyed_by_location_share_nothing():
    assert SharedPositions([log_of("t/0", A), log_of("t/1", B)]).look() == []
    assert SharedPositions([log_of("t/0", A)]).look() == []


def test_every_log_that_knows_the_position_is_named():
    logs = [log_of("t/0", A), log_of("t/1", [*B, ("north", "S7")]), log_of("t/2", [("north", "S7")])]
    assert SharedPositions(logs).look() == [BOTH | {"partitions": ["t/0", "t/1", "t/2"]}]


@pytest.mark.parametrize("later", [0, 1])
def test_of_two_processes_the_later_one_finds_it(tmp_path, later):
    """Each process has the key groups of its own log, and learns about the other log only from the folder."""
    empty = [log_of("t/0", []), log_of("t/1", [])]
    looks = [
        SharedPositions([log_of("t/0", A), empty[1]], tmp_path, 0),
        SharedPositions([empty[0], log_of("t/1", [*B, ("north", "S7")])], tmp_path, 1),
    ]
    assert looks[1 - later].look() == []
    assert looks[later].look() == [BOTH | {"partitions": ["t/0", "t/1"]}]
    looks[0].forget()
    assert looks[later].look() == []


def test_a_folder_that_cannot_be_written_ends_nothing(tmp_path):
    (tmp_path / "positions").write_text("in the way")
    assert SharedPositions([log_of("t/0", A), log_of("t/1", A[7:8])], tmp_path, 0).look() == [
        BOTH | {"partitions": ["t/0", "t/1"]}
    ]
