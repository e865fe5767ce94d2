"""How well does Lowtide predict stock-outs, in worlds where the truth is known?

Every world is replayed as movements: the stock at the start as a count, receipts at 08:00, the day's sales at 12:00, new
orders at 18:00, and a heartbeat at the end of each day, when decisions are read. Lowtide runs with its defaults, except
these: each run has another watch line, flap control is off, and the exit line equals the entry line, because the protocol
has its own closing rule (false two days in a row). A decision is: a projected_stockout is open.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import orjson
import pyarrow.parquet as pq
from numpy.typing import NDArray

import record
from lowtide.core import Job
from lowtide.policy import read_policy_text
from score import World, best, days_of_cover, report, score, static_minimum

START_MS = 1_767_571_200_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
HOURS = {"on_hand": 0, "receipt": 8, "sale": 12, "po_created": 18}
SWEEP = [0.02, *(round(0.05 * step, 2) for step in range(1, 20)), 0.98]
POLICY = "defaults: {{watch: {line}, warning: 0.999, critical: 0.9999, exit_ratio: 1.0, flap_count: 1000}}\n"
BLOCK = 4096


def movements(folder: Path, name: str) -> Iterator[bytes]:
    """Yield the world as NDJSON lines in the order of event time."""
    table = pq.read_table(folder / f"world_{name}_events.parquet").sort_by("day").to_pydict()
    today = 0
    lines: list[tuple[int, bytes]] = []
    columns = (table[column] for column in ("day", "sku", "type", "qty", "po", "promised_day"))
    for number, (day, sku, kind, quantity, order, promised) in enumerate(zip(*columns, strict=True)):
        while today < day:
            yield from _day(lines, today)
            today, lines = today + 1, []
        if kind not in HOURS:
            continue
        moment = START_MS + day * DAY_MS + HOURS[kind] * HOUR_MS
        movement = {
            "id": f"e{number}",
            "source": "world",
            "kind": {"on_hand": "count", "po_created": "order"}.get(kind, kind),
            "sku": str(sku),
            "location": "w",
            "quantity": f"{quantity:g}",
            "event_time": moment,
        }
        if order >= 0:
            movement["ref"] = f"PO{sku}-{order}"
        if promised >= 0:
            movement["due"] = START_MS + promised * DAY_MS + HOURS["receipt"] * HOUR_MS
        lines.append((moment, orjson.dumps(movement, option=orjson.OPT_APPEND_NEWLINE)))
    yield from _day(lines, today)


def _day(lines: list[tuple[int, bytes]], day: int) -> Iterator[bytes]:
    yield from (line for _, line in sorted(lines, key=lambda one: one[0]))
    end = START_MS + (day + 1) * DAY_MS
    beat = {"id": f"d{day}", "source": "world", "kind": "heartbeat", "event_time": end}
    yield orjson.dumps(beat, option=orjson.OPT_APPEND_NEWLINE)


def decisions(lines: list[bytes], line: float, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Run Lowtide with one watch line; return for each SKU and day whether a projected_stockout is open."""
    job = Job.of(read_policy_text(POLICY.format(line=line), "policy"), partition="world")
    partition, group = job.partition(1), job.group()
    found: list[tuple[int, int, int, bool]] = []
    blocks = [b"".join(lines[at : at + BLOCK]) for at in range(0, len(lines), BLOCK)]
    for routed in [partition.lines(block) for block in blocks] + [partition.finish()]:
        for _, part in routed:
            group.apply(part)
        rows = group.take()["ledger"]
        columns = (rows[name].to_pylist() for name in ("type", "sku", "event_time", "entry"))
        for kind, sku, moment, entry in zip(*columns, strict=True):
            if kind == "projected_stockout":
                at = round(moment.timestamp() * 1000) - START_MS
                ends = entry in {"CLEARED", "EXPIRED", "SUPERSEDED"}
                found.append((int(sku), -(-at // DAY_MS) - 1, at, not ends))
    state = np.zeros(shape, np.int8)
    for sku, day, _, is_open in sorted(found, key=lambda one: one[2]):
        state[sku, max(0, day)] = 1 if is_open else -1
    for day in range(1, shape[1]):
        state[:, day] = np.where(state[:, day] == 0, state[:, day - 1], state[:, day])
    return state > 0


def main() -> None:
    """Score the reference methods, then Lowtide; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="holds world_<name>_events.parquet and world_<name>_truth.parquet"
    )
    parser.add_argument("--worlds", default="cj,or", help="names of worlds")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-worlds.json")
    asked = parser.parse_args()
    figures = {}
    for name in asked.worlds.split(","):
        world = World.read(asked.folder, name)
        lines = list(movements(asked.folder, name))
        swept = [score(world, decisions(lines, line, world.on_hand.shape), line) for line in SWEEP]
        figures[name] = {
            "anchors": [
                report(f"{name} static minimum", static_minimum(world)),
                report(f"{name} days of cover", days_of_cover(world)),
            ],
            "lowtide": report(f"{name} lowtide", swept),
            "lines": [asdict(one) for one in swept],
        }
        for one in swept:
            print(f"  line {one.line:4}  precision {one.precision:.3f}  recall {one.recall:.3f}  "
                  f"F1 {one.f1:.3f}  false alarms {one.false_alarms:.3f}")  # fmt: skip
        assert best(swept)
    if asked.record:
        print(record.write("worlds", {"worlds": figures}))


if __name__ == "__main__":
    main()
