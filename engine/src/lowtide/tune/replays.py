"""Replay the part that chooses under each change, a few at a time, and keep only the figures of each.

No replay goes beyond the end of that part. The real stockouts are those of a neutral policy (`lowtide.backtest.truth`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lowtide.backtest import History, Period, outcomes, truth
from lowtide.backtest.children import Told
from lowtide.backtest.outcome import Outcome
from lowtide.backtest.scratch import Scratch
from lowtide.desk.history.episodes import Episode
from lowtide.errors import JobError
from lowtide.policy import Policy
from lowtide.report.questions import alerts
from lowtide.tune.alerts import Alert, alerts_of
from lowtide.tune.changes import Change, with_change
from lowtide.tune.choosing import KEEP, NOW
from lowtide.tune.feedback import Feedback
from lowtide.tune.figures import Figures, Part, figures
from lowtide.tune.groups import Groups
from lowtide.tune.parts import day_of_ms


@dataclass(frozen=True)
class Look:
    """What really happened in a part of a history, and which alerts the policy now has there."""

    truth: Outcome
    """The outcome of the neutral policy."""
    alerts: Sequence[Alert]
    first: date
    """The day of the first movement (UTC)."""
    last: date
    """The day that the history had reached."""


def look(history: History, policy: Policy, period: Period, told: Told) -> Look:
    """Replay a part of a history under the policy now and the neutral one. Raises what a back-test raises."""
    policies = {NOW: policy, truth.NAME: truth.neutral(policy)}
    found = outcomes(history, policies, period, positions={truth.NAME}, told=told)
    neutral = found[truth.NAME]
    return Look(neutral, alerts_of(found[NOW].ledger), *_days_of(neutral))


def first_and_last(history: History, policy: Policy, period: Period, told: Told) -> tuple[date, date]:
    """The first and the last day of a part of a history. Raises what a back-test raises."""
    neutral = {truth.NAME: truth.neutral(policy)}
    return _days_of(outcomes(history, neutral, period, positions=(), told=told)[truth.NAME])


def _days_of(outcome: Outcome) -> tuple[date, date]:
    """The days of the first movement and of the last time of the log (UTC)."""
    if outcome.since is None or outcome.clock is None:
        raise JobError(
            "no record before the part that judges could be used",
            "`lowtide replay SOURCE --rejects F` says why for each record. Else give a later `--judge-from`.",
        )
    return day_of_ms(outcome.since), day_of_ms(outcome.clock)


def real_stockouts(history: History, outcome: Outcome) -> tuple[list[Episode], str]:
    """The real stockouts of the outcome of a neutral policy, each with its expected loss, and what losses are in.

    Raises WarehouseError.
    """
    with Scratch(history.files) as scratch:
        scratch.add(truth.NAME, outcome, outcome.newest)
        _, losses = scratch.read(())
        return truth.stockouts(outcome, losses), alerts.money(scratch.warehouse)


@dataclass(frozen=True)
class Trial:
    """What the changes are judged by."""

    real: Sequence[Episode]
    money: str
    """What losses are in: `margin`, `price` or `units`."""
    parts: Sequence[Part]
    groups: Groups
    feedback: Feedback

    def figures(self, made: Sequence[Alert], *, without_off: bool = True) -> dict[str, list[Figures]]:
        """The figures of each group by part; `without_off` passes over what is switched off."""
        off = set(self.feedback.off) if without_off else set()
        found = figures(made, self.real, self.parts, self.groups.of_sku, self.feedback.weight, off)
        nothing = [Figures()] * len(self.parts)
        return {group: found.get(group, nothing) for group in self.groups.categories}


def tried(
    history: History, policy: Policy, changes: Sequence[Change], seen: Look, period: Period, trial: Trial, told: Told
) -> dict[str, Mapping[str, Sequence[Figures]]]:  # fmt: skip
    """The figures of the policy now, without what is switched off, and under each change."""
    table: dict[str, Mapping[str, Sequence[Figures]]] = {
        NOW: trial.figures(seen.alerts, without_off=False), KEEP: trial.figures(seen.alerts),
    }  # fmt: skip
    at_once = (os.cpu_count() or 1) + 1
    for start in range(0, len(changes), at_once):
        several = {one.name: with_change(policy, one) for one in changes[start : start + at_once]}
        found = outcomes(history, several, period, positions=(), told=told)
        table |= {name: trial.figures(alerts_of(outcome.ledger)) for name, outcome in found.items()}
    return table
