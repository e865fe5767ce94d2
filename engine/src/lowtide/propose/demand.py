"""What a position is expected to sell from now to the end of each day, as mean and variance.

Day 0 is the rest of today, day 1 is tomorrow.
Beyond the last day that is known both go on with the mean of their last 7 days.

>>> known = Demand(date(2026, 11, 30), (3.0, 6.0), (6.0, 12.0))
>>> known.ahead(date(2026, 11, 30), 0.5, 2)
((1.5, 4.5, 7.5), (3.0, 9.0, 15.0))
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_TAIL = 7


@dataclass(frozen=True)
class Demand:
    """Demand as the row of a position has it (`demand_mean`, `demand_variance`): cumulative, in units and units squared."""

    first_day: date
    """The local day with which both begin."""
    mean: tuple[float, ...]
    """Units from the start of `first_day` to the end of that day, of the next, and so on. Empty: no demand is known."""
    variance: tuple[float, ...]

    def ahead(self, today: date, left: float, days: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and variance from now to the end of each day 0 … `days`; `left` is the share of today that is to come."""
        return _ahead(self.mean, self._passed(today), left, days), _ahead(
            self.variance, self._passed(today), left, days
        )

    def per_day(self, days: int) -> float:
        """Mean units of a day, over the first `days` days that are known."""
        known = self.mean[:days]
        return known[-1] / len(known) if known else 0.0

    def _passed(self, today: date) -> int:
        return (today - self.first_day).days


def _ahead(known: tuple[float, ...], passed: int, left: float, days: int) -> tuple[float, ...]:
    """The cumulative values from now on. `passed` days of what is known are over; negative: it begins later."""
    tail = known[-1] - (known[-1 - _TAIL] if len(known) > _TAIL else 0.0) if known else 0.0
    tail /= min(len(known), _TAIL) or 1
    found, total = list[float](), 0.0
    for day in range(passed, passed + days + 1):
        if day < 0:
            step = 0.0
        elif day < len(known):
            step = known[day] - (known[day - 1] if day else 0.0)
        else:
            step = tail
        total += max(step, 0.0) * (left if day == passed else 1.0)
        found.append(total)
    return tuple(found)
