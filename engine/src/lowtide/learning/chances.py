"""The chance of every position at every midnight, as the core gives it when the history is replayed with some inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lowtide.core import Job
from lowtide.inputs import InputLayer, InputSet, InputsFolder, InputTerms
from lowtide.learning.history import History
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
    places = pa.array(map(_name, history.column("location"), history.column("sku")), pa.string())
    for outcome in replay_logs(job, open_history(job)):
        for batch in outcome.rows["calibration_day"]:
            _fill(grid, places, batch, history.first_day)
        show(outcome.replay.log)
    return grid


def _name(location: str, sku: str) -> str:
    return f"{location}\0{sku}"


def _fill(grid: Grid, places: pa.Array, batch: pa.RecordBatch, first_day: int) -> None:
    """Put the rows of one block into the grid; the chance at a midnight is that of the end of the day before."""
    batch = batch.filter(batch["planned"])
    names = pc.binary_join_element_wise(batch["location"], batch["sku"], "\0")
    row = pc.index_in(names, value_set=places).fill_null(-1).to_numpy(zero_copy_only=False)
    day = batch["day"].cast(pa.int32()).to_numpy(zero_copy_only=False) - first_day - 1
    use = (row >= 0) & (day >= 0) & (day < grid.shape[1])
    grid[row[use], day[use]] = batch["p_stockout"].to_numpy(zero_copy_only=False)[use]
