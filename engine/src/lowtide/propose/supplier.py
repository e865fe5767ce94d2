"""When a supplier takes orders and when it delivers: order days, cut-off, lead time, delivery days, calendar.

>>> from zoneinfo import ZoneInfo
>>> dairy = Supplier("V002", order_days=frozenset({0, 3}), cut_off=15 * 60, delivery_days=frozenset({1, 4}), lead_time=1,
...     zone=ZoneInfo("Asia/Shanghai"))
>>> thursday = dairy.next_order_day(datetime(2026, 12, 1, 9, tzinfo=dairy.zone))
>>> thursday.day.isoformat(), thursday.cut_off_at.isoformat(), dairy.delivery(thursday.day).isoformat()
('2026-12-03', '2026-12-03T15:00:00+08:00', '2026-12-04')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.people.calendar import Calendar
from lowtide.people.holiday import Holidays, public
from lowtide.people.hours import minute, week, weekdays

DAILY = frozenset(range(7))
USUAL_CUT_OFF = 17 * 60
"""Minutes of the day: when people are asked about the orders of a supplier that names no cut-off."""
_LONGEST = 400
"""So many days are looked through for an order day or a delivery day."""


@dataclass(frozen=True)
class OrderDay:
    """A day on which a supplier takes orders."""

    day: date
    """Local day of the supplier."""
    cut_off_at: datetime | None
    """Until when it takes them; None: until the end of the day."""
    closes_at: datetime
    """`cut_off_at`, or the end of the day."""
    usual: datetime
    """`cut_off_at`, or the time of day that stands for it when people are asked."""

    def propose_at(self, before: timedelta) -> datetime:
        """When its proposals are made: so long before the cut-off."""
        return self.usual - before


@dataclass(frozen=True)
class Supplier:
    """A supplier, or the plant of what is made."""

    supplier: str
    name: str = ""
    order_days: frozenset[int] = DAILY
    """Weekdays, 0 is Monday."""
    cut_off: int | None = None
    """Minutes of the local day; None: orders are taken until the end of the day."""
    delivery_days: frozenset[int] = DAILY
    calendar: Calendar | None = None
    """On its holidays and days off nothing is ordered or delivered; None: every day is a working day."""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """Of `cut_off` and of its days."""
    lead_time: float | None = None
    """Days from the order to the delivery; None: the policy's."""
    review_days: int | None = None
    """Days between two orders of a supplier that no file names: the policy's review period. None: the order days say it."""
    expedite_to: float | None = None
    """Days in which it can deliver an open order if it hurries; None: it cannot."""
    expedite_cost: float = 0.0
    """What that costs, for each order."""
    known: bool = True
    """Whether the suppliers file names it."""
    known_days: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Days of orders that were found once: `schedule` keeps them here."""

    def lead_days(self, usual: float) -> int:
        """Whole days from the day of the order to the delivery; `usual` is the policy's lead time."""
        return max(0, ceil(round(usual if self.lead_time is None else self.lead_time, 9)))

    def is_working(self, day: date) -> bool:
        """Whether its calendar is open on a day."""
        if self.calendar is None:
            return True
        noon = datetime.combine(day, time(12), self.calendar.zone)
        return self.calendar.is_working_day(noon) and not _is_beside_holiday(day, self.calendar.holidays)

    def next_order_day(self, at: datetime) -> OrderDay:
        """The first order day whose cut-off is later than `at`. Raises ValueError if no day of the next 400 is one."""
        return self.order_day_from(at.astimezone(self.zone).date(), at)

    def order_day_after(self, day: date, review_days: int | None = None) -> OrderDay:
        """The order day after that of `day`: at least `review_days` (1) days later."""
        return self.order_day_from(day + timedelta(days=max(1, review_days or self.review_days or 1)))

    def order_day_from(self, first: date, at: datetime | None = None) -> OrderDay:
        """The first order day from `first` on; with `at`, one that closes later than that."""
        for ahead in range(_LONGEST):
            day = first + timedelta(days=ahead)
            if day.weekday() in self.order_days and self.is_working(day):
                found = self._order_day(day)
                if at is None or found.closes_at > at:
                    return found
        raise ValueError(f"supplier `{self.supplier}` has no order day in the {_LONGEST} days from {first}")

    def delivery(self, ordered: date, usual_lead: float = 0.0) -> date:
        """The first delivery day of what is ordered on a day. Raises ValueError if no day of the next 400 is one."""
        first = ordered + timedelta(days=self.lead_days(usual_lead))
        for ahead in range(_LONGEST):
            day = first + timedelta(days=ahead)
            if day.weekday() in self.delivery_days and self.is_working(day):
                return day
        raise ValueError(
            f"supplier `{self.supplier}` has no delivery day in the {_LONGEST} days from {first}"
        )

    def _order_day(self, day: date) -> OrderDay:
        end = datetime.combine(day + timedelta(days=1), time(), self.zone)
        cut_off = None if self.cut_off is None else self._at(day, self.cut_off)
        return OrderDay(day, cut_off, cut_off or end, cut_off or self._at(day, USUAL_CUT_OFF))

    def _at(self, day: date, minutes: int) -> datetime:
        if minutes >= 24 * 60:
            return datetime.combine(day + timedelta(days=1), time(), self.zone)
        return datetime.combine(day, time(minutes // 60, minutes % 60), self.zone)

    @classmethod
    def of_row(cls, row: Mapping[str, Any], zone: ZoneInfo, calendars: Mapping[str, Calendar]) -> Supplier:
        """A row of the table `supplier`. `calendar` is a name from `calendars` or a country, whose holidays then hold.

        Raises ValueError if it is neither, or if it is closed on all days of orders or of deliveries.
        """
        name = row.get("calendar") or ""
        calendar = calendars.get(name) or (country(name, zone) if name else None)
        for column in ("order_days", "delivery_days"):
            _worked(row.get(column) or "daily", column, calendar)
        return cls(
            supplier=row["supplier"],
            name=row.get("name") or "",
            order_days=frozenset(weekdays(row.get("order_days") or "daily")),
            cut_off=minute(row["cut_off"]) if row.get("cut_off") else None,
            delivery_days=frozenset(weekdays(row.get("delivery_days") or "daily")),
            calendar=calendar,
            zone=zone if calendar is None else calendar.zone,
            lead_time=row.get("lead_time"),
            expedite_to=row.get("expedite_to"),
            expedite_cost=float(row.get("expedite_cost") or 0),
        )

    @classmethod
    def unknown(cls, supplier: str, zone: ZoneInfo, review_period: float = 1.0) -> Supplier:
        """A supplier that no file names: orders and deliveries daily, with the lead time and review period of the policy."""
        return cls(supplier, zone=zone, review_days=max(1, ceil(round(review_period, 9))), known=False)


def _worked(days: str, column: str, calendar: Calendar | None) -> None:
    """Raises ValueError if a calendar is closed on all these weekdays."""
    if calendar is None or calendar.week is None:
        return
    if not any(calendar.week[day] for day in weekdays(days)):
        raise ValueError(f"the calendar `{calendar.name}` is closed on all days of `{column}`: `{days}`")


def country(name: str, zone: ZoneInfo) -> Calendar:
    """The public holidays of a country as a calendar that is open on all other days. Raises ValueError if not known."""
    found = Calendar(name, zone, week("00:00-24:00"), Holidays(name))
    found.is_working_day(datetime(2026, 1, 5, tzinfo=UTC))
    return found


def _is_beside_holiday(day: date, holidays: Holidays) -> bool:
    """Whether it is a weekend day beside a holiday, in a country that exchanges days.

    Lists of holidays leave out the weekend: 19 June 2026 is a Friday and begins three days off, 4 October 2026 is a Sunday
    in the middle of the national week. A weekend day that is worked in exchange is not one of them.
    """
    is_weekday = day.weekday() < 5 or holidays.is_adjusted(day)
    if is_weekday or not public(holidays.country, day.year).exchanges:
        return False
    saturday = day - timedelta(days=day.weekday() - 5)
    return any(holidays.is_off(saturday + timedelta(days=ahead)) for ahead in (-1, 2))
