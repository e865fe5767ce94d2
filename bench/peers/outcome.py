"""What every peer in Python needs: the lines of a file, the time that the work takes, the ledger on disk.

A peer is a command with two arguments, the file of events and the file for its ledger. It prints one line of JSON: engine,
records, CPU seconds of the process, wall seconds, entries. A line of a ledger has the time of the log in milliseconds,
location, SKU, kind of alert, entry and severity, with tabs between them. Reading the file and writing the ledger are not
measured.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

LINES_A_BLOCK = 4096
Entry = tuple[int, str, str, str, str, int]


def read_blocks(path: str) -> list[bytes]:
    """The events as NDJSON blocks in memory."""
    lines = Path(path).read_bytes().splitlines(keepends=True)
    return [b"".join(lines[at : at + LINES_A_BLOCK]) for at in range(0, len(lines), LINES_A_BLOCK)]


def measure(
    engine: str, work: Callable[[list[bytes]], Any], entries: Callable[[Any], Iterable[Entry]] = iter
) -> None:
    """Run `work` over the blocks of the file of the command line, write its ledger, print its figures.

    `entries` turns what `work` returns into the ledger; that is not measured. The garbage collector of Python is off, which
    helps the peers that make many objects.
    """
    if len(sys.argv) != 3:
        raise SystemExit(f"usage: {sys.argv[0]} EVENTS LEDGER")
    blocks = read_blocks(sys.argv[1])
    records = sum(block.count(b"\n") for block in blocks)
    gc.collect()
    gc.disable()
    cpu, wall = time.process_time(), time.perf_counter()
    result = work(blocks)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    ledger = list(entries(result))
    write_ledger(sys.argv[2], ledger)
    print_figures(engine, records, cpu, wall, len(ledger))


def write_ledger(path: str, ledger: Iterable[Entry]) -> None:
    """Write a line for each entry."""
    with Path(path).open("w") as out:
        out.writelines("\t".join(map(str, entry)) + "\n" for entry in ledger)


def print_figures(engine: str, records: int, cpu_s: float, wall_s: float, entries: int) -> None:
    """Print the line that `run.py` reads."""
    figures = {"engine": engine, "records": records, "cpu_s": round(cpu_s, 4), "wall_s": round(wall_s, 4)}
    print(json.dumps(figures | {"entries": entries}))
