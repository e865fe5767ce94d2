"""Replay the part that chooses under each change, a few at a time, and keep only the figures of each.

No replay goes beyond the end of that part. The real stockouts are those of a neutral policy (`lowtide.backtest.truth`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lowtide.backtest import History, Period, outcomes, truth
from lowtide.backtest.children import Told
from lowtide.backtest.outcome import Outcome
from lowtide.backtest.scratch import Scratch
from lowtide.desk.history.episodes import Episode
from lowtide.errors import JobError
from lowtide.policy import Policy
from lowtide.tune.alerts import alerts_of
from lowtide.tune.changes import Change, with_change
from lowtide.tune.choosing import KEEP, NOW
from lowtide.tune.feedback import Feedback
from lowtide.tune.figures import Figures, Part, figures
from lowtide.tune.groups import Groups


@dataclass(frozen=True)
class Truth:
    """What really happened in a part of a history."""

    outcome: Outcome
    """That of the neutral policy."""
    since: int
    """The time of the first movement, in ms since 1970 UTC."""
    clock: int
    """The time that the history had reached."""


def true_story(history: History, policy: Policy, period: Period, told: Told) -> Truth:
    """Replay a history under the neutral policy. Raises what a back-test raises."""
    neutral = {truth.NAME: truth.neutral(policy)}
    outcome = outcomes(history, neutral, period, told=told)[truth.NAME]
    if outcome.since is None or outcome.clock is None:
        raise JobError(
            "no record before the part that judges could be used",
            "`lowtide replay SOURCE --rejects F` says why for each record. Else give a later `--judge-from`.",
        )
    return Truth(outcome, outcome.since, outcome.clock)


def real_stockouts(history: History, outcome: Outcome) -> list[Episode]:
    """The real stockouts of the outcome of a neutral policy, each with its expected loss. Raises WarehouseError."""
    with Scratch(history.files) as scratch:
        scratch.add(truth.NAME, outcome, outcome.newest)
        return truth.stockouts(outcome, scratch.rows().get(truth.NAME, ()))


@dataclass(frozen=True)
class Trial:
    """What the changes are judged by."""

    real: Sequence[Episode]
    parts: Sequence[Part]
    groups: Groups
    feedback: Feedback

    def figures(self, outcome: Outcome, *, without_off: bool) -> dict[str, list[Figures]]:
        """The figures of a replay, by group and part, for each group; `without_off` passes over what is switched off."""
        off = set(self.feedback.off) if without_off else set()
        found = figures(
            alerts_of(outcome.ledger), self.real, self.parts, self.groups.of_sku, self.feedback.weight, off
        )
        nothing = [Figures()] * len(self.parts)
        return {group: found.get(group, nothing) for group in self.groups.categories}


def tried(
    history: History, policy: Policy, changes: Sequence[Change], period: Period, trial: Trial, told: Told
) -> dict[str, Mapping[str, Sequence[Figures]]]:
    """The figures of the policy now, without what is switched off, and under each change."""
    policies = {NOW: policy, **{one.name: with_change(policy, one) for one in changes}}
    names, table = list(policies), dict[str, Mapping[str, Sequence[Figures]]]()
    at_once = (os.cpu_count() or 1) + 1
    for start in range(0, len(names), at_once):
        several = {name: policies[name] for name in names[start : start + at_once]}
        for name, outcome in outcomes(history, several, period, positions=(), told=told).items():
            table[name] = trial.figures(outcome, without_off=name != NOW)
            if name == NOW:
                table[KEEP] = trial.figures(outcome, without_off=True)
    return table
