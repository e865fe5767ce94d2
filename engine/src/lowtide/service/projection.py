"""Where the stock of a position is heading: the fan of the chart, the supply that may come, and the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lowtide.explain.position import Start
from lowtide.explain.projection import balance, project
from lowtide.explain.supply import arrived_by, day_of
from lowtide.rows import Row
from lowtide.service.answer import Answer
from lowtide.words import Language

_PAST_DAYS = 28


@dataclass(frozen=True)
class ProjectedDay(Answer):
    """The available stock at the end of one day, in units: with 80 % between `p10` and `p90`."""

    number: int
    """1 is the first day."""
    day: date
    expected: float
    p10: float
    p50: float
    p90: float
    p_out: float
    """Chance that the shelf was empty by the end of this day, 0 to 1."""


@dataclass(frozen=True)
class SupplyMark(Answer):
    """One supply on its way, a mark on the chart."""

    ref: str
    """Purchase or transfer order; empty: an order that is only expected."""
    quantity: str
    """Units that are still to come, decimal text."""
    due: date | None
    """Promised day in the zone of the position; None: without a day."""
    likely: date | None
    """The day by whose end it has come with a chance of 50 % or more; None: later than the chart, or not known."""
    overdue: bool


@dataclass(frozen=True)
class DemandDay(Answer):
    """Units sold on one past day."""

    day: date
    units: str


@dataclass(frozen=True)
class Projection(Answer):
    """The chart of one position."""

    today: date
    """The first day of the fan, in the zone of the position."""
    zone: str
    days: tuple[ProjectedDay, ...]
    supply: tuple[SupplyMark, ...]
    demand: tuple[DemandDay, ...]
    """The last 28 days, oldest first; days without a sale are left out."""
    trip: float | None
    """Available units under which the alert opened; None: it has no such line."""
    exit: float | None
    """Available units that clear it."""
    available: float
    """Now, in units."""
    origin: str
    """A sentence: from what this is computed."""


def projection(
    stock: Row,
    begin: Start,
    demand: Sequence[Row],
    orders: Sequence[Row],
    exit_level: str | None,
    zone: str,
    tell: Language,
) -> Projection:
    """The chart of a position: rows of `position_current`, `demand_day` and `order_line` in their JSON form."""
    available = Decimal(stock["available"])
    days = tuple(
        ProjectedDay(
            day.number, day.day, round(day.expected, 3), day.low, balance(available, begin.demand, begin.supply, at, 0.5),
            day.high, round(day.p_out, 6),
        )
        for at, day in enumerate(project(available, begin.demand, begin.supply, begin.today))
    )  # fmt: skip
    first = begin.today - timedelta(days=_PAST_DAYS)
    sold = tuple(
        DemandDay(day, str(row["demand"]))
        for row in demand
        if (day := date.fromisoformat(row["day"])) >= first
    )
    trip = None if begin.trip_level is None else float(begin.trip_level)
    leave = None if exit_level is None else float(exit_level)
    origin = begin.sentence(tell)
    marks = (*_marks(begin, orders, zone), *_expected(begin))
    return Projection(begin.today, zone, days, marks, sold, trip, leave, float(available), origin)


def _marks(begin: Start, orders: Sequence[Row], zone: str) -> list[SupplyMark]:
    """The open orders of now, with the day by which each has probably come."""
    chances = {order["ref"]: order for order in begin.supply if order["ref"]}
    return [
        SupplyMark(
            order["ref"], str(order["outstanding"]), day_of(order["due"], zone) if order["due"] else None,
            _likely(chances.get(order["ref"]), begin.today),
            bool(order["due"]) and day_of(order["due"], zone) < begin.today,
        )
        for order in orders
    ]  # fmt: skip


def _expected(begin: Start) -> list[SupplyMark]:
    return [
        SupplyMark("", str(order["remaining"]), None, _likely(order, begin.today), False)
        for order in begin.supply
        if not order["ref"]
    ]


def _likely(order: Row | None, today: date) -> date | None:
    if order is None:
        return None
    buckets = range(len(order["arrives"]) - 1)  # the last chance is that it comes later
    found = next((at for at in buckets if arrived_by(order, at) >= 0.5), None)
    return None if found is None else today + timedelta(days=found)
