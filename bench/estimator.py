"""How many days of demand does the estimator learn in a second, on one core?

A day is one update: what one position sold on one local day, with its exposure. The bench closes the days of a long history
of one position in one call, five times, and gives the median of the CPU time. `steady` sells on nearly every day, `lumpy` on
one day in seven, and then many units; `idle` has never sold anything, as a position that a run carries from week to week.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

import record
from lowtide._native import demand_days

DAYS, TIMES = 2_000_000, 5
MONDAY = 20_458
"""Local day number of the first day: 2026-01-05."""
WEEK = np.array([0.9, 0.8, 0.85, 0.95, 1.2, 1.4, 0.9])


def demands(rng: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    """Units by day, by kind of position."""
    sells = rng.random(DAYS) < 1 / 7
    return {
        "steady": rng.negative_binomial(4, 4 / 7, DAYS).astype(float),
        "lumpy": np.where(sells, rng.negative_binomial(1, 1 / 21, DAYS), 0).astype(float),
        "idle": np.zeros(DAYS),
    }


def measure() -> dict[str, float]:
    """Give millions of updates a second for each kind."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rng = np.random.default_rng(7)
    exposure = pa.array(WEEK[np.arange(DAYS) % 7])
    figures = {}
    for name, units in demands(rng).items():
        column, took = pa.array(units), []
        for _ in range(TIMES):
            start = time.process_time()
            demand_days(MONDAY, column, exposure)
            took.append(time.process_time() - start)
        figures[name] = DAYS / statistics.median(took) / 1e6
        print(f"{name:8} {figures[name]:6.2f} M updates/s")
    return figures


def main() -> None:
    """Measure; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-estimator.json")
    asked = parser.parse_args()
    figures = measure()
    if asked.record:
        print(record.write("estimator", {"days": DAYS, "times": TIMES, "million_updates_per_s": figures}))


if __name__ == "__main__":
    main()
