"""Learn a set of inputs from a history: what pays is kept, the rest is dropped, each finding says what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lowtide.core import Job
from lowtide.inputs import Effect, InputSet, Price, read_forecast
from lowtide.learning.alerting import BUDGET, learn_lines
from lowtide.learning.chances import Open, at_midnights
from lowtide.learning.classes import Cuts, classes_of
from lowtide.learning.demanding import learn_demand
from lowtide.learning.factors import categories
from lowtide.learning.findings import Learned
from lowtide.learning.forecasts import judge_forecast
from lowtide.learning.history import History
from lowtide.learning.judging import Trial
from lowtide.learning.layering import document_of
from lowtide.learning.lines import LEAST_EPISODES
from lowtide.learning.records import watchful
from lowtide.learning.supplying import learn_supply
from lowtide.policy import Policy

LEAST_DAYS = 28
"""With a shorter history nothing about demand is learned."""
LAST_PART, LAST_DAYS = 4, 56
"""The last quarter of the history judges; of a short one the last 56 days, but not more than half of it."""

Show = Callable[..., None]
Notes = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Material:
    """What is learned from: a history, the policy and the catalogue in force, and what people know beside it."""

    history: History
    policy: Policy
    job: Job
    catalogue: pa.RecordBatch | None = None
    effects: Sequence[Effect] = field(default_factory=list)
    prices: Sequence[Price] = field(default_factory=list)
    forecast: Path | None = None
    open_history: Open | None = None
    """Opens the movements again, to replay them for the lines; None where only their tables are known."""
    budget: float = BUDGET
    """False alarms for each position and month that people accept."""
    cuts: Cuts = field(default_factory=Cuts)
    """Where the ABC and XYZ classes end."""


def learn(material: Material, show: Show = lambda *_, **__: None) -> Learned:
    """Learn everything. `show` is told the key of the step that begins, and its gaps."""
    history = material.history
    begin = history.days - last_part_days(history.days)
    forecast = read_forecast(material.forecast) if material.forecast else None
    show("learn.step.supply")
    supply = learn_supply(history, material.job, begin)
    names, of = categories(history)
    trial = Trial.of_history(history, names, of, begin, supply.lead_days)
    notes: Notes = []
    findings = []
    if history.days >= LEAST_DAYS:
        findings = learn_demand(trial, material.effects, material.prices, show)
        if forecast is not None:
            finding, forecast = judge_forecast(trial, forecast)
            findings.insert(-1, finding)
    else:
        notes.append(("learn.note.short", {"days": history.days, "least": LEAST_DAYS}))
    if not supply.orders:
        notes.append(("learn.note.no_orders", {}))
    elif not any(one.key == "lateness" for one in supply.findings):
        notes.append(("learn.note.few_orders", {"orders": supply.orders}))
    document = document_of(trial, material.job)
    document = document.model_copy(update={"layers": [*document.layers, *supply.layers]})
    show("learn.step.classes")
    classes = classes_of(history, material.cuts)
    one = InputSet(document, forecast, classes.rows)
    lines, layers = _lines(material, one, supply.lead_days, notes, show)
    document = document.model_copy(update={"layers": [*document.layers, *layers]})
    return Learned(
        InputSet(document, forecast, classes.rows), history.date(0), history.date(history.days - 1),
        history.positions.num_rows, history.date(begin), [*findings[:-1], *supply.findings, *findings[-1:]],
        lines, notes, classes,
    )  # fmt: skip


def last_part_days(days: int) -> int:
    """How many days judge, of a history of so many."""
    return max(days // LAST_PART, min(days // 2, LAST_DAYS), 1)


def _lines(
    material: Material, one: InputSet, lead_days: NDArray[np.float64], notes: Notes, show: Show
) -> Any:
    """Horizon and lines, where the movements can be replayed and the shelf was empty often enough."""
    history = material.history
    if material.open_history is None:
        notes.append(("learn.note.no_replay", {}))
        return [], []
    starts = history.empty[:, 1:] & ~history.empty[:, :-1]
    if starts.sum() < LEAST_EPISODES:
        notes.append(("learn.note.no_stockouts", {"n": int(starts.sum()), "least": LEAST_EPISODES}))
        return [], []
    open_history = material.open_history
    rules = watchful(material.policy)

    def chances(horizon: Any) -> Any:
        return at_midnights(history, rules, material.catalogue, one, horizon, open_history, lambda _: None)

    def shown(horizon: Any) -> None:
        show("learn.step.lines", horizon="" if horizon is None else str(horizon))

    found, layers = learn_lines(history, lead_days, material.budget, chances, shown)
    if not found:
        notes.append(("learn.note.no_lines", {}))
    return found, layers
