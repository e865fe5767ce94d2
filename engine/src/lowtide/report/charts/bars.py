"""Rows with a bar each, for things that have names: shares and amounts side by side, and ranges of days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from markupsafe import Markup

from lowtide.report.charts import svg

Format = Callable[[float], str]
ROW, HEAD, GAP = 26.0, 22.0, 26.0


@dataclass(frozen=True)
class Column:
    """One panel: its heading, a value a row (None: not known), the end of its scale, how to write a value.

    With a `start` the scale begins there, and there are points in place of bars.
    """

    name: str
    style: str
    values: Sequence[float | None]
    full: float
    fmt: Format
    unknown: str = "–"
    start: float = 0.0


def bars(
    name: str, width: float, title: str, description: str, rows: Sequence[str], columns: Sequence[Column]
) -> Markup:
    """Panels of horizontal bars beside the rows' names; where it is narrow the name stands above its bars."""
    narrow = width < 500
    left = 0.0 if narrow else min(width * 0.3, 14 + max((svg.width_of(row) for row in rows), default=0))
    tall = ROW + 16 if narrow else ROW
    panel = (width - left - GAP * (len(columns) - 1)) / len(columns)
    drawn: list[Markup] = []
    for number, column in enumerate(columns):
        x = left + number * (panel + GAP)
        room = (
            panel
            - (16 if column.start else 10)
            - max((svg.width_of(_text(column, value)) for value in column.values), default=0)
        )
        drawn.append(svg.label(x, 12, svg.fit(column.name, panel), class_="unit"))
        for index, value in enumerate(column.values):
            y = HEAD + index * tall + (16 if narrow else 0)
            tooltip = svg.tag("title", f"{rows[index]} · {column.name}: {_text(column, value)}")
            drawn += _mark(column, value, x, y, room, tooltip)
            drawn.append(svg.label(x + panel, y + 16, _text(column, value), class_="value", anchor="end"))
    for index, row in enumerate(rows):
        y = HEAD + index * tall + (12 if narrow else 16)
        drawn.append(svg.label(0, y, svg.fit(row, width if narrow else left - 8)))
    return svg.drawing(name, width, HEAD + len(rows) * tall + 4, title, description, *drawn)


def _mark(
    column: Column, value: float | None, x: float, y: float, room: float, tooltip: Markup
) -> list[Markup]:
    """The track of a row and, on it, its bar or its point."""
    if value is None:
        length = 0.0
    else:
        length = max(0.0, min(value, column.full) - column.start) / ((column.full - column.start) or 1) * room
    if column.start:
        track = svg.tag("rect", x=x, y=y + 11, width=room, height=2, class_="track")
        return [track, svg.tag("circle", tooltip, cx=x + length, cy=y + 12, r=5.5, class_=column.style)]
    track = svg.tag("rect", x=x, y=y + 4, width=room, height=ROW - 10, class_="track")
    bar = svg.tag("rect", tooltip, x=x, y=y + 4, width=length, height=ROW - 10, class_=column.style)
    return [track, bar]


def _text(column: Column, value: float | None) -> str:
    return column.unknown if value is None else column.fmt(value)


@dataclass(frozen=True)
class Range:
    """One row of a range chart: the middle half of the values, their median, and what is written at its end."""

    name: str
    low: float
    middle: float
    high: float
    text: str


def ranges(
    name: str, width: float, title: str, description: str, rows: Sequence[Range], fmt: Format, axis: str, zero: str
) -> Markup:  # fmt: skip
    """A bar from the lower to the upper quarter and a mark at the median, on one scale with a line at 0."""
    narrow = width < 500
    left = 0.0 if narrow else min(width * 0.24, 14 + max((svg.width_of(row.name) for row in rows), default=0))
    right = 0.0 if narrow else 12 + max((svg.width_of(row.text) for row in rows), default=0)
    tall = ROW + 18 if narrow else ROW
    low = min([0.0, *(row.low for row in rows)])
    high = max([1.0, *(row.high for row in rows)])
    step = svg.ticks(high - low)[1]
    steps = [step * number for number in range(floor(low / step + 1e-9), ceil(high / step - 1e-9) + 1)]
    first, last = steps[0], steps[-1]
    inner = width - left - right - 16

    def x(value: float) -> float:
        return left + 8 + (value - first) / (last - first) * inner

    bottom = HEAD + 14 + len(rows) * tall
    drawn = [svg.label(left, 11, axis, class_="unit")]
    for step in steps:
        drawn.append(svg.line(x(step), HEAD + 12, x(step), bottom, "limit" if step == 0 else "grid"))
        drawn.append(svg.label(x(step), HEAD + 6, zero if step == 0 else fmt(step), anchor="middle"))
    for index, row in enumerate(rows):
        y = HEAD + 14 + index * tall + (18 if narrow else 0)
        tooltip = svg.tag("title", f"{row.name}: {fmt(row.low)} / {fmt(row.middle)} / {fmt(row.high)}")
        wide = max(x(row.high) - x(row.low), 2.0)
        drawn.append(svg.tag("rect", tooltip, x=x(row.low), y=y + 7, width=wide, height=10, class_="range"))
        drawn.append(svg.line(x(row.middle), y + 3, x(row.middle), y + 21, "median"))
        if narrow:
            drawn.append(svg.label(0, y - 2, svg.fit(f"{row.name} · {row.text}", width), class_="value"))
        else:
            drawn.append(svg.label(0, y + 16, svg.fit(row.name, left - 8)))
            drawn.append(svg.label(width, y + 16, row.text, class_="value", anchor="end"))
    return svg.drawing(name, width, bottom + 4, title, description, *drawn)
