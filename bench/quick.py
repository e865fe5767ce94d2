"""How fast is JSON lines in memory to alerts, on one core, beside a plain Python loop doing the same job?

Both take the same bytes in turn, five times in one run, pinned to one core; what is compared is the CPU time
of the process, which a busy machine disturbs least. Both must end with the same stock everywhere. Python's
garbage collector rests meanwhile, which helps the plain loop.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from collections.abc import Callable

import movements
import record
from lowtide.core import Job
from plain_loop import Loop

BLOCK = 4096
Stock = dict[tuple[str, str], int]


def native(blocks: list[bytes]) -> tuple[Stock, dict[str, int]]:
    """Run the engine's own path, and give thousandths on hand by position and what it counted."""
    job = Job.of(partition="memory")
    partition, group = job.partition(1), job.group()
    entries = 0
    for block in blocks:
        for _, part in partition.lines(block):
            group.apply(part)
        entries += group.take()["ledger"].num_rows
    for _, part in partition.finish():
        group.apply(part)
    entries += group.take()["ledger"].num_rows
    rows = group.positions()
    stock = zip(
        rows["location"].to_pylist(), rows["sku"].to_pylist(), rows["on_hand"].to_pylist(), strict=True
    )
    counts = partition.counts()
    return {(place, sku): int(on_hand * 1000) for place, sku, on_hand in stock}, {
        **counts,
        "entries": entries,
    }


def plain(blocks: list[bytes]) -> tuple[Stock, dict[str, int]]:
    """Run the plain loop over the same blocks."""
    loop = Loop()
    for block in blocks:
        loop.run(block.splitlines())
    stock = {where: position.on_hand for where, position in loop.positions.items()}
    return stock, {"duplicates": loop.duplicates, "entries": len(loop.ledger)}


def timed(
    work: Callable[[list[bytes]], tuple[Stock, dict[str, int]]], blocks: list[bytes]
) -> tuple[float, Stock, dict[str, int]]:
    """Give CPU seconds and what came out."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    stock, counts = work(blocks)
    spent = time.process_time() - start
    gc.enable()
    return spent, stock, counts


def main() -> None:
    """Measure and print; `--record` writes the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--movements", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-quick.json")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    made = list(movements.lines(asked.positions, asked.movements))
    blocks = [b"".join(made[at : at + BLOCK]) for at in range(0, len(made), BLOCK)]
    count = len(made)
    del made
    times: dict[str, list[float]] = {"native": [], "plain": []}
    for _ in range(asked.rounds):
        fast, stock, counted = timed(native, blocks)
        slow, expected, plain_counted = timed(plain, blocks)
        if stock != expected:
            wrong = [where for where in expected if stock.get(where) != expected[where]]
            raise SystemExit(f"the stock differs at {len(wrong)} positions, first {wrong[:3]}")
        times["native"].append(fast)
        times["plain"].append(slow)
    rate = {name: count / statistics.median(found) for name, found in times.items()}
    ratio = statistics.median(slow / fast for fast, slow in zip(times["native"], times["plain"], strict=True))
    print(f"{count:,} records, {asked.positions:,} positions, median of {asked.rounds}, CPU time, one core")
    print(f"native      {rate['native'] / 1e6:6.3f} M/s   {counted['entries']:,} ledger entries")
    print(f"plain loop  {rate['plain'] / 1e6:6.3f} M/s   {plain_counted['entries']:,} ledger entries")
    print(f"ratio       {ratio:6.1f} x    stock equal at all {len(stock):,} positions")
    if asked.record:
        figures = {
            "records": count,
            "positions": asked.positions,
            "rounds": asked.rounds,
            "native_per_s": round(rate["native"]),
            "plain_per_s": round(rate["plain"]),
            "ratio": round(ratio, 2),
            "cpu_s": times,
            "entries": {"native": counted["entries"], "plain": plain_counted["entries"]},
        }
        print(record.write("quick", figures))


if __name__ == "__main__":
    main()
