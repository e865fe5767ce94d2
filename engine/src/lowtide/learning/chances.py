"""The chance of every position at every midnight, as the core gives it when the history is replayed with some inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lowtide.core import Job
from lowtide.inputs import InputLayer, InputSet, InputsFolder, InputTerms
from lowtide.learning.history import EPOCH, History
from lowtide.learning.lines import Grid, Horizon
from lowtide.policy import Policy
from lowtide.runner.replay import replay_logs
from lowtide.sources import Block

MOST_POSITIONS = 2_000
"""So many positions are looked at, chosen by the hash with which calibration chooses them."""

Open = Callable[[Job], Mapping[str, Iterable[Block]]]
"""Opens the logs of the history again."""


def at_midnights(
    history: History,
    policy: Policy,
    catalogue: pa.RecordBatch | None,
    one: InputSet,
    horizon: Horizon,
    open_history: Open,
    show: Callable[[Any], None] = lambda _: None,
) -> Grid:
    """p_stockout at the end of each day, by position and day of the grid; NaN where there is none.

    The history is replayed under the policy and `one`, with `horizon` on top of its layers.
    """
    document = one.document
    if horizon is not None:
        layer = InputLayer(
            name="horizon on trial", match={}, set=InputTerms.model_validate({"horizon": horizon})
        )
        document = document.model_copy(update={"layers": [*document.layers, layer]})
    tried = InputSet(document, one.forecast, one.classes)
    folder = InputsFolder(path=Path(), start=tried.hash, sets={tried.hash: tried})
    share = max(1, -(-history.positions.num_rows // MOST_POSITIONS))
    rules = policy.model_copy(update={"calibration_sample": share})
    job = Job.of(rules, catalogue, inputs=folder)
    grid = np.full(history.units.shape, np.nan)
    places = _places(history)
    for outcome in replay_logs(job, open_history(job)):
        for batch in outcome.rows["calibration_day"]:
            _fill(grid, places, batch, history.first_day)
        show(outcome.replay.log)
    return grid


def _places(history: History) -> dict[tuple[str, str], int]:
    names = zip(history.column("location"), history.column("sku"), strict=True)
    return {name: row for row, name in enumerate(names)}


def _fill(grid: Grid, places: dict[tuple[str, str], int], batch: pa.RecordBatch, first_day: int) -> None:
    """Put the rows of one block into the grid; the chance at a midnight is that of the end of the day before."""
    columns = (batch[name].to_pylist() for name in ("location", "sku", "day", "p_stockout", "planned"))
    for location, sku, day, chance, planned in zip(*columns, strict=True):
        row = places.get((location, sku))
        at = (day - EPOCH).days - first_day - 1
        if row is not None and planned and 0 <= at < grid.shape[1]:
            grid[row, at] = chance
