"""How the alerts and the stock went, day by day or week by week, over a week to two years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lowtide.desk import worth
from lowtide.report.figures import Figure
from lowtide.rows import Row
from lowtide.service import stock_kept
from lowtide.service.answer import Answer, Away, asked_or, finite
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.kept import kept, pace_of
from lowtide.service.period import Period
from lowtide.service.stock_kept import Chosen
from lowtide.warehouse.figure_days import FigureDays

_MOST_DAILY = 91


@dataclass(frozen=True)
class Step(Answer):
    """One day; of a period over 91 days one week (it begins on a Monday; the first and last may be cut)."""

    first: date
    days: int
    opened: int
    critical: int
    """Of the opened, those that were critical at their opening."""
    ended: int
    """Alerts that the data ended."""
    acknowledged: int
    """Alerts that a person took."""
    open_at_end: int
    demand: float
    """Units sold."""
    loss: float | None
    """What the alerts that opened put at risk, in money (without prices in units); None: not known of any."""
    out_of_stock: int
    """Times that a shelf ran out."""
    in_stock: float | None
    """Share of the stock days of wanted positions that were not out of stock, 0 to 1; None: not known."""


@dataclass(frozen=True)
class Trends(Answer):
    """The figures of a period, and their steps."""

    period: Period
    step_days: int
    """1 or 7."""
    steps: tuple[Step, ...]
    figures: tuple[Figure, ...]
    """opened, ended, acknowledged, loss, out_of_stock, demand, in_stock: with the period before."""
    stock_value: float | None
    """Money bound in the stock of now, at cost; None: the catalogue has neither cost nor price."""
    in_units: bool
    as_of: int
    """When the alerts were counted."""
    stock_as_of: int
    """When the stock and the units sold were counted: seldom, because that reads every position."""
    away: Away | None


def trends(
    context: Context, caller: Caller, period: Period, wanted: Mapping[str, tuple[str, ...]] | None = None
) -> Trends:
    """The trends. `wanted` narrows by type, location, category, department, supplier or region."""
    chosen = tuple(sorted((name, tuple(values)) for name, values in (wanted or {}).items() if values))
    (found, as_of, stock_as_of), away = asked_or(
        lambda: _asked(context, period, chosen), (_Found({}, []), context.now(), context.now())
    )
    days, stock = found.days, found.stock
    with context.store.read() as rows:
        in_units = worth.is_in_units(rows)
    value = finite(stock[0]["stock_value"]) if stock else None
    wanted_positions = int(stock[0]["wanted"]) if stock else 0
    step_days = 1 if period.days <= _MOST_DAILY else 7
    steps = (
        tuple(_step(chunk, days, wanted_positions) for chunk in _chunks(period, step_days)) if days else ()
    )
    whole = _step(_days(period), days, wanted_positions) if days else None
    before = _step(_days(period.before), days, wanted_positions) if days else None
    return Trends(
        period, step_days, steps, _figures(whole, before), value, in_units, as_of, stock_as_of, away
    )


@dataclass(frozen=True)
class _Found:
    days: Mapping[date, Row]
    """The counts of each day of the period and of the one before."""
    stock: list[Row]


def _asked(context: Context, period: Period, chosen: Chosen) -> tuple[_Found, int, int]:
    sold, sold_at = stock_kept.sold(context, period.zone, chosen)
    stock, stock_at = stock_kept.stock(context)
    counted, as_of = kept(
        context,
        ("trends", period, chosen),
        lambda: _count(context, period, dict(chosen)),
        pace_of(period.days),
    )
    days = {day: {**row, "demand": sold.get(day, 0.0)} for day, row in counted.items()}
    return _Found(days, stock.get("all", [])), as_of, min(sold_at, stock_at)


def _count(context: Context, period: Period, chosen: dict[str, tuple[str, ...]]) -> dict[date, Row]:
    now = max(context.moment(), period.end)
    with context.reading() as warehouse:
        ask = FigureDays(warehouse, period.before.start, period.start, now, chosen, period.zone)
        lists = [ask.opened_by_day(), ask.ended_by_day(), ask.taken_by_day(), ask.empty_by_day()]
        open_ = ask.open_now()
    days: dict[date, Row] = {}
    for row in (row for rows in lists for row in rows):
        days.setdefault(row["day"], {}).update(row)
    day = now.astimezone(ZoneInfo(period.zone)).date()
    while day >= period.before.first:  # from what is open now back to the first day
        row = days.setdefault(day, {})
        row["open"] = open_
        open_ += int(row.get("ended", 0)) - int(row.get("opened", 0))
        day -= timedelta(days=1)
    return days


def _days(period: Period) -> list[date]:
    return [period.first + timedelta(days=at) for at in range(period.days)]


def _chunks(period: Period, size: int) -> list[list[date]]:
    """The days one by one, or by weeks that begin on a Monday."""
    chunks: list[list[date]] = []
    for day in _days(period):
        if size == 1 or not chunks or day.weekday() == 0:
            chunks.append([])
        chunks[-1].append(day)
    return chunks


def _step(days: list[date], counts: Mapping[date, Row], wanted: int) -> Step:
    rows = [counts.get(day, {}) for day in days]

    def total(name: str) -> int:
        return int(sum(row.get(name, 0) for row in rows))

    losses = [loss for row in rows if (loss := finite(row.get("loss"))) is not None]
    empty = sum(float(row.get("empty", 0)) for row in rows)
    in_stock = None if wanted == 0 else max(0.0, 1 - empty / (wanted * len(days)))
    return Step(
        days[0], len(days), total("opened"), total("critical"), total("ended"), total("acknowledged"),
        int(rows[-1].get("open", 0)), float(sum(row.get("demand", 0) for row in rows)),
        round(sum(losses), 2) if losses else None, total("out_of_stock"), in_stock,
    )  # fmt: skip


def _figures(now: Step | None, before: Step | None) -> tuple[Figure, ...]:
    if now is None or before is None:
        return ()
    return (
        Figure("opened", "count", now.opened, before.opened, detail={"critical": now.critical}),
        Figure("ended", "count", now.ended, before.ended, more_is_better=True),
        Figure("acknowledged", "count", now.acknowledged, before.acknowledged, more_is_better=True),
        Figure("loss", "money", now.loss, before.loss),
        Figure("out_of_stock", "count", now.out_of_stock, before.out_of_stock),
        Figure("demand", "count", now.demand, before.demand, more_is_better=True),
        Figure("in_stock", "share", now.in_stock, before.in_stock, more_is_better=True),
    )
