"""Play histories: one by its seed, or very many.

python -m tests.simulation 4711 -v               one, with its schedule
python -m tests.simulation 4711 --also windows   one, in a world of which something does not come out right yet
python -m tests.simulation --seeds 20000         many, over two processes; `--write` puts the result into README.md
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import sys
import time
import traceback
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from .faults import FAULTS, seen
from .history import History, Told, play
from .world import NOT_YET

README = Path(__file__).with_name("README.md")
SHARE = 300
"""With how many seeds each deliberate fault is tried."""


def one(seed: int, also: frozenset[str] = frozenset()) -> Told | str:
    """A history: what happened, or what came out wrong."""
    try:
        return play(seed, also=also)
    except Exception as error:
        return f"{seed}: {type(error).__name__}: {error}"


def found(name: str) -> str:
    """With how many seeds a deliberate fault is seen."""
    fault = next(fault for fault in FAULTS if fault.__name__ == name)
    seeds = [seed for seed in range(SHARE) if seen(fault, seed)]
    said = str(fault.__doc__).strip().rstrip(".")
    return f"{len(seeds):4d} of {SHARE}   {said}"


def many(first: int, count: int, processes: int) -> tuple[str, list[str]]:
    """Plays so many seeds; what happened in them, and what came out wrong."""
    started, sums, wrong = time.monotonic(), Counter[str](), []
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for told in pool.imap_unordered(one, range(first, first + count), chunksize=50):
            if isinstance(told, str):
                print(told, flush=True)
                wrong.append(told)
                continue
            sums.update({field.name: getattr(told, field.name) for field in fields(told)})
        seconds = time.monotonic() - started
        lines = [
            f"{datetime.now(UTC):%Y-%m-%d}, seeds {first} to {first + count - 1}, {processes} processes",
            f"{count:,} histories in {seconds:.0f} s, {count / seconds:.0f} a second: {len(wrong)} came out wrong",
            f"{sums['lives']:,} lives: {sums['crashes']:,} crashes, {sums['refusals']:,} times the warehouse was away, "
            f"{sums['stops']:,} stops",
            f"{sums['messages']:,} messages, {sums['epochs']:,} epochs, {sums['folds']:,} folds, "
            f"{sums['harmed']:,} segments damaged, {sums['steps']:,} steps",
            "",
            "deliberate faults, and how many histories see each",
            *pool.imap(found, [fault.__name__ for fault in FAULTS]),
        ]
    return "\n".join(lines), wrong


def main() -> None:
    """Does what is asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__.splitlines()[0])
    parser.add_argument("seed", type=int, nargs="?", help="play this one")
    parser.add_argument("-v", action="store_true", help="print its schedule")
    parser.add_argument(
        "--also", action="append", default=[], choices=sorted(NOT_YET), help="in worlds that have this too"
    )
    parser.add_argument(
        "--fault", choices=[fault.__name__ for fault in FAULTS], help="with a fault in the product"
    )
    parser.add_argument("--seeds", type=int, default=20_000, help="without a seed: play so many")
    parser.add_argument("--first", type=int, default=0, help="beginning with this one")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put the result into README.md")
    asked = parser.parse_args()
    if asked.seed is not None:
        history = History(asked.seed, print if asked.v else None, frozenset(asked.also))
        fault = next((fault for fault in FAULTS if fault.__name__ == asked.fault), None)
        try:
            print(history.play(fault) if fault else history.play())
        except Exception:
            traceback.print_exc()
            sys.exit(1)
        return
    said, wrong = many(asked.first, asked.seeds, asked.processes)
    print(said)
    if asked.write:
        text = README.read_text()
        README.write_text(
            re.sub(r"```result\n.*?```", lambda _: f"```result\n{said}\n```", text, flags=re.DOTALL)
        )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
