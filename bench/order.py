"""What does it cost to put an export in order of event time, in time and in memory?

One stream of movements lies once in one file in order, and once in many files: each record in a file drawn by chance, each
file in a mixed order. Fresh processes read both through one partition and one key group, in turn. The bench compares the CPU
time of the process, all its threads included, which a busy machine disturbs least. Another process only sorts, and says how
much memory that takes. All must end with the same stock.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import movements
import record

COLUMNS = ("id", "source", "kind", "sku", "location", "quantity", "ref", "due", "event_time")


def write(folder: Path, positions: int, records: int, files: int, form: str) -> None:
    """Write `sorted.FORM`, and the same records in `files` files below `export/`."""
    dice = random.Random(1)
    (folder / "export").mkdir()
    parts = [(folder / "export" / f"{number:03d}.{form}").open("wb") for number in range(files)]
    with (folder / f"sorted.{form}").open("wb") as whole:
        for line in movements.lines(positions, records):
            row = line if form == "jsonl" else _csv(line)
            whole.write(row)
            parts[dice.randrange(files)].write(row)
    for part in parts:
        part.close()
        path = Path(part.name)
        lines = path.read_bytes().splitlines(keepends=True)
        dice.shuffle(lines)
        path.write_bytes(b"".join(lines))
    if form == "csv":
        header = ",".join(COLUMNS).encode() + b"\n"
        for path in [folder / "sorted.csv", *(folder / "export").iterdir()]:
            path.write_bytes(header + path.read_bytes())


def _csv(line: bytes) -> bytes:
    row = json.loads(line)
    return ",".join(str(row.get(name, "")) for name in COLUMNS).encode() + b"\n"


def read(path: str, order: str, only_sort: bool, answer: multiprocessing.Queue[dict[str, Any]]) -> None:
    """Read a source to its end in this process: seconds, peak of its memory, and a hash of the stock."""
    from lowtide.core import Job, decode
    from lowtide.runner.logs import open_logs
    from lowtide.runner.order import Sorting

    job = Job.of(partition="bench")
    partition, group = job.partition(1), job.group()
    gc.collect()
    at_first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.monotonic(), time.process_time()
    chosen: Any = order
    (blocks,) = open_logs([path], order=chosen, sorting=Sorting(job)).values()
    for block in blocks:
        if not only_sort:
            for _, part in decode(partition, block):
                group.apply(part)
            group.take()
    if not only_sort:
        for _, part in partition.finish():
            group.apply(part)
    figures: dict[str, Any] = {"cpu_s": time.process_time() - cpu, "wall_s": time.monotonic() - wall}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - at_first
    rows = group.positions()
    names = ("location", "sku", "on_hand")
    stock = sorted(zip(*(rows.column(name).to_pylist() for name in names), strict=True))
    answer.put(figures | {"grown_mb": grown / 1024, "stock": hash(str(stock)), "counts": partition.counts()})


def child(path: Path, order: str, only_sort: bool = False) -> dict[str, Any]:
    """What `read` says, from a process of its own."""
    answer: multiprocessing.Queue[dict[str, Any]] = multiprocessing.Queue()
    process = multiprocessing.get_context("fork").Process(
        target=read, args=(str(path), order, only_sort, answer)
    )
    process.start()
    figures = answer.get()
    process.join()
    return figures


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000_000)
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--form", choices=("jsonl", "csv"), default="csv")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lowtide-bench-") as name:
        folder = Path(name)
        write(folder, given.positions, given.records, given.files, given.form)
        whole, export = folder / f"sorted.{given.form}", folder / "export"
        cases = {
            "sorted file, as it stands": (whole, "arrival"),
            "sorted file, by event time": (whole, "event"),
            f"{given.files} unsorted files": (export, "event"),
        }
        rounds = [{name: child(*case) for name, case in cases.items()} for _ in range(given.rounds)]
        stocks = {one["stock"] for each in rounds for one in each.values()}
        if len(stocks) != 1:
            raise SystemExit("the stocks differ")
        memory = {name: child(*case, only_sort=True)["grown_mb"] for name, case in cases.items()}
    first = next(iter(cases))
    figures: dict[str, Any] = {"records": given.records, "files": given.files, "form": given.form}
    for name in cases:
        cpu, wall = (statistics.median(each[name][key] for each in rounds) for key in ("cpu_s", "wall_s"))
        ratio = statistics.median(each[name]["cpu_s"] / each[first]["cpu_s"] for each in rounds)
        slower = statistics.median(each[name]["wall_s"] / each[first]["wall_s"] for each in rounds)
        print(
            f"{name:<28} {cpu:7.1f} s CPU ({ratio:.2f} x)  {wall:7.1f} s ({slower:.2f} x)  "
            f"reading and sorting alone takes {memory[name]:,.0f} MB"
        )
        figures[name] = {
            "cpu_s": round(cpu, 2),
            "cpu_ratio": round(ratio, 3),
            "wall_s": round(wall, 2),
            "wall_ratio": round(slower, 3),
            "memory_mb": round(memory[name], 1),
        }
    if given.record:
        print(record.write("order", figures))


if __name__ == "__main__":
    main()
