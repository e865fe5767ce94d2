"""Forecasts that others made, beside the built-in estimate: the same loss over the same days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lowtide.learning.estimates import Estimates, Loss, Rows, Series, last_part, quantile, windows
from lowtide.learning.findings import Finding
from lowtide.learning.judging import Trial, paying

QUANTILES = (0.5, 0.95)
"""The middle, and what stock is planned by."""


def judge_forecast(trial: Trial, rows: pa.RecordBatch) -> tuple[Finding, pa.RecordBatch | None]:
    """Whether a forecast beats the estimate on the days of the last part that it covers, and its rows that are kept.

    A forecast that covers none of them is kept as it was given. Where it does not pay in a category, its rows are dropped.
    """
    grids = grids_of(trial, rows)
    covered = {"rows": rows.num_rows}
    before, after = compare(trial, *grids)
    if before is None or after is None:
        return Finding("forecast", "given", values=covered), rows
    whole, kept = paying(trial, before, after)
    finding = Finding(
        "forecast", "paid" if kept else "dropped", whole.before, whole.after, kept_in=trial.counted(kept),
        values=covered,
    )  # fmt: skip
    return finding, _rows_kept(trial, rows, kept) if kept else None


def grids_of(trial: Trial, rows: pa.RecordBatch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of each position of the sample and day of the grid; NaN where the forecast has none."""
    history = trial.history
    names = list(zip(history.column("location"), history.column("sku"), strict=True))
    place = {names[row]: at for at, row in enumerate(trial.sample)}
    shape = (len(trial.sample), history.days)
    mean, variance = np.full(shape, np.nan), np.full(shape, np.nan)
    columns = (rows[name].to_pylist() for name in ("location", "sku"))
    at = np.array([place.get(name, -1) for name in zip(*columns, strict=True)], np.int64)
    day = rows["day"].cast(pa.int32()).to_numpy() - history.first_day
    use = (at >= 0) & (day >= 0) & (day < history.days)
    mean[at[use], day[use]] = rows["mean"].to_numpy()[use]
    variance[at[use], day[use]] = rows["variance"].to_numpy()[use]
    return mean, variance


def compare(
    trial: Trial, mean: NDArray[np.float64], variance: NDArray[np.float64], origins: Rows | None = None
) -> tuple[Loss | None, Loss | None]:
    """Loss of the estimate and of the forecast over the same days; None if the forecast covers none of them."""
    series, made = trial.run()
    if origins is None:
        origins = last_part(trial.history.days, series.lead_days, trial.begin)
    length = np.maximum(1, series.lead_days)
    ours, theirs = (
        _Windows.of(series, made, origins, length),
        _theirs(series, mean, variance, origins, length),
    )
    both = ours.counted & theirs.counted
    if not both.any():
        return None, None
    return ours.loss(both), theirs.loss(both)


@dataclass(frozen=True)
class _Windows:
    """Demand of spans of days, and what was forecast of it."""

    demand: NDArray[np.float64]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    counted: NDArray[np.bool_]

    @classmethod
    def of(cls, series: Series, made: Estimates, origins: Rows, length: Rows) -> _Windows:
        demand, weight, counted = windows(series, origins, length)
        at = np.where(counted, origins, 0)
        rate, phi, kappa = (np.take_along_axis(one, at, axis=1) for one in (made.rate, made.phi, made.kappa))
        mean = rate * weight
        return cls(demand, mean, phi * mean + kappa * mean * mean, counted)

    def loss(self, use: NDArray[np.bool_]) -> Loss:
        lost: dict[float, NDArray[np.float64]] = {}
        for q in QUANTILES:
            away = self.demand[use] - quantile(self.mean[use], self.variance[use], q)
            grid = np.zeros(use.shape)
            grid[use] = np.maximum(q * away, (q - 1) * away)
            lost[q] = grid.sum(axis=1)
        sold = np.where(use, self.demand, 0).sum(axis=1)
        return Loss(sum(lost.values(), np.zeros(len(sold))), sold, lost)


def _theirs(
    series: Series, mean: NDArray[np.float64], variance: NDArray[np.float64], origins: Rows, length: Rows
) -> _Windows:
    demand, _, counted = windows(series, origins, length)
    days = series.units.shape[1]
    start = np.minimum(origins + 1, days)
    end = np.minimum(origins + 1 + length[:, None], days)

    def total(grid: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.concatenate([np.zeros((len(grid), 1)), np.cumsum(grid, axis=1)], axis=1)
        found: NDArray[np.float64] = np.take_along_axis(sums, end, 1) - np.take_along_axis(sums, start, 1)
        return found

    known = total(np.isfinite(mean).astype(float)) >= length[:, None] - 0.5
    return _Windows(demand, total(np.nan_to_num(mean)), total(np.nan_to_num(variance)), counted & known)


def _rows_kept(trial: Trial, rows: pa.RecordBatch, kept: set[str]) -> pa.RecordBatch:
    """Without the positions of the categories in which the forecast does not pay."""
    if len(kept) == len(trial.names):
        return rows
    names = zip(trial.history.column("location"), trial.history.column("sku"), strict=True)
    dropped = {name for name, number in zip(names, trial.of, strict=True) if trial.names[number] not in kept}
    columns = (rows[name].to_pylist() for name in ("location", "sku"))
    return rows.filter(pa.array([name not in dropped for name in zip(*columns, strict=True)]))
