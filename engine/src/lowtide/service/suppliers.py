"""The suppliers: how late they come, what is on order and overdue, when the next order day closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lowtide.desk.store import Row as Stored
from lowtide.errors import WarehouseError
from lowtide.propose import supplier as calendar
from lowtide.rows import Row, quantity
from lowtide.service.answer import Answer, Away, asked, ms_of, ms_or_none
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.kept import kept
from lowtide.service.refusal import Missing
from lowtide.service.standing import ProposalFacts, Standing, proposals_where, where
from lowtide.warehouse import supplier_rows


@dataclass(frozen=True)
class Supplier(Answer):
    """One supplier."""

    supplier: str
    name: str
    orders: int
    """Order lines that were not cancelled."""
    delivered: int
    late_share: float | None
    days_late_p25: float | None
    days_late_p50: float | None
    days_late_p75: float | None
    """Days after the first promised due of what was delivered; below 0, early."""
    short_share: float | None
    redated: int
    open_lines: int
    open_units: str
    overdue_lines: int
    order_days: tuple[str, ...]
    """mon, tue, …; empty: any day."""
    cut_off: str
    """Local time of the last moment of an order day, as 16:00; empty: any time."""
    lead_time_days: float | None
    min_order: str
    """Least of an order as the supplier states it, decimal text; empty: no least."""
    next_cut_off_at: int | None
    """When the next order day closes; None: at any time."""
    alerts: int
    critical: int
    worth: float | None
    """Expected loss of its open alerts, in money."""
    proposals: int
    """Proposals that wait for a decision."""


@dataclass(frozen=True)
class Suppliers(Answer):
    """All suppliers, those with the most at risk first."""

    suppliers: tuple[Supplier, ...]
    more: int
    as_of: int
    """When the orders were counted; alerts and proposals are those of now."""
    away: Away | None


@dataclass(frozen=True)
class OrderLine(Answer):
    """One open order line."""

    ref: str
    location: str
    location_name: str
    sku: str
    name: str
    quantity: str
    """Units still to come."""
    ordered_at: int | None
    due: int | None
    overdue: bool
    redated: bool


@dataclass(frozen=True)
class SupplierAnswer(Answer):
    """One supplier, its open orders, alerts and proposals."""

    supplier: Supplier
    order_dates: tuple[date, ...]
    """The next order days, at most 5."""
    orders: tuple[OrderLine, ...]
    """The overdue first, then by due; at most 200."""
    orders_more: int
    alerts: tuple[Standing, ...]
    alerts_more: int
    proposals: tuple[ProposalFacts, ...]
    away: Away | None


def suppliers(context: Context, caller: Caller) -> Suppliers:
    """All suppliers, at most 500."""
    nothing: tuple[list[Row], list[Row]] = ([], [])
    as_of = context.now()
    try:
        (rows, files), as_of = kept(context, ("suppliers",), lambda: _of_all(context))
        away = None
    except WarehouseError as error:
        (rows, files), away = nothing, Away(error.message, error.hint or "")
    with context.store.read() as desk:
        open_ = {row["supplier"]: row for row in desk.rows(_OPEN)}
        proposed = {row["supplier"]: row["n"] for row in desk.rows(_PROPOSED)}
    of_file = {row["supplier"]: row for row in files}
    of_orders = {row["supplier"]: row for row in rows}
    keys = sorted({*of_file, *of_orders, *open_} - {""})
    made = [
        _supplier(context, key, of_orders.get(key), of_file.get(key), open_.get(key), proposed.get(key, 0))
        for key in keys
    ]
    made.sort(key=lambda one: (-(one.worth or 0), -one.alerts, -one.overdue_lines, one.supplier))
    return Suppliers(tuple(made[:_MOST]), max(0, len(made) - _MOST), as_of, away)


def _of_all(context: Context) -> tuple[list[Row], list[Row]]:
    with context.reading() as warehouse:
        return supplier_rows.lateness(warehouse), supplier_rows.file(warehouse)


def supplier(context: Context, caller: Caller, key: str) -> SupplierAnswer:
    """One supplier. Raises Missing if nothing is known of it."""
    now, book = context.now(), context.book()
    nothing: tuple[list[Row], list[Row], list[Row]] = ([], [], [])
    (rows, files, lines), away = asked(
        context,
        lambda warehouse: (
            supplier_rows.lateness(warehouse, key), supplier_rows.file(warehouse, key),
            supplier_rows.open_lines(warehouse, key, _MOST_LINES + 1),
        ),
        nothing,
    )  # fmt: skip
    with context.store.read() as desk:
        open_ = desk.row(f"{_OPEN} HAVING a.supplier = ?", key)
        alerts = where(desk, book, "a.supplier = ?", [key], now, _MOST_ALERTS)
        waiting = proposals_where(desk, book, "supplier = ? AND state IN ('proposed', 'submitted')", key)
    if not (rows or files or lines or open_ or waiting or away):
        raise Missing(
            f"nothing is known of supplier `{key[:60]}`", "The page of suppliers lists those that are known."
        )
    one = _supplier(context, key, next(iter(rows), None), next(iter(files), None), open_, len(waiting))
    return SupplierAnswer(
        one, _order_dates(context, next(iter(files), None)), tuple(_line(row) for row in lines[:_MOST_LINES]),
        max(0, one.open_lines - _MOST_LINES), alerts, max(0, one.alerts - len(alerts)), waiting, away,
    )  # fmt: skip


_MOST, _MOST_LINES, _MOST_ALERTS = 500, 200, 50
_DATES = 5
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OPEN = """
    SELECT a.supplier AS supplier, count(*) AS alerts, sum(a.severity = 'critical') AS critical, sum(a.worth) AS worth
    FROM queue AS q JOIN alert AS a ON a.alert_id = q.alert_id GROUP BY a.supplier"""
_PROPOSED = (
    "SELECT supplier, count(*) AS n FROM proposal WHERE state IN ('proposed', 'submitted') GROUP BY supplier"
)


def _supplier(
    context: Context, key: str, orders: Row | None, file: Row | None, alerts: Stored | None, proposals: int
) -> Supplier:
    known = _calendar(context, file)
    days = sorted(known.order_days) if known else []
    next_day = _next_day(known, context.moment())
    closes = next_day.cut_off_at if next_day else None
    number = dict(orders) if orders else {}
    return Supplier(
        key, str(file["name"]) if file else "", number.get("orders", 0), number.get("delivered", 0),
        number.get("late_share"), number.get("days_late_p25"), number.get("days_late_p50"), number.get("days_late_p75"),
        number.get("short_share"),
        number.get("redated", 0), number.get("open_lines", 0), quantity(Decimal(number.get("open_units", 0))),
        number.get("overdue_lines", 0), () if len(days) in (0, 7) else tuple(_DAYS[day] for day in days),
        str(file["cut_off"]) if file else "", file["lead_time"] if file else None,
        str(file["attributes"].get("min_order", "")) if file else "", None if closes is None else ms_of(closes),
        alerts["alerts"] if alerts else 0, int(alerts["critical"] or 0) if alerts else 0,
        None if alerts is None or alerts["worth"] is None else round(alerts["worth"], 2), proposals,
    )  # fmt: skip


def _calendar(context: Context, file: Row | None) -> calendar.Supplier | None:
    """When the supplier takes orders; None: the suppliers file does not name it, or names a calendar that nobody has."""
    if file is None:
        return None
    book = context.book()
    try:
        return calendar.Supplier.of_row(file, book.zone, book.calendars)
    except ValueError:
        return None


def _next_day(known: calendar.Supplier | None, at: datetime) -> calendar.OrderDay | None:
    if known is None:
        return None
    try:
        return known.next_order_day(at)
    except ValueError:
        return None


def _order_dates(context: Context, file: Row | None) -> tuple[date, ...]:
    """The next order days; none for a supplier that takes orders on any day."""
    known = _calendar(context, file)
    if known is None or len(known.order_days) == 7:
        return ()
    found: list[date] = []
    day = _next_day(known, context.moment())
    while day is not None and len(found) < _DATES:
        found.append(day.day)
        try:
            day = known.order_day_after(day.day)
        except ValueError:
            day = None
    return tuple(found)


def _line(row: Row) -> OrderLine:
    return OrderLine(
        row["ref"], row["location"], row["location_name"], row["sku"], row["name"], quantity(row["outstanding"]),
        ms_or_none(row["ordered_at"]), ms_or_none(row["due"]), bool(row["overdue"]), bool(row["redated"]),
    )  # fmt: skip
