"""Draw the newest record of growth as curves over the number of positions: time of a record, longest call of each phase."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log10
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, GAP = 760, 330, 60, 64, 90
PHASES = {"positions": "#0b6e99", "ids": "#d9822b", "mark": "#5c7f2e", "midnight": "#8a3ffc"}
Points = dict[str, list[tuple[float, float]]]


def curves(record: dict[str, Any]) -> dict[str, Points]:
    """The points of each panel: (positions, value) by phase."""
    sizes = sorted(record["sizes"], key=int)
    panels: dict[str, Points] = {"ns a record": {}, "longest call, ms": {}}
    for phase in PHASES:
        found = [(float(size), record["sizes"][size][phase]) for size in sizes]
        panels["ns a record"][phase] = [(size, one["ns_a_record"]) for size, one in found]
        panels["longest call, ms"][phase] = [(size, max(one["longest_ms"].values())) for size, one in found]
    return panels


def svg(record: dict[str, Any]) -> str:
    """The picture: two panels side by side, both axes logarithmic, each curve in the colour of its phase in the legend."""
    about = f"{record['date']}, {record['machine']}; CPU time, logarithmic axes"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        '<text x="10" y="22" font-size="13" font-weight="bold">Growth of one key group by its positions</text>',
        f'<text x="10" y="40" fill="#555">{escape(about)}</text>',
    ]
    width = (WIDTH - LEFT - GAP - 50) / 2
    for number, (title, points) in enumerate(curves(record).items()):
        parts += panel(title, points, LEFT + number * (width + GAP), width)
    for number, (phase, colour) in enumerate(PHASES.items()):
        x = LEFT + 110 * number
        parts.append(f'<rect x="{x}" y="{HEIGHT - 16}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 15}" y="{HEIGHT - 7}">{phase}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def panel(title: str, points: Points, left: float, width: float) -> Iterator[str]:
    """One pair of axes with the curve of each phase; the last point of a curve has its number."""
    every = [point for curve in points.values() for point in curve]
    sizes = sorted({size for size, _ in every})
    low, high = (
        floor(log10(max(0.01, min(value for _, value in every)))),
        ceil(log10(max(value for _, value in every))),
    )
    high = max(high, low + 1)
    bottom = HEIGHT - 46
    span = log10(sizes[-1] / sizes[0]) or 1.0

    def place(size: float, value: float) -> tuple[float, float]:
        x = left + width * log10(size / sizes[0]) / span
        return x, bottom - (bottom - TOP) * (log10(max(value, 10**low)) - low) / (high - low)

    yield f'<text x="{left:.0f}" y="{TOP - 8}">{title}</text>'
    for power in range(low, high + 1):
        _, y = place(sizes[0], 10**power)
        yield f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{left + width:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{left - 6:.1f}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{10**power:,g}</text>'
    for size in sizes:
        x, _ = place(size, 1)
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#555">{size:,.0f}</text>'
    for phase, curve in points.items():
        placed = [place(*point) for point in curve]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        yield f'<polyline points="{path}" fill="none" stroke="{PHASES[phase]}" stroke-width="2"/>'
        x, y = placed[-1]
        yield f'<text x="{x + 4:.1f}" y="{y + 4:.1f}" fill="{PHASES[phase]}">{curve[-1][1]:,.4g}</text>'
