"""The trends: how alerts and stock went, day by day or week by week."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.csv_table import csv_table
from lowtide.page.drawing import Drawing, drawn
from lowtide.page.figure import cards
from lowtide.page.period_links import compared, period_of, periods
from lowtide.report.charts import Series, columns, lines
from lowtide.service.trends import Step, Trends, trends
from lowtide.words import Language

_FILE = (
    "first", "days", "opened", "critical", "ended", "acknowledged", "open_at_end", "demand", "loss", "out_of_stock",
    "in_stock",
)  # fmt: skip
_NARROWED = ("type", "location", "category", "department", "supplier", "region")


def view(ask: Ask) -> Answer:
    """Cards, four charts, and a table of each step."""
    period = period_of(ask)
    wanted = {name: tuple(ask.all(name)) for name in _NARROWED if ask.first(name)}
    found = trends(ask.context, ask.caller, period, wanted)
    if ask.first("format") == "csv":
        return csv_table(
            "trends",
            _FILE,
            ([_plain(getattr(one, name)) for name in _FILE] for one in found.steps),
            raw=ask.raw,
        )
    tell = ask.language
    happened = any(one.opened or one.open_at_end or one.demand for one in found.steps)
    comparable = any(figure.before is not None for figure in found.figures)
    return Html("trends", {
        "found": found, "periods": periods(tell, period.name), "happened": happened,
        "figures": cards(found.figures, tell, in_units=found.in_units, compare=comparable),
        "compared": compared(period, comparable, tell),
        "charts": _charts(found, tell) if happened else [], "wanted": wanted,
    })  # fmt: skip


def _charts(found: Trends, tell: Language) -> list[Drawing]:
    steps = found.steps
    labels = [tell.tick(one.first) for one in steps]
    words = {name: tell.say(f"view.trends.{name}") for name in ("opened", "open", "loss", "out", "others")}
    opened = [
        Series(tell.word("severity", "critical"), "critical", [float(one.critical) for one in steps]),
        Series(words["others"], "watch", [float(one.opened - one.critical) for one in steps]),
    ]
    charts = [
        _columns("opened", words["opened"], labels, opened, [float(one.opened) for one in steps], steps, tell,
                 tell.say("view.trends.unit"), tell.number),
        _line("open", words["open"], labels, [float(one.open_at_end) for one in steps], steps, tell,
              tell.say("view.trends.unit"), tell.number),
    ]  # fmt: skip
    if any(one.loss for one in steps):
        loss = [one.loss or 0.0 for one in steps]
        series = [Series(words["loss"], "accent", loss)]
        charts.append(
            _columns("loss", words["loss"], labels, series, loss, steps, tell,
                     tell.say("view.trends.money"), _money(found.in_units, tell))
        )  # fmt: skip
    if any(one.in_stock is not None for one in steps):
        out = [100 * (1 - one.in_stock) if one.in_stock is not None else 0.0 for one in steps]
        charts.append(
            _line(
                "out",
                words["out"],
                labels,
                out,
                steps,
                tell,
                "%",
                lambda value: f"{tell.number(value, 1 if value >= 1 else 2)}%",
            )
        )
    return charts


def _columns(
    name: str, title: str, labels: Sequence[str], series: Sequence[Series], totals: Sequence[float], steps: Sequence[Step],
    tell: Language, unit: str, exact: Callable[[float], str],
) -> Drawing:  # fmt: skip
    note = _described(totals, steps, tell, exact)

    def draw(width: float) -> Markup:
        return columns(name, width, title, note, labels, series, tell.short, unit)

    legend = [(one.style, one.name) for one in series] if len(series) > 1 else []
    return drawn(title, draw, note=note, legend=legend)


def _line(
    name: str, title: str, labels: Sequence[str], values: Sequence[float], steps: Sequence[Step], tell: Language, unit: str,
    exact: Callable[[float], str],
) -> Drawing:  # fmt: skip
    note = _described(values, steps, tell, exact)

    def draw(width: float) -> Markup:
        return lines(
            name, width, title, note, labels, [Series("", "accent", values)], tell.short, unit, exact
        )

    return drawn(title, draw, note=note)


def _described(
    values: Sequence[float], steps: Sequence[Step], tell: Language, exact: Callable[[float], str]
) -> str:
    """A chart in a sentence: its first and its last value, and the most with its day."""
    if not values:
        return ""
    top = max(range(len(values)), key=lambda place: values[place])
    return tell.say(
        "view.trends.describe", first=exact(values[0]), last=exact(values[-1]), most=exact(values[top]),
        day=tell.day(steps[top].first, year=False),
    )  # fmt: skip


def _money(in_units: bool, tell: Language) -> Callable[[float], str]:
    return (lambda value: tell.say("units_of", n=tell.number(value, 1))) if in_units else tell.money


def _plain(value: object) -> str | int | float | None:
    return value if isinstance(value, int | float) or value is None else str(value)


PAGES = (Page("/trends", "trends", view),)
