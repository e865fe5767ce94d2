"""Positions, items and suppliers of the vectors: 3 a day with variance 6, lead time 7 days, at the end of a Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide.propose import Demand, Item, Position, Supplier, Supply, Terms

MONDAY = date(2026, 11, 30)
AT = datetime(2026, 11, 30, 17, tzinfo=UTC)
"""Nothing more is sold on this day: demand begins on the next one, so that day t is t days from now."""


def steady(mean: float = 3.0, variance: float = 6.0, days: int = 14) -> Demand:
    """The same every day, from the day after `MONDAY` on."""
    return Demand(
        MONDAY + timedelta(days=1),
        tuple(mean * (day + 1) for day in range(days)),
        tuple(variance * (day + 1) for day in range(days)),
    )


def position(
    available: int = 20_000, supply: tuple[Supply, ...] = (), location: str = "S01", **more
) -> Position:
    more.setdefault("demand", steady())
    return Position("shop", "p0", location, "1001", AT, available, supply=supply, **more)


def item(**more) -> Item:
    return Item(
        "1001",
        **{"name": "Milk", "supplier": "V002", "unit": "piece", "unit_cost": 2.0, "margin": 1.5, **more},
    )


def terms(**more) -> Terms:
    return Terms(**{"lateness": ((0.0, 1.0),), **more})


def supplier(review: float = 1.0) -> Supplier:
    return Supplier.unknown("V002", ZoneInfo("UTC"), review)
