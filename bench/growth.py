"""How long does the longest call take while positions and ids come, at a publish mark and at the turn of a day?

A call is one of `Partition.lines`, `Group.apply` and `Group.take`, as a run makes them: blocks of 4,096 lines, and rows
are taken when 2,000 wait. Its time is the CPU time of the thread, which a busy machine disturbs least. Each size runs in a
fresh process, so that the resident bytes of its positions are its own. Memory for a hundred million positions is told on
paper, from the slope between the two largest sizes.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

import record
from checkpoint import Sales
from memory import in_a_fresh_process, resident

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
MONDAY_MS = 1_767_571_200_000
ROWS = 2_000
PIECE = 500_000
"""Lines that are made at once."""
PAPER = 100_000_000


class Phase:
    """The CPU time of the calls of one phase."""

    def __init__(self) -> None:
        self.records = 0
        self.calls: dict[str, list[int]] = {"lines": [], "apply": [], "take": []}

    def figures(self) -> dict[str, Any]:
        """Nanoseconds a record; the longest call of each kind, and the middle one of `apply`, in milliseconds."""
        spent = sum(sum(times) for times in self.calls.values())
        longest = {name: round(max(times, default=0) / 1e6, 2) for name, times in self.calls.items()}
        middle = sorted(self.calls["apply"])[len(self.calls["apply"]) // 2]
        return {
            "records": self.records,
            "ns_a_record": round(spent / self.records),
            "longest_ms": longest,
            "median_apply_ms": round(middle / 1e6, 2),
        }


class Engine:
    """A log and its one key group, with the time of every call."""

    def __init__(self) -> None:
        from lowtide.core import Job

        job = Job.of(partition="memory")
        self.partition, self.group = job.partition(1), job.group()

    def feed(self, phase: Phase, blocks: list[bytes]) -> None:
        """Applies blocks as a run does."""
        for block in blocks:
            routed = self._timed(phase, "lines", lambda block=block: self.partition.lines(block))
            for _, part in routed:
                self._timed(phase, "apply", lambda part=part: self.group.apply(part))
                if sum(self.group.pending) >= ROWS:
                    self._timed(phase, "take", self.group.take)
            phase.records += block.count(b"\n")

    def settled(self) -> None:
        """Does what is still due, so that a phase begins without what the one before it left."""
        self.group.settle()
        self.group.take()

    @staticmethod
    def _timed(phase: Phase, name: str, call: Any) -> Any:
        start = time.thread_time_ns()
        found = call()
        phase.calls[name].append(time.thread_time_ns() - start)
        return found


def pieces(
    positions: int, count: int, start_ms: int, width_ms: int, seed: int
) -> Iterator[tuple[np.ndarray, int]]:
    """Yield positions to sell from, uniformly in an order of their own, and the time of each piece."""
    random = np.random.default_rng(seed)
    order = random.permutation(positions)
    for at in range(0, count, PIECE):
        which = order[np.arange(at, min(at + PIECE, count)) % positions]
        yield which, start_ms + width_ms * at // count


def measure(positions: int, answer: Connection) -> None:
    """Run the phases in this process."""
    gc.disable()
    engine, sales = Engine(), Sales()
    phases = {name: Phase() for name in ("positions", "ids", "mark", "midnight")}
    at_ms = MONDAY_MS + 10 * HOUR_MS + MINUTE_MS
    before = resident()
    for first in range(0, positions, PIECE):
        some = np.arange(first, min(first + PIECE, positions))
        engine.feed(
            phases["positions"], sales.blocks(b"count", some, at_ms + 4 * MINUTE_MS * first // positions, 120)
        )
    bytes_each = (resident() - before) / positions
    ids = max(2 * positions, 1_000_000)
    for some, moment in pieces(positions, ids, at_ms + 4 * MINUTE_MS, 9 * MINUTE_MS, 1):
        engine.feed(phases["ids"], sales.blocks(b"sale", some, moment))
    bytes_more = (resident() - before) / positions
    # No mark was passed so far, so every position is dirty: the next mark publishes all. At midnight each has sold.
    after = max(positions, 500_000)
    for some, moment in pieces(positions, after, at_ms + 14 * MINUTE_MS, 13 * MINUTE_MS, 2):
        engine.feed(phases["mark"], sales.blocks(b"sale", some, moment))
    engine.settled()
    for some, moment in pieces(positions, after, MONDAY_MS + DAY_MS, 13 * MINUTE_MS, 3):
        engine.feed(phases["midnight"], sales.blocks(b"sale", some, moment))
    figures: dict[str, Any] = {name: phase.figures() for name, phase in phases.items()}
    answer.send(
        {**figures, "bytes_a_position": round(bytes_each), "bytes_with_ids": round(bytes_more), "sold": ids}
    )


def on_paper(figures: dict[str, Any]) -> dict[str, Any]:
    """Bytes for each position more, between the two largest sizes, and what a hundred million would take, in GB."""
    sizes = sorted(map(int, figures))[-2:]
    small, large = (figures[str(size)]["bytes_a_position"] * size for size in sizes)
    slope = (large - small) / (sizes[1] - sizes[0])
    gigabytes = (large + slope * (PAPER - sizes[1])) / 1e9
    return {"from": sizes, "bytes_more_a_position": round(slope), "gb_for_100_m": round(gigabytes, 1)}


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[100_000, 1_000_000], help="numbers of positions"
    )
    parser.add_argument(
        "--large", action="store_true", help="ten million positions as well: some 6 GB, some minutes"
    )
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-growth.json")
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    print("positions   phase      ns a record   longest call, CPU ms: lines   apply    take   (median apply)")
    for positions in asked.sizes + [10_000_000] * asked.large:
        found = figures[str(positions)] = in_a_fresh_process(measure, positions)
        for name in ("positions", "ids", "mark", "midnight"):
            phase = found[name]
            lines, apply, take = phase["longest_ms"].values()
            print(
                f"{positions:>10,}  {name:<10} {phase['ns_a_record']:>10,}   {lines:>32.1f} {apply:>7.1f} {take:>7.1f}"
                f"   ({phase['median_apply_ms']:.1f})"
            )
        print(
            f"{positions:>10,}  {found['bytes_a_position']} B a position after its count, "
            f"{found['bytes_with_ids']} B with {found['sold'] / positions:.0f} more ids and movements each"
        )
    written: dict[str, Any] = {"sizes": figures}
    if len(figures) > 1:
        written["paper"] = paper = on_paper(figures)
        print(
            f"100,000,000 positions on paper: {paper['gb_for_100_m']:g} GB, at {paper['bytes_more_a_position']} B for each "
            f"position more between {paper['from'][0]:,} and {paper['from'][1]:,}"
        )
    if asked.record:
        print(record.write("growth", written))


if __name__ == "__main__":
    main()
