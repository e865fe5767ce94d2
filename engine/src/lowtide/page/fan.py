"""Where the stock is heading, drawn: the fan from the 10th to the 90th percentile, the supply that may come, and the lines.

One drawing for a desk and one for a phone, in units of stock at the end of each day. Every day is a box with a title, which
the pointer reads out; the same stands in a table beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from markupsafe import Markup

from lowtide.report.charts import svg
from lowtide.service.projection import ProjectedDay, Projection, SupplyMark
from lowtide.words import Language

_LEFT, _TOP, _BOTTOM = 46.0, 20.0, 46.0


@dataclass(frozen=True)
class _Scale:
    """Days and units as points of the drawing."""

    width: float
    height: float
    low: float
    high: float
    days: int
    right: float
    step: float

    def x(self, day: float) -> float:
        return _LEFT + day * self.slot

    @property
    def slot(self) -> float:
        return (self.width - _LEFT - self.right) / max(self.days, 1)

    def y(self, units: float) -> float:
        inner = self.height - _TOP - _BOTTOM
        return _TOP + inner * (1 - (units - self.low) / (self.high - self.low))


def fan(projection: Projection, tell: Language, width: float = 600, height: float = 280) -> Markup:
    """The drawing. `width` and `height` are in pixels."""
    lines = _lines(projection, tell)
    room = max((svg.width_of(text, 11.5) + 12 for _, text, _ in lines), default=12.0) if width > 500 else 10.0
    scale = _scale(projection, width, height, room)
    parts = [
        *_axes(scale, projection, tell), _below(scale), _band(scale, projection), _middle(scale, projection),
        *(part for value, text, name in lines for part in _line(scale, value, text, name, width > 500)),
        *_supply(scale, projection, tell), *_boxes(scale, projection, tell),
    ]  # fmt: skip
    title, about = tell.say("fan.title"), tell.say("fan.about", n=len(projection.days))
    drawn = svg.drawing("fan", width, height, title, about, *parts)
    return Markup(str(drawn).replace("<svg ", "<svg data-readout ", 1))


def _scale(projection: Projection, width: float, height: float, right: float) -> _Scale:
    high = max(
        [
            projection.available,
            *(day.p90 for day in projection.days),
            projection.trip or 0,
            projection.exit or 0,
            1,
        ]
    )
    low = min([0.0, *(day.p10 for day in projection.days)])
    step = svg.ticks(high - low)[1]
    bottom, top = floor(low / step) * step, ceil(high / step) * step
    return _Scale(width, height, bottom, top, len(projection.days) + 1, right, step)


def _lines(projection: Projection, tell: Language) -> list[tuple[float, str, str]]:
    """The lines at which the alert opened and at which it clears."""
    found = []
    if projection.trip is not None:
        found.append((projection.trip, tell.say("fan.trip", n=tell.number(projection.trip)), "limit"))
    if projection.exit is not None:
        found.append((projection.exit, tell.say("fan.exit", n=tell.number(projection.exit)), "limit exit"))
    return found


def _axes(scale: _Scale, projection: Projection, tell: Language) -> list[Markup]:
    made = [svg.label(0, 10, tell.say("fan.unit"), class_="unit")]
    value = scale.low
    while value <= scale.high + 1e-9:
        y, name = scale.y(value), "zero" if abs(value) < 1e-9 else "grid"
        made.append(svg.line(_LEFT, y, scale.width - scale.right, y, name))
        made.append(svg.label(_LEFT - 6, y + 4, tell.short(value).replace("-", "−"), anchor="end"))
        value += scale.step
    widest = max(svg.width_of(tell.tick(day.day)) for day in projection.days) + 12 if projection.days else 40
    every = max(1, ceil(widest / scale.slot))
    for place, day in enumerate(projection.days, start=1):
        if (place - 1) % every == 0:
            made.append(
                svg.label(
                    scale.x(place + 0.5), scale.height - 6, tell.tick(day.day), class_="soft", anchor="middle"
                )
            )
    return made


def _below(scale: _Scale) -> Markup:
    """The ground under zero: there the shelf is empty and demand is not met."""
    zero = scale.y(0)
    return svg.tag(
        "rect", x=_LEFT, y=zero, width=scale.width - scale.right - _LEFT, height=max(scale.height - _BOTTOM - zero, 0.0),
        class_="below",
    )  # fmt: skip


def _points(scale: _Scale, projection: Projection, name: str) -> list[str]:
    start = f"{scale.x(0.5):.1f},{scale.y(projection.available):.1f}"
    days = enumerate(projection.days, start=1)
    return [start, *(f"{scale.x(place + 0.5):.1f},{scale.y(getattr(day, name)):.1f}" for place, day in days)]


def _band(scale: _Scale, projection: Projection) -> Markup:
    edge = [*_points(scale, projection, "p90"), *reversed(_points(scale, projection, "p10"))]
    return svg.tag("polygon", points=" ".join(edge), class_="fan")


def _middle(scale: _Scale, projection: Projection) -> Markup:
    return svg.tag("polyline", points=" ".join(_points(scale, projection, "p50")), class_="line")


def _line(scale: _Scale, value: float, text: str, name: str, wide: bool) -> list[Markup]:
    y, end = scale.y(value), scale.width - scale.right
    made = [svg.line(_LEFT, y, end, y, name)]
    if wide:
        made.append(svg.label(end + 6, y + (12 if "exit" not in name else -2), text, class_="limit-text"))
    else:
        made.append(
            svg.label(end, y + (13 if "exit" not in name else -4), text, class_="limit-text", anchor="end")
        )
    return made


def _supply(scale: _Scale, projection: Projection, tell: Language) -> list[Markup]:
    """A triangle under the day on which a supply is due; what is overdue stands at the left, in its own colour."""
    made: list[Markup] = []
    used: dict[float, int] = {}
    base = scale.height - _BOTTOM
    for mark in projection.supply:
        place = _place(mark, projection)
        if place is None:
            continue
        x = scale.x(place + 0.5)
        above = used[x] = used.get(x, -1) + 1
        y = base + 3
        title = _supply_text(mark, tell)
        points = f"{x:.1f},{y:.1f} {x - 7:.1f},{y + 12:.1f} {x + 7:.1f},{y + 12:.1f}"
        made.append(
            svg.tag(
                "polygon",
                svg.tag("title", title),
                points=points,
                class_=f"supply{' late' if mark.overdue else ''}",
            )
        )
        if above == 0:
            made.append(
                svg.label(x, y + 24, f"+{tell.units(float(mark.quantity))}", anchor="middle", class_="value")
            )
    return made


def _place(mark: SupplyMark, projection: Projection) -> int | None:
    """The column of a supply: 0 is now; None: later than the chart, or without a day."""
    if mark.due is None:
        return None
    days = (mark.due - projection.today).days + 1
    return 0 if days < 1 else days if days <= len(projection.days) else None


def _supply_text(mark: SupplyMark, tell: Language) -> str:
    due = tell.tick(mark.due) if mark.due else "–"
    key = "fan.supply_late" if mark.overdue else "fan.supply"
    return tell.say(key, ref=mark.ref or "–", n=tell.units(float(mark.quantity)), due=due)


def _boxes(scale: _Scale, projection: Projection, tell: Language) -> list[Markup]:
    """A box a day, invisible, with what the pointer reads out; and the line that stands under the pointer."""
    made = [
        svg.tag(
            "line", x1=0.0, x2=0.0, y1=_TOP, y2=scale.height - _BOTTOM, class_="cursor", visibility="hidden"
        )
    ]
    for place, day in enumerate(projection.days, start=1):
        box = svg.tag(
            "rect", svg.tag("title", day_text(day, tell)), data_day=place, x=scale.x(place), y=_TOP, width=scale.slot,
            height=scale.height - _TOP - _BOTTOM, fill="transparent",
        )  # fmt: skip
        made.append(box)
    return made


def day_text(day: ProjectedDay, tell: Language) -> str:
    """One day as a sentence."""
    return tell.say(
        "fan.day", day=tell.tick(day.day), p50=tell.number(day.p50), p10=tell.number(day.p10), p90=tell.number(day.p90),
        out=tell.share(day.p_out, 0),
    )  # fmt: skip


def rows(projection: Projection, tell: Language) -> list[list[str]]:
    """The same as a table: a row a day."""
    due: dict[int, list[str]] = {}
    for mark in projection.supply:
        place = _place(mark, projection)
        if place is not None:
            due.setdefault(max(place, 1), []).append(_supply_text(mark, tell))
    return [
        [
            tell.tick(day.day), tell.number(day.p10), tell.number(day.p50), tell.number(day.p90), tell.share(day.p_out, 0),
            "; ".join(due.get(place, [])),
        ]
        for place, day in enumerate(projection.days, start=1)
    ]  # fmt: skip
