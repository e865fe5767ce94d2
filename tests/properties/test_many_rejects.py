"""A message of very many bad records: bounded rejects, exact counts, and the same whatever the blocks are."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lowtide.core import Job

GOOD = (
    b'{"id":"%d","source":"s","kind":"sale","sku":"a","location":"b","quantity":1,'
    b'"event_time":"2026-11-22T09:30:00Z"}'
)
MESSAGES = [
    b"[" + b",".join([b"1", GOOD % 1] * 12_000) + b"]",
    GOOD % 2,
    b"\n".join([b'{"n":%d}' % number for number in range(13_000)]),
    b"[" + GOOD % 3 + b"," + b"x," * 70 + GOOD % 4 + b"]",
    b"[1,2,3]",
]


def read(cuts: list[int]) -> tuple[list[dict[str, object]], dict[str, int], int]:
    """Rejects, counts and the next number of a log whose messages are read in blocks that end at these places."""
    partition, rejects = Job.of().partition(1), []
    for start, end in zip([0, *cuts], [*cuts, len(MESSAGES)], strict=True):
        block = MESSAGES[start:end]
        lengths = pa.array([len(message) for message in block], pa.int64())
        numbers = pa.array([number * 30_000 for number in range(start, end)], pa.int64())
        partition.messages(
            b"".join(block), lengths, numbers, pa.array([None] * len(block), pa.int64()), "auto"
        )
        rejects += partition.rejects().to_pylist()
    return rejects, partition.counts(), partition.offset


@pytest.mark.parametrize("cuts", [[1], [1, 2, 3, 4], [2, 4]])
def test_the_blocks_do_not_show(cuts: list[int]) -> None:
    assert read(cuts) == read([])


def test_every_record_is_counted_and_few_are_kept() -> None:
    rejects, counts, offset = read([])
    assert counts["records"] == 24_000 + 1 + 13_000 + 72 + 3 and counts["rejects"] == 12_000 + 13_000 + 70 + 3
    assert counts["accepted"] == 4 and counts["duplicates"] == 11_999
    assert offset == 120_003 and len(rejects) == 10_001 * 2 + 70 + 3
    more = [str(row["message"]) for row in rejects if "more records of this message" in str(row["message"])]
    assert [int(message.split()[0]) for message in more] == [2000, 3000]
    assert len({row["offset"] for row in rejects}) == len(rejects), "each has a number of its own"


def test_what_is_kept_can_be_sent_again_as_a_message() -> None:
    (rest,) = [row for row in read([])[0] if str(row["message"]).startswith("3000 more")]
    partition, record = Job.of().partition(1), rest["record"]
    assert isinstance(record, bytes)
    partition.messages(record, pa.array([len(record)]), pa.array([0]), pa.array([None], pa.int64()), "auto")
    assert partition.counts()["reject.missing_field"] == 3000
