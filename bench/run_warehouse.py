"""What does the warehouse cost a run of a file? CPU of `lowtide run` with `--warehouse none` and with a new folder, in turn.

The file is that of the quick bench: a count for each position, then two weeks of sales with orders and receipts. The time is
that of the process and its children, user and system. The start is measured with a file of a hundred records, and taken off.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import movements
import record

_START_RECORDS = 100
KINDS = ("none", "folder")


def cpu_of_run(file: Path, warehouse: str, asked: argparse.Namespace) -> float:
    """CPU seconds of one run of a file, with those of its children."""
    command = [sys.executable, "-m", "lowtide", "run", str(file), "--warehouse", warehouse]
    if asked.workers:
        command += ["--workers", str(asked.workers)]
    if asked.state and warehouse != "none":
        command += ["--state", str(Path(warehouse).parent / "state")]
    before = os.times()
    subprocess.run(command, check=True, capture_output=True, cwd=file.parent)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def cpu_of_kind(file: Path, kind: str, asked: argparse.Namespace) -> tuple[float, Path]:
    """CPU seconds of a run into no warehouse, or into a new folder, which is left to be looked at."""
    folder = file.parent / "warehouse"
    for made in (folder, file.parent / "state"):
        shutil.rmtree(made, ignore_errors=True)
    return cpu_of_run(file, "none" if kind == "none" else str(folder), asked), folder


_ROWS = """
import json, sys
from lowtide.warehouse import open_warehouse
warehouse, found = open_warehouse(sys.argv[1]), {}
for table in ("position", "demand_day", "stock_count", "supply_event", "ledger"):
    name = f"{warehouse.database}.{table}"
    seen = f"SELECT count() AS rows, sum(cityHash64(*)) AS hash FROM {name} FINAL"
    parts = "SELECT sum(rows) AS rows FROM system.parts WHERE active AND table = {table:String}"
    found[table] = {**warehouse.rows(seen)[0], "stored": warehouse.rows(parts, {"table": table})[0]["rows"]}
print(json.dumps(found))
"""


def rows_in(folder: Path) -> dict[str, dict[str, int]]:
    """The rows that a reader sees with FINAL in each table, a hash of them, and the rows that lie in its parts."""
    done = subprocess.run(
        [sys.executable, "-c", _ROWS, str(folder)], check=True, capture_output=True, text=True
    )
    found: dict[str, dict[str, int]] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--movements", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, help="threads of a run; without it what `lowtide run` takes")
    parser.add_argument("--state", action="store_true", help="keep a state too, so that checkpoints are made")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-run-warehouse.json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as base:
        start, file = Path(base) / "start.jsonl", Path(base) / "movements.jsonl"
        start.write_bytes(b"".join(movements.lines(10, _START_RECORDS)))
        made = list(movements.lines(asked.positions, asked.movements))
        file.write_bytes(b"".join(made))
        records = len(made)
        del made
        cpu: dict[str, list[float]] = {f"{kind}{what}": [] for kind in KINDS for what in ("", "_start")}
        for _ in range(asked.rounds):
            for kind in KINDS:
                cpu[f"{kind}_start"].append(cpu_of_kind(start, kind, asked)[0])
                spent, folder = cpu_of_kind(file, kind, asked)
                cpu[kind].append(spent)
        rows = rows_in(folder)
    print(
        f"{records:,} records, {asked.positions:,} positions, median of {asked.rounds}, CPU time, start excluded"
    )
    net = {kind: statistics.median(cpu[kind]) - statistics.median(cpu[f"{kind}_start"]) for kind in KINDS}
    for kind, spent in net.items():
        each = spent / records * 1e9
        print(
            f"warehouse {kind:<7} {records / spent / 1e6:6.3f} M/s   {spent:6.2f} s   {each:6,.0f} ns a record"
        )
    added = net["folder"] - net["none"]
    print(
        f"the warehouse adds {added:.2f} s, {added / records * 1e9:,.0f} ns a record, {added / net['none']:.2f} x the rest"
    )
    for table, found in rows.items():
        print(
            f"{table:<13} {found['rows']:>9,} rows with FINAL   {found['stored']:>9,} stored   hash {found['hash']}"
        )
    if asked.record:
        figures = {
            "records": records,
            "positions": asked.positions,
            "rounds": asked.rounds,
            "net_cpu_s": {kind: round(spent, 3) for kind, spent in net.items()},
            "per_s": {kind: round(records / spent) for kind, spent in net.items()},
            "cpu_s": cpu,
            "rows": rows,
        }
        print(record.write("run-warehouse", figures))


if __name__ == "__main__":
    main()
