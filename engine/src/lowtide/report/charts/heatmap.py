"""A grid of cells, darker for more, each with its number, so that a reader does not depend on colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from lowtide.report.charts import svg

LEVELS = 6
"""Steps of the scale, from `h0` (nothing) to `h6`."""


def heatmap(
    name: str, width: float, title: str, description: str, rows: Sequence[str], columns: Sequence[str],
    values: Mapping[tuple[str, str], float], fmt: Callable[[float], str], axis: tuple[str, str],
) -> Markup:  # fmt: skip
    """Cells of `rows` down and `columns` across; `axis` names both. A cell without a value is empty."""
    left = min(width * 0.34, 14 + max((svg.width_of(row) for row in rows), default=0))
    cell = min(120.0, (width - left) / max(len(columns), 1))
    turned = any(svg.width_of(column) > cell - 4 for column in columns)
    long = max((svg.width_of(column) for column in columns), default=0)
    top = 20 + (min(90.0, long * 0.75 + 10) if turned else 16)
    tall = 26.0
    most = max(values.values(), default=0)
    drawn = [svg.label(0, top - 8, axis[0], class_="unit"), svg.label(left, 11, axis[1], class_="unit")]
    for across, column in enumerate(columns):
        middle = left + (across + 0.5) * cell
        if turned:
            drawn.append(svg.label(middle - 2, top - 6, svg.fit(column, 100), turned=-50))
        else:
            drawn.append(svg.label(middle, top - 8, column, anchor="middle"))
    for down, row in enumerate(rows):
        y = top + down * tall
        drawn.append(svg.label(0, y + 17, svg.fit(row, left - 8)))
        for across, column in enumerate(columns):
            value = values.get((row, column), 0.0)
            tooltip = svg.tag("title", f"{row} · {column}: {fmt(value)}")
            x = left + across * cell
            drawn.append(svg.tag(
                "rect", tooltip, x=x + 1, y=y + 1, width=cell - 2, height=tall - 2, rx=2,
                class_=f"h{level(value, most)}",
            ))  # fmt: skip
            if value:
                strong = "on-dark" if level(value, most) >= 4 else "on-light"
                drawn.append(
                    svg.label(x + cell / 2, y + 17, fmt(value), class_=f"cell {strong}", anchor="middle")
                )
    return svg.drawing(name, width, top + len(rows) * tall + 4, title, description, *drawn)


def level(value: float, most: float) -> int:
    """The step of the scale, by the square root: a few high cells leave the others their differences.

    >>> [level(value, 100) for value in (0, 1, 10, 50, 100)]
    [0, 1, 2, 5, 6]
    """
    if value <= 0 or most <= 0:
        return 0
    return min(LEVELS, max(1, -int(-(((value / most) ** 0.5) * LEVELS) // 1)))
