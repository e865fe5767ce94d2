"""How long does it take from the start of a process to its first new record, with 1 M positions to restore?

A topic of counts makes the state once. Then one more record is put into it and the same command is started again, several
times, over `lowtide warehouse`; the time runs from the start of the process until the call returns that applied
the record, and until the end of the process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import record
from scratch import scratch
from services import LOWTIDE, broker, make_topic, producer, send, warehouse

START_MS = 1_767_571_200_000
SALE = b'{"id":"s%d","source":"till","kind":"sale","sku":"1000000","location":"100","quantity":1,"event_time":%d}'
VICTIM = """
import os, sys, time
from lowtide.runner import steps
from lowtide.cli.main import main
ticks = int(open("/proc/self/stat").read().rsplit(") ", 1)[1].split()[19])
since = float(open("/proc/uptime").read().split()[0]) - ticks / os.sysconf("SC_CLK_TCK")
began, take = time.monotonic() - since, steps.Inventory.take
def told(self, values):
    out = take(self, values)
    if not told.said and any(len(value[2]) > 20 for value in values):
        told.said = True
        print(f"first {time.monotonic() - began:.3f}", file=sys.stderr, flush=True)
    return out
told.said = False
steps.Inventory.take = told
main(sys.argv[1:])
"""


def counts(positions: int) -> Iterator[bytes]:
    """Messages with a hundred counts each."""
    for first in range(0, positions, 100):
        yield b"\n".join(
            b'{"id":"c%d","source":"erp","kind":"count","sku":"%d","location":"%d","quantity":60,"event_time":%d}'
            % (at, 1_000_000 + at // 50, 100 + at % 50, START_MS + at)
            for at in range(first, first + 100)
        )


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--positions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-restart.json")
    asked = parser.parse_args()
    with scratch() as folder, broker() as running:
        address, client = make_topic(running, "sales"), producer(running)
        send(client, "sales", counts(asked.positions))
        with warehouse(Path(folder) / "store") as store:
            options = ["run", address, "--state", f"{folder}/state", "--warehouse", store, "--json"]
            done = subprocess.run([*LOWTIDE, *options], capture_output=True, check=True)
            held = json.loads(done.stdout)["positions"]
            size = sum(file.stat().st_size for file in Path(folder, "state").rglob("*") if file.is_file())
            firsts, wholes = [], []
            for number in range(asked.rounds):
                send(client, "sales", [SALE % (number, START_MS + 3_600_000 + number)])
                started = time.monotonic()
                again = subprocess.run(
                    [sys.executable, "-c", VICTIM, *options], capture_output=True, text=True, check=True
                )
                wholes.append(time.monotonic() - started)
                firsts.append(float(again.stderr.split("first ")[1].split()[0]))
                assert json.loads(again.stdout)["counts"]["records"] == 1
    first, whole = statistics.median(firsts), statistics.median(wholes)
    print(
        f"{held:,} positions, a state of {size / 1e6:.0f} MB: first new record after {first:.2f} s "
        f"(longest {max(firsts):.2f}), ended after {whole:.2f} s"
    )
    if asked.record:
        figures = {
            "positions": held,
            "state_mb": round(size / 1e6),
            "first_s": round(first, 2),
            "longest_s": round(max(firsts), 2),
            "whole_s": round(whole, 2),
        }
        print(record.write("restart", figures))


if __name__ == "__main__":
    main()
