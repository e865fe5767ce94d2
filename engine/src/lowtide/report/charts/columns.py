"""Columns over time: stacked ones with their total, and one kind against lines that must not be crossed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lowtide.report.charts import svg

Format = Callable[[float], str]
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 22.0, 26.0


@dataclass(frozen=True)
class Series:
    """Values of one kind; `style` is the class that colours them."""

    name: str
    style: str
    values: Sequence[float]


@dataclass(frozen=True)
class Limit:
    """A horizontal line with a text at its right end."""

    value: float
    text: str


@dataclass(frozen=True)
class Frame:
    """Where values go: the plot's box, its scale, and its axis of round values."""

    width: float
    height: float
    steps: Sequence[float]
    count: int

    @property
    def slot(self) -> float:
        """Width of one column with its gap."""
        return (self.width - LEFT - RIGHT) / max(self.count, 1)

    def x(self, index: float) -> float:
        """Left edge of a column's slot."""
        return LEFT + index * self.slot

    def y(self, value: float) -> float:
        """Height of a value."""
        return self.height - BOTTOM - value / self.steps[-1] * (self.height - TOP - BOTTOM)

    def axes(self, labels: Sequence[str], fmt: Format, unit: str) -> list[Markup]:
        """Grid, values at its left, unit above, labels below where there is room for them."""
        drawn = [svg.label(0, 10, unit, class_="unit")]
        for step in self.steps:
            drawn.append(svg.line(LEFT, self.y(step), self.width - RIGHT, self.y(step), "grid"))
            drawn.append(svg.label(LEFT - 6, self.y(step) + 4, fmt(step), anchor="end"))
        widest = max((svg.width_of(text) for text in labels), default=0) + 14
        every = max(1, -int(-widest // self.slot))
        for index in range(0, self.count, every):
            middle = self.x(index + 0.5)
            half = svg.width_of(labels[index]) / 2
            at = min(max(middle, half), self.width - half)
            drawn.append(svg.label(at, self.height - BOTTOM + 17, labels[index], anchor="middle"))
        return drawn


def columns(
    name: str, width: float, title: str, description: str, labels: Sequence[str], series: Sequence[Series],
    fmt: Format, unit: str, limits: Sequence[Limit] = (), height: float = 220,
) -> Markup:  # fmt: skip
    """Columns side by side, each stacked of its series, the first at the bottom; the highest says its total."""
    totals = [sum(one.values[index] for one in series) for index in range(len(labels))]
    most = max([*totals, *(limit.value * 1.1 for limit in limits)], default=0)
    room = max((svg.width_of(limit.text, 11.5) + 6 for limit in limits), default=0)
    frame = Frame(width - room, height, svg.ticks(most), len(labels))
    gap = min(6.0, frame.slot * 0.28)
    drawn = frame.axes(labels, fmt, unit)
    for index, text in enumerate(labels):
        base = 0.0
        parts = []
        for one in series:
            value = one.values[index]
            if value:
                top = frame.y(base + value)
                parts.append(svg.tag(
                    "rect", svg.tag("title", f"{text} · {one.name}: {fmt(value)}"), x=frame.x(index) + gap / 2,
                    y=top, width=frame.slot - gap, height=frame.y(base) - top, class_=one.style,
                ))  # fmt: skip
            base += value
        drawn += parts
    if totals and max(totals) > 0:
        highest = totals.index(max(totals))
        drawn.append(_above(frame, highest, totals[highest], fmt))
    for limit in limits:
        y, end = frame.y(limit.value), width - room - RIGHT
        drawn.append(svg.line(LEFT, y, end, y, "limit"))
        drawn.append(svg.label(end + 6, y + 4, limit.text, class_="limit-text"))
    return svg.drawing(name, width, height, title, description, *drawn)


def _above(frame: Frame, index: int, value: float, fmt: Format) -> Markup:
    text = fmt(value)
    half = svg.width_of(text) / 2
    middle = min(max(frame.x(index + 0.5), LEFT + half), frame.width - half)
    return svg.label(middle, frame.y(value) - 5, text, class_="value", anchor="middle")


def lines(
    name: str, width: float, title: str, description: str, labels: Sequence[str], series: Sequence[Series],
    fmt: Format, unit: str, exact: Format, height: float = 180,
) -> Markup:  # fmt: skip
    """Lines over the same days, each named at its right end with its `exact` value."""
    ends = max((svg.width_of(_end(one, exact)) for one in series), default=0) + 12
    most = max((value for one in series for value in one.values), default=0)
    frame = Frame(width - ends, height, svg.ticks(most), len(labels))
    drawn = frame.axes(labels, fmt, unit)
    used: list[float] = []
    for one in sorted(series, key=lambda s: -(s.values[-1] if s.values else 0)):
        points = [
            f"{frame.x(index + 0.5):.1f},{frame.y(value):.1f}" for index, value in enumerate(one.values)
        ]
        if not points:
            continue
        drawn.append(svg.tag("polyline", points=" ".join(points), class_=f"line {one.style}"))
        x, y = frame.x(len(points) - 0.5), frame.y(one.values[-1])
        drawn.append(svg.tag("circle", cx=x, cy=y, r=3.5, class_=f"dot {one.style}"))
        text_y = max([y + 4, *(taken + 15 for taken in used)])
        used.append(text_y)
        drawn.append(svg.label(x + 8, text_y, _end(one, exact), class_="value"))
    return svg.drawing(name, width, height, title, description, *drawn)


def _end(one: Series, fmt: Format) -> str:
    return f"{one.name} {fmt(one.values[-1])}" if one.values else one.name
