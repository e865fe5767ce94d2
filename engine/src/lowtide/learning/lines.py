"""The horizon and the lines of alerts, chosen together on the history under a budget of false alarms.

At the end of each day a position in stock has its chance of a stockout, as the core gave it. An alert opens when the
chance reaches the line, and ends when it falls under half of it or the shelf is empty. It came true if the shelf became
empty within the 14 days that follow; an empty shelf was caught if an alert was open at the end of the day before. It counts
as much as it is likely that somebody asked for the goods while it was empty. Of all
horizons and lines that cost no more false alarms than the budget, the one with the best F1 is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WITHIN_DAYS = 14
LINES = tuple(round(0.02 * step, 2) for step in range(1, 48))
SHIPPED = (0.40, 0.55, 0.80)
"""Lines of watch, warning and critical at a horizon of 7 days. The two upper ones keep their odds beside the first."""
LEAST_EPISODES = 30
"""With fewer stockouts in the history no line is chosen."""
AS_GOOD = 0.005
"""Lines whose F1 is this near to the best one count as equal; of them, that nearest to the shipped one is taken."""
BETTER = 0.002
"""By so much F1 another horizon must beat the shipped one."""

Horizon = str | int | None
Grid = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """What one line at one horizon would have done."""

    horizon: Horizon
    line: float
    opened: int
    true: int
    caught: float
    episodes: float
    """Stockouts, each with the chance that demand was lost in it."""
    months: float
    """Months of 30 days, of all positions together."""

    @property
    def precision(self) -> float:
        """Share of the alerts that came true."""
        return self.true / self.opened if self.opened else 0.0

    @property
    def recall(self) -> float:
        """Share of the stockouts that an alert announced."""
        return self.caught / self.episodes if self.episodes else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def a_month(self) -> float:
        """Alerts for each position and month."""
        return self.opened / self.months if self.months else 0.0

    @property
    def false_a_month(self) -> float:
        """Those of them that did not come true: what the budget is about."""
        return (self.opened - self.true) / self.months if self.months else 0.0


def outcomes(
    horizon: Horizon,
    chance: Grid,
    empty: NDArray[np.bool_],
    begin: int,
    lines: Sequence[float] = LINES,
    lost: Grid | None = None,
) -> list[Outcome]:
    """What each line would have done from day `begin` on.

    `chance` is by position and day, at the end of the day, NaN where the position is not judged; `empty` says whether the
    shelf was empty then. `lost` is the chance, by position and first day of a stockout, that demand was lost (None: 1).
    """
    days = chance.shape[1]
    starts: NDArray[np.bool_] = empty.copy()
    starts[:, 1:] &= ~empty[:, :-1]
    soon = np.zeros_like(starts)
    for ahead in range(1, WITHIN_DAYS + 1):
        soon[:, : days - ahead] |= starts[:, ahead:]
    last = days - WITHIN_DAYS
    judged: NDArray[np.bool_] = np.isfinite(chance)
    months = float(judged[:, begin:last].sum()) / 30
    known = np.where(judged, chance, -1.0)
    limits = np.array(lines)[:, None]
    is_open = np.zeros((len(lines), len(chance)), bool)
    opened, true = (np.zeros(len(lines), np.int64) for _ in range(2))
    asked = np.ones(chance.shape) if lost is None else lost
    weight: Grid = np.where(starts & (judged.sum(axis=1, keepdims=True) > 0), asked, 0.0)
    caught, episodes = np.zeros(len(lines)), 0.0
    for day in range(begin, max(last, begin)):
        now = known[:, day] >= limits
        new = now & ~is_open
        is_open = now | (is_open & (known[:, day] >= limits / 2))
        opened += new.sum(axis=1)
        true += (new & soon[:, day]).sum(axis=1)
        caught += is_open.astype(float) @ weight[:, day + 1]
        episodes += float(weight[:, day + 1].sum())
    rows = zip(lines, opened, true, caught, strict=True)
    return [
        Outcome(horizon, line, int(new), int(right), float(found), episodes, months)
        for line, new, right, found in rows
    ]


@dataclass(frozen=True)
class Choice:
    """A horizon with its lines, and what they would have done; `default` is the shipped horizon at its best line."""

    outcome: Outcome
    default: Outcome
    within: bool
    """Whether the budget could be kept."""
    tried: tuple[Outcome, ...] = ()
    """Every horizon at its best line."""

    @property
    def lines(self) -> tuple[float, float, float]:
        """Watch, warning, critical."""
        return beside(self.outcome.line)


def choose(
    chances: Mapping[Horizon, Grid],
    empty: NDArray[np.bool_],
    begin: int,
    budget: float,
    shipped: Mapping[Horizon, float],
    lost: Grid | None = None,
) -> Choice | None:
    """The best horizon and line within the budget, in false alarms for each position and month; None with too few stockouts.

    The first horizon is the one that ships: another one must beat it by more than chance. `shipped` is the line that ships
    for each: a history of some weeks does not move it far without a clear gain.
    """
    best: list[tuple[Outcome, bool]] = []
    for horizon, chance in chances.items():
        found = outcomes(horizon, chance, empty, begin, lost=lost)
        if found[0].episodes < LEAST_EPISODES or not found[0].months:
            return None
        cheap = [one for one in found if one.false_a_month <= budget]
        if cheap:
            best.append((_nearest(cheap, shipped[horizon]), True))
        else:
            best.append((min(found, key=lambda one: one.false_a_month), False))
    default, top = best[0], best[0]
    for one in best[1:]:
        better = one[0].f1 > top[0].f1 + (BETTER if top is default else 0)
        if (one[1], better) > (top[1], False) and (one[1] or not top[1]):
            top = one
    return Choice(top[0], default[0], top[1], tuple(one for one, _ in best))


def _nearest(found: list[Outcome], line: float) -> Outcome:
    """The line nearest to `line` among those that are as good as the best one but for chance: a history is one draw."""
    most = max(one.f1 for one in found)
    good = [one for one in found if one.f1 >= most - AS_GOOD]
    return min(good, key=lambda one: abs(one.line - line))


def chance_of_loss(empty: NDArray[np.bool_], share: NDArray[np.float32], rate: Grid) -> Grid:
    """The chance that somebody asked while a shelf was empty, at the first day of each stockout: Poisson, at the rate of the
    position (units a day), over the time without stock."""
    gone = np.zeros(empty.shape[0])
    lost = np.zeros(empty.shape)
    for day in range(empty.shape[1] - 1, -1, -1):
        gone = np.where(empty[:, day], gone + 1 - share[:, day], 1 - share[:, day])
        lost[:, day] = 1 - np.exp(-rate * gone)
    return lost


def beside(watch: float) -> tuple[float, float, float]:
    """The lines of warning and critical beside that of watch: their odds in the shipped proportion.

    >>> beside(0.4)
    (0.4, 0.55, 0.8)
    """
    odds = watch / (1 - watch)
    first = SHIPPED[0] / (1 - SHIPPED[0])
    upper = [odds * line / (1 - line) / first for line in SHIPPED[1:]]
    return (watch, *(round(one / (1 + one), 3) for one in upper))  # type: ignore[return-value]


LEAD_CLASSES: tuple[tuple[str, float, float], ...] = (("short", 0, 4), ("middle", 4, 10), ("long", 10, 1e9))
"""Classes of lead time: over the first number of days, up to the second."""


def lead_class(days: float) -> str:
    """The class of a lead time."""
    return next(
        name for name, above, most in LEAD_CLASSES if above < days <= most or (above == 0 and days <= 0)
    )
