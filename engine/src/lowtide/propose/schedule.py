"""The days of an order: when it is placed, when it comes, and until when it has to last.

a is the delivery day of what is ordered on the order day, b that of the order after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.propose.supplier import OrderDay, Supplier


@dataclass(frozen=True)
class Schedule:
    """The days of one order."""

    order_day: OrderDay
    next_day: date
    """The order day after it."""
    a: date
    b: date
    lead_days: int
    closed: tuple[date, ...]
    """Days between the order day and b on which the supplier's calendar is closed."""

    @property
    def review_days(self) -> int:
        """Days from this order to the next one."""
        return (self.next_day - self.order_day.day).days

    def requested_at(self, zone: str) -> datetime:
        """The start of the delivery day at the position."""
        return datetime.combine(self.a, time(), ZoneInfo(zone))

    def inputs(self, supplier: Supplier) -> dict[str, Any]:
        """What the days follow from, as JSON."""
        cut_off = self.order_day.cut_off_at
        return {
            "supplier": supplier.supplier, "known": supplier.known, "order_day": self.order_day.day.isoformat(),
            "cut_off_at": cut_off and cut_off.isoformat(), "next_order_day": self.next_day.isoformat(),
            "order_days": sorted(supplier.order_days), "delivery_days": sorted(supplier.delivery_days),
            "review_days": supplier.review_days, "lead_days": self.lead_days, "a": self.a.isoformat(), "b":
            self.b.isoformat(),
            "closed": [day.isoformat() for day in self.closed],
        }  # fmt: skip


def schedule(supplier: Supplier, usual_lead: float, at: datetime, day: OrderDay | None = None) -> Schedule:
    """The days of the order of `day`, by default of the next one; `usual_lead` is the lead time of the policy in days."""
    first = day or supplier.next_order_day(at)
    key = (first.day, usual_lead)
    found: Schedule | None = supplier.known_days.get(key)
    if found is None:
        found = supplier.known_days[key] = _schedule(supplier, usual_lead, first)
    return found


def _schedule(supplier: Supplier, usual_lead: float, first: OrderDay) -> Schedule:
    following = supplier.order_day_after(first.day).day
    a, b = (supplier.delivery(ordered, usual_lead) for ordered in (first.day, following))
    days = (first.day + timedelta(days=ahead) for ahead in range((max(b, following) - first.day).days + 1))
    closed = tuple(day for day in days if not supplier.is_working(day))
    return Schedule(first, following, a, b, supplier.lead_days(usual_lead), closed)
