"""Horizon and lines by class of lead time, as layers of the inputs: what the history says they would have caught."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import orjson
from numpy.typing import NDArray

from lowtide.core import Job
from lowtide.inputs import InputLayer, InputTerms
from lowtide.learning.findings import LineFinding
from lowtide.learning.history import History
from lowtide.learning.lines import LEAD_CLASSES, Grid, Horizon, chance_of_loss, choose, lead_class
from lowtide.policy import Policy, Terms

HORIZONS: tuple[Horizon, ...] = (None, 7, 6, 5, "lead+review", "2 lead")
"""What is tried; None is what ships: the larger of lead time plus review period and 7 days. A short one announces less and
is right more often; what it announces has to be hurried, where the lead time is longer."""
BUDGET = 0.35
_KEYS = ("supplier", "category", "department", "location")
_MOSTLY = 0.95

Chances = Callable[[Horizon], Grid]


def learn_lines(
    history: History,
    lead_days: NDArray[np.float64],
    budget: float,
    chances: Chances,
    show: Callable[[Horizon], None],
) -> tuple[list[LineFinding], list[InputLayer]]:
    """Choose horizon and lines for each class of lead time. `chances` replays the history with one horizon."""
    review = history.positions["review_period_days"].to_numpy()[history.chosen]
    tried: dict[Horizon, Grid] = {}
    for horizon in HORIZONS:
        if not any(_same(horizon, one, lead_days, review) for one in tried):
            show(horizon)
            tried[horizon] = chances(horizon)
    begin = max(28, history.days // 3)
    in_stock = history.share.sum(axis=1, dtype=np.float64)
    rate = history.units.sum(axis=1, dtype=np.float64) / np.maximum(in_stock, 1)
    lost = chance_of_loss(history.empty, history.share, rate)
    classes = np.array([lead_class(days) for days in lead_days])
    findings, layers = [], []
    present = [name for name, _, _ in LEAD_CLASSES if (classes == name).any()]
    for name in present:
        mine = classes == name
        usual = float(np.median(lead_days[mine]))
        shipped = {one: _shipped(one, usual, float(np.median(review[mine]))) for one in tried}
        grids = {one: grid[mine] for one, grid in tried.items()}
        choice = choose(grids, history.empty[mine], begin, budget, shipped, lost[mine])
        if choice is None:
            continue
        match = {} if len(present) == 1 else _match(history, classes, name)
        if match is None:
            continue
        where = ", ".join(f"{key} {' '.join(values)}" for key, values in match.items()) or "*"
        watch, warning, critical = choice.lines
        values = {"horizon": choice.outcome.horizon, "watch": watch, "warning": warning, "critical": critical}
        about = f"lines for a {name} lead time"
        layers.append(InputLayer(name=about, match=match, set=InputTerms(**values)))  # type: ignore[arg-type]
        findings.append(LineFinding(name, int(mine.sum()), usual, choice, where))
    return findings, layers


def _shipped(horizon: Horizon, lead_days: float, review_days: float) -> float:
    """The watch line that ships for a horizon, a lead time and a review period."""
    terms = Terms.model_validate({"lead_time": lead_days, "review_period": review_days, "horizon": horizon})
    shown = orjson.loads(Job.of(Policy(defaults=terms)).group().terms("", ""))
    return float(shown["watch"]["value"])


def _same(horizon: Horizon, other: Horizon, lead: NDArray[np.float64], review: NDArray[np.float64]) -> bool:
    """Whether two horizons look equally far ahead at every position."""
    return bool(np.array_equal(_days(horizon, lead, review), _days(other, lead, review)))


def _days(horizon: Horizon, lead: NDArray[np.float64], review: NDArray[np.float64]) -> NDArray[np.float64]:
    if horizon == "2 lead":
        days = 2 * lead
    elif horizon == "lead+review":
        days = lead + review
    elif horizon is None:
        days = np.maximum(lead + review, 7)
    else:
        days = np.full(len(lead), float(horizon))
    found: NDArray[np.float64] = np.ceil(days)
    return found


def _match(history: History, classes: NDArray[np.str_], name: str) -> dict[str, list[str]] | None:
    """Patterns that fit the positions of one class and hardly any other; None if no key of a policy tells them apart."""
    for key in _KEYS:
        values = np.array(history.column(key), dtype=object)
        mine = classes == name
        inside = [value for value in sorted(set(values[mine]) - {""}) if np.mean(mine[values == value]) > 0.5]
        fit = np.isin(values, inside)
        if inside and np.mean(fit == mine) >= _MOSTLY:
            return {key: [str(value) for value in inside]}
    return None
