"""The open supply of a position as it stands now, in the form that a ledger entry's `detail` has.

An entry says which orders were open at its time and how likely each one is to be here by each day. Since then orders may
have come, changed or been placed. The chances of those are computed here from the entry's lateness of supply.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lowtide.rows import Row


def standing(orders: Sequence[Row], detail: Row, zone: str = "UTC") -> list[Row]:
    """The open orders of now: rows of `order_line` in their JSON form; `zone` is that of the position, which has the days.

    `arrived_by` is empty where nothing says how late supply is, for instance in an alert without a projection.
    """
    known = {order["ref"]: order for order in detail.get("supply", [])}
    return [_standing(order, known.get(order["ref"]), detail, zone) for order in orders]


def _standing(order: Row, before: Row | None, detail: Row, zone: str) -> Row:
    found = {"ref": order["ref"], "remaining": order["outstanding"], "due": order["due"]}
    if before and before["due"] == order["due"]:
        return {**before, **found}
    if "lateness" not in detail or not order["due"]:
        return {**found, "overdue_days": 0, "arrived_by": []}
    due_in = (day_of(order["due"], zone) - day_of(detail["as_of"], zone)).days
    horizon = len(detail["demand"]["exposure"])
    return {
        **found,
        "overdue_days": max(0, -due_in),
        "arrived_by": arrival_chances(due_in, detail["lateness"], horizon),
    }


def arrival_chances(due_in: int, lateness: Sequence[Sequence[float]], horizon: int) -> list[float]:
    """The chance to be here by the end of each day, of a supply due in so many days (negative: overdue).

    `lateness` has steps (days late, chance to have come by then). What did not come until yesterday moves right.

    >>> arrival_chances(3, [(0, 0.885), (5, 0.91375), (12, 1.0)], 5)
    [0.0, 0.0, 0.0, 0.885, 0.885]
    >>> [round(chance, 6) for chance in arrival_chances(-2, [(0, 0.9), (5, 0.95), (10, 1.0)], 5)]
    [0.0, 0.0, 0.0, 0.5, 0.5]
    """

    def by(days_late: int) -> float:
        return next((chance for days, chance in reversed(lateness) if days_late >= days), 0.0)

    missed = by(-1 - due_in)
    if missed >= 1:
        return [0.0] * horizon
    return [max(0.0, (by(bucket - due_in) - missed) / (1 - missed)) for bucket in range(horizon)]


def day_of(instant: str, zone: str) -> date:
    """The day of a time in a zone."""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date()
