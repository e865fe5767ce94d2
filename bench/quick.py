"""How fast does Lowtide turn JSON lines in memory into alerts on one core, compared with a plain Python loop?

Both take the same bytes in turn, five times in one run, pinned to one core. The bench compares the CPU time of the process,
which a busy machine disturbs least. Both must end with the same stock at every position. Python's garbage collector is
switched off, which helps the plain loop.
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
from lowtide.core import Group, Job
from lowtide.policy import Policy, load_policy
from peers.plain_loop import Loop

BLOCK = 4096
Stock = dict[tuple[str, str], int]
Done = tuple[int, Callable[[], Stock]]


def rows_of(table: str, group: Group) -> int:
    """Takes the rows that wait in a group, as a run does; how many of them are of `table`."""
    return sum(batch.num_rows for name, batch in group.hand_over(True) if name == table)


def native(blocks: list[bytes], policy: Policy | None = None) -> Done:
    """Run Lowtide. Returns the number of its entries, and a function that gives thousandths on hand by position."""
    job = Job.of(policy, partition="memory")
    partition, group = job.partition(1), job.group()
    entries = 0
    for block in blocks:
        for _, part in partition.lines(block):
            group.apply(part)
        entries += rows_of("ledger", group)
    for _, part in partition.finish():
        group.apply(part)
    entries += rows_of("ledger", group)

    def stock() -> Stock:
        rows = group.positions()
        columns = (rows[name].to_pylist() for name in ("location", "sku", "on_hand"))
        return {(place, sku): int(on_hand * 1000) for place, sku, on_hand in zip(*columns, strict=True)}

    return entries, stock


def plain(blocks: list[bytes]) -> Done:
    """Run the plain loop over the same blocks."""
    loop = Loop()
    for block in blocks:
        loop.run(block.splitlines())
    return len(loop.ledger), lambda: {where: position.on_hand for where, position in loop.positions.items()}


def timed(work: Callable[[list[bytes]], Done], blocks: list[bytes]) -> tuple[float, Stock, int]:
    """Return CPU seconds and the result. Reading the result back is not measured."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    entries, stock = work(blocks)
    spent = time.process_time() - start
    gc.enable()
    return spent, stock(), entries


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--movements", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--policy", help="policy file for Lowtide; without it the defaults")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-quick.json")
    asked = parser.parse_args()
    policy = load_policy(asked.policy)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    made = list(movements.lines(asked.positions, asked.movements))
    blocks = [b"".join(made[at : at + BLOCK]) for at in range(0, len(made), BLOCK)]
    count = len(made)
    del made
    times: dict[str, list[float]] = {"native": [], "plain": []}
    for _ in range(asked.rounds):
        fast, stock, entries = timed(lambda blocks: native(blocks, policy), blocks)
        slow, expected, plain_entries = timed(plain, blocks)
        if stock != expected:
            wrong = [where for where in expected if stock.get(where) != expected[where]]
            raise SystemExit(f"the stock differs at {len(wrong)} positions, first {wrong[:3]}")
        times["native"].append(fast)
        times["plain"].append(slow)
    rate = {name: count / statistics.median(found) for name, found in times.items()}
    ratio = statistics.median(slow / fast for fast, slow in zip(times["native"], times["plain"], strict=True))
    print(f"{count:,} records, {asked.positions:,} positions, median of {asked.rounds}, CPU time, one core")
    print(f"native      {rate['native'] / 1e6:6.3f} M/s   {entries:,} ledger entries")
    print(f"plain loop  {rate['plain'] / 1e6:6.3f} M/s   {plain_entries:,} ledger entries")
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
            "entries": {"native": entries, "plain": plain_entries},
        }
        print(record.write("quick", figures))


if __name__ == "__main__":
    main()
