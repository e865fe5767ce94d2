"""Propose values of a policy from a history and from what people said of alerts, and judge them on the time that is left.

truth of the part that chooses ──▶ groups ──▶ a replay for each change ──▶ choice ──▶ promise
                                                                              │
                                                            back-test of the part that judges
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lowtide.backtest import Backtest, History, Period, backtest
from lowtide.backtest.children import Told
from lowtide.policy import Policy
from lowtide.rows import Row
from lowtide.tune.alerts import alerts_of
from lowtide.tune.changes import KINDS, Change, changes, with_layers
from lowtide.tune.choosing import NOW, Choice, Table, choose, outcome
from lowtide.tune.feedback import Feedback
from lowtide.tune.figures import DAY_MS, Figures, figures, total
from lowtide.tune.groups import Groups, cases, groups
from lowtide.tune.parts import COUNT, FIRST_MEASURED, Parts, before, two_thirds
from lowtide.tune.proposal import Proposal, proposals
from lowtide.tune.replays import Trial, first_and_last, look, real_stockouts, tried

TUNED = "tuned"
"""What the back-test calls the policy that is proposed."""
_MEASURED = range(FIRST_MEASURED, COUNT)


@dataclass(frozen=True)
class Asked:
    """What somebody asks for."""

    judge_from: date | None = None
    """The first day that judges; None: where the last third of the history begins."""
    to: date | None = None
    """The last day that judges; None: the last of the history."""
    budget: float | None = None
    """The most pushes a day; None: as many as the policy now makes."""
    ratings: Callable[[date], Iterable[Row]] = lambda day: ()
    """Counts of ratings by type and SKU, of alerts that opened before a day (`warehouse.ratings`)."""
    currency: str = ""
    kinds: Collection[str] = KINDS
    """The kinds of changes that are tried."""


@dataclass(frozen=True)
class Tuning:
    """What came of it."""

    parts: Parts
    money: str
    """What losses are in: `margin`, `price` or `units`."""
    feedback: Feedback
    groups: Groups = field(repr=False)
    tried: Sequence[Change]
    left_out: Sequence[Change]
    """Changes that do not fit to the layers of the policy."""
    budget: float | None
    proposals: Sequence[Proposal]
    promise: Mapping[str, Any]
    """The figures by day of the policy now (`before`) and of what is chosen (`after`), on parts that did not choose."""
    is_promised: bool
    """Whether the choice was better on the parts that did not choose."""
    policy: Policy
    """The policy with the proposals."""
    judged: Mapping[str, Any] | None = None
    """The figures by day on the part that judges; None: it was not looked at."""
    backtest: Backtest | None = field(default=None, repr=False)
    holds: bool = False
    """Whether the choice is better on the part that judges as well: only then a policy is written."""


def tune(
    history: History, policy: Policy, name: str, asked: Asked, told: Told = lambda name, reached: None
) -> Tuning:
    """Choose on the first part of a history, and judge on the last one. `name` is that of the policy.

    Raises SettingsError for a history that is too short, and what a back-test raises.
    """
    found = propose(history, policy, asked, told)
    if not found.is_promised:
        return found
    judging = Period(found.parts.judge_from, asked.to)
    result = backtest(
        history, {name: policy, TUNED: found.policy}, judging, currency=asked.currency, told=told
    )
    now, then = (_on_the_rest(result, side, found) for side in range(2))
    days = (result.sides[0].end - result.sides[0].start) // DAY_MS
    most = now.pushes if asked.budget is None else asked.budget * days
    judged = {"days": days, "before": now.a_day(days), "after": then.a_day(days)}
    return replace(found, judged=judged, backtest=result, holds=is_better(now, then, most))


def propose(
    history: History, policy: Policy, asked: Asked, told: Told = lambda name, reached: None
) -> Tuning:
    """Choose on the first part of a history. No replay goes beyond it. Raises what `tune` raises."""
    parts, trial, changed, others, table = _tried(history, policy, asked, told)
    names, every = sorted(trial.groups.categories), range(COUNT)
    budgets = [_budget(asked, table, names, part, parts.days_each) for part in every]
    choice = choose(table, names, every, sum(budgets))
    made = proposals(policy, trial.groups, trial.feedback, changed, choice, table, every)
    now, then = _measured(table, names, budgets)
    days, allowed = parts.days_each * len(_MEASURED), sum(budgets[part] for part in _MEASURED)
    return Tuning(
        parts, trial.money, trial.feedback, trial.groups, changed, others, asked.budget, made,
        {"days": days, "before": now.a_day(days), "after": then.a_day(days)},
        bool(made) and is_better(now, then, allowed), with_layers(policy, [one.layer for one in made]),
    )  # fmt: skip


def _tried(
    history: History, policy: Policy, asked: Asked, told: Told
) -> tuple[Parts, Trial, list[Change], list[Change], Table]:
    """Replay the part that chooses under every change."""
    judge_from = asked.judge_from
    if judge_from is None:
        judge_from = two_thirds(*first_and_last(history, policy, Period(None, asked.to), told))
    seen = look(history, policy, before(judge_from), told)
    parts = Parts(seen.first, judge_from)
    real, money = real_stockouts(history, seen.truth)
    made = groups(history.files.get("catalogue"), cases(real, seen.alerts), parts.parts)
    trial = Trial(real, money, parts.parts, made, Feedback.of_rows(asked.ratings(judge_from), made.of_sku))
    changed, others = changes(policy, asked.kinds)
    return parts, trial, changed, others, tried(history, policy, changed, seen, parts.choosing, trial, told)


def _budget(asked: Asked, table: Table, names: Sequence[str], part: int, days: int) -> float:
    """Pushes that are allowed in one part."""
    if asked.budget is not None:
        return asked.budget * days
    return total(table[NOW][group][part] for group in names).pushes


def _measured(table: Table, names: Sequence[str], budgets: Sequence[float]) -> tuple[Figures, Figures]:
    """The policy now, and what each beginning of the time chooses, on the part after it."""
    now, then = Figures(), Figures()
    for part in _MEASURED:
        choice: Choice = choose(table, names, range(part), sum(budgets[:part]))
        now += total(table[NOW][group][part] for group in names)
        then += outcome(table, names, choice, [part])
    return now, then


def is_better(now: Figures, then: Figures, most: float) -> bool:
    """Whether a choice is better than the policy now, with at most so many pushes.

    It warns of more loss, or of as much with fewer pushes. If the policy now makes more pushes than are allowed, the choice
    has to keep the budget and to warn of more loss by push.
    """
    if then.pushes > most:
        return False
    if now.pushes > most:
        return then.value * now.pushes > now.value * then.pushes
    return then.value > now.value or (then.value == now.value and then.pushes < now.pushes)


def _on_the_rest(result: Backtest, side: int, found: Tuning) -> Figures:
    """The figures of one policy on the part that judges."""
    one = result.sides[side]
    by_group = figures(
        alerts_of(one.outcome.ledger), result.real, [(one.start, one.end)], found.groups.of_sku, found.feedback.weight
    )  # fmt: skip
    return total(of_part[0] for of_part in by_group.values())
