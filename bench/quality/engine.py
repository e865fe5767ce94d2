"""Lowtide as an engine of the benchmark: it reads a task's folder and writes alert lines.

python bench/quality/engine.py FOLDER               as it ships, with the lead time that the task tells
python bench/quality/engine.py --learn FOLDER       with inputs that `lowtide learn` made of the days before the decisions
python bench/quality/engine.py --signs FOLDER       looking for phantom stock, droughts and new levels of sales too
python bench/quality/engine.py --values '{"spike_p": 0.0003}' FOLDER
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from events import DAY_MS, line
from lowtide.ledger import ENDED
from lowtide_run import Setting, Tables, learned, tables

SIGNS: dict[str, object] = {
    "look_for": ["phantom_stock", "sales_drought", "level_shift"],
    "spike_p": 0.0003,
}
"""Values of the policy for `--signs`."""
HIDES = 0.0006
"""The chance of a day that goods vanish, in the odds of phantom_stock (docs/alerts.md)."""


def setting_of(task: dict[str, Any], values: dict[str, object]) -> Setting:
    """The shipped policy, with what the task tells and the values of the command."""
    told: dict[str, object] = {}
    if task["lead_days"] is not None:
        told["lead_time"] = f"{task['lead_days']} d"
    if task["review_days"] is not None:
        told["review_period"] = f"{task['review_days']} d"
    return Setting(told | values, sample=1 if task["chance"] else 0)


def answer(rows: Iterator[Tables], until: int) -> Iterator[dict[str, object]]:
    """The alert lines of what the core wrote; `until` is the end of the world, in milliseconds since 1970."""
    alerts: dict[str, dict[str, Any]] = {}
    for part in rows:
        ledger = part["ledger"]
        columns = ("alert_id", "type", "location", "sku", "opened_at", "event_time", "entry", "detail")
        values = (ledger[name].to_pylist() for name in columns)
        for ident, kind, location, sku, opened, at, entry, detail in zip(*values, strict=True):
            fields = {"type": kind, "location": location, "sku": sku, "opened_at": opened, "ended_at": None}
            alert = alerts.setdefault(ident, fields)
            if entry == "OPENED" and kind == "phantom_stock":
                alert["detail"] = orjson.loads(detail)
            if entry in ENDED:
                alert["ended_at"] = at
        yield from chances(part)
    for alert in alerts.values():
        detail = alert.pop("detail", None)
        yield alert
        if detail is not None:
            yield from ranks(alert, detail, until)


def ranks(alert: dict[str, Any], detail: dict[str, Any], until: int) -> Iterator[dict[str, object]]:
    """The odds of an open phantom_stock at each midnight. Each more day without a sale adds its surprise."""
    opened, ended = (
        alert[name] and round(alert[name].timestamp() * 1000) for name in ("opened_at", "ended_at")
    )
    surprise, idle = detail["surprise_per_day"], detail["quiet_days"]
    for more, at in enumerate(range(opened, min(ended or until, until), DAY_MS)):
        run = min(surprise * (idle + more), 700.0)
        odds = HIDES * math.exp(surprise) * math.expm1(run) / math.expm1(surprise)
        yield {"type": "rank", "location": alert["location"], "sku": alert["sku"], "at": at, "score": odds}


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
    parser.add_argument("--signs", action="store_true", help="look for signs too")
    parser.add_argument("--values", default="{}", help="values of the policy as JSON")
    asked = parser.parse_args()
    task = orjson.loads((asked.folder / "world.json").read_bytes())
    setting = setting_of(task, (SIGNS if asked.signs else {}) | orjson.loads(asked.values))
    lines = (asked.folder / "events.jsonl").read_bytes().splitlines(keepends=True)
    with tempfile.TemporaryDirectory() as work:
        if asked.learn:
            lines, inputs = learned(lines, setting.values, Path(work), task["start_ms"], quiet=True)
            setting = Setting(setting.values, inputs, sample=setting.sample)
        for fields in answer(tables(lines, setting), task["start_ms"] + task["days"] * DAY_MS):
            sys.stdout.buffer.write(line(fields))


if __name__ == "__main__":
    main()
