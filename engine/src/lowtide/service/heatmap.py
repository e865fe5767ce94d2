"""Where it burns: stores by categories, with the money at risk or the number of alerts in each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lowtide.desk import worth
from lowtide.service.answer import Answer, Away, asked_or, finite
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.kept import kept, pace_of
from lowtide.service.period import Period
from lowtide.warehouse.figure_rows import Figures

Measure = Literal["loss", "count"]
Chosen = tuple[tuple[str, tuple[str, ...]], ...]
"""Columns and the values of each."""
ROWS, COLUMNS = 30, 20
"""So many stores and categories have a line of their own; what is left is the line of the others."""
OTHERS = "\x00others"
"""The value of that line."""


@dataclass(frozen=True)
class Line(Answer):
    """A store (row) or a category (column), with its sum."""

    value: str
    """The key for a filter; `OTHERS`: all that have no line of their own."""
    name: str
    """What a person calls it; empty: it has no name, or the catalogue does not know it."""
    members: int
    """How many stores or categories: 1, or of OTHERS more."""
    alerts: int
    critical: int
    loss: float | None
    """Expected loss in money (without prices in units); None: not known of any."""


@dataclass(frozen=True)
class Cell(Answer):
    """A store by a category. Cells without an alert are left out."""

    row: int
    column: int
    """Places in `rows` and `columns`, from 0."""
    alerts: int
    critical: int
    loss: float | None


@dataclass(frozen=True)
class Heatmap(Answer):
    """The map, the lines with the most first. Open now: from desk.db; of a period: alerts that opened in it."""

    measure: Measure
    period: Period | None
    """None: what is open now."""
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    cells: tuple[Cell, ...]
    alerts: int
    loss: float | None
    in_units: bool
    as_of: int
    """When this was counted."""
    away: Away | None


def heatmap(
    context: Context,
    caller: Caller,
    measure: Measure = "loss",
    period: Period | None = None,
    wanted: Mapping[str, tuple[str, ...]] | None = None,
) -> Heatmap:
    """The heat map. `wanted` narrows it by type, severity, supplier, region, location, category or department.

    The loss of a period is what the openings put at risk: the expected loss that the first entry of each alert said.
    """
    chosen = tuple(sorted((name, tuple(values)) for name, values in (wanted or {}).items() if values))
    away: Away | None = None
    if period is None:
        grid, as_of = _grid(_open(context, chosen), measure, _names(context)), context.now()
    else:
        nothing = (_grid([], measure, {}), context.now())
        (grid, as_of), away = asked_or(lambda: _opened(context, period, measure, chosen), nothing)
    with context.store.read() as rows:
        in_units = worth.is_in_units(rows)
    total = grid.total
    return Heatmap(
        measure, period, grid.rows, grid.columns, grid.cells, total.alerts, total.loss, in_units, as_of, away
    )


@dataclass(frozen=True)
class _Grid:
    """The lines and cells of a map, and the sum of all."""

    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    cells: tuple[Cell, ...]
    total: Line


@dataclass(frozen=True)
class _Count:
    location: str
    category: str
    alerts: int
    critical: int
    loss: float | None


def _open(context: Context, chosen: Chosen) -> list[_Count]:
    """Of what is open now."""
    narrow = "".join(f" AND a.{name} IN ({', '.join('?' * len(values))})" for name, values in chosen)
    args = [value for _, values in chosen for value in values]
    with context.store.read() as rows:
        found = rows.rows(
            "SELECT a.location, a.category, count(*) AS alerts, sum(a.severity = 'critical') AS critical, "
            f"sum(a.worth) AS loss FROM alert AS a WHERE a.status = 'open' AND a.state != 'closed'{narrow} "
            "GROUP BY a.location, a.category",
            *args,
        )  # fmt: skip
    return [_Count(*row) for row in found]


def _opened(context: Context, period: Period, measure: Measure, chosen: Chosen) -> tuple[_Grid, int]:
    """Of what opened in a period: the grid is kept, because thousands of cells are gathered in it."""

    def count() -> _Grid:
        with context.reading() as warehouse:
            rows = Figures(
                warehouse, period.start, period.start, period.end, dict(chosen), period.zone
            ).cells()
        counts = [
            _Count(row["location"], row["category"], row["alerts"], row["critical"], finite(row["loss"]))
            for row in rows
        ]
        return _grid(counts, measure, _names(context))

    return kept(context, ("heatmap", period, measure, chosen), count, pace_of(period.days))


def _names(context: Context) -> dict[str, str]:
    """The names of the places: of the people file, and of what is open."""
    with context.store.read() as rows:
        found = {
            row["location"]: row["location_name"]
            for row in rows.rows(
                "SELECT DISTINCT location, location_name FROM alert WHERE location_name != ''"
            )
        }
    places = context.book().places.rows
    return {**{key: place.name for key, place in places.items() if place.name}, **found}


def _grid(counts: list[_Count], measure: Measure, names: Mapping[str, str]) -> _Grid:
    rows = _lines(counts, "location", ROWS, measure, names)
    columns = _lines(counts, "category", COLUMNS, measure, {})
    return _Grid(rows, columns, _cells(counts, _places(rows), _places(columns)), _sum("", counts))


def _sum(value: str, counts: Sequence[_Count], name: str = "", members: int = 1) -> Line:
    known = [one.loss for one in counts if one.loss is not None]
    return Line(
        value, name, members, sum(one.alerts for one in counts), sum(one.critical for one in counts),
        round(sum(known), 2) if known else None,
    )  # fmt: skip


def _lines(
    counts: Sequence[_Count], column: str, most: int, measure: Measure, names: Mapping[str, str]
) -> tuple[Line, ...]:
    """The lines with the most, and one of all others."""
    groups: dict[str, list[_Count]] = {}
    for one in counts:
        groups.setdefault(getattr(one, column), []).append(one)
    lines = [_sum(value, members, names.get(value, "")) for value, members in groups.items()]
    lines.sort(
        key=lambda line: (-(line.alerts if measure == "count" else line.loss or 0), -line.alerts, line.value)
    )
    if len(lines) <= most:
        return tuple(lines)
    left = [one for line in lines[most:] for one in groups[line.value]]
    return (*lines[:most], _sum(OTHERS, left, members=len(lines) - most))


def _places(lines: Sequence[Line]) -> dict[str, int]:
    return {line.value: at for at, line in enumerate(lines)}


def _cells(counts: Sequence[_Count], rows: Mapping[str, int], columns: Mapping[str, int]) -> tuple[Cell, ...]:
    """The counts by line; what has no line of its own falls into that of the others."""
    groups: dict[tuple[int, int], list[_Count]] = {}
    for one in counts:
        row = rows.get(one.location, len(rows) - 1)
        column = columns.get(one.category, len(columns) - 1)
        groups.setdefault((row, column), []).append(one)
    found = []
    for (row, column), members in sorted(groups.items()):
        line = _sum("", members)
        found.append(Cell(row, column, line.alerts, line.critical, line.loss))
    return tuple(found)
