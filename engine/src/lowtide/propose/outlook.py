"""A position from now on: stock, demand and supply by day, and the demand that is expected to meet an empty shelf.

Day 0 is the rest of today. P(out by t) is the chance that demand to the end of day t reaches what is there and what
has come by then;
the two earliest orders count by their chances, later ones by what is expected of them. A delivery counts in its own day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from lowtide.propose.arriving import Arriving, Lateness, arriving
from lowtide.propose.chance import demand_quantile, demand_reaches
from lowtide.propose.position import MILLI, Position

BRANCHES = 2
"""So many of the earliest orders count by their chances."""
Extra = Sequence[tuple[int, int]]
"""What else comes for sure: (day, thousandths)."""


@dataclass(frozen=True)
class Outlook:
    """The next days of one position. Quantities are thousandths, demand is units."""

    today: date
    available: int
    mean: tuple[float, ...]
    """Demand from now to the end of each day."""
    variance: tuple[float, ...]
    supply: tuple[Arriving, ...]

    @property
    def last(self) -> int:
        """The last day."""
        return len(self.mean) - 1

    def level(self, service_level: float, day: int) -> int:
        """The least stock (thousandths) that meets the demand to the end of a day with this chance."""
        return demand_quantile(service_level, self.mean[day], self.variance[day]) * MILLI

    def reached(self, stock: int, day: int) -> float:
        """The chance that demand to the end of a day reaches so much stock (thousandths)."""
        return demand_reaches([_whole(stock)], [self.mean[day]], [self.variance[day]])[0]

    def expected_by(self, day: int) -> int:
        """Thousandths of supply that are expected to have come by the end of a day."""
        return sum(order.expected(day) for order in self.supply)

    def demand_by(self, day: int) -> int:
        """Mean demand to the end of a day, in thousandths."""
        return round(self.mean[day] * MILLI) if day >= 0 else 0

    def out_by(self, extra: Extra = (), supply: Sequence[Arriving] | None = None) -> list[float]:
        """P(out by t) for each day."""
        open_orders = self.supply if supply is None else supply
        may_come = [order for order in open_orders if order.may_come]
        weights, levels = list[list[float]](), list[float]()
        for day in range(len(self.mean)):
            stock = self.available + sum(quantity for at, quantity in extra if at <= day)
            stock += sum(order.expected(day) for order in may_come[BRANCHES:])
            branches = _branches(may_come[:BRANCHES], day, stock)
            weights.append([weight for weight, _ in branches])
            levels += [_whole(level) for _, level in branches]
        spread = [at for at, row in enumerate(weights) for _ in row]
        chances = iter(
            demand_reaches(levels, [self.mean[at] for at in spread], [self.variance[at] for at in spread])
        )
        return [sum(weight * next(chances) for weight in row) for row in weights]

    def shortfall(self, out_by: Sequence[float]) -> float:
        """Units of demand that are expected to meet an empty shelf: the demand of each day at whose end it is empty."""
        steps = (after - before for before, after in pairwise((0.0, *self.mean)))
        return sum(step * chance for step, chance in zip(steps, out_by, strict=True))


def outlook(position: Position, zone: str, lateness: Lateness, at: datetime, last: date) -> Outlook:
    """The position from `at` to the end of the day `last`."""
    today, left = _today(at, zone)
    days = max(0, (last - today).days)
    mean, variance = position.demand.ahead(today, left, days)
    supply = arriving(position.supply, today, lateness, days)
    return Outlook(today, position.available, mean, variance, supply)


@lru_cache(64)
def _today(at: datetime, zone: str) -> tuple[date, float]:
    """The local day of a time, and the share of it that is still to come."""
    here = at.astimezone(ZoneInfo(zone))
    begin = datetime.combine(here.date(), time(), here.tzinfo).timestamp()
    end = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo).timestamp()
    return here.date(), (end - at.timestamp()) / (end - begin)


def _branches(orders: Sequence[Arriving], day: int, stock: int) -> list[tuple[float, int]]:
    """(chance, stock) for what may have come by a day."""
    found = [(1.0, stock)]
    for order in orders:
        come = order.come[day]
        if come <= 0:
            continue
        here = [(weight * come, level + order.remaining) for weight, level in found]
        away = [(weight * (1 - come), level) for weight, level in found] if come < 1 else []
        found = here + away
    return found


def _whole(stock: int) -> float:
    """Thousandths as the whole units that demand has to reach."""
    return float(-(-stock // MILLI))
