"""The open supply of a position, in the form that a ledger entry's `detail` has: a chance for each day on which it may come.

`arrives` has a chance for each day of the horizon and, last, the chance that it comes on none of them. An entry says
which orders were open at its time. Since then orders may have come, changed or been placed: `standing` gives those of
now, with chances from the entry's lateness of supply. An order that is only expected (`ordering`) stands after the
open ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lowtide.explain.ordering import arrival_days, expected_now
from lowtide.rows import Row


def coming(detail: Row) -> list[Row]:
    """What an entry counts with: its open supplies, earliest due first, and after them the order that it expects."""
    known = sorted(detail.get("supply", []), key=lambda order: (order["due"], order["ref"]))
    return [*known, *as_supply(detail.get("expected_order"))]


def coming_now(detail: Row, available: Decimal, orders: Sequence[Row], zone: str = "UTC") -> list[Row]:
    """The same as it stands now: rows of `order_line` and what is `available`. Supply without chances is left out."""
    here = [order for order in standing(orders, detail, zone) if order["arrives"]]
    return [*here, *as_supply(expected_now(detail, available, orders))]


def as_supply(expected: Row | None) -> list[Row]:
    """An expected order as a supply without a reference; nothing where none is expected."""
    if expected is None:
        return []
    quantity = round(Decimal(str(expected["quantity"])), 3)
    return [{"ref": None, "remaining": str(quantity), "due": None, "arrives": expected["arrives"]}]


def arrived_by(order: Row, bucket: int) -> float:
    """The chance that a supply is here by the end of a bucket."""
    return float(sum(order["arrives"][: bucket + 1]))


def standing(orders: Sequence[Row], detail: Row, zone: str = "UTC") -> list[Row]:
    """The open orders of now: rows of `order_line` in their JSON form; `zone` is that of the position, which has the days.

    `arrives` is empty where nothing says how late supply is, for instance in an alert without a projection.
    """
    known = {order["ref"]: order for order in detail.get("supply", [])}
    return [_standing(order, known.get(order["ref"]), detail, zone) for order in orders]


def _standing(order: Row, before: Row | None, detail: Row, zone: str) -> Row:
    found = {"ref": order["ref"], "remaining": order["outstanding"], "due": order["due"]}
    if before and before["due"] == order["due"]:
        return {**before, **found}
    if "lateness" not in detail or not order["due"]:
        return {**found, "overdue_days": 0, "arrives": []}
    due_in = days_until(order["due"], detail["as_of"], zone)
    horizon = len(detail["demand"]["exposure"])
    return {
        **found,
        "overdue_days": max(0, -due_in),
        "arrives": arrival_days(due_in, detail["lateness"], horizon),
    }


def days_until(due: str, as_of: str, zone: str) -> int:
    """Local days from one time to another in a zone; negative where it has passed."""
    return (day_of(due, zone) - day_of(as_of, zone)).days


def day_of(instant: str, zone: str) -> date:
    """The day of a time in a zone."""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date()
