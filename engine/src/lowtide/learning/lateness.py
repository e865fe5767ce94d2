"""How late supply comes, by supplier: the share that has come by each day after it was due, from orders and receipts.

An order has come with its first receipt. The hazard at k days is what came at k, of what had not come before and was watched
until k. An order that is still open is watched until the last day, so that slow orders are not forgotten, and one that never
comes leaves the last share under 1. What a first receipt leaves open has a chance of its own: the share of such remainders
that came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

LONGEST_DAYS = 60
LEAST_ORDERS, SHARED_ORDERS = 30, 20
REMAINDER_DAYS = 14
"""A supplier with fewer takes what all suppliers share."""

Steps = list[tuple[float, float]]


@dataclass(frozen=True)
class Arrivals:
    """Parts of orders: how many days late each came, or how long it was watched without coming."""

    position: NDArray[np.int64]
    due: NDArray[np.int64]
    """Day since 1970."""
    order: NDArray[np.int64]
    """Number of the order to which the part belongs."""
    weight: NDArray[np.float64]
    """1 for an order, its share of the order for a remainder."""
    since: NDArray[np.int64]
    """Days late at which it began to be watched: 0 for an order, the day after the receipt for a remainder."""
    late: NDArray[np.int64]
    """Days late, 0 for early; of what has not come -1."""
    lead: NDArray[np.int64]
    """Promised days from the order to its due day."""

    def some(self, rows: NDArray[np.bool_]) -> Arrivals:
        """Only these parts."""
        return Arrivals(
            self.position[rows], self.due[rows], self.order[rows], self.weight[rows], self.since[rows],
            self.late[rows], self.lead[rows],
        )  # fmt: skip

    @property
    def is_remainder(self) -> NDArray[np.bool_]:
        """Which of them are what a receipt left open."""
        return self.weight < 1 - 1e-9

    @property
    def orders(self) -> int:
        """How many orders."""
        return len(np.unique(self.order))


def arrivals_of(orders: pa.Table) -> Arrivals:
    """Every order until its first receipt, and every remainder until the next one."""
    rows: list[tuple[int, int, int, float, int, int, int]] = []
    names = ("number", "ordered", "due", "quantity", "days", "quantities")
    columns = (orders[name].to_pylist() for name in names)
    for order, (number, ordered, due, quantity, days, quantities) in enumerate(zip(*columns, strict=True)):
        share, since = 1.0, 0
        for day, units in zip(days or (), quantities or (), strict=True):
            if share <= 1e-9 or units <= 0:
                continue
            late = max(day - due, 0)
            rows.append((number, due, order, share, min(since, late), late, due - ordered))
            share, since = share - units / quantity, late + 1
        if share > 1e-9:
            rows.append((number, due, order, share, since, -1, due - ordered))
    position, dues, place, weight, began, came, lead = list(zip(*rows, strict=True)) or [()] * 7
    whole = [np.array(one, np.int64) for one in (position, dues, place, began, came, lead)]
    return Arrivals(whole[0], whole[1], whole[2], np.array(weight, np.float64), whole[3], whole[4], whole[5])


def steps_of(parts: Arrivals, last_day: int) -> Steps:
    """The table of lateness from all parts that were due by `last_day`; empty without any."""
    parts = parts.some((parts.due <= last_day) & ~parts.is_remainder)
    known = np.where(parts.late >= 0, parts.due + parts.late <= last_day, False)
    watched = np.where(known, parts.late, last_day - parts.due)
    left, steps = 1.0, list[tuple[float, float]]()
    for day in range(LONGEST_DAYS + 1):
        at_risk = parts.weight[(watched >= day) & (parts.since <= day)].sum()
        came = parts.weight[known & (parts.late == day)].sum()
        if at_risk <= 0:
            break
        left *= 1 - came / at_risk
        if came > 0 or day == 0:
            steps.append((float(day), round(float(1 - left), 4)))
    return steps


def remainder_of(parts: Arrivals, last_day: int) -> float | None:
    """The share of remainders that came, of those that were watched for two weeks; None of too few."""
    rest = parts.some(parts.is_remainder & (parts.due <= last_day - REMAINDER_DAYS))
    if len(rest.late) < LEAST_ORDERS:
        return None
    return round((int((rest.late >= 0).sum()) + 1) / (len(rest.late) + 2), 4)


def mixed(own: Steps, orders: int, shared: Steps) -> Steps:
    """The table of one supplier, with that of all counting as 20 more orders: a few orders say little of their own."""
    if not shared:
        return own
    days = max(int(table[-1][0]) for table in (own, shared)) + 1
    both = (orders * share_by(own, days) + SHARED_ORDERS * share_by(shared, days)) / (orders + SHARED_ORDERS)
    known = sorted({int(day) for day, _ in (*own, *shared)})
    return [(float(day), round(float(both[day]), 4)) for day in known]


def share_by(steps: Steps, days: int) -> NDArray[np.float64]:
    """The share that has come by each of the first days."""
    found = np.zeros(days)
    for late, share in steps:
        found[int(np.ceil(late)) :] = share
    return found


def error_of(parts: Arrivals, steps: Steps, last_day: int, days: int = 15) -> NDArray[np.float64]:
    """Squared error of the chance to have come, mean over the days on which each order was watched, by order."""
    parts = parts.some(~parts.is_remainder)
    said = share_by(steps, days)
    places, place = np.unique(parts.order, return_inverse=True)
    come = np.zeros((len(places), days))
    watched = np.zeros(len(places))
    came = (parts.late >= 0) & (parts.due + parts.late <= last_day)
    for row, late, weight in zip(place[came], parts.late[came], parts.weight[came], strict=True):
        come[row, late:] += weight
    watched[place] = np.clip(last_day - parts.due + 1, 0, days)
    use = np.arange(days)[None, :] < watched[:, None]
    error: NDArray[np.float64] = ((come - said) ** 2 * use).sum(axis=1) / np.maximum(watched, 1)
    return error[watched > 0]
