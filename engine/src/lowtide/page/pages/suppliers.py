"""The suppliers: a list of all, and one of them with its orders, alerts and proposals."""

from __future__ import annotations

from markupsafe import Markup

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.csv_table import csv_table
from lowtide.page.drawing import Drawing, drawn
from lowtide.report.charts import Range, ranges
from lowtide.service import suppliers as service
from lowtide.service.suppliers import Supplier
from lowtide.words import Language

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHOWN = 50
"""Suppliers of the first view; the others come with `all=1`."""
_ALERTS, _ORDERS = 12, 25
"""Rows of one supplier that are shown at once."""
_DRAWN = 12
"""Suppliers in the drawing."""
_FILE = (
    "supplier", "name", "alerts", "critical", "worth", "orders", "delivered", "late_share", "days_late_p25", "days_late_p50",
    "days_late_p75", "short_share", "redated", "open_lines", "open_units", "overdue_lines", "cut_off", "lead_time_days",
    "min_order", "proposals",
)  # fmt: skip


def suppliers(ask: Ask) -> Answer:
    """All suppliers, those with the most at risk first."""
    found = service.suppliers(ask.context, ask.caller)
    if ask.first("format") == "csv":
        return csv_table(
            "suppliers",
            _FILE,
            ([getattr(one, name) for name in _FILE] for one in found.suppliers),
            raw=ask.raw,
        )
    shown = found.suppliers if ask.first("all") else found.suppliers[:_SHOWN]
    return Html("suppliers", {
        "found": found, "shown": shown, "chart": _chart(found.suppliers, ask.language),
        "folded": 0 if ask.first("all") else len(found.suppliers) - len(shown),
    })  # fmt: skip


def supplier(ask: Ask) -> Answer:
    """One supplier."""
    found = service.supplier(ask.context, ask.caller, ask.path["supplier"])
    return Html("supplier", {
        "found": found, "one": found.supplier, "first_alerts": _ALERTS, "first_orders": _ORDERS,
        "title": found.supplier.name or found.supplier.supplier,
        "days": [ask.language.say(f"weekday.{WEEK.index(day)}") for day in found.supplier.order_days if day in WEEK],
        "dates": [ask.language.day(day, year=False) for day in found.order_dates],
    })  # fmt: skip


def _chart(all_of_them: tuple[Supplier, ...], tell: Language) -> Drawing | None:
    """The lateness of those with the most deliveries; None if nothing was delivered."""
    known = [one for one in all_of_them if one.days_late_p50 is not None]
    known.sort(key=lambda one: (-one.delivered, one.supplier))
    shown = sorted(known[:_DRAWN], key=lambda one: (-(one.days_late_p50 or 0), one.supplier))
    if not shown:
        return None
    title = tell.say("view.suppliers.chart")
    note = tell.say("view.suppliers.describe", name=_name(shown[0]), days=_days(shown[0].days_late_p50, tell))
    rows = [
        Range(_name(one), one.days_late_p25 or 0.0, one.days_late_p50 or 0.0, one.days_late_p75 or 0.0,
              _days(one.days_late_p50, tell))
        for one in shown
    ]  # fmt: skip

    def draw(width: float) -> Markup:
        return ranges(
            "lateness", width, title, note, rows, lambda value: tell.number(value, 1 if value % 1 else 0),
            tell.say("view.suppliers.axis"), tell.say("view.suppliers.on_time"),
        )  # fmt: skip

    heads = [
        (tell.say("view.by.supplier"), "", "supplier"), (tell.say("view.suppliers.quarter"), "n", "lateness"),
        (tell.say("view.suppliers.days"), "n", "median"), (tell.say("view.suppliers.three_quarter"), "n", "lateness"),
    ]  # fmt: skip
    listed = [
        [
            _name(one),
            _days(one.days_late_p25, tell),
            _days(one.days_late_p50, tell),
            _days(one.days_late_p75, tell),
        ]
        for one in shown
    ]
    return drawn(title, draw, note=note, columns=heads, rows=listed)


def _name(one: Supplier) -> str:
    return one.name or one.supplier


def _days(value: float | None, tell: Language) -> str:
    if value is None:
        return "–"
    text = tell.number(value, 1 if value % 1 else 0)
    return tell.say(f"day.{'one' if abs(value) == 1 else 'many'}", n=text)


PAGES = (Page("/suppliers", "suppliers", suppliers), Page("/suppliers/{supplier:path}", "supplier", supplier))
