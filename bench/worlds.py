"""How well does Lowtide predict stock-outs, in worlds where the truth is known?

Every world is replayed as movements: the stock at the start as a count, receipts at 08:00, the day's sales at 12:00, counts
at 15:00, new orders at 18:00, and a heartbeat at the end of each day, when decisions are read. A decision is: a
projected_stockout is open. Lowtide runs as it ships; further runs with another watch line show how far the shipped line is
from the best one. The chance itself is read from the table that calibration is judged by, with every position in the sample.

`--learn` learns inputs from the days 0 to 119 with `lowtide learn`; an `inputs` record puts them in force at day 120.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

import record
from dynamic import dynamic_policy
from lowtide.core import Job
from lowtide.inputs import InputsFolder, load_inputs
from lowtide.ledger import ENDED
from lowtide.policy import read_policy_text
from score import FIRST_DAY, Grid, World, calibration, days_of_cover, report, score, static_minimum

START_MS = 1_767_571_200_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
HOURS = {"on_hand": 0, "receipt": 8, "sale": 12, "count": 15, "po_created": 18}
KINDS = {"on_hand": "count", "po_created": "order"}
SEVERITIES = ("watch", "warning", "critical")
SWEEP = (0.15, 0.2, 0.25, 0.3, 0.34, 0.38, 0.42, 0.46, 0.5, 0.55, 0.6, 0.7)
BLOCK = 4096
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


def movements(folder: Path, name: str) -> Iterator[bytes]:
    """Yield the world as NDJSON lines in the order of event time, with a heartbeat at the end of each day."""
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
            "kind": KINDS.get(kind, kind),
            "sku": str(sku),
            "location": "w",
            "quantity": f"{quantity:g}",
            "event_time": moment,
        }
        if order >= 0:
            movement["ref"] = f"PO{sku}-{order}"
        if promised >= 0:
            movement["due"] = START_MS + promised * DAY_MS + HOURS["receipt"] * HOUR_MS
        lines.append((moment, _line(movement)))
    yield from _day(lines, today)


def _day(lines: list[tuple[int, bytes]], day: int) -> Iterator[bytes]:
    yield from (line for _, line in sorted(lines, key=lambda one: one[0]))
    end = START_MS + (day + 1) * DAY_MS
    yield _line({"id": f"d{day}", "source": "world", "kind": "heartbeat", "event_time": end})


def _line(fields: dict[str, object]) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


def learned(
    lines: list[bytes], values: dict[str, object], folder: Path, quiet: bool = False
) -> tuple[list[bytes], InputsFolder]:
    """Learn inputs in `folder` from the first days; give the lines with a record that puts them in force, and the inputs."""
    last = f'"d{FIRST_DAY - 1}"'.encode()
    cut = 1 + next(at for at, line in enumerate(lines) if last in line)
    history, policy, out = folder / "history.jsonl", folder / "policy.yaml", folder / "inputs"
    history.write_bytes(b"".join(lines[:cut]))
    policy.write_bytes(orjson.dumps({"defaults": values}))
    command = [sys.executable, "-m", "lowtide", "learn", str(history), "--out", str(out)]
    done = subprocess.run([*command, "--policy", str(policy)], check=True, capture_output=True, text=True)
    if not quiet:
        print(done.stdout, end="")
    named = (out / "current").read_text("utf-8").strip()
    begin = START_MS + FIRST_DAY * DAY_MS
    change = {"id": "inputs", "source": "world", "kind": "inputs", "event_time": begin, "ref": named}
    inputs = load_inputs(out)
    return [*lines[:cut], _line(change), *lines[cut:]], replace(inputs, start=None)


def run(
    lines: list[bytes],
    values: dict[str, object],
    shape: tuple[int, ...],
    inputs: InputsFolder | None = None,
    over: dict[str, object] | None = None,
) -> Said:
    """Run Lowtide with these policy values; those of `over` stand above what the inputs say."""
    layer = {"name": "over inputs", "match": {"location": "w"}, "set": over}
    document = {"calibration_sample": 1, "defaults": values, "layers": [layer] if over else []}
    policy = read_policy_text(orjson.dumps(document).decode(), "policy")
    job = Job.of(policy, partition="world", inputs=inputs)
    partition, group = job.partition(1), job.group()
    changes: list[tuple[int, int, int]] = []
    chance, horizon = np.zeros(shape), 0
    blocks = [b"".join(lines[at : at + BLOCK]) for at in range(0, len(lines), BLOCK)]
    for routed in [partition.lines(block) for block in blocks] + [partition.finish()]:
        for _, part in routed:
            group.apply(part)
        tables = group.take()
        changes += _changes(tables["ledger"])
        rows = tables["calibration_day"]
        if rows.num_rows:
            day = rows["day"].cast(pa.int32()).to_numpy() - START_MS // DAY_MS - 1
            sku = rows["sku"].cast(pa.string()).cast(pa.int64()).to_numpy()
            known = day < shape[1]
            chance[sku[known], day[known]] = rows["p_stockout"].to_numpy()[known]
            horizon = int(rows["horizon_days"].to_numpy().max())
    terms = orjson.loads(group.terms("w", "0"))
    cover = round(terms["lead_time_days"]["value"] + terms["review_period_days"]["value"])
    return Said(_levels(changes, shape), chance, horizon, cover)


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
            lines, inputs = learned(lines, values, Path(work))
    said = run(lines, values, shape, inputs)
    shipped = score(world, said.levels > 0, math.nan)
    tenths = calibration(world, said.chance, said.horizon)
    gap = max(abs(one.said - one.came) for one in tenths)
    ends: dict[str, object] = {"warning": 0.999, "critical": 0.9999}
    swept = [
        score(world, run(lines, values, shape, inputs, ends | {"watch": line}).levels > 0, line)
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
