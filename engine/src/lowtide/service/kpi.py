"""The key figures: how fast people answered, how often the alerts were right, how much anybody had to hear.

Figures of one person are shown to that person and to the leads above, as load and response, never as a ranking.
"""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.report.figures import Figure
from lowtide.rows import Row
from lowtide.service import kpi_counts as counts
from lowtide.service.answer import Answer, Away, asked_or, finite
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.kept import kept, pace_of
from lowtide.service.kpi_counts import By, Counts
from lowtide.service.period import Period
from lowtide.service.refusal import Missing
from lowtide.service.rights import check_figures

__all__ = [
    "By", "CalibrationSummary", "Kpi", "KpiRow", "LoadHour", "PersonFigures", "kpi", "person_figures",
]  # fmt: skip
_MOST_ROWS = 50


@dataclass(frozen=True)
class KpiRow(Answer):
    """One team, department, supplier or region."""

    value: str
    name: str
    alerts: int
    critical: int
    response_rate: float | None
    """Share that a person took, 0 to 1."""
    mtta_minutes: float | None
    """Median minutes from the opening to the first acknowledgement."""
    mttr_minutes: float | None
    """Median minutes from the opening to resolved."""
    in_time: float | None
    """Share acknowledged by the deadline."""
    resolved_in_time: float | None
    rated: int
    rated_share: float | None
    precision: float | None
    """Share of the rated ones that were right: read it beside rated_share."""
    in_stock: float | None
    """Share of the wanted positions that have stock now; None: stock has no such dimension (team)."""
    excess: float | None
    """Share of the stocked positions with more than 90 days of cover."""
    dead: float | None
    turns: float | None
    """Turns a year."""


@dataclass(frozen=True)
class LoadHour(Answer):
    """Hours of messages of all persons together, against the lines of 6 and 12 an hour."""

    pushes: int
    hours: int
    """Person-hours with at least one message."""
    acceptable: int
    """Of these, up to 6."""
    high: int
    """7 to 12."""
    overload: int
    """More than 12."""
    floods: int
    """Spans of ten minutes in which more than ten groups came to one person."""
    busiest: tuple[float, ...]
    """Mean messages by hour of the day, 24 values, in the zone of the period."""


@dataclass(frozen=True)
class CalibrationSummary(Answer):
    """Whether p can be believed, in one line."""

    days: int
    """Position-days that were judged."""
    said: float | None
    """Mean chance said, 0 to 1."""
    came_true: float | None
    """Share that ran out."""
    outside: int
    """Tenths of the scale whose 95 % interval does not hold what was said."""


@dataclass(frozen=True)
class Kpi(Answer):
    """The page of key figures."""

    period: Period
    by: By
    figures: tuple[Figure, ...]
    """alerts, response_rate, mtta, mttr, in_time, resolved_in_time, precision, false_alarms, reopen_rate, missed_stockouts,
    warning_lead, pushes, hours_over: each with the period before. Counts stand in `detail`: precision has `rated`, `right`,
    `rated_share`, `low` and `high`; mtta and mttr have `p90` and `count`."""
    stock: tuple[Figure, ...]
    """in_stock, excess, dead, turns, stock_value of now."""
    load: LoadHour
    calibration: CalibrationSummary
    rows: tuple[KpiRow, ...]
    """Those with the most alerts first, at most 50."""
    more: int
    """Rows that are not shown."""
    comparable: bool
    """Whether the log covers the period before, so that `before` means something."""
    as_of: int
    """When this was counted."""
    stock_as_of: int
    """When the stock and the calibration were counted: seldom, because that reads every position."""
    away: Away | None


@dataclass(frozen=True)
class PersonFigures(Answer):
    """How much one person heard and how the person answered: load and response, no ranking."""

    person: str
    name: str
    period: Period
    figures: tuple[Figure, ...]
    """alerts (told), response_rate, mtta, in_time, pushes, hours_over."""
    hours: tuple[float, ...]
    """Mean messages by hour of the day, 24 values."""
    away: Away | None


def kpi(context: Context, caller: Caller, period: Period, by: By = "team") -> Kpi:
    """The key figures of a period, compared with the one before."""

    unknown: tuple[Counts | None, int] = (None, context.now())

    def ask() -> tuple[Counts | None, int]:
        return kept(
            context, ("kpi", period, by), lambda: counts.count(context, period, by), pace_of(period.days)
        )

    (found, as_of), away = asked_or(ask, unknown)
    if found is None:
        nothing = LoadHour(0, 0, 0, 0, 0, 0, (0.0,) * 24)
        return Kpi(
            period,
            by,
            (),
            (),
            nothing,
            CalibrationSummary(0, None, None, 0),
            (),
            0,
            False,
            as_of,
            as_of,
            away,
        )
    values = [value for value in found.values(by) if value]
    names = _names(context, by)
    rows = tuple(_row(value, names.get(value, ""), found) for value in values[:_MOST_ROWS])
    return Kpi(
        period, by, counts.figures(found), counts.stock_figures(found), _load(found, period), _calibration(found), rows,
        max(0, len(values) - _MOST_ROWS), found.comparable, as_of, found.stock_as_of, away,
    )  # fmt: skip


def person_figures(context: Context, caller: Caller, person: str, period: Period) -> PersonFigures:
    """The figures of a person. Raises NotAllowed if the caller may not see them, Missing if nobody has that key."""
    book = context.book()
    if person not in book.people:
        raise Missing(f"nobody has the key `{person[:60]}` in the people file", "`/people` lists them.")
    check_figures(book, caller, person)
    nothing: tuple[list[Row], list[Row]] = ([], [])
    (found, _), away = asked_or(
        lambda: kept(
            context,
            ("person", person, period),
            lambda: counts.of_person(context, period, person),
            pace_of(period.days),
        ),
        (nothing, context.now()),
    )
    told, pushes = found
    return PersonFigures(
        person,
        book.people[person].name,
        period,
        counts.person_rows(told, pushes),
        _hours(pushes, period),
        away,
    )


def _row(value: str, name: str, found: Counts) -> KpiRow:
    opened, done, kept_, stock = (found.row(one, value) for one in ("opened", "answered", "kept", "stock"))
    alerts, rated = int(opened.get("alerts", 0)), int(done.get("rated", 0))
    return KpiRow(
        value, name, alerts, int(opened.get("critical", 0)), counts.share(done.get("acknowledged", 0), alerts),
        finite(done.get("mtta")), finite(done.get("mttr")),
        counts.share(kept_.get("kept", 0), kept_.get("kept", 0) + kept_.get("missed", 0)),
        counts.share(kept_.get("resolved_kept", 0), kept_.get("resolved_kept", 0) + kept_.get("resolved_missed", 0)),
        rated, counts.share(rated, alerts), counts.share(done.get("right", 0), rated),
        counts.share(stock.get("in_stock", 0), stock.get("wanted", 0)),
        counts.share(stock.get("excess", 0), stock.get("stocked", 0)),
        counts.share(stock.get("dead", 0), stock.get("stocked", 0)), finite(stock.get("turns")),
    )  # fmt: skip


def _names(context: Context, by: By) -> dict[str, str]:
    places = context.book().places.rows
    return {key: place.name for key, place in places.items() if place.name} if by == "location" else {}


def _load(found: Counts, period: Period) -> LoadHour:
    rows = [row for row in found.pushes if row["now"]]
    total = {
        name: sum(int(row[name]) for row in rows)
        for name in ("pushes", "hours", "high", "overload", "floods")
    }
    return LoadHour(
        total["pushes"], total["hours"], total["hours"] - total["high"] - total["overload"], total["high"],
        total["overload"],
        total["floods"], _hours(rows, period),
    )  # fmt: skip


def _hours(rows: list[Row], period: Period) -> tuple[float, ...]:
    """Mean messages by hour of the day."""
    of_hour = {int(row["hour"]): int(row["pushes"]) for row in rows if row["now"]}
    return tuple(round(of_hour.get(hour, 0) / period.days, 3) for hour in range(24))


def _calibration(found: Counts) -> CalibrationSummary:
    days = sum(int(row["days"]) for row in found.calibration)
    outside = sum(not row["low"] <= row["said"] <= row["high"] for row in found.calibration)
    if not days:
        return CalibrationSummary(0, None, None, 0)

    def mean(name: str) -> float:
        return float(sum(row[name] * row["days"] for row in found.calibration) / days)

    return CalibrationSummary(days, mean("said"), mean("came_true"), outside)
