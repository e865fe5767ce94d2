"""Lowtide's core as a peer: JSON lines in memory to Arrow rows, as in `bench/core.py`.

It does more than the plain job: policy, negative binomial, timers, revisions, flapping, spikes, rows of positions and days.
Its alerts are defined in another way, so its ledger is compared on the shared kinds only (`run.py` says how).
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from lowtide.core import Job
from outcome import Entry, measure


def work(blocks: list[bytes]) -> list[pa.RecordBatch]:
    """The rows of the ledger, batch by batch; the rows of the other tables are made and left."""
    job = Job.of(None, partition="memory")
    partition, group = job.partition(1), job.group()
    ledger = []
    for block in [*blocks, None]:
        for _, part in partition.finish() if block is None else partition.lines(block):
            group.apply(part)
        ledger += [batch for table, batch in group.hand_over(True) if table == "ledger"]
    return ledger


def entries(ledger: list[pa.RecordBatch]) -> Iterator[Entry]:
    """The rows as the peers write them."""
    names = ("event_time", "location", "sku", "type", "entry", "severity")
    for batch in ledger:
        time = batch["event_time"].cast(pa.int64())
        yield from zip(time.to_pylist(), *(batch[name].to_pylist() for name in names[1:]), strict=True)


if __name__ == "__main__":
    measure("lowtide core", work, entries)
