"""How fast does Lowtide's core turn records in memory into rows on one core, for several streams, forms and policies?

It reads JSON lines of the mixes calm, shop and tight, and shop as Arrow batches with UTF-8 and with dictionaries. Tight is
also read under two policies whose arithmetic is dear: reorder points by formula, and the exemption of SKUs that sell slowly.
All run in turn, several times in one run, pinned to one core; the figure is the median of the CPU time of the
thread, which a busy machine disturbs least. Rows are taken after each block of 4,096 records, as a sink does, and all
forms of shop must write the same ledger.

Beside the speed stands what a record leads to: rows of all tables, rows of days (a day with sales that closes is such a
row, and so is one that a late record corrects), entries. How often the detectors look at a position cannot be seen from
outside: `instructions.py --extension` counts it in a build with symbols.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

import arrow_blocks
import mixes
import record
from lowtide.core import Job, Partition, Routed
from lowtide.policy import Policy, Terms

POLICIES = {
    "formula": {"reorder_point": "formula"},
    "low turnover": {"reorder_point": "formula", "low_turnover_units": 5.0},
}
"""Values of policies, by what they are called here."""
Feed = Callable[[Partition, Any], Routed]
LEDGER = ("event_time", "location", "sku", "type", "entry", "severity", "episode", "seq")


@dataclass(frozen=True)
class Case:
    """One stream in one form."""

    name: str
    blocks: list[Any]
    feed: Feed
    policy: Policy | None = None


def lines(partition: Partition, block: bytes) -> Routed:
    """Hand over NDJSON."""
    return partition.lines(block)


def columns(partition: Partition, batch: pa.RecordBatch) -> Routed:
    """Hand over Arrow."""
    return partition.columns(batch)


def cases(positions: int, moves: int) -> list[Case]:
    """What is measured. The JSON of shop is the first of its forms."""
    made = {mix: mixes.blocks(mix, positions, moves) for mix in mixes.MIXES}
    shop = made["shop"]
    return [
        *(Case(f"json {mix}", blocks, lines) for mix, blocks in made.items()),
        Case("arrow utf-8 shop", arrow_blocks.batches(shop), columns),
        Case("arrow dictionary shop", arrow_blocks.batches(shop, dictionaries=True), columns),
        *(
            Case(f"json tight, {name}", made["tight"], lines, Policy(defaults=Terms(**values)))
            for name, values in POLICIES.items()
        ),
    ]


def run(case: Case) -> tuple[float, int, Counter[str], pa.Table]:
    """CPU seconds, records, rows by table, and the ledger."""
    job = Job.of(case.policy, partition="memory")
    rows: Counter[str] = Counter()
    ledger = []
    gc.collect()
    start = time.thread_time()
    partition, group = job.partition(1), job.group()
    for block in [*case.blocks, None]:
        routed = partition.finish() if block is None else case.feed(partition, block)
        for _, part in routed:
            group.apply(part)
        for table, batch in group.hand_over(True):
            rows[table] += batch.num_rows
            if table == "ledger":
                ledger.append(batch.select(LEDGER))
    spent = time.thread_time() - start
    counts = partition.counts()
    if counts["rejects"]:
        raise SystemExit(f"{case.name}: {counts['rejects']:,} records were rejected")
    entries = ledger or [group.take()["ledger"].select(LEDGER)]
    return spent, counts["records"], rows, pa.Table.from_batches(entries)


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--movements", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-core.json")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    made = cases(asked.positions, asked.movements)
    times: dict[str, list[float]] = {case.name: [] for case in made}
    figures: dict[str, dict[str, Any]] = {}
    for _ in range(asked.rounds):
        ledgers = {}
        for case in made:
            spent, count, rows, ledgers[case.name] = run(case)
            times[case.name].append(spent)
            figures[case.name] = {
                "records": count,
                "entries": rows["ledger"],
                "rows_per_record": round(rows.total() / count, 3),
                "days_per_record": round(rows["demand_day"] / count, 3),
            }
        for name, ledger in ledgers.items():
            if name.endswith(" shop") and not ledger.equals(ledgers["json shop"]):
                raise SystemExit(f"{name}: the ledger differs from that of JSON")
    print(f"{asked.positions:,} positions, median of {asked.rounds}, CPU time of the thread, one core")
    print(
        f"{'':<26}{'M/s':>7}{'ns a record':>13}{'records':>12}{'entries':>10}{'rows a record':>15}{'days a record':>15}"
    )
    for name, found in figures.items():
        second = statistics.median(times[name])
        speed = found["records"] / second
        found |= {"per_s": round(speed), "ns": round(1e9 / speed), "cpu_s": times[name]}
        print(
            f"{name:<26}{speed / 1e6:>7.3f}{1e9 / speed:>13,.0f}{found['records']:>12,}"
            f"{found['entries']:>10,}{found['rows_per_record']:>15.2f}{found['days_per_record']:>15.2f}"
        )
    print("the ledger of shop is the same from JSON and from both forms of Arrow")
    if asked.record:
        written = {"positions": asked.positions, "rounds": asked.rounds, "cases": figures}
        print(record.write("core", written))


if __name__ == "__main__":
    main()
