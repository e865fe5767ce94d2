"""How much faster is `lowtide run` with two workers, or two processes, than with one worker, from a topic and from one file?

The stream is that of the quick bench. The topic lies on a real broker on the same machine, in four partitions that are
keyed by location, so that each position is in one partition. Every run has a state and no warehouse, and is a command as
a user types it. Its start is measured with a hundred records and taken off. Wall clock is what a user waits for; it means
something on an idle machine only. CPU of the run and its children stands beside it: more of it is what sharing costs.
All runs of a source must end with the same positions and the same number of entries.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

import movements
import record
from services import LOWTIDE, broker, make_topic, producer

START_RECORDS = 100
RUNS = {
    "1 worker": ["--workers", "1"],
    "2 workers": ["--workers", "2"],
    "2 processes": ["--processes", "2", "--workers", "1"],
}
_LOCATION = re.compile(rb'"location":"(\d+)"')


def fill(client: Producer, topic: str, lines: list[bytes], partitions: int) -> None:
    """Puts each movement into the partition of its location."""
    for line in lines:
        found = _LOCATION.search(line)
        assert found is not None
        while True:
            try:
                client.produce(topic, line.rstrip(b"\n"), partition=int(found[1]) % partitions)
                break
            except BufferError:
                client.poll(0.05)
    assert client.flush(300) == 0


def timed(source: str, options: list[str], folder: Path) -> tuple[float, float, dict[str, Any]]:
    """Wall and CPU seconds of one run with a new state, and its summary."""
    state = folder / "state"
    shutil.rmtree(state, ignore_errors=True)
    command = [*LOWTIDE, "run", source, "--warehouse", "none", "--state", str(state), "--json", *options]
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, cwd=folder, check=False)
    wall, after = time.perf_counter() - began, os.times()
    if done.returncode:
        raise SystemExit(f"`lowtide run {source} {' '.join(options)}` failed:\n{done.stderr.decode()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu, json.loads(done.stdout)


def measure(source: str, start: str, folder: Path, rounds: int) -> dict[str, Any]:
    """Figures of one source: each way to run it, in turn, several times."""
    times: dict[str, dict[str, list[float]]] = {
        name: {clock: [] for clock in ("wall_s", "wall_of_start_s", "cpu_s", "cpu_of_start_s")}
        for name in RUNS
    }
    ends = set()
    for _ in range(rounds):
        for name, options in RUNS.items():
            for what, file in (("_of_start_s", start), ("_s", source)):
                wall, cpu, summary = timed(file, options, folder)
                times[name][f"wall{what}"].append(wall)
                times[name][f"cpu{what}"].append(cpu)
            ends.add((summary["counts"]["records"], summary["positions"], summary["entries"]))
    if len(ends) != 1:
        raise SystemExit(f"{source}: the runs ended with different results: {sorted(ends)}")
    ((records, _, _),) = ends
    return {name: rates(found, records) | found for name, found in times.items()}


def rates(times: dict[str, list[float]], records: int) -> dict[str, int]:
    """Records a second by wall clock and by CPU: medians, less those of the start."""
    found = {}
    for clock in ("wall", "cpu"):
        net = statistics.median(times[f"{clock}_s"]) - statistics.median(times[f"{clock}_of_start_s"])
        if net <= 0:
            raise SystemExit(
                "a start takes as long as a whole run: take more `--movements`, or a machine at rest"
            )
        found[f"per_{clock}_s"] = round(records / net)
    return found


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--movements", type=int, default=1_000_000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-workers.json")
    asked = parser.parse_args()
    lines = list(movements.lines(asked.positions, asked.movements))
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    figures: dict[str, Any] = {}
    with broker() as running, tempfile.TemporaryDirectory(dir=shared) as base:
        folder, client = Path(base), producer(running)
        file, small = folder / "movements.jsonl", folder / "start.jsonl"
        file.write_bytes(b"".join(lines))
        small.write_bytes(b"".join(lines[:START_RECORDS]))
        topic, first = (make_topic(running, name, asked.partitions) for name in ("movements", "start"))
        fill(client, "movements", lines, asked.partitions)
        fill(client, "start", lines[:START_RECORDS], asked.partitions)
        for name, source, start in (("topic", topic, first), ("file", str(file), str(small))):
            figures[name] = measure(source, start, folder, asked.rounds)
    print(
        f"{len(lines):,} records, {asked.positions:,} positions, a topic of {asked.partitions} partitions and one file, "
        f"median of {asked.rounds}, start excluded; load of the last minute {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':<20}{'M/s by wall':>13}{'x 1 worker':>12}{'M/s by CPU':>12}{'CPU s':>8}")
    for source, ways in figures.items():
        for name, found in ways.items():
            found["speedup"] = round(found["per_wall_s"] / ways["1 worker"]["per_wall_s"], 3)
            print(
                f"{source + ', ' + name:<20}{found['per_wall_s'] / 1e6:>13.3f}{found['speedup']:>12.2f}"
                f"{found['per_cpu_s'] / 1e6:>12.3f}{statistics.median(found['cpu_s']):>8.2f}"
            )
    if asked.record:
        sizes = {
            "records": len(lines),
            "positions": asked.positions,
            "partitions": asked.partitions,
            "rounds": asked.rounds,
        }
        print(record.write("workers", sizes | {"sources": figures}))


if __name__ == "__main__":
    main()
