"""Anchors of the library statsforecast (optional: `pip install 'lowtide[forecast]'`).

As an engine of the benchmark, `python bench/quality/statistical.py FOLDER` fits exponential smoothing (AutoETS, model
ANN) to the daily sales of each SKU every four weeks, and looks at each of the next four weeks with it:

    sales_spike   a day of five units or more lies above the mean and Z standard deviations of the forecast
    level_shift   the sum of a week lies outside the same interval of the week
    phantom_stock the week had no sale and lies under it

Z is 6 if the command does not say otherwise. As a method of `panels.py`, AutoETS with a season of a week (model ZNA)
gives mean and variance of each day, and the quantile is that of a negative binomial.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float64]
WEEK, FIT_DAYS, FIRST_FIT_DAYS, LEAST_SPIKE = 7, 28, 56, 5
DAY_MS = 86_400_000
LEVEL, WIDTH = 80, 2 * 1.2815515655446004
"""Level of the interval in percent, and how many standard deviations it is wide."""


def library() -> Any:
    """The library. Raises ImportError where it is not installed."""
    import statsforecast
    from statsforecast import models

    return statsforecast, models


def fitted(past: Grid, days: int, model: str) -> tuple[Grid, Grid]:
    """Mean and standard deviation of the next days of each row."""
    import pandas as pd

    statsforecast, models = library()
    rows, length = past.shape
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(rows), length),
            "ds": np.tile(np.arange(length), rows),
            "y": past.ravel(),
        }
    )
    ets = models.AutoETS(season_length=WEEK if "Z" in model else 1, model=model, alias="m")
    runner = statsforecast.StatsForecast(
        [ets], freq=1, n_jobs=1, fallback_model=models.HistoricAverage(alias="m")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = runner.forecast(df=frame, h=days, level=[LEVEL]).sort_values(["unique_id", "ds"])
    mean, low, high = (
        found[name].to_numpy(dtype=float).reshape(rows, days)
        for name in ("m", f"m-lo-{LEVEL}", f"m-hi-{LEVEL}")
    )
    own = past.mean(axis=1, keepdims=True), past.std(axis=1, keepdims=True)
    usable = np.isfinite(mean) & np.isfinite(high - low)
    return np.where(usable, np.maximum(mean, 0), own[0]), np.where(usable, (high - low) / WIDTH, own[1])


def sales_of(folder: Path) -> tuple[list[tuple[str, str]], Grid, int]:
    """Location and SKU of each row, its units by day, and when day 0 begins."""
    told = json.loads((folder / "world.json").read_text("utf-8"))
    rows: dict[tuple[str, str], int] = {}
    found: list[tuple[int, int, float]] = []
    with (folder / "events.jsonl").open("rb") as events:
        for event in map(json.loads, events):
            if event["kind"] in ("count", "sale"):
                row = rows.setdefault((event["location"], event["sku"]), len(rows))
                if event["kind"] == "sale":
                    day = (event["event_time"] - told["start_ms"]) // DAY_MS
                    found.append((row, day, float(event["quantity"])))
    units = np.zeros((len(rows), told["days"]))
    at, day, sold = (np.array(one) for one in zip(*found, strict=True))
    np.add.at(units, (at, day), sold)
    return list(rows), units, told["start_ms"]


def answer(folder: Path, deviations: float) -> Iterator[dict[str, object]]:
    """The alert lines of a task: what is about a week ends with it."""
    names, units, start = sales_of(folder)
    for day in range(FIRST_FIT_DAYS, units.shape[1] - WEEK + 1, WEEK):
        ahead = (day - FIRST_FIT_DAYS) % FIT_DAYS
        if ahead == 0:
            means, spreads = fitted(units[:, :day], FIT_DAYS, "ANN")
        mean, spread = means[:, ahead : ahead + WEEK], spreads[:, ahead : ahead + WEEK]
        week = units[:, day : day + WEEK]
        total, wide = mean.sum(axis=1), deviations * np.sqrt((spread**2).sum(axis=1))
        sums = week.sum(axis=1)
        high = (week > mean + deviations * spread) & (week >= LEAST_SPIKE)
        end = start + (day + WEEK) * DAY_MS
        for row, one in zip(*np.nonzero(high), strict=True):
            noon = start + (day + int(one)) * DAY_MS + DAY_MS // 2
            yield line("sales_spike", names[row], noon, noon + DAY_MS)
        for row in np.nonzero(abs(sums - total) > wide)[0]:
            yield line("phantom_stock" if sums[row] == 0 else "level_shift", names[row], end, end + 1)


def line(kind: str, name: tuple[str, str], opened: int, ended: int) -> dict[str, object]:
    """One alert line."""
    return {"type": kind, "location": name[0], "sku": name[1], "opened_at": opened, "ended_at": ended}


def auto_ets(panel: Grid, day: int, span: int) -> tuple[Grid, Grid]:
    """Mean and variance of the demand of the next `span` days, for `panels.py`."""
    mean, spread = fitted(panel[:, : day + 1], span, "ZNA")
    return mean.sum(axis=1), (spread**2).sum(axis=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="of the task")
    parser.add_argument("--deviations", type=float, default=6.0, help="Z")
    asked = parser.parse_args()
    for one in answer(asked.folder, asked.deviations):
        print(json.dumps(one))
