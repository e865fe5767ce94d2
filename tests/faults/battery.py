"""The battery: `python -m tests.faults.battery --killed 100 --damaged 30 …`, one JSON line per history, a table at the end.

Its kind and seed name a history; `--only killed:17` plays it again. `--write` puts the result into README.md beside this
file.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.faults.ground import Ground, ground
from tests.faults.history import Outcome
from tests.faults.kinds import ALONE, KINDS, tell
from tests.kafka.broker import Broker

LONG = {
    "killed": 120,
    "damaged": 50,
    "away": 12,
    "store": 10,
    "broker": 32,
    "disk": 10,
    "processes": 10,
    "hosts": 8,
    "brokers": 6,
    "spool": 6,
    "clock": 12,
}
README = Path(__file__).with_name("README.md")
_MARK, _END = "<!-- results -->", "<!-- end of results -->"
ASKED = {
    "kills": 1000,
    "rescales": 100,
    "damaged segments": 500,
    "outages": 100,
    "full disks": 20,
    "broker kills": 30,
    "clock jumps": 100,
    "cuts between hosts": 6,
}
"""How often each disturbance must happen in the long battery."""


def fight(made: Ground, plan: dict[str, int], side_by_side: int, first: int = 0) -> list[Outcome]:
    """Plays a number of histories of each kind, some at the same time."""
    told: list[Outcome] = []

    def one(kind: str, seed: int) -> None:
        outcome = tell(made, seed, kind)
        told.append(outcome)
        print(orjson.dumps(vars(outcome)).decode(), flush=True)

    with ThreadPoolExecutor(side_by_side) as pool:
        for kind, count in plan.items():
            if kind not in ALONE:
                for seed in range(first, first + count):
                    pool.submit(one, kind, seed)
    for kind in ALONE:
        for seed in range(first, first + plan.get(kind, 0)):
            one(kind, seed)
    return told


def table(told: list[Outcome], seconds: float) -> str:
    """The table of disturbances: how often they happened, how often they had to, and the wrong histories."""
    done: Counter[str] = Counter()
    for outcome in told:
        done.update(outcome.done)
    lines = [f"{datetime.now(UTC):%Y-%m-%d}, {seconds / 60:.0f} minutes, 2 shared cores.", ""]
    lines += ["| what | how often | asked |", "|---|---|---|"]
    lines += [f"| {what} | {done[what]:,} | {asked:,} |" for what, asked in ASKED.items()]
    lines += [f"| histories | {len(told):,} | |"]
    lines += [
        f"| **histories whose tables differed** | **{sum(bool(one.wrong) for one in told):,}** | 0 |",
        "",
    ]
    closer = sorted((one for one in done.items() if one[0] not in ASKED), key=lambda one: (-one[1], one[0]))
    return "\n".join([*lines, "; ".join(f"{what} {count:,}" for what, count in closer) + "."])


def main() -> None:
    """Plays histories and prints their results; exit code 1 if one was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for kind in KINDS:
        parser.add_argument(
            f"--{kind}", type=int, default=0, metavar="N", help=f"histories of the kind `{kind}`"
        )
    parser.add_argument("--long", action="store_true", help="the long battery")
    parser.add_argument("--only", metavar="KIND:SEED", help="one history")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument("--side-by-side", type=int, default=2, metavar="N")
    parser.add_argument("--shops", type=int, default=4)
    parser.add_argument("--keep", type=Path, help="folder for everything; else one that is removed")
    parser.add_argument("--write", action="store_true", help="write the result into README.md")
    asked = parser.parse_args()
    plan = LONG if asked.long else {kind: getattr(asked, kind) for kind in KINDS}
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as scratch,
        Broker((folder := asked.keep or Path(scratch)) / "kafka") as broker,
        ground(folder, broker, asked.shops) as made,
    ):
        if asked.only:
            kind, _, seed = asked.only.partition(":")
            told = fight(made, {kind: 1}, 1, int(seed))
        else:
            told = fight(made, plan, asked.side_by_side, asked.first)
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


if __name__ == "__main__":
    main()
