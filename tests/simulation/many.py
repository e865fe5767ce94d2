"""Plays very many histories in several processes, and counts how many of them notice each deliberate fault."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime

from .faults import FAULTS, seen
from .history import Told, play

SHARE = 300
"""The number of seeds with which each deliberate fault is tried."""


def one(seed: int) -> Told | str:
    """Plays a history. Returns its counts, or the error."""
    try:
        return play(seed)
    except Exception as error:
        return f"{seed}: {type(error).__name__}: {error}"


def found(name: str) -> str:
    """The number of seeds that notice a deliberate fault."""
    fault = next(fault for fault in FAULTS if fault.__name__ == name)
    seeds = [seed for seed in range(SHARE) if seen(fault, seed)]
    said = str(fault.__doc__).strip().rstrip(".")
    return f"{len(seeds):4d} of {SHARE}   {said}"


def many(first: int, count: int, processes: int) -> tuple[str, list[str]]:
    """Plays `count` seeds. Returns the lines of the result, and the histories that went wrong."""
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
