"""The battery: `python -m tests.desk.battery.battery --long`, one JSON line a history, a table at the end.

Its kind and seed name a history; `--only killed:17` plays it again. `--write` puts the result into README.md beside this
file.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.desk.battery import history, scripted
from tests.desk.battery.history import KINDS, Outcome, Size
from tests.warehouse.http.process import Front

LONG = {"killed": 20, "away": 8, "file": 6, "two": 4, "disk": 4, "clock": 6, "scripted": 12}
"""How many histories of each kind the long battery plays."""
README = Path(__file__).with_name("README.md")
_MARK, _END = "<!-- results -->", "<!-- end of results -->"
ASKED = {
    "kills": 1000,
    "messages": 20_000,
    "outages": 100,
    "full disks": 10,
    "lost files": 20,
    "clock jumps": 50,
    "superseded": 1,
}
"""How often each must happen in the long battery."""
_SHOWN = ("deliveries", "repeats", "lost answers", "escalations", "proposals", "decisions")


def fight(
    folder: Path, port: int, plan: dict[str, int], size: Size, side_by_side: int, first: int = 0
) -> list[Outcome]:
    """Plays a number of histories of each kind, some at the same time."""
    told: list[Outcome] = []

    def one(kind: str, seed: int) -> None:
        play = scripted.tell if kind == "scripted" else history.tell
        outcome = play(folder, port, kind, seed, size)
        told.append(outcome)
        print(orjson.dumps(vars(outcome)).decode(), flush=True)

    with ThreadPoolExecutor(side_by_side) as pool:
        for kind, count in plan.items():
            for seed in range(first, first + count):
                pool.submit(one, kind, seed)
    return told


def table(told: list[Outcome], seconds: float) -> str:
    """The table of what was done, how often it had to be, and the wrong histories."""
    done: Counter[str] = Counter()
    for outcome in told:
        done.update(outcome.done)
    lines = [f"{datetime.now(UTC):%Y-%m-%d}, {seconds / 60:.0f} minutes, 2 shared cores.", ""]
    lines += ["| what | how often | asked |", "|---|---|---|"]
    lines += [f"| {what} | {done[what]:,} | {asked:,} |" for what, asked in ASKED.items()]
    lines += [f"| {what} | {done[what]:,} | |" for what in _SHOWN]
    wrong = sum(bool(one.wrong) for one in told)
    lines += [
        f"| histories | {len(told):,} | |",
        f"| **histories with something wrong** | **{wrong:,}** | 0 |",
        "",
    ]
    closer = sorted(
        (one for one in done.items() if one[0] not in (*ASKED, *_SHOWN)), key=lambda one: (-one[1], one[0])
    )
    return "\n".join([*lines, "; ".join(f"{what} {count:,}" for what, count in closer) + "."])


def main() -> None:
    """Plays histories and prints their results; exit code 1 if one was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for kind in LONG:
        parser.add_argument(
            f"--{kind}", type=int, default=0, metavar="N", help=f"histories of the kind `{kind}`"
        )
    parser.add_argument("--long", action="store_true", help="the long battery")
    parser.add_argument("--only", metavar="KIND:SEED", help="one history")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument("--side-by-side", type=int, default=2, metavar="N")
    parser.add_argument("--alerts", type=int, default=Size.alerts)
    parser.add_argument("--span", type=float, default=Size.span_s, metavar="SECONDS")
    parser.add_argument("--kills", type=int, default=Size.kills, help="in each history")
    parser.add_argument(
        "--in-turn", action="store_true", help="every kill at a place, at one after the other"
    )
    parser.add_argument(
        "--patience", type=float, default=Size.patience_s, metavar="SECONDS", help="for a kill at a place"
    )
    parser.add_argument("--keep", type=Path, help="folder for everything; else one that is removed")
    parser.add_argument("--write", action="store_true", help="write the result into README.md")
    asked = parser.parse_args()
    plan = LONG if asked.long else {kind: getattr(asked, kind) for kind in LONG}
    size = Size(asked.alerts, asked.span, asked.kills, in_turn=asked.in_turn, patience_s=asked.patience)
    started = time.monotonic()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as scratch:
        folder = asked.keep or Path(scratch)
        front = Front(folder / "store")
        try:
            first = asked.first
            if asked.only:
                kind, _, seed = asked.only.partition(":")
                plan, first = {kind: 1}, int(seed)
            told = fight(folder, front.port, plan, size, asked.side_by_side, first)
        finally:
            front.stop()
    result = table(told, time.monotonic() - started)
    print(result)
    for outcome in told:
        if outcome.wrong:
            print(f"\n{outcome.kind}:{outcome.seed}", *outcome.wrong, sep="\n")
    if asked.write:
        text = README.read_text()
        before, after = text[: text.index(_MARK)], text[text.index(_END) :]
        README.write_text(f"{before}{_MARK}\n\n{result}\n\n{after}")
    sys.exit(any(outcome.wrong for outcome in told))


assert set(LONG) == {*KINDS, "scripted"}

if __name__ == "__main__":
    main()
