"""Whether p can be believed: what was said at midnights against what came true, by tenths of the scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lowtide.service.answer import Answer, Away, asked_or
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.kept import LONG, kept
from lowtide.warehouse import Warehouse, queries

By = Literal["all", "location", "category", "department", "supplier"]


@dataclass(frozen=True)
class Tenth(Answer):
    """One tenth of the scale, shares from 0 to 1."""

    decile: int
    low_end: float
    high_end: float
    """Where the tenth begins and ends."""
    positions: int
    days: int
    """Position-days; of openings alerts."""
    said: float
    came_true: float
    low: float
    high: float
    """The 95 % interval of came_true."""

    @property
    def is_inside(self) -> bool:
        """Whether the interval holds what was said."""
        return self.low <= self.said <= self.high


@dataclass(frozen=True)
class Curve(Answer):
    """The tenths of one value of the dimension."""

    value: str
    name: str
    days: int
    tenths: tuple[Tenth, ...]


@dataclass(frozen=True)
class Calibration(Answer):
    """The curves of a dimension, those with the most days first."""

    by: By
    openings: bool
    """True: of alerts at their opening, which look worse than p is."""
    curves: tuple[Curve, ...]
    more: int
    as_of: int
    """When this was counted: seldom, because it reads every position."""
    away: Away | None


def calibration(context: Context, caller: Caller, by: By = "all", openings: bool = False) -> Calibration:
    """The calibration of the pipeline whose clock is the newest, at most 12 curves."""

    def count() -> list[Curve]:
        with context.reading() as warehouse:
            return _curves(warehouse, by, openings)

    nothing: tuple[list[Curve], int] = ([], context.now())
    (found, as_of), away = asked_or(
        lambda: kept(context, ("calibration", by, openings), count, LONG), nothing
    )
    return Calibration(by, openings, tuple(found[:_MOST]), max(0, len(found) - _MOST), as_of, away)


_MOST = 12


def _curves(warehouse: Warehouse, by: By, openings: bool) -> list[Curve]:
    db = warehouse.database
    clocks = warehouse.rows(f"SELECT pipeline FROM {db}.pipeline_clock ORDER BY clock DESC, pipeline LIMIT 1")
    if not clocks:
        return []
    rows = queries.calibration(warehouse, by=by, openings=openings, pipeline=clocks[0]["pipeline"])
    names = _names(warehouse) if by == "location" else {}
    count = "alerts" if openings else "days"
    grouped: dict[str, list[Tenth]] = {}
    for row in rows:
        tenth = Tenth(
            int(row["decile"]), row["from"], row["to"], row["positions"], row[count], row["said"], row["came_true"],
            row["low"], row["high"],
        )  # fmt: skip
        grouped.setdefault(row["value"], []).append(tenth)
    return [
        Curve(value, names.get(value, ""), sum(one.days for one in tenths), tuple(tenths))
        for value, tenths in grouped.items()
    ]


def _names(warehouse: Warehouse) -> dict[str, str]:
    rows = warehouse.rows(
        f"SELECT location, any(name) AS name FROM {warehouse.database}.location FINAL GROUP BY location"
    )
    return {row["location"]: row["name"] for row in rows}
