"""What is counted over every position, whatever the period: the stock of now, calibration, and units sold by day.

At a million positions each costs seconds, so it is counted at most every fifteen minutes, told with its age for up to a day,
and kept in desk.db, so that it is there after a start.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from lowtide.rows import Row
from lowtide.service.context import Context
from lowtide.service.kept import SLOW, kept
from lowtide.warehouse import queries, stock_figures
from lowtide.warehouse.figure_days import FigureDays

Chosen = tuple[tuple[str, tuple[str, ...]], ...]
"""Columns and the values of each."""
_FIRST, _LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)
"""Before and after every day that the warehouse can have."""


def stock(context: Context) -> tuple[dict[str, list[Row]], int]:
    """The rows of `stock_figures.stock` by dimension, and when they were counted. Raises WarehouseError."""

    def count() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        with context.reading() as warehouse:
            for row in stock_figures.stock(warehouse):
                found.setdefault(str(row["dimension"]), []).append(row)
        return found

    return kept(context, ("stock",), count, SLOW)


def calibration(context: Context) -> tuple[list[Row], int]:
    """The calibration of all position-days, and when it was counted. Raises WarehouseError."""

    def count() -> list[Row]:
        with context.reading() as warehouse:
            return queries.calibration(warehouse)

    return kept(context, ("calibration",), count, SLOW)


def sold(context: Context, zone: str, chosen: Chosen) -> tuple[Mapping[date, float], int]:
    """Units sold by day, of all days; and when they were counted. Raises WarehouseError."""

    def count() -> dict[str, float]:
        with context.reading() as warehouse:
            rows = FigureDays(warehouse, _FIRST, _FIRST, _LAST, dict(chosen), zone).demand_by_day()
        return {row["day"].isoformat(): row["demand"] for row in rows}

    found, as_of = kept(context, ("sold", zone, chosen), count, SLOW)
    return {date.fromisoformat(day): units for day, units in found.items()}, as_of
