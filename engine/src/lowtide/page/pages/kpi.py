"""The key figures of a period, and those of one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from markupsafe import Markup

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.csv_table import csv_table
from lowtide.page.drawing import Drawing, drawn
from lowtide.page.figure import cards
from lowtide.page.period_links import choices, compared, period_of, periods
from lowtide.report.charts import Limit, Series, columns
from lowtide.service import kpi as service
from lowtide.service.kpi import By, Kpi, KpiRow
from lowtide.words import Language

_DIVIDED: tuple[By, ...] = get_args(By)
_FILE = (
    "value", "name", "alerts", "critical", "response_rate", "mtta_minutes", "mttr_minutes", "in_time", "resolved_in_time",
    "rated", "rated_share", "precision", "in_stock", "excess", "dead", "turns",
)  # fmt: skip
_FILTERS = ("department", "supplier", "region", "category", "location")
"""Dimensions that the queue can be narrowed to."""


def view(ask: Ask) -> Answer:
    """The key figures with the period before, and a table by one dimension."""
    period, tell = period_of(ask), ask.language
    by: By = next((one for one in _DIVIDED if one == ask.first("by")), "team")
    found = service.kpi(ask.context, ask.caller, period, by)
    if ask.first("format") == "csv":
        return csv_table(
            f"kpi-by-{by}", _FILE, ([getattr(row, name) for name in _FILE] for row in found.rows), raw=ask.raw
        )
    compare = found.comparable
    return Html("kpi", {
        "found": found, "periods": periods(tell, period.name), "dimensions": choices(tell, "view.by", _DIVIDED, by),
        "figures": cards(found.figures, tell, compare=compare), "stock": cards(found.stock, tell, compare=False),
        "compared": compared(period, compare, tell), "load": load_chart(found.load.busiest, tell),
        "load_said": _load(found, tell), "calibrated": _calibrated(found, tell),
        "rows": [_row(row, by, tell) for row in found.rows],
        "by_word": tell.say(f"view.by.{by}"), "person": ask.caller.person,
    })  # fmt: skip


def person(ask: Ask) -> Answer:
    """How much one person heard, and how the person answered."""
    period, tell = period_of(ask), ask.language
    found = service.person_figures(ask.context, ask.caller, ask.path["person"], period)
    compare = any(figure.before is not None for figure in found.figures)
    return Html("person", {
        "found": found, "periods": periods(tell, period.name), "figures": cards(found.figures, tell, compare=compare),
        "compared": compared(period, compare, tell), "load": load_chart(found.hours, tell), "title": found.name,
    })  # fmt: skip


def load_chart(hours: Sequence[float], tell: Language) -> Drawing | None:
    """Messages by hour of the day against 6 and 12 an hour; None if nothing was sent."""
    if not any(hours):
        return None
    title, top = tell.say("view.kpi.load.chart"), max(range(len(hours)), key=lambda hour: hours[hour])
    note = tell.say("view.kpi.load.describe", hour=top, most=tell.number(hours[top], 1))
    limits = [Limit(6, tell.say("view.kpi.load.six")), Limit(12, tell.say("view.kpi.load.twelve"))]
    series = [Series(tell.say("view.per_hour"), "accent", list(hours))]
    labels = [f"{hour:02d}" for hour in range(len(hours))]

    def draw(width: float) -> Markup:
        return columns("load", width, title, note, labels, series, lambda value: tell.number(value, 1 if value % 1 else 0),
                       tell.say("view.per_hour"), limits)  # fmt: skip

    rows = [[f"{hour:02d}:00", tell.number(value, 2)] for hour, value in enumerate(hours)]
    heads = [(tell.say("view.hour"), "", ""), (tell.say("view.per_hour"), "n", "load")]
    return drawn(title, draw, note=note, columns=heads, rows=rows)


def _load(found: Kpi, tell: Language) -> str:
    load = found.load
    if not load.pushes:
        return tell.say("view.kpi.load.none")
    numbers = {
        name: tell.number(getattr(load, name))
        for name in ("hours", "acceptable", "high", "overload", "floods")
    }
    return tell.say("view.kpi.load.sum", pushes=tell.count(load.pushes, "message"), **numbers)


def _calibrated(found: Kpi, tell: Language) -> str:
    summary = found.calibration
    if not summary.days or summary.said is None or summary.came_true is None:
        return tell.say("view.kpi.calibration.none")
    return tell.say(
        "view.kpi.calibration.said", days=tell.count(summary.days, "position_day"), said=tell.share(summary.said),
        came_true=tell.share(summary.came_true), outside=summary.outside,
    )  # fmt: skip


def _row(row: KpiRow, by: str, tell: Language) -> dict[str, Any]:
    """A row in words. `query` narrows the queue to it; empty where the queue has no such column."""
    return {
        "name": row.name or row.value or tell.say("view.unnamed"),
        "query": {by: row.value} if by in _FILTERS and row.value else {},
        "alerts": tell.number(row.alerts), "critical": tell.number(row.critical),
        "response": _share(row.response_rate, tell),
        "mtta": _minutes(row.mtta_minutes, tell), "mttr": _minutes(row.mttr_minutes, tell),
        "in_time": _share(row.in_time, tell),
        "precision": _share(row.precision, tell), "rated": _share(row.rated_share, tell),
        "in_stock": _share(row.in_stock, tell),
        "excess": _share(row.excess, tell), "dead": _share(row.dead, tell),
        "turns": "–" if row.turns is None else tell.number(row.turns, 1),
    }  # fmt: skip


def _share(value: float | None, tell: Language) -> str:
    return "–" if value is None else tell.share(value, 0 if value in (0, 1) else 1)


def _minutes(value: float | None, tell: Language) -> str:
    return "–" if value is None else tell.duration(value)


PAGES = (Page("/kpi", "kpi", view), Page("/kpi/person/{person}", "person", person))
