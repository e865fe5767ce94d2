"""How well does Lowtide predict stock-outs, in worlds where the truth is known?

Every world is replayed as movements: the stock at the start as a count, receipts at 08:00, the day's sales at 12:00, new
orders at 18:00, and a heartbeat at the end of each day, when decisions are read. Lowtide runs as it ships; each run has
another watch line. A decision is: a projected_stockout is open. Then the chance itself is read from outside, with runs whose
exit lines equal their entry lines: such an alert is open exactly while the chance is at or over its line.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import orjson
import pyarrow.parquet as pq
from numpy.typing import NDArray

import record
from lowtide.core import Job
from lowtide.ledger import ENDED
from lowtide.policy import read_policy_text
from score import Grid, World, calibration, days_of_cover, report, score, static_minimum

START_MS = 1_767_571_200_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
HOURS = {"on_hand": 0, "receipt": 8, "sale": 12, "po_created": 18}
SEVERITIES = ("watch", "warning", "critical")
SWEEP = [round(0.02 * step, 2) for step in range(1, 31)] + [0.7, 0.8, 0.9]
STEPS = [0.005, *(round(0.02 * step, 2) for step in range(1, 50)), 0.995]
"""Lines between which a chance is found: its value is the middle of two of them."""
BLOCK = 4096
Severities = NDArray[np.int8]
"""SKUs by days: 0 no projected_stockout is open at the end of the day, 1 watch, 2 warning, 3 critical."""


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


def severities(lines: list[bytes], values: dict[str, object], shape: tuple[int, ...]) -> Severities:
    """Run Lowtide with these policy values."""
    job = Job.of(read_policy_text(orjson.dumps({"defaults": values}).decode(), "policy"), partition="world")
    partition, group = job.partition(1), job.group()
    changes: list[tuple[int, int, int]] = []
    blocks = [b"".join(lines[at : at + BLOCK]) for at in range(0, len(lines), BLOCK)]
    for routed in [partition.lines(block) for block in blocks] + [partition.finish()]:
        for _, part in routed:
            group.apply(part)
        rows = group.take()["ledger"]
        columns = (rows[name].to_pylist() for name in ("type", "sku", "event_time", "entry", "severity"))
        for kind, sku, moment, entry, severity in zip(*columns, strict=True):
            if kind == "projected_stockout":
                at = round(moment.timestamp() * 1000) - START_MS
                level = 0 if entry in ENDED else SEVERITIES.index(severity) + 1
                changes.append((at, int(sku), level))
    state = np.full(shape, -1, np.int8)
    for at, sku, level in sorted(changes, key=lambda one: one[0]):
        state[sku, max(0, -(-at // DAY_MS) - 1)] = level
    state[:, 0] = np.maximum(state[:, 0], 0)
    for day in range(1, shape[1]):
        state[:, day] = np.where(state[:, day] < 0, state[:, day - 1], state[:, day])
    return state


def chances(lines: list[bytes], values: dict[str, object], shape: tuple[int, ...]) -> Grid:
    """Find p_stockout at the end of each day to within half a step, from three lines a run."""
    reached = np.zeros(shape, np.int64)
    for at in range(0, len(STEPS), 3):
        three = dict(zip(SEVERITIES, STEPS[at : at + 3], strict=True))
        reached += severities(lines, {**values, **three, "exit_ratio": 1.0, "flap_count": 1000}, shape)
    edges = np.array([0.0, *STEPS, 1.0])
    return ((edges[:-1] + edges[1:]) / 2)[reached]


def horizon(values: dict[str, object]) -> int:
    """The days that p_stockout looks ahead under these policy values."""
    job = Job.of(read_policy_text(orjson.dumps({"defaults": values}).decode(), "policy"), partition="world")
    terms = orjson.loads(job.group().terms("w", "0"))
    return math.ceil(terms["lead_time_days"]["value"] + terms["review_period_days"]["value"])


def measure(folder: Path, name: str, values: dict[str, object]) -> dict[str, object]:
    """Score one world, print its figures and return them."""
    world = World.read(folder, name)
    lines, shape = list(movements(folder, name)), world.on_hand.shape
    ends = {"warning": 0.999, "critical": 0.9999}
    swept = [
        score(world, severities(lines, {**values, **ends, "watch": line}, shape) > 0, line) for line in SWEEP
    ]
    shipped = score(world, severities(lines, values, shape) > 0, math.nan)
    tenths = calibration(world, chances(lines, values, shape), horizon(values))
    figures = {
        "anchors": [
            report(f"{name} static minimum", static_minimum(world)),
            report(f"{name} days of cover", days_of_cover(world)),
        ],
        "lowtide": report(f"{name} lowtide", swept),
        "shipped": asdict(shipped) | {"line": None},
        "gap": max(abs(one.said - one.came) for one in tenths),
        "tenths": [asdict(one) for one in tenths],
        "lines": [asdict(one) for one in swept],
    }
    for text, one in [("as shipped", shipped), *((f"line {one.line}", one) for one in swept)]:
        print(f"  {text:10}  precision {one.precision:.3f}  recall {one.recall:.3f}  "
              f"F1 {one.f1:.3f}  false alarms {one.false_alarms:.3f}")  # fmt: skip
    for tenth in tenths:
        print(f"  said {tenth.said:.3f}  came true {tenth.came:.3f}  of {tenth.days} position-days")
    print(f"  largest gap {figures['gap']:.3f}, looking {horizon(values)} days ahead")
    return figures


def main() -> None:
    """Score the reference methods, then Lowtide; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="holds world_<name>_events.parquet and world_<name>_truth.parquet"
    )
    parser.add_argument("--worlds", default="cj,or", help="names of worlds")
    parser.add_argument(
        "--values", default="{}", help='other policy values, such as \'{"lead_time": "14 d"}\''
    )
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-worlds.json")
    asked = parser.parse_args()
    values = orjson.loads(asked.values)
    figures = {name: measure(asked.folder, name, values) for name in asked.worlds.split(",")}
    if asked.record:
        print(record.write("worlds", {"worlds": figures}))


if __name__ == "__main__":
    main()
