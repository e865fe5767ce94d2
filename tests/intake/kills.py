"""kill -9 of intake under load, as often as asked: nothing acknowledged is lost, nothing counts twice.

    python -m tests.intake.kills 300

Four senders post documents of numbered receipts. A document whose answer does not come is sent again. Intake is killed at a
random moment and started again; a run reads the journal meanwhile, again and again, and is killed as well. In the end every
receipt is in the stock once.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from lowtide.intake.journal import JournalFolder, frames
from lowtide.intake.journal.listing import listings
from tests.launcher import python

from .documents import movement
from .process import IntakeProcess

SENDERS = 4


@dataclass
class Result:
    """What a battery gave."""

    kills: int
    run_kills: int = 0
    acknowledged: int = 0
    sent_again: int = 0
    lost: int = 0
    twice: int = 0
    rows: int = 0
    damage: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was lost, counted twice or damaged."""
        return not (self.lost or self.twice or self.damage or self.failures) and self.acknowledged > 0


class Sender(threading.Thread):
    """Posts documents until it is told to stop; sends each again until it is acknowledged."""

    def __init__(self, number: int, intake: IntakeProcess, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.sku = f"sku-{number}"
        self._intake, self._stop_asked = intake, stop
        self._random = random.Random(number)
        self.acknowledged: list[str] = []
        self.sent_again = 0
        self.failures: list[str] = []

    def run(self) -> None:
        """Send."""
        next_ = 0
        while not self._stop_asked.is_set():
            size = self._random.choice((1, 1, 2, 20, 200))
            ids = [f"{self.sku}-{number}" for number in range(next_, next_ + size)]
            next_ += size
            body = b"".join(json.dumps(movement(id=name, sku=self.sku)).encode() + b"\n" for name in ids)
            while not self._post(body, ids):
                self.sent_again += 1
                time.sleep(0.02)

    def _post(self, body: bytes, ids: list[str]) -> bool:
        try:
            status, answer = self._intake.post(body)
        except (OSError, http.client.HTTPException):
            return False
        if status != 200 or answer["good"] != len(ids):
            self.failures.append(f"{status} {answer}")
            return status == 200
        self.acknowledged.extend(ids)
        return True


class Runs(threading.Thread):
    """Runs over the journal into one state, again and again; every second one is killed."""

    def __init__(self, folder: Path, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._folder, self._stop_asked = folder, stop
        self._random = random.Random(7)
        self.kills = 0
        self.failures: list[str] = []

    def run(self) -> None:
        """Run."""
        while not self._stop_asked.wait(0.3):
            running = start_run(self._folder)
            try:
                out, _ = running.communicate(timeout=self._random.uniform(0.1, 3))
                if running.returncode:
                    self.failures.append(out.decode())
            except subprocess.TimeoutExpired:
                running.kill()
                running.communicate()
                self.kills += 1


def start_run(folder: Path) -> subprocess.Popen[bytes]:
    """A run over the journal into the state."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOWTIDE_")}
    return subprocess.Popen(
        [
            *python(), "-m", "lowtide", "run", f"journal:{folder / 'journal'}", "--state", str(folder / "state"),
            "--warehouse", "none", "--checkpoint-every", "0.05", "--json",
        ],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def battery(folder: Path, kills: int, seed: int = 1) -> Result:
    """Kill intake so often."""
    result, chance, stop = Result(kills), random.Random(seed), threading.Event()
    intake = IntakeProcess(folder)
    assert intake.post(json.dumps(movement(id="sku-0-x", sku="sku-0")).encode())[0] == 200
    senders, runs = [Sender(number, intake, stop) for number in range(SENDERS)], Runs(folder, stop)
    for thread in (*senders, runs):
        thread.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.02, 0.4))
        intake.kill()
        intake.start()
    stop.set()
    for thread in (*senders, runs):
        thread.join()
    if intake.stop() != 0:
        result.failures.append("".join(intake.errors))
    last = start_run(folder)
    out, _ = last.communicate()
    if last.returncode:
        result.failures.append(out.decode())
    result.run_kills = runs.kills
    result.sent_again = sum(sender.sent_again for sender in senders)
    result.failures += [failure for thread in (*senders, runs) for failure in thread.failures]
    _compare(folder, result, {"sku-0-x", *(name for sender in senders for name in sender.acknowledged)})
    return result


def _compare(folder: Path, result: Result, acknowledged: set[str]) -> None:
    journal = JournalFolder(folder / "journal")
    rows = [json.loads(row) for frame in frames(journal) for row in frame.body.splitlines()]
    distinct = {row["id"]: row["sku"] for row in rows}
    result.rows, result.acknowledged = len(rows), len(acknowledged)
    result.lost = len(acknowledged - distinct.keys())
    result.damage = [listing.damage for listing in listings(journal) if listing.damage]
    export = [*python(), "-m", "lowtide", "state", "export", str(folder / "state")]
    exported = subprocess.run(export, cwd=folder, capture_output=True, check=True).stdout
    stock = {row["sku"]: int(row["on_hand"]) for row in map(json.loads, exported.splitlines())}
    expected = Counter(distinct.values())
    result.twice = sum(abs(stock.get(sku, 0) - count) for sku, count in expected.items())


def main() -> int:
    """The battery from a command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = battery(Path(folder), arguments.kills, arguments.seed)
    print(result, f"{time.monotonic() - started:.0f} s", "good" if result.good else "BAD")
    return 0 if result.good else 1


if __name__ == "__main__":
    sys.exit(main())
