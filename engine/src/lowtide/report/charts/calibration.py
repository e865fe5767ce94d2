"""The chance that was said against the share that came true: they agree where the interval meets the diagonal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lowtide.report.charts import svg

LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 22.0, 44.0
_HALF = 4.0
"""Pixels of half a side of the square that stands for alerts at their opening."""


@dataclass(frozen=True)
class Promise:
    """What was said in one tenth of the scale: the mean chance, the share that came true, and its interval."""

    said: float
    share: float
    low: float
    high: float
    text: str


def calibration(
    name: str, width: float, title: str, description: str, promises: Sequence[Promise], openings: Sequence[Promise],
    axis: tuple[str, str], kept: str,
) -> Markup:  # fmt: skip
    """Points with their intervals on a square from 0 to 100 %, and openings as hollow squares on their tips.

    `kept` is written along the diagonal.
    """
    side = width - LEFT - RIGHT
    height = side + TOP + BOTTOM

    def x(share: float) -> float:
        return LEFT + share * side

    def y(share: float) -> float:
        return TOP + (1 - share) * side

    drawn = [svg.label(0, 10, axis[1], class_="unit")]
    for step in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawn += [
            svg.line(x(0), y(step), x(1), y(step), "grid"),
            svg.line(x(step), y(0), x(step), y(1), "grid"),
        ]
        drawn.append(svg.label(LEFT - 6, y(step) + 4, f"{step:.0%}", anchor="end"))
        drawn.append(svg.label(x(step), y(0) + 17, f"{step:.0%}", anchor="end" if step == 1 else "middle"))
    drawn.append(svg.line(x(0), y(0), x(1), y(1), "limit"))
    drawn.append(svg.label(x(0.985), y(0.985) - 8, kept, class_="limit-text", anchor="end", turned=-45))
    drawn.append(svg.label(x(1), height - 6, axis[0], class_="unit", anchor="end"))
    drawn += [_opening(x(one.said), y(one.share), one.text) for one in openings]
    for promise in promises:
        drawn.append(svg.line(x(promise.said), y(promise.low), x(promise.said), y(promise.high), "interval"))
        for end in (promise.low, promise.high):
            drawn.append(svg.line(x(promise.said) - 4, y(end), x(promise.said) + 4, y(end), "interval"))
        point = svg.tag("title", promise.text)
        drawn.append(svg.tag("circle", point, cx=x(promise.said), cy=y(promise.share), r=5, class_="point"))
    return svg.drawing(name, width, height, title, description, *drawn)


def _opening(x: float, y: float, text: str) -> Markup:
    return svg.tag(
        "rect", svg.tag("title", text), x=x - _HALF, y=y - _HALF, width=2 * _HALF, height=2 * _HALF, class_="opening",
        transform=f"rotate(45 {x:.1f} {y:.1f})",
    )  # fmt: skip
