"""Forecasts by the models of statsforecast: AutoARIMA, AutoETS and Croston's method in the version of Syntetos and Boylan.

A position gives one series of daily units. Days on which it had nothing to sell are filled with its mean of that weekday, so
that an empty shelf is not taken for a lack of demand. The variance of a day comes from the model's 80 % interval; Croston's
method has none of its own, so the variance of the series takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lowtide.errors import SettingsError
from lowtide.inputs.tables import FORECAST, forecast_rows
from lowtide.learning.estimates import Loss, verdict
from lowtide.learning.forecasts import compare
from lowtide.learning.history import History
from lowtide.learning.judging import Trial

MODELS = ("auto_arima", "auto_ets", "croston_sba")
JUDGED = 120
"""So many positions are judged; all are forecast."""
LEAST_SERIES_DAYS = 28
_LEVEL, _WIDTH = 80, 2 * 1.2815515655446004
_MOST_ORIGINS = 3

Grid = NDArray[np.float64]
Show = Callable[..., None]


@dataclass
class Judged:
    """One category: the model that did best, its loss and that of the built-in estimate."""

    name: str
    model: str
    own: float | None
    theirs: float | None
    beats: bool
    positions: int


@dataclass
class Forecast:
    """What `lowtide forecast` found: by category, and the rows to write."""

    categories: list[Judged] = field(default_factory=list)
    rows: pa.RecordBatch | None = None
    everything: bool = False
    """Whether categories are written in which no model pays."""


def statsforecast() -> Any:
    """The library. Raises SettingsError with what to install if it is not there."""
    try:
        import statsforecast as library
        import statsforecast.models as models
    except ImportError as error:
        raise SettingsError(
            f"forecasts by these models need the library statsforecast: {error}",
            "Install it with `pip install 'lowtide[forecast]'`.",
        ) from error
    return library, models


def forecast(
    trial: Trial, model: str, days: int, *, everything: bool = False, show: Show = lambda *_, **__: None
) -> Forecast:
    """Judge a model (`auto`: each of them) by category on the last days of the history, and forecast the days that follow.

    Only categories in which a model beats the built-in estimate are forecast; with `everything` all of them.
    """
    statsforecast()
    names = list(MODELS) if model == "auto" else [model]
    step = max(1, -(-len(trial.sample) // JUDGED))
    trial.sample = trial.sample[::step]
    losses = {}
    for name in names:
        show("forecast.step.judge", model=name, n=len(trial.sample))
        losses[name] = _judge(trial, name)
    found = Forecast(
        [_best(trial, losses, number) for number in range(len(trial.names))], everything=everything
    )
    found.categories = [one for one in found.categories if one.positions]
    wanted = {one.name: one.model for one in found.categories if one.beats or everything}
    rows = np.array([row for row, number in enumerate(trial.of) if trial.names[number] in wanted], np.int64)
    if len(rows):
        show("forecast.step.make", n=len(rows))
        found.rows = _future(trial, rows, wanted, days)
    return found


def _judge(trial: Trial, name: str) -> tuple[Loss, Loss] | None:
    """Loss of the estimate and of a model from a few origins of the last part."""
    history = trial.history
    length = int(trial.lead_days[trial.sample].max())
    last = history.days - 1 - length
    if last < LEAST_SERIES_DAYS:
        return None
    origins = np.unique(np.linspace(max(trial.begin, LEAST_SERIES_DAYS), last, _MOST_ORIGINS).astype(int))
    before: list[Loss] = []
    after: list[Loss] = []
    for origin in origins:
        mean, variance = np.full(trial_shape(trial), np.nan), np.full(trial_shape(trial), np.nan)
        span = slice(origin + 1, origin + 1 + length)
        mean[:, span], variance[:, span] = _predict(history, trial.sample, name, int(origin) + 1, length)
        one = compare(trial, mean, variance, np.full((len(trial.sample), 1), origin))
        if one[0] is not None and one[1] is not None:
            before.append(one[0])
            after.append(one[1])
    return (_together(before), _together(after)) if before else None


def trial_shape(trial: Trial) -> tuple[int, int]:
    """Positions of the sample, and days."""
    return len(trial.sample), trial.history.days


def _together(losses: list[Loss]) -> Loss:
    zero = np.zeros(len(losses[0].loss))
    quantiles = {q: sum((one.at[q] for one in losses), zero) for q in losses[0].at}
    return Loss(sum((one.loss for one in losses), zero), sum((one.sold for one in losses), zero), quantiles)


def _best(trial: Trial, losses: dict[str, tuple[Loss, Loss] | None], number: int) -> Judged:
    """The model with the least loss in a category."""
    mine = trial.of_sample() == number
    judged = {
        name: verdict(both[0], both[1], mine)
        for name, both in losses.items()
        if both is not None and mine.any()
    }
    name = trial.names[number]
    if not judged:
        return Judged(name, next(iter(losses)), None, None, False, int((trial.of == number).sum()))
    best = min(judged, key=lambda one: judged[one].after)
    one = judged[best]
    return Judged(
        name,
        best,
        one.before,
        one.after,
        one.after < one.before and one.surely > 0.5,
        int((trial.of == number).sum()),
    )


def _future(trial: Trial, rows: NDArray[np.int64], wanted: dict[str, str], days: int) -> pa.RecordBatch:
    """The days after the history, of these positions, each by the model of its category."""
    history = trial.history
    location, sku = history.column("location"), history.column("sku")
    columns: list[pa.Table] = []
    for model in sorted(set(wanted.values())):
        mine = np.array([row for row in rows if wanted[trial.names[trial.of[row]]] == model], np.int64)
        if not len(mine):
            continue
        mean, variance = _predict(history, mine, model, history.days, days)
        day = np.tile(np.arange(history.last_day + 1, history.last_day + 1 + days, dtype=np.int32), len(mine))
        columns.append(
            pa.table(
                {
                    "location": [location[row] for row in mine for _ in range(days)],
                    "sku": [sku[row] for row in mine for _ in range(days)],
                    "day": pa.array(day, pa.int32()).cast(pa.date32()),
                    "mean": np.round(mean.ravel(), 4),
                    "variance": np.round(variance.ravel(), 4),
                },
                schema=FORECAST,
            )
        )
    return forecast_rows(pa.concat_tables(columns), "forecast")


def _predict(
    history: History, rows: NDArray[np.int64], name: str, until: int, days: int
) -> tuple[Grid, Grid]:
    """Mean and variance of `days` days from day `until` on, from the days before it."""
    import pandas as pd

    library, models = statsforecast()
    series = filled(history, rows, until)
    first = np.argmax(history.share[rows, :until] > 0, axis=1)
    first = np.minimum(first, until - LEAST_SERIES_DAYS)
    frames = [
        pd.DataFrame({"unique_id": at, "ds": np.arange(begin, until), "y": series[at, begin:until]})
        for at, begin in enumerate(first)
    ]
    data = pd.concat(frames, ignore_index=True)
    made = {
        "auto_arima": lambda: models.AutoARIMA(season_length=7, alias="m"),
        "auto_ets": lambda: models.AutoETS(season_length=7, alias="m"),
        "croston_sba": lambda: models.CrostonSBA(alias="m"),
    }[name]()
    own = models.HistoricAverage()
    runner = library.StatsForecast([made], freq=1, n_jobs=1 if len(rows) < 200 else -1, fallback_model=own)
    level = [] if name == "croston_sba" else [_LEVEL]
    answer = runner.forecast(df=data, h=days, level=level or None).sort_values(["unique_id", "ds"])
    shape = (len(rows), days)
    mean = np.maximum(answer["m"].to_numpy(dtype=float).reshape(shape), 0)
    spread = np.array([np.var(series[at, max(begin, until - 180) : until]) for at, begin in enumerate(first)])
    if level:
        wide = answer[f"m-hi-{_LEVEL}"].to_numpy(dtype=float) - answer[f"m-lo-{_LEVEL}"].to_numpy(dtype=float)
        variance = (wide.reshape(shape) / _WIDTH) ** 2
    else:
        variance = np.repeat(spread[:, None], days, axis=1)
    usable = np.isfinite(mean) & np.isfinite(variance)
    mean = np.where(usable, mean, series.mean(axis=1, keepdims=True))
    variance = np.where(usable, np.maximum(variance, 1e-3), spread[:, None])
    return mean, variance


def filled(history: History, rows: NDArray[np.int64], until: int) -> Grid:
    """Daily units before day `until`; a day mostly without stock has the mean of its weekday on days in stock."""
    units = history.units[rows, :until].astype(float)
    seen = (history.share[rows, :until] >= 0.5) | (units > 0)
    slot = np.arange(until) % 7
    for day in range(7):
        mine = slot == day
        known = seen[:, mine]
        mean = (units[:, mine] * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        units[:, mine] = np.where(known, units[:, mine], mean[:, None])
    return units
