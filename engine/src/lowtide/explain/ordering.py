"""The order that a position is expected to get: at stock and open orders of s or less, Q more, as its own orders have shown.

An entry says s (`point`), Q (`quantity`), the day on which the position falls to s, and the chances of the days on
which such an order would come. What was ordered since the entry moves that day, so `expected_now` finds it again.

>>> lateness = [(0, 0.885), (1, 0.90), (2, 0.92), (5, 0.95), (12, 1.0)]
>>> [round(chance, 6) for chance in arrival_days(3, lateness, 8)]
[0.0, 0.0, 0.0, 0.885, 0.015, 0.02, 0.0, 0.0, 0.08]
>>> [round(chance, 6) for chance in arrival_days(-2, lateness, 4)]
[0.2, 0.0, 0.0, 0.3, 0.5]
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from lowtide.rows import Row


def arrival_days(due_in: int, lateness: Sequence[Sequence[float]], horizon: int) -> list[float]:
    """The chances of a supply due in so many days (negative: overdue) to come on each day of the horizon, or on none.

    `lateness` has steps (days late, share that has come by then). It is known that the supply had not come by the end
    of yesterday: overdue supply moves right. Where the steps say that all had come by then, it does not come within
    the horizon.
    """

    def come(days_late: int) -> float:
        return max((share for days, share in lateness if days <= days_late), default=0.0)

    missed = come(-1 - due_in)
    if missed >= 1:
        return [0.0] * horizon + [1.0]
    left = [(1 - come(day - due_in)) / (1 - missed) for day in range(-1, horizon)]
    return [before - after for before, after in pairwise(left)] + [left[-1]]


def order_day(point: float, position: float, demand: Row, tie: float = 1e-9) -> int | None:
    """The first day of the horizon (0 is today) at whose end `position` less the mean demand is at most `point`.

    Demand is that of the position's own estimate. It counts from the start of today (`today`: the weight of the whole
    day), so that the day of the order does not move while today passes. `tie`: so near to `point` is at `point`.
    """
    exposure = [float(days) for days in demand["exposure"]]
    passed = float(demand.get("today", exposure[0])) - exposure[0]
    rate = float(demand["rate_per_day"])
    left = (position - rate * (passed + ahead) for ahead in exposure)
    return next((day for day, units in enumerate(left) if units <= point + tie), None)


def expected_now(detail: Row, available: Decimal, orders: Sequence[Row]) -> Row | None:
    """The order that is expected with the stock and the open orders (rows of `order_line`) of now, or None."""
    known = detail.get("expected_order")
    if known is None:
        return None
    position = float(available) + sum(float(order["outstanding"]) for order in orders)
    day = order_day(float(known["point"]), position, detail["demand"])
    if day is None:
        return None
    due_in = day + int(known["due_in"]) - int(known["on_day"])
    arrives = arrival_days(due_in, detail["lateness"], len(detail["demand"]["exposure"]))
    return {**known, "position": position, "on_day": day, "due_in": due_in, "arrives": arrives}
