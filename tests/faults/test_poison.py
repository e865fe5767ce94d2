"""One record in a hundred is bad, in every way we know: each is rejected with its code, and all others are used."""

from __future__ import annotations

import orjson
import pyarrow as pa

from lowtide.core import Job, Log
from lowtide.runner.replay import Replay
from lowtide.sources import Block
from lowtide.sources.block import Messages
from tests.faults.poison import AT_MS, KINDS, good


def replayed(values: list[bytes]) -> tuple[list[dict], list[dict], dict[str, int]]:
    """Final positions, rejects and counts of these messages, which arrive within one hour."""
    ints = pa.int64()
    arrivals = [AT_MS + 3_600_000 + 50 * len(values)] * len(values)
    messages = Messages(
        b"".join(values), pa.array(list(map(len, values)), ints), pa.array(range(len(values)), ints),
        pa.array(arrivals, ints), "auto",
    )  # fmt: skip
    runner = Replay(Log(Job.of(), [], 4))
    rows = runner.apply(Block("messages", messages, len(values)))
    runner.finish()
    rejects = [row for batch in rows["reject"] for row in batch.to_pylist()]
    return runner.positions(), rejects, runner.log.partition.counts()


def test_every_kind_has_its_code_and_its_bytes() -> None:
    assert len(KINDS) >= 40
    values = [make(number) for number, (_, make) in enumerate(KINDS.values())]
    _, rejects, counts = replayed(values)
    assert [(row["offset"], row["reason"]) for row in rejects] == [
        (number, code) for number, (code, _) in enumerate(KINDS.values())
    ]
    assert [row["record"] for row in rejects] == [value[:65_536] for value in values]
    assert all(row["message"] for row in rejects) and counts["accepted"] == 0


def test_good_records_among_bad_ones_are_unharmed() -> None:
    kinds = list(KINDS.values())
    mixed, clean = [], []
    for number in range(5000):
        mixed.append(orjson.dumps(good(number)))
        clean.append(mixed[-1])
        if number % 50 == 0:
            mixed.append(kinds[number // 50 % len(kinds)][1](number))
    positions, rejects, counts = replayed(mixed)
    assert positions == replayed(clean)[0] and len(positions) == 400
    assert (counts["accepted"], counts["rejects"], len(rejects)) == (5000, 100, 100)
