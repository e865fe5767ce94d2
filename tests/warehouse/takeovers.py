"""kill -9 of whoever has a store open, as often as asked, while others write to it; no acknowledged row may be missing.

    python -m tests.warehouse.takeovers 50

Three programs insert numbered rows into one folder, each row at once, and say of each that it is stored. Again and again
the program that has the folder open is killed, and another one is started in its place. In the end every row that was
said to be stored is there, once, and no program has failed.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from lowtide.warehouse import holder

from .holders import INSERT, Process
from .http.process import lowtide

WRITERS = 3
_MANY = 1_000_000


@dataclass
class Result:
    """What came of it."""

    kills: int = 0
    stored: set[str] = field(default_factory=set)
    """Names of the rows that a program said to be stored."""
    missing: int = 0
    doubled: int = 0
    failed: list[str] = field(default_factory=list)
    opened: int = 0
    """How often a program that was running opened the folder."""


class _Writer(threading.Thread):
    """Reads what one program says."""

    def __init__(self, folder: Path, name: str, result: Result) -> None:
        super().__init__(daemon=True)
        self._process, self._prefix, self._result = Process(INSERT, folder, name, _MANY), name, result
        self.number = self._process.number
        self.killed = False
        self.start()

    def run(self) -> None:
        had = "False"
        while line := self._process.line():
            number, has = line.split()
            self._result.stored.add(f"{self._prefix}-{number}")
            self._result.opened += has > had and number != "0"
            had = has
        if not self.killed:
            self._result.failed.append(self._prefix)

    def kill(self) -> None:
        self.killed = True
        self._process.kill()
        self.join(30)


def battery(kills: int, folder: Path, seed: int = 0) -> Result:
    """Kill so often, at moments that the seed decides, and count."""
    result, moments, started = Result(), random.Random(seed), 0
    writers: list[_Writer] = []
    while result.kills < kills:
        while len(writers) < WRITERS:
            writers.append(_Writer(folder, f"w{started}", result))
            started += 1
        time.sleep(moments.uniform(0.05, 1.0))
        has = re.match(r"process (\d+) ", getattr(holder(folder), "name", ""))
        for one in [one for one in writers if has and one.number == int(has[1])]:
            one.kill()
            writers.remove(one)
            result.kills += 1
    for one in writers:
        one.kill()
    count = "SELECT version, count() FROM policy_version FINAL GROUP BY version"
    said = lowtide("sql", count, "--format", "TabSeparated", "--warehouse", folder)
    there = dict(line.split("\t") for line in said.stdout.splitlines())
    result.missing = len(result.stored - there.keys())
    result.doubled = sum(count != "1" for count in there.values())
    return result


def main() -> None:
    """Run it from the command line, and print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kills", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=0)
    asked, start = parser.parse_args(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = battery(asked.kills, Path(folder) / "warehouse", asked.seed)
    print(f"{result.kills} kills of the process that had the folder, in {time.monotonic() - start:.0f} s")
    print(f"{len(result.stored):,} rows stored, {result.missing} of them missing, {result.doubled} twice")
    print(
        f"{result.opened} times a program that was running opened the folder; failed: {result.failed or 'none'}"
    )


if __name__ == "__main__":
    main()
