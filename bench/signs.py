"""What does it cost to look for signs? CPU time of the core on the same records with none, with those that `docs/alerts.md`
advises, and with all twelve, in turn in one run, pinned to one core.

Two streams: shop of `mixes.py`, and with `--history FILE` another one, such as the year of the demo. Records go in as JSON
lines, rows come out as in `core.py`.
"""

from __future__ import annotations

import argparse
import os
import statistics
from pathlib import Path

import mixes
import record
from lowtide.ledger import SIGNS
from lowtide.policy import Policy, read_policy_text
from quick import native, timed

MANY = ("overstock", "slow_moving", "dead_stock", "process_hole")
"""Those that are not advised: they open for very many positions."""


def policies() -> dict[str, Policy]:
    """The policies that are compared, by name."""
    asked = {"none": (), "advised": tuple(sign for sign in SIGNS if sign not in MANY), "all": SIGNS}
    return {
        name: read_policy_text(f"defaults: {{look_for: [{', '.join(signs)}]}}", name)
        for name, signs in asked.items()
    }


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--positions", type=int, default=50_000)
    parser.add_argument("--movements", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--history", type=Path, help="movements as JSON lines instead of the stream")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-signs.json")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if asked.history:
        lines = asked.history.read_bytes().splitlines(keepends=True)
        size = mixes.RECORDS_A_BLOCK
        blocks = [b"".join(lines[at : at + size]) for at in range(0, len(lines), size)]
    else:
        blocks = mixes.blocks("shop", asked.positions, asked.movements)
    count = sum(block.count(b"\n") for block in blocks)
    compared = policies()
    spent: dict[str, list[float]] = {name: [] for name in compared}
    entries = {}
    for _ in range(asked.rounds):
        for name, policy in compared.items():
            seconds, _, entries[name] = timed(lambda blocks, policy=policy: native(blocks, policy), blocks)
            spent[name].append(seconds)
    speed = {
        name: statistics.median(none / own for none, own in zip(spent["none"], found, strict=True))
        for name, found in spent.items()
    }
    print(f"{count:,} records, median of {asked.rounds}, CPU time, one core")
    for name, found in spent.items():
        rate = count / statistics.median(found) / 1e6
        print(f"{name:<8} {rate:6.3f} M/s   {speed[name]:.3f} x   {entries[name]:,} entries")
    if asked.record:
        figures = {"records": count, "cpu_s": spent, "speed": speed, "entries": entries}
        print(record.write("signs-history" if asked.history else "signs", figures))


if __name__ == "__main__":
    main()
