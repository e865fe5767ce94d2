"""Intake is killed around the move of a file from the folder: each file is in the journal once, and none stays behind.

    python -m tests.intake.folder.kills 100

A victim is killed at a named point, or after a random time. Points are calls that the victim makes anyway: before and after
the rows are written, before the table of bad rows, before and after the move.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lowtide.core import Job
from lowtide.intake.batch import Batch
from lowtide.intake.folder import FolderWatch, Inbox
from lowtide.intake.folder import watch as watching
from lowtide.intake.journal import LAST_ROWS, Journal, JournalFolder, document_hash, frames
from lowtide.intake.memory import Snapshots
from lowtide.map import load_map
from tests.intake.zygote import Zygote, stop_of_victim

MAP = """\
lowtide_map: 1
name: till
read: {format: csv}
source: till
movements:
  - {id: "{no}", kind: sale, sku: "{sku}", location: "330", quantity: "{quantity}", event_time: "{at}"}
"""
POINTS = (
    "before the journal",
    "after the journal",
    "before the errors",
    "before the move",
    "after the move",
    "never",
)


@dataclass
class Outcome:
    """What became of the files."""

    files: int
    once: int
    """Files that are in the journal exactly once."""
    left: int
    """Files that still lie in the folder."""
    put_away: int
    """Files in `done`, duplicates too."""
    kills: int


def victim(journal: str, folder: str, map_: str, point: str) -> None:
    """Watch the folder until SIGTERM or a kill, of one's own at a point."""
    stop = stop_of_victim()
    _prepare(point)
    with Journal.open(Path(journal)) as opened:
        inboxes = [Inbox(Path(folder) / "mapped", load_map(map_)), Inbox(Path(folder) / "own")]
        watch = FolderWatch(inboxes, Snapshots(opened), Job.of(), settle_s=0)
        watch.start(opened, stop)
        stop.wait()
        watch.join()


def _prepare(point: str) -> None:
    def killing(function: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if before:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*arguments, **named)
            os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    if point in POINTS[:2]:
        Batch.write = killing(Batch.write, before=point == POINTS[0])  # type: ignore[method-assign]
    elif point == POINTS[2]:
        watching.write_errors = killing(watching.write_errors, before=True)
    elif point in POINTS[3:5]:
        Path.rename = killing(Path.rename, before=point == POINTS[3])  # type: ignore[method-assign]


def drop(folder: Path, number: int, chance: random.Random) -> bytes:
    """Put a file into one of the folders; its hash. Some have a bad row, some come by rename."""
    rows = range(chance.randint(1, 20))
    at = f"2026-11-22T09:{chance.randint(0, 59):02d}:00Z"
    if number % 2:
        lines = [
            "no,sku,quantity,at",
            *(f"{number}-{row},A{row},{chance.randint(1, 9)},{at}" for row in rows),
        ]
        bad = f"{number}-x,A,many,{at}"
        path = folder / "mapped" / f"{number % 7}.csv" if number % 5 else folder / "mapped" / f"n{number}.csv"
    else:
        plain = f'"source":"t","kind":"sale","sku":"A","location":"330","quantity":1,"event_time":"{at}"'
        lines = [f'{{"id":"{number}-{row}",{plain}}}' for row in rows]
        bad = "not JSON"
        path = folder / "own" / f"n{number}.jsonl"
    text = "\n".join([*lines, *([bad] if number % 3 == 0 else [])])
    if path.exists():
        path = path.with_name(f"n{number}{path.suffix}")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(text + "\n")
    draft.rename(path)
    return document_hash(path.read_bytes())


def battery(folder: Path, kills: int, points: tuple[str, ...] = POINTS, seed: int = 1) -> Outcome:
    """Kill the victim so many times, at each point in turn, and look at the journal and the folders."""
    chance = random.Random(seed)
    journal, inbox, map_ = folder / "journal", folder / "in", folder / "till.yaml"
    map_.write_text(MAP)
    hashes: list[bytes] = []
    with Zygote("tests.intake.folder.kills") as zygote:
        for number in range(kills):
            point = points[number % len(points)]
            for _ in range(3):
                hashes.append(drop(inbox, len(hashes), chance))
            running = zygote.fork(str(journal), str(inbox), str(map_), point)
            if point == "never":
                time.sleep(chance.uniform(0.0, 0.15))
                running.kill()
            else:
                _wait_or_kill(running.pid)
                running.wait()
        last = zygote.fork(str(journal), str(inbox), str(map_), "never")
        until = time.monotonic() + 20
        while _left(inbox) and time.monotonic() < until:
            time.sleep(0.05)
        assert last.kill(signal.SIGTERM) == 0
    whole = Counter(frame.document for frame in frames(JournalFolder(journal)) if frame.kind == LAST_ROWS)
    once = sum(whole[hash_] == 1 for hash_ in hashes)
    away = [path for path in inbox.glob("*/done/*") if not path.name.endswith(".errors.csv")]
    return Outcome(len(hashes), once, len(_left(inbox)), len(away), kills)


def _left(inbox: Path) -> list[Path]:
    return [path for path in inbox.glob("*/*") if path.is_file()]


def _wait_or_kill(pid: int) -> None:
    """A victim that does not come to its point within some seconds is killed where it is."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Print what became of the files."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        outcome = battery(Path(folder), kills)
    print(
        f"{outcome.kills} kills, {outcome.files} files: {outcome.once} in the journal once, {outcome.left} left behind, "
        f"{outcome.put_away} put away"
    )
    sys.exit(outcome.once != outcome.files or outcome.left != 0 or outcome.put_away != outcome.files)


if __name__ == "__main__":
    main()
