"""When an open order comes: a chance for each day from today on, from its due day and how late supply is.

>>> [round(chance, 3) for chance in arrival_days(3, ((0, 0.885), (1, 0.90), (2, 0.92), (5, 0.95), (12, 1.0)), 7)]
[0.0, 0.0, 0.0, 0.885, 0.015, 0.02, 0.0, 0.0, 0.08]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate, pairwise

from lowtide.propose.position import Supply

Lateness = tuple[tuple[float, float], ...]


@lru_cache(4_096)
def arrival_days(due_in: int, lateness: Lateness, last: int) -> tuple[float, ...]:
    """The chance to come on each day 0 (today) … `last`, and after them the chance to come on none of these.

    It had not come by the end of yesterday, so what is overdue moves right. Where the steps say that all has come by
    then, it does not
    come.
    """
    missed = _come(-1 - due_in, lateness)
    if missed >= 1:
        return (*[0.0] * (last + 1), 1.0)
    left = [(1 - _come(day - due_in, lateness)) / (1 - missed) for day in range(-1, last + 1)]
    return (*[before - after for before, after in pairwise(left)], left[-1])


def _come(days_late: int, lateness: Lateness) -> float:
    return max((share for days, share in lateness if days <= days_late), default=0.0)


@dataclass(frozen=True)
class Arriving:
    """One open order with its chances."""

    ref: str
    remaining: int
    """Thousandths."""
    due_in: int
    """Days from today; negative: overdue."""
    arrives: tuple[float, ...]
    come: tuple[float, ...]
    """The chance to be here by the end of each day."""
    comes: float = 1.0
    """The chance that it comes at all."""

    @property
    def may_come(self) -> bool:
        """Whether it comes within the days at all."""
        return self.arrives[-1] < 1

    def expected(self, day: int) -> int:
        """Thousandths that are expected of it by the end of a day."""
        return round(self.remaining * self.come[day])


def arriving(supply: Sequence[Supply], today: date, lateness: Lateness, last: int) -> tuple[Arriving, ...]:
    """The open orders by due day."""
    ordered = sorted(supply, key=lambda order: (order.due, order.ref))
    return tuple(_arriving(order, (order.due - today).days, lateness, last) for order in ordered)


def certain(ref: str, remaining: int, day: int, last: int) -> Arriving:
    """What comes on one day for sure."""
    return _of(ref, remaining, day, (*(float(at == day) for at in range(last + 1)), float(day > last)))


def _arriving(order: Supply, due_in: int, lateness: Lateness, last: int) -> Arriving:
    days = arrival_days(due_in, lateness, last)
    if order.comes < 1:
        days = (*(order.comes * chance for chance in days[:-1]), 1 - order.comes * (1 - days[-1]))
    return _of(order.ref, order.remaining, due_in, days, order.comes)


def _of(ref: str, remaining: int, due_in: int, arrives: tuple[float, ...], comes: float = 1.0) -> Arriving:
    return Arriving(ref, remaining, due_in, arrives, tuple(accumulate(arrives[:-1])), comes)
