"""Whether the shelf runs out: demand as a distribution against the days on which supply may come.

Bucket 0 is the rest of today, bucket b ends b midnights later, H is the number of buckets. Supply that comes on day d is
there at the end of bucket d. For each pair of days (d1, d2) of the two earliest supplies, M(d1, d2) is the largest chance,
over the ends of all buckets, that demand has reached what was available and what has come; p_stockout is the mean of M
over the pairs. So "too little before the truck" and "the truck is late" add up.

Readings that the formulas leave open:

- A supply due j days from today comes on day d with the chance (L(d - j) - L(d - j - 1)) / (1 - L(-j - 1)), L being
  the share that has come after so many days late, 0 before the due day. It is known that it had not come by the end of
  yesterday; -j - 1 is how late it was then. Where L says that all had come by then, it does not come within the horizon.
- L is a table of steps: between two of its days nothing comes.
- Supplies after the second count by their expectation, in thousandths. Then stock rises on every day, so that the worst
  day is looked for among all of them, not only on the days before an arrival.
- A supply that surely does not come within the horizon takes no branch from one that may.
- Stock that is not whole is reached by the next whole unit of demand.
- An expected order (`ordering.py`) stands after the open supplies in this list: it has a branch while fewer than two are
  open, and counts by its expectation otherwise.
- A level is the least whole number of units, 0 or more, at which the rounded chance is under the line. The exit level is
  the level of half the line: the alert ends at it, not above it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, prod

from tests.model.formulas import tail

BRANCHES = 2
"""So many of the earliest supplies count by the days on which they may come."""


@dataclass(frozen=True)
class Demand:
    """What the estimator says of a position, and what each bucket weighs."""

    rate: float
    phi: float
    kappa: float
    exposure: Sequence[float]
    """Days of normal demand until the end of each bucket."""

    @property
    def horizon(self) -> int:
        return len(self.exposure)

    def mean(self, bucket: int) -> float:
        return self.rate * self.exposure[bucket]

    def reaches(self, stock: float, bucket: int) -> float:
        """P(demand until the bucket's end >= stock)."""
        mean = self.mean(bucket)
        return tail(mean, self.phi * mean + self.kappa * mean * mean, ceil(round(stock, 3)))


@dataclass(frozen=True)
class Supply:
    """An order that is on its way: so much, with a chance for each day of the horizon and, last, for none of them."""

    quantity: float
    chances: Sequence[float]

    def by(self, bucket: int) -> float:
        return sum(self.chances[: bucket + 1])


def arrival_days(due_in: int, lateness: Iterable[tuple[float, float]], horizon: int) -> list[float]:
    """The chances of a supply due `due_in` days from today to come on each day of the horizon, or on none."""
    steps = sorted(lateness)

    def come(days_late: int) -> float:
        return max((share for days, share in steps if days <= days_late), default=0.0)

    missed = come(-due_in - 1)
    if missed >= 1:
        return [0.0] * horizon + [1.0]
    chances = [(come(day - due_in) - come(day - due_in - 1)) / (1 - missed) for day in range(horizon)]
    return [*chances, (1 - come(horizon - 1 - due_in)) / (1 - missed)]


class Projection:
    """The curve, its worst case over arrival days, its quantiles and its levels."""

    def __init__(self, demand: Demand, supplies: Sequence[Supply] = ()) -> None:
        self.demand = demand
        may_come = [one for one in supplies if one.chances[-1] < 1]
        self.near, self.far = may_come[:BRANCHES], may_come[BRANCHES:]
        self.buckets = range(demand.horizon)
        self.later = [round(sum(one.quantity * one.by(b) for one in self.far), 3) for b in self.buckets]

    def _reached(self, available: float) -> dict[tuple[bool, ...], list[float]]:
        """For each set of near supplies that have come: the chance that demand reaches the stock, by bucket."""
        table = {}
        for come in product((False, True), repeat=len(self.near)):
            stock = available + sum(one.quantity for one, here in zip(self.near, come, strict=True) if here)
            table[come] = [self.demand.reaches(stock + self.later[b], b) for b in self.buckets]
        return table

    def out_by(self, available: float) -> list[float]:
        """P(out by t) for the end of each bucket."""
        table, curve = self._reached(available), []
        for b in self.buckets:
            chances = [one.by(b) for one in self.near]
            curve.append(
                sum(
                    prod(p if here else 1 - p for p, here in zip(chances, come, strict=True)) * reached[b]
                    for come, reached in table.items()
                )
            )
        return curve

    def p_stockout(self, available: float) -> float:
        table, total = self._reached(available), 0.0
        for days in product(range(self.demand.horizon + 1), repeat=len(self.near)):
            weight = prod(one.chances[day] for one, day in zip(self.near, days, strict=True))
            if weight:
                total += weight * max(table[tuple(day <= b for day in days)][b] for b in self.buckets)
        return total

    def day_out(self, available: float, chance: float) -> int | None:
        """The first day (1 is today) by which P(out) is `chance` or more; None beyond the horizon."""
        days = enumerate(self.out_by(available), start=1)
        return next((day for day, p in days if p >= chance), None)

    def level(self, line: float) -> int:
        """The trip level of a line; at half the line, the exit level."""

        def calm(units: int) -> bool:
            return round(self.p_stockout(units), 6) < line

        low, high = -1, 0
        while not calm(high):
            low, high = high, 2 * high + 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if calm(middle) else (middle, high)
        return high
