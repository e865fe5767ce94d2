"""How well does Lowtide predict stock-outs, in worlds where the truth is known?

Every world is replayed as movements (`events.py`), and decisions are read at the end of each day. A decision is: a
projected_stockout is open. Lowtide runs as it ships; further runs with another watch line show how far the shipped line is
from the best one. The chance itself is read from the table that calibration is judged by, with every position in the sample.

`--learn` learns inputs from the days 0 to 119 with `lowtide learn`; an `inputs` record puts them in force at day 120.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import record
from dynamic import dynamic_policy
from events import DAY_MS, START_MS, movements
from lowtide.ledger import ENDED
from lowtide_run import Setting, learned, tables
from score import Grid, World, calibration, days_of_cover, report, score, static_minimum

SEVERITIES = ("watch", "warning", "critical")
SWEEP = (0.15, 0.2, 0.25, 0.3, 0.34, 0.38, 0.42, 0.46, 0.5, 0.55, 0.6, 0.7)
Levels = NDArray[np.int8]
"""SKUs by days: 0 no projected_stockout is open at the end of the day, 1 watch, 2 warning, 3 critical."""


@dataclass(frozen=True)
class Said:
    """What one run said at the end of each day."""

    levels: Levels
    chance: Grid
    """p_stockout, where the position had stock and a known demand; 0 elsewhere."""
    horizon: int
    """How many days the chance looks ahead."""
    cover: int
    """Lead time and review period of the policy, in days."""


def run(lines: list[bytes], setting: Setting, shape: tuple[int, ...]) -> Said:
    """Run Lowtide and read what it says at the end of each day."""
    changes: list[tuple[int, int, int]] = []
    chance, horizon = np.zeros(shape), 0
    for rows in tables(lines, setting):
        changes += _changes(rows["ledger"])
        told = rows["calibration_day"]
        if told.num_rows:
            day = told["day"].cast(pa.int32()).to_numpy() - START_MS // DAY_MS - 1
            sku = told["sku"].cast(pa.string()).cast(pa.int64()).to_numpy()
            known = day < shape[1]
            chance[sku[known], day[known]] = told["p_stockout"].to_numpy()[known]
            horizon = int(told["horizon_days"].to_numpy().max())
    return Said(_levels(changes, shape), chance, horizon, setting.cover_days())


def _changes(rows: pa.RecordBatch) -> Iterator[tuple[int, int, int]]:
    columns = (rows[name].to_pylist() for name in ("type", "sku", "event_time", "entry", "severity"))
    for kind, sku, moment, entry, severity in zip(*columns, strict=True):
        if kind == "projected_stockout":
            at = round(moment.timestamp() * 1000) - START_MS
            yield at, int(sku), 0 if entry in ENDED else SEVERITIES.index(severity) + 1


def _levels(changes: list[tuple[int, int, int]], shape: tuple[int, ...]) -> Levels:
    state = np.full(shape, -1, np.int8)
    for at, sku, level in sorted(changes, key=lambda one: one[0]):
        state[sku, max(0, -(-at // DAY_MS) - 1)] = level
    state[:, 0] = np.maximum(state[:, 0], 0)
    for day in range(1, shape[1]):
        state[:, day] = np.where(state[:, day] < 0, state[:, day - 1], state[:, day])
    return state


def measure(
    folder: Path, name: str, values: dict[str, object], learn: bool = False, sweep: bool = True
) -> dict[str, object]:
    """Score one world, print its figures and return them."""
    world = World.read(folder, name)
    lines, shape = list(movements(folder, name)), world.on_hand.shape
    inputs = None
    if learn:
        with tempfile.TemporaryDirectory() as work:
            lines, inputs = learned(lines, values, Path(work), START_MS)
    said = run(lines, Setting(values, inputs), shape)
    shipped = score(world, said.levels > 0, math.nan)
    tenths = calibration(world, said.chance, said.horizon)
    gap = max(abs(one.said - one.came) for one in tenths)
    ends: dict[str, object] = {"warning": 0.999, "critical": 0.9999}
    swept = [
        score(world, run(lines, Setting(values, inputs, ends | {"watch": line}), shape).levels > 0, line)
        for line in (SWEEP if sweep else ())
    ]
    figures: dict[str, object] = {
        "anchors": [
            report(f"{name} static minimum", static_minimum(world)),
            report(f"{name} days of cover", days_of_cover(world)),
            report(f"{name} quick dynamic policy", dynamic_policy(world, folder, said.cover)),
        ],
        "shipped": asdict(shipped) | {"line": None},
        "lowtide": report(f"{name} lowtide", swept) if swept else None,
        "horizon": said.horizon,
        "gap": gap,
        "tenths": [asdict(one) for one in tenths],
        "lines": [asdict(one) for one in swept],
    }
    for text, one in [("as shipped", shipped), *((f"line {one.line}", one) for one in swept)]:
        print(f"  {text:10}  precision {one.precision:.3f}  recall {one.recall:.3f}  "
              f"F1 {one.f1:.3f}  false alarms {one.false_alarms:.3f}")  # fmt: skip
    for tenth in tenths:
        print(f"  said {tenth.said:.3f}  came true {tenth.came:.3f}  of {tenth.days} position-days")
    print(f"  largest gap {gap:.3f}, looking {said.horizon} days ahead", flush=True)
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
    parser.add_argument("--learn", action="store_true", help="with inputs learned from the days 0 to 119")
    parser.add_argument("--as-shipped", action="store_true", help="only the shipped lines, one run a world")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-worlds.json")
    asked = parser.parse_args()
    values = orjson.loads(asked.values)
    figures = {
        name: measure(asked.folder, name, values, asked.learn, not asked.as_shipped)
        for name in asked.worlds.split(",")
    }
    if asked.record:
        print(record.write("worlds-learned" if asked.learn else "worlds", {"worlds": figures}))


if __name__ == "__main__":
    main()
