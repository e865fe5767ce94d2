"""What does a checkpoint cost, and how many bytes does it write?

Builds 1 M positions in 16 key groups, then runs windows. A window has as many sales as one core processes in ten seconds,
over other 2 % of the positions each time. After each window the log and all key groups are saved to disk (fsync included),
as the flow does. The cost is the share of the time that saving took. Folding of long chains runs in a background thread and
is counted by its CPU time. Then the bench measures the bytes that a checkpoint writes after sales of a number of positions.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import record
from lowtide.core import Group, Job, Log, Partition
from lowtide.state import Chain
from scratch import scratch

BLOCK = 4096
PIECE = 1_000_000
"""Lines that are made at once."""
START_MS = 1_767_571_200_000
_LINE = (
    b'{"id":"000000000","source":"till","kind":"sale","sku":"0000000","location":"000","quantity":1,'
    b'"event_time":0000000000000}\n'
)


class Sales:
    """Lines of sales of given positions. They are built as arrays of digits, so that building takes little time."""

    def __init__(self) -> None:
        self.number = 0

    def blocks(self, kind: bytes, positions: np.ndarray, at_ms: int, quantity: int = 1) -> list[bytes]:
        """One line for each position, in blocks."""
        line = _LINE.replace(b"sale", kind).replace(b'"quantity":1', b'"quantity":%d' % quantity)
        count, rows = len(positions), np.tile(np.frombuffer(line, np.uint8), (len(positions), 1))
        place = lambda field: line.index(field) + len(field)  # noqa: E731
        digits(rows, place(b'"id":"'), 9, self.number + np.arange(count))
        digits(rows, place(b'"sku":"'), 7, 1_000_000 + positions // 50)
        digits(rows, place(b'"location":"'), 3, 100 + positions % 50)
        digits(rows, place(b'"event_time":'), 13, at_ms + np.arange(count) * 9_000 // max(count, 1))
        self.number += count
        data, width = rows.tobytes(), len(line)
        return [data[at * width : (at + BLOCK) * width] for at in range(0, count, BLOCK)]


def digits(rows: np.ndarray, start: int, width: int, values: np.ndarray) -> None:
    """Writes numbers as decimal digits into columns of bytes."""
    for at in range(width):
        rows[:, start + width - 1 - at] = values // 10**at % 10 + ord("0")


class Engine:
    """A log with its key groups and the chains of their state."""

    def __init__(self, folder: Path, groups: int) -> None:
        self.log = Log(Job.of(partition="bench"), [], groups)
        job = self.log.job
        self.chains = {
            -1: Chain(
                folder / "log",
                "bench",
                "log",
                lambda held: lambda _, path: Partition.fold(job.config, held, path),
            )
        }
        for number in range(groups):
            fold = lambda held: Group.restore(job.config, job.catalogue, held).save  # noqa: E731
            self.chains[number] = Chain(folder / f"group-{number:04d}", "bench", f"group-{number:04d}", fold)

    def apply(self, blocks: list[bytes]) -> float:
        """Decodes and applies blocks, and takes the rows. Returns the seconds."""
        started = time.perf_counter()
        for block in blocks:
            for number, part in self.log.partition.lines(block):
                group = self.log.group(number)
                group.apply(part)
                if sum(group.pending) > 2000:
                    group.take()
        return time.perf_counter() - started

    def save(self) -> tuple[float, int, int]:
        """Saves the log and all key groups. Returns the seconds, the bytes of the log and the bytes of the key groups."""
        for group in self.log.groups.values():
            group.settle()
            group.take()
        before = {number: chain.written for number, chain in self.chains.items()}
        started = time.perf_counter()
        self.chains[-1].save(self.log.partition.save, self.log.partition.offset)
        for number, group in self.log.groups.items():
            self.chains[number].save(group.save, group.next_offset)
        took = time.perf_counter() - started
        wrote = {number: chain.written - before[number] for number, chain in self.chains.items()}
        return took, wrote.pop(-1), sum(wrote.values())

    def close(self) -> None:
        """Waits for what is folded in the background, which writes into the folder."""
        for chain in self.chains.values():
            if chain._folding is not None:
                chain._folding[1].result()


def windows(
    engine: Engine, sales: Sales, positions: int, dirty: int, per_window: int, rounds: int
) -> Iterator[tuple[float, float, int, int]]:
    """Seconds of work, seconds of saving, bytes of the log and of the groups, for each window."""
    random = np.random.default_rng(1)
    for round_ in range(rounds):
        hot = random.choice(positions, dirty, replace=False)
        work, left = 0.0, per_window
        at_ms = START_MS + 3_600_000 + round_ * 10_000
        while left > 0:
            part = min(left, PIECE)
            work += engine.apply(sales.blocks(b"sale", random.choice(hot, part), at_ms))
            left -= part
        yield work, *engine.save()


def by_change(engine: Engine, sales: Sales, positions: int) -> dict[str, dict[str, int]]:
    """The bytes that a checkpoint writes after one sale at each of `touched` positions."""
    table = {}
    for share in (0.001, 0.005, 0.02, 0.1, 0.5):
        some = np.random.default_rng(2).choice(positions, int(positions * share), replace=False)
        engine.apply(sales.blocks(b"sale", some, START_MS + 7_200_000))
        took, log_bytes, group_bytes = engine.save()
        table[f"{share:.1%}"] = {"ms": round(took * 1e3), "log": log_bytes, "groups": group_bytes}
        print(
            f"{share:>6.1%} touched once: {group_bytes / 1e6:8.2f} MB of positions "
            f"({group_bytes / len(some):.0f} B each), {log_bytes / 1e6:6.2f} MB of ids, {took * 1e3:5.0f} ms"
        )
    return table


def fold(engine: Engine) -> float:
    """CPU seconds to fold every chain into one segment."""
    cpu = time.process_time()
    for chain in engine.chains.values():
        chain._folded(list(chain._segments))
    return time.process_time() - cpu


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--positions", type=int, default=1_000_000)
    parser.add_argument("--dirty", type=float, default=0.02, help="share of positions that a window touches")
    parser.add_argument("--seconds", type=float, default=10.0, help="between two checkpoints")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-checkpoint.json")
    asked = parser.parse_args()
    with scratch() as folder:
        engine, sales = Engine(Path(folder), 16), Sales()
        for first in range(0, asked.positions, PIECE):
            some = np.arange(first, min(first + PIECE, asked.positions))
            engine.apply(sales.blocks(b"count", some, START_MS, 5000))
        whole_s, _, whole = engine.save()
        dirty = int(asked.positions * asked.dirty)
        some = np.random.default_rng(0).choice(dirty, 500_000)
        per_window = int(500_000 / engine.apply(sales.blocks(b"sale", some, START_MS)) * asked.seconds)
        engine.save()
        print(
            f"{asked.positions:,} positions saved whole: {whole_s:.2f} s, {whole / asked.positions:.0f} B each"
        )
        print(f"windows of {per_window:,} sales of {dirty:,} positions, {asked.seconds:g} s of work")
        found = list(windows(engine, sales, asked.positions, dirty, per_window, asked.rounds))
        cost = statistics.median(save / (work + save) for work, save, _, _ in found)
        pause = statistics.median(save for _, save, _, _ in found)
        of_log, of_groups = (statistics.median(one[at] for one in found) for at in (2, 3))
        print(
            f"a checkpoint takes {cost:.1%} of the time, {pause * 1e3:.0f} ms, and writes "
            f"{of_groups / 1e6:.1f} MB of positions and {of_log / 1e6:.1f} MB of ids"
        )
        fold_s, work_s = fold(engine), sum(work for work, _, _, _ in found)
        print(f"folding all that once, in the background: {fold_s:.1f} s of CPU after {work_s:.0f} s of work")
        table = by_change(engine, sales, asked.positions)
        engine.close()
    if asked.record:
        figures = {
            "positions": asked.positions, "per_window": per_window, "dirty": dirty, "cost": round(cost, 4),
            "pause_ms": round(pause * 1e3), "bytes": {"groups": round(of_groups), "log": round(of_log)},
            "fold_cpu_s": round(fold_s, 2), "work_s": round(work_s, 1), "touched": table,
        }  # fmt: skip
        print(record.write("checkpoint", figures))


if __name__ == "__main__":
    main()
