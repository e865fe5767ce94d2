"""When an order is placed and when it comes: order days, cut-offs, holidays, exchanged days, zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.people.calendar import Calendar, Holidays, week
from lowtide.propose import Supplier, order
from lowtide.propose.schedule import schedule
from tests.propose.conftest import AT, item, position, terms

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROW = {
    "supplier": "V002", "name": "Dairy", "order_days": "mon,thu", "cut_off": "15:00", "delivery_days": "tue,fri",
    "calendar": "CN", "lead_time": 1.0, "expedite_to": 1.0, "expedite_cost": None,
}  # fmt: skip


def dairy(**more) -> Supplier:
    return Supplier.of_row({**ROW, **more}, SHANGHAI, {})


def local(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def test_an_order_day_ends_at_its_cut_off():
    """At the cut-off itself it is too late: the supplier has closed its book."""
    supplier = dairy()
    for at, day in (
        (local(3, 14, 59), date(2026, 12, 3)),
        (local(3, 15), date(2026, 12, 7)),
        (local(1, 9), date(2026, 12, 3)),
    ):
        assert supplier.next_order_day(at).day == day
    thursday = supplier.next_order_day(local(3, 9))
    assert thursday.cut_off_at == local(3, 15) and thursday.propose_at(timedelta(hours=1)) == local(3, 14)


def test_without_a_cut_off_orders_are_taken_all_day_and_people_are_asked_in_time():
    day = dairy(cut_off="").next_order_day(local(3, 23, 59))
    assert (day.day, day.cut_off_at, day.closes_at) == (date(2026, 12, 3), None, local(4, 0))
    assert day.propose_at(timedelta(hours=1)) == local(3, 16)


def test_a_and_b_are_the_deliveries_of_this_order_and_the_next():
    days = schedule(dairy(), 7.0, local(3, 9))
    assert (days.a, days.next_day, days.b) == (date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 8))
    assert days.review_days == 4 and days.requested_at("Asia/Shanghai") == local(4, 0)


def test_nothing_is_ordered_or_delivered_on_a_holiday():
    """1–7 October 2026 are off in China. What is ordered on Monday 28 September comes on Tuesday; the next order is
    after the week."""
    days = schedule(dairy(), 7.0, local(28, 9, month=9))
    assert (days.a, days.next_day, days.b) == (date(2026, 9, 29), date(2026, 10, 8), date(2026, 10, 9))
    assert [day.day for day in days.closed] == [1, 2, 3, 4, 5, 6, 7]


def test_a_calendar_of_the_shop_goes_before_a_country():
    office = Calendar("office", SHANGHAI, week("mon-wed 09:00-18:00"), Holidays())
    supplier = Supplier.of_row({**ROW, "calendar": "office"}, SHANGHAI, {"office": office})
    assert supplier.next_order_day(local(1, 9)).day == date(2026, 12, 7), "Thursday is not worked"
    with pytest.raises(ValueError, match="no holidays are known of `ZZ`"):
        dairy(calendar="ZZ")


def test_an_unconfirmed_year_is_marked():
    """China's holidays of 2027 are not known yet: the days may change, so the proposal says so."""
    supplier = dairy()
    now = replace(position(), available=0, supply=())
    assert "calendar_unconfirmed" not in order(now, item(), supplier, terms(), AT).marks
    later = datetime(2026, 12, 31, 1, tzinfo=UTC)
    assert "calendar_unconfirmed" in order(now, item(), supplier, terms(), later).marks


def test_a_supplier_that_never_delivers_is_an_error_that_names_it():
    closed = Calendar("never", SHANGHAI, week("sun 09:00-18:00"), Holidays())
    supplier = replace(dairy(), calendar=closed)
    with pytest.raises(ValueError, match="`V002` has no order day in the 400 days"):
        supplier.next_order_day(local(3, 9))


def test_an_unknown_supplier_has_the_policys_lead_time_and_review_period():
    supplier = Supplier.unknown("V9", ZoneInfo("UTC"), 2.0)
    days = schedule(supplier, 2.5, AT)
    assert (days.a, days.b) == (date(2026, 12, 3), date(2026, 12, 5))
    assert "supplier_unknown" in order(position(0), item(), supplier, terms(lead_time=2.5), AT).marks


def test_the_order_of_a_day_far_ahead_is_asked_for_on_that_day():
    """The desk names the order day; the same position then has other days."""
    supplier = dairy()
    first = order(position(0), item(), supplier, terms(), local(1, 9))
    second = order(
        position(0), item(), supplier, terms(), local(1, 9), supplier.order_day_from(date(2026, 12, 7))
    )
    assert [found.detail["inputs"]["a"] for found in (first, second)] == ["2026-12-04", "2026-12-08"]
    assert first.version != second.version and second.quantity > first.quantity


def test_a_weekend_beside_a_holiday_is_part_of_it_where_days_are_exchanged() -> None:
    """Friday 19 June 2026 begins three days off; the list of holidays names the Friday alone."""
    supplier = Supplier.of_row({"supplier": "V", "calendar": "CN"}, SHANGHAI, {})
    closed = [day for day in range(15, 30) if not supplier.is_working(date(2026, 6, day))]
    assert closed == [19, 20, 21]
    january = [day for day in range(1, 12) if not supplier.is_working(date(2026, 1, day))]
    assert january == [1, 2, 3]


def test_a_supplier_whose_calendar_is_closed_on_all_its_days_is_refused() -> None:
    """It had no order day at all: that ended the planning of every other supplier, again each minute."""
    office = Calendar("office", SHANGHAI, week("mon-fri 09:00-18:00"))
    for column in ("order_days", "delivery_days"):
        with pytest.raises(ValueError, match=f"closed on all days of `{column}`: `sat,sun`"):
            Supplier.of_row(
                {"supplier": "V", column: "sat,sun", "calendar": "office"}, SHANGHAI, {"office": office}
            )
    with pytest.raises(ValueError, match="ofice"):
        Supplier.of_row({"supplier": "V", "calendar": "ofice"}, SHANGHAI, {"office": office})
