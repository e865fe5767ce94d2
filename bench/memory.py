"""How many bytes does a position take, everything included?

A fresh process makes the state of a number of synthetic positions and compares its resident memory before and after.
Each position has a count and a few sales; a share of them has an open order. The deduplication window is included, so the
bench also measures the key group alone, after its log was closed. Inputs are made block by block and dropped.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import record

BLOCK = 4096
START_MS = 1_767_571_200_000
DAY_MS = 86_400_000


def resident() -> int:
    """Give the bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def blocks(positions: int, sales: int, order_share: float) -> Iterator[bytes]:
    """Yield NDJSON blocks: counts, then sales on following days, then orders for a share of the positions."""
    every = round(1 / order_share) if order_share else 0
    places = max(1, positions // 20_000)
    kinds = (
        [("count", 120, 0)] + [("sale", 1, day) for day in range(1, sales + 1)] + [("order", 40, sales + 1)]
    )
    lines: list[bytes] = []
    for kind, quantity, day in kinds:
        for at in range(positions):
            if kind == "order" and (not every or at % every):
                continue
            moment = START_MS + day * DAY_MS + at * (DAY_MS // 2) // positions
            more = f'"ref":"P{at}","due":{moment + 5 * DAY_MS},' if kind == "order" else ""
            lines.append(
                b'{"id":"%s%d-%d","source":"till","kind":"%s","sku":"%d","location":"%d","quantity":%d,%s"event_time":%d}\n'
                % (
                    kind[:1].encode(), day, at, kind.encode(), 1_000_000 + at // places, 100 + at % places,
                    quantity, more.encode(), moment,
                )
            )  # fmt: skip
            if len(lines) == BLOCK:
                yield b"".join(lines)
                lines = []
    yield b"".join(lines)


def measure(positions: int, sales: int, order_share: float, answer: Connection) -> None:
    """Build the state in this process and say how many bytes a position took."""
    from lowtide.core import Job

    job = Job.of(partition="memory")
    warm = job.group()
    for _, part in job.partition(1).lines(next(blocks(100, 1, 0.1))):
        warm.apply(part)
    del warm
    gc.collect()
    before = resident()
    partition, group = job.partition(1), job.group()
    for block in blocks(positions, sales, order_share):
        for _, part in partition.lines(block):
            group.apply(part)
        group.take()
        partition.rejects()
    gc.collect()
    both = resident() - before
    del partition
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    state = resident() - before
    answer.send({"all": both, "state": state})


def in_a_fresh_process(measure: Callable[..., None], *arguments: Any) -> dict[str, Any]:
    """Run `measure` in a separate process, and return what it sends. Ends the bench if it dies."""
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe(duplex=False)
    child = fresh.Process(target=measure, args=(*arguments, theirs))
    child.start()
    theirs.close()
    try:
        found: dict[str, Any] = ours.recv()
    except EOFError:
        child.join()
        raise SystemExit(f"the process that measures has ended with {child.exitcode}") from None
    child.join()
    return found


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", type=int, default=1_000_000)
    parser.add_argument("--sales", type=int, default=3, help="sales of each position, one a day")
    parser.add_argument("--orders", type=float, default=0.05, help="share of positions with an open order")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-memory.json")
    asked = parser.parse_args()
    whole = in_a_fresh_process(measure, asked.positions, asked.sales, asked.orders)
    half = in_a_fresh_process(measure, asked.positions // 2, asked.sales, asked.orders)
    added = asked.positions - asked.positions // 2
    figures: dict[str, float] = {"positions": asked.positions, "sales": asked.sales, "orders": asked.orders}
    print(f"{asked.positions:,} positions, {asked.sales} sales each, {asked.orders:.0%} with an open order")
    print("bytes a position                          added position   all of the process")
    for key, name in (
        ("state", "key group: rows, index, sides"),
        ("all", "with the ids of the dedup window"),
    ):
        figures[f"{key}_added"] = (whole[key] - half[key]) / added
        figures[f"{key}_process"] = whole[key] / asked.positions
        print(f"{name:<40}  {figures[f'{key}_added']:14.1f}   {figures[f'{key}_process']:18.1f}")
    if asked.record:
        print(record.write("memory", figures))


if __name__ == "__main__":
    main()
