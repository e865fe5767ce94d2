"""Does an input pay? Its factors are learned from the first part of a history, and judged on the last one.

An input that pays over all positions is kept in every category in which it does not clearly harm; one that does not is kept
where it clearly helps. `Clearly` is one, and two, standard errors over positions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lowtide.learning.estimates import (
    Estimates,
    Loss,
    Prior,
    Rows,
    Series,
    Verdict,
    estimates,
    first_weeks,
    last_part,
    lead_window,
    loss_of,
    verdict,
)
from lowtide.learning.factors import Factors, exposure
from lowtide.learning.history import History

SAMPLE = 1_500
"""So many positions are judged; pooled inputs are learned from all of them."""
HARMS, HELPS, LEAST_GAIN = -1.0, 2.0, 0.001


@dataclass
class Trial:
    """A history, its categories, and what has been accepted so far: factors, and a prior of each category."""

    history: History
    names: list[str]
    of: NDArray[np.int64]
    begin: int
    """First day of the last part."""
    lead_days: Rows
    factors: Factors = field(default_factory=Factors)
    priors: dict[str, Prior] = field(default_factory=dict)

    def __post_init__(self) -> None:
        step = max(1, -(-len(self.history.chosen) // SAMPLE))
        self.sample = np.arange(0, len(self.history.chosen), step)

    @classmethod
    def of_history(
        cls, history: History, names: list[str], of: NDArray[np.int64], begin: int, lead: NDArray[np.float64]
    ) -> Trial:
        """The trial of a history whose positions have these lead times, in days."""
        return cls(history, names, of, begin, lead_window(lead))

    def series(self, factors: Factors, rows: Rows) -> Series:
        """What the estimator is told of some positions under these factors."""
        full, exposed = exposure(self.history, factors, self.names, self.of)
        history = self.history
        return Series(
            history.units[rows], exposed[rows], full[rows], history.sold_out[rows], history.first_day,
            self.lead_days[rows],
        )  # fmt: skip

    @property
    def present(self) -> list[str]:
        """The categories that have positions."""
        return [name for number, name in enumerate(self.names) if (self.of == number).any()]

    def counted(self, kept: Collection[str]) -> tuple[int, int]:
        """In how many of the categories that have positions an input is kept, and how many these are."""
        return len(set(kept) & set(self.present)), len(self.present)

    def prior(self, row: int, priors: dict[str, Prior]) -> Prior:
        """The prior of a position: of its category, else of all."""
        return priors.get(self.names[self.of[row]], priors.get(self.names[0], Prior()))

    def run(
        self, factors: Factors | None = None, priors: dict[str, Prior] | None = None, rows: Rows | None = None
    ) -> tuple[Series, Estimates]:
        """Estimate the sample, or `rows`, with these factors and priors in place of the accepted ones."""
        use = self.sample if rows is None else rows
        series = self.series(self.factors if factors is None else factors, use)
        known = self.priors if priors is None else priors
        return series, estimates(series, [self.prior(int(row), known) for row in use])

    def loss(
        self,
        factors: Factors | None = None,
        priors: dict[str, Prior] | None = None,
        rows: Rows | None = None,
        *,
        young: bool = False,
    ) -> Loss:
        """What forecasts of the last part lose; of the first weeks of each position with `young`."""
        series, made = self.run(factors, priors, rows)
        if young:
            first = np.argmax(series.exposure > 0, axis=1)
            return loss_of(series, made, first_weeks(first))
        return loss_of(series, made, last_part(self.history.days, series.lead_days, self.begin))

    def of_sample(self, rows: Rows | None = None) -> NDArray[np.int64]:
        """The number of the category of each position that is judged."""
        found: NDArray[np.int64] = self.of[self.sample if rows is None else rows]
        return found


def paying(trial: Trial, before: Loss, after: Loss, rows: Rows | None = None) -> tuple[Verdict, set[str]]:
    """How an input does over all positions, and the categories in which it is kept."""
    whole, of = verdict(before, after), trial.of_sample(rows)
    overall = pays(whole)
    kept = set()
    for number, name in enumerate(trial.names):
        mine = of == number
        one = verdict(before, after, mine)
        if one.positions < 5:
            good = overall
        elif overall:
            good = one.surely > HARMS
        else:
            good = one.surely > HELPS and one.gain > 5 * LEAST_GAIN
        if good:
            kept.add(name)
    return whole, kept


def pays(one: Verdict) -> bool:
    """Whether a gain is more than chance, and more than nothing."""
    return one.surely > 1 and one.gain > LEAST_GAIN


def accept_factors(
    trial: Trial, factors: Factors, names: set[str], what: Literal["weekday", "season"]
) -> None:
    """Take the weekdays or the season (`what`) of these categories into the accepted factors."""
    if what == "weekday":
        weekday = {name: values for name, values in factors.weekday.items() if name in names}
        trial.factors = replace(trial.factors, weekday=weekday)
    else:
        season = {name: values for name, values in factors.season.items() if name in names}
        trial.factors = replace(trial.factors, season=season)


def best_calm(trial: Trial, calms: Sequence[float]) -> tuple[Verdict, dict[str, float]]:
    """The calm of each category with the least loss, where it beats 1 by more than chance."""
    losses = {}
    for calm in calms:
        shared = trial.priors.get(trial.names[0], Prior())
        priors = {name: replace(trial.priors.get(name, shared), calm=calm) for name in trial.names}
        losses[calm] = trial.loss(priors=priors)
    usual, of = losses[1.0], trial.of_sample()
    chosen, parts = {}, []
    for number, name in enumerate(trial.names):
        mine = of == number
        best = min(losses, key=lambda calm: losses[calm].loss[mine].sum())
        if best != 1.0 and pays(verdict(usual, losses[best], mine)):
            chosen[name] = best
        parts.append(np.where(mine, losses[chosen.get(name, 1.0)].loss, 0))
    return verdict(usual, replace(usual, loss=np.sum(parts, axis=0))), chosen
