"""Project the available stock of a position to the end of each day of its horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from lowtide.explain.chances import out_by, shortage
from lowtide.explain.demand import mean_and_variance
from lowtide.explain.supply import arrived_by
from lowtide.rows import Row


@dataclass(frozen=True)
class Day:
    """The projection at the end of one day, in units."""

    number: int
    """1 is today."""
    day: date
    expected: float
    low: float
    high: float
    p_out: float
    arrivals: tuple[str, ...]
    """Supplies that become likelier on this day: quantity, reference, chance to be here by its end."""

    def to_dict(self) -> Row:
        """Names of `lowtide position --json`."""
        return {
            "day": self.number,
            "date": self.day.isoformat(),
            "expected": round(self.expected, 3),
            "p10": self.low,
            "p90": self.high,
            "p_out": round(self.p_out, 6),
            "arrivals": list(self.arrivals),
        }


def project(
    available: Decimal, demand: Row, supply: Sequence[Row], today: date, expected: str = "expected order"
) -> list[Day]:
    """Project the available balance to the end of each day of the horizon.

    `demand` has the form of a ledger entry's `detail`, `supply` that of `supply.coming`: an order that is only
    expected is named `expected`. With 80 % the balance is between `low` and `high`.
    """
    chances = out_by(available, demand, supply)
    days = []
    for bucket, p_out in enumerate(chances):
        mean, _ = mean_and_variance(demand, bucket)
        due = sum(float(order["remaining"]) * arrived_by(order, bucket) for order in supply)
        days.append(
            Day(
                number=bucket + 1,
                day=today + timedelta(days=bucket),
                expected=float(available) + due - mean,
                low=balance(available, demand, supply, bucket, 0.1),
                high=balance(available, demand, supply, bucket, 0.9),
                p_out=p_out,
                arrivals=tuple(_arrivals(supply, bucket, expected)),
            )
        )
    return days


def balance(available: Decimal, demand: Row, supply: Sequence[Row], bucket: int, chance: float) -> int:
    """Give the least whole balance x with P(balance at the bucket's end <= x) >= `chance`, by bisection."""
    high = ceil(available + sum(Decimal(str(order["remaining"])) for order in supply))
    step, short_of = 1, shortage(demand, supply, bucket)
    while short_of(available - (high - step)) >= chance:
        step *= 2
    low = high - step
    while high - low > 1:
        middle = (low + high) // 2
        if short_of(available - middle) >= chance:
            high = middle
        else:
            low = middle
    return high


def _arrivals(supply: Sequence[Row], bucket: int, expected: str) -> list[str]:
    return [
        f"+{float(order['remaining']):g} {order['ref'] or expected} {100 * arrived_by(order, bucket):.0f} %"
        for order in supply
        if float(order["arrives"][bucket]) >= 0.005
    ]
