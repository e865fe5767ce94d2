"""The chance that the shelf is empty: demand as a distribution against the days on which supply may come.

The two earliest supplies count by the days on which they may come, later ones by what is expected of them in
thousandths. For the end of each bucket, P(out by t) = P(demand by t >= available and what has come by t). p_stockout
goes over the *days*: for each pair of days of the two supplies it takes the worst day of the horizon, and then the
mean over all pairs. So "too little before the truck" and "the truck is late" add up.

    >>> demand = {"rate_per_day": 3.0, "phi": 2.0, "kappa": 0.0, "exposure": [1, 2, 3, 4, 5, 6, 7, 8]}
    >>> truck = {"remaining": "15", "arrives": [0, 0, 0, 0.885, 0.015, 0.02, 0, 0, 0.08]}
    >>> round(p_stockout(Decimal(20), demand, []), 6), round(p_stockout(Decimal(20), demand, [truck]), 6)
    (0.728808, 0.128835)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import accumulate, product
from math import ceil

from lowtide.explain.demand import at_least, mean_and_variance
from lowtide.explain.supply import arrived_by
from lowtide.rows import Row

BRANCHES = 2
"""So many of the earliest supplies count by the days on which they may come."""


def expected_by(later: Sequence[Row], bucket: int) -> float:
    """Give the units of supplies that are expected by a bucket's end."""
    return sum(float(order["remaining"]) * arrived_by(order, bucket) for order in later)


def reached(stock: Decimal, demand: Row, bucket: int, expected: float = 0.0) -> float:
    """Give the chance that demand up to a bucket's end reaches `stock` and what is expected of later supplies."""
    return at_least(ceil(stock + round(Decimal(expected), 3)), *mean_and_variance(demand, bucket))


def short_of(stock: Decimal, demand: Row, supply: Sequence[Row], bucket: int) -> float:
    """Give the chance that demand up to a bucket's end reaches `stock` and what has arrived by then."""
    return shortage(demand, supply, bucket)(stock)


def shortage(demand: Row, supply: Sequence[Row], bucket: int) -> Callable[[Decimal], float]:
    """`short_of` as a function of the stock: the supplies are summed once, however often it is asked."""
    first, later = _branches(supply)
    chances, expected = [arrived_by(order, bucket) for order in first], expected_by(later, bucket)

    def of(stock: Decimal) -> float:
        total = 0.0
        for come in product((True, False), repeat=len(first)):
            weight, level = 1.0, stock
            for here, order, chance in zip(come, first, chances, strict=True):
                weight *= chance if here else 1 - chance
                level += _units(order) if here else 0
            if weight:
                total += weight * reached(level, demand, bucket, expected)
        return total

    return of


def out_by(available: Decimal, demand: Row, supply: Sequence[Row]) -> list[float]:
    """Give for each bucket the chance that the shelf is empty at its end."""
    return [short_of(available, demand, supply, bucket) for bucket in range(len(demand["exposure"]))]


def p_stockout(available: Decimal, demand: Row, supply: Sequence[Row]) -> float:
    """Give the chance that the shelf runs out within the horizon, over the pairs of days of the two earliest supplies."""
    horizon = len(demand["exposure"])
    never = {"remaining": "0", "arrives": [0.0] * horizon + [1.0]}
    branches, rest = _branches(supply)
    first, second = [*branches, never, never][:BRANCHES]

    expected = [expected_by(rest, bucket) for bucket in range(horizon)]

    def by_bucket(stock: Decimal) -> list[float]:
        return [reached(stock, demand, bucket, expected[bucket]) for bucket in range(horizon)]

    neither, both = by_bucket(available), by_bucket(available + _units(first) + _units(second))
    before = [0.0, *accumulate(neither, max)]  # the worst bucket before a day on which nothing has come yet
    after = [0.0, *accumulate(both[::-1], max)][::-1]  # the worst bucket from a day on which both have come
    total = 0.0
    for one, other, with_ties in ((first, second, True), (second, first, False)):  # `one` comes first
        between = by_bucket(available + _units(one))
        for day, chance in enumerate(one["arrives"]):
            if not chance:
                continue
            if with_ties:
                total += chance * other["arrives"][day] * max(before[day], after[day])
            worst = before[day]
            for later in range(day + 1, horizon + 1):
                worst = max(worst, between[later - 1])
                total += chance * other["arrives"][later] * max(worst, after[later])
    return total


def first_day(chances: Sequence[float], line: float) -> int | None:
    """Give the first day (1 is today) at which the chance passes a line; None beyond the horizon."""
    return next((day for day, chance in enumerate(chances, start=1) if chance >= line), None)


def least_available(line: float, demand: Row, supply: Sequence[Row], tie: float = 0.0) -> int:
    """Give the least whole available stock, not below zero, at which p_stockout, rounded to six decimals, is under a line.

    A chance that equals the line is over it. `tie` is added to the chance before it is rounded: with a tiny one a
    level can be found on either side of a tie. An expected order keeps the day that it has in `supply`.
    """

    def calm(available: int) -> bool:
        return round(p_stockout(Decimal(available), demand, supply) + tie, 6) < line

    if calm(0):
        return 0
    below, above = 0, 1
    while not calm(above):
        below, above = above, above * 2
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if calm(middle) else (middle, above)
    return above


def _branches(supply: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Those that count by their days, and the others; what surely does not come within the horizon is in neither."""
    may_come = [order for order in supply if order["arrives"][-1] < 1]
    return may_come[:BRANCHES], may_come[BRANCHES:]


def _units(order: Row) -> Decimal:
    return Decimal(str(order["remaining"]))
