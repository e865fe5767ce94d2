"""Lowtide as an engine of the benchmark: it reads a task's folder and writes alert lines.

python bench/quality/engine.py FOLDER               as it ships, with the lead time that the task tells
python bench/quality/engine.py --learn FOLDER       with inputs that `lowtide learn` made of the days before the decisions
python bench/quality/engine.py --values '{"spike_p": 0.0003}' FOLDER
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from events import line
from lowtide.ledger import ENDED
from lowtide_run import Setting, Tables, learned, tables


def setting_of(task: dict[str, Any], values: dict[str, object]) -> Setting:
    """The shipped policy, with what the task tells and the values of the command."""
    told: dict[str, object] = {}
    if task["lead_days"] is not None:
        told["lead_time"] = f"{task['lead_days']} d"
    if task["review_days"] is not None:
        told["review_period"] = f"{task['review_days']} d"
    return Setting(told | values, sample=1 if task["chance"] else 0)


def answer(rows: Iterator[Tables]) -> Iterator[dict[str, object]]:
    """The alert lines of what the core wrote."""
    alerts: dict[str, dict[str, object]] = {}
    for part in rows:
        ledger = part["ledger"]
        columns = ("alert_id", "type", "location", "sku", "opened_at", "event_time", "entry")
        values = (ledger[name].to_pylist() for name in columns)
        for ident, kind, location, sku, opened, at, entry in zip(*values, strict=True):
            fields = {"type": kind, "location": location, "sku": sku, "opened_at": opened, "ended_at": None}
            alert = alerts.setdefault(ident, fields)
            if entry in ENDED:
                alert["ended_at"] = at
        yield from chances(part)
    yield from alerts.values()


def chances(part: Tables) -> Iterator[dict[str, object]]:
    """The chance of every midnight."""
    told = part["calibration_day"]
    columns = ("location", "sku", "day", "p_stockout", "horizon_days")
    values = (told[name].to_pylist() for name in columns)
    for location, sku, day, chance, days in zip(*values, strict=True):
        at = f"{day}T00:00:00Z"
        yield {"type": "chance", "location": location, "sku": sku, "at": at, "p": chance, "days": days}


def main() -> None:
    """Answer one task."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="of the task")
    parser.add_argument("--learn", action="store_true", help="learn inputs of the days before the decisions")
    parser.add_argument("--values", default="{}", help="values of the policy as JSON")
    asked = parser.parse_args()
    task = orjson.loads((asked.folder / "world.json").read_bytes())
    setting = setting_of(task, orjson.loads(asked.values))
    lines = (asked.folder / "events.jsonl").read_bytes().splitlines(keepends=True)
    with tempfile.TemporaryDirectory() as work:
        if asked.learn:
            lines, inputs = learned(lines, setting.values, Path(work), task["start_ms"], quiet=True)
            setting = Setting(setting.values, inputs, sample=setting.sample)
        for fields in answer(tables(lines, setting)):
            sys.stdout.buffer.write(line(fields))


if __name__ == "__main__":
    main()
