"""The counts behind the key figures, and the figures that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lowtide.report.figures import Figure, wilson
from lowtide.rows import Row
from lowtide.service import stock_kept
from lowtide.service.answer import finite
from lowtide.service.context import Context
from lowtide.service.period import Period
from lowtide.warehouse import figure_rows
from lowtide.warehouse.figure_rows import Figures

By = Literal["team", "department", "supplier", "region", "category", "location"]
_BUDGET_LINE = ("high", "overload")


@dataclass(frozen=True)
class Counts:
    """What the warehouse counted; rows have `now` (1: of the period, 0: of the one before) and `value`."""

    opened: list[Row]
    answered: list[Row]
    kept: list[Row]
    outcomes: list[Row]
    pushes: list[Row]
    stock: list[Row]
    stock_all: list[Row]
    calibration: list[Row]
    positions: int
    comparable: bool
    days: int
    stock_as_of: int
    """When stock and calibration were counted."""

    def whole(self, name: str, *, now: bool = True) -> Row:
        """The row of all values."""
        found = (row for row in getattr(self, name) if row.get("whole", 1) and bool(row["now"]) == now)
        return next(found, {})

    def row(self, name: str, value: str) -> Row:
        """The row of one value in the period; empty if it has none."""
        rows = getattr(self, name)
        found = (row for row in rows if row["value"] == value and not row.get("whole") and row.get("now", 1))
        return next(found, {})

    def values(self, by: By) -> list[str]:
        """The values of the period, those with the most alerts first."""
        rows = [row for row in self.opened if row["now"] and not row["whole"]]
        return [row["value"] for row in sorted(rows, key=lambda row: (-row["alerts"], row["value"]))]


def count(context: Context, period: Period, by: By) -> Counts:
    """Ask the warehouse. Raises WarehouseError."""
    shelves, stock_as_of = stock_kept.stock(context)
    whole, parts = shelves.get("all", []), shelves.get(by, [])
    said, said_as_of = stock_kept.calibration(context)
    with context.reading() as warehouse:
        ask = Figures(warehouse, period.before.start, period.start, period.end, zone=period.zone)
        first = figure_rows.first_day(warehouse)
        return Counts(
            ask.opened(by), ask.answered(by), ask.kept(by), ask.outcomes(), ask.pushes(), parts, whole, said,
            int(whole[0]["positions"]) if whole else 0, _covers(first, period), period.days,
            min(stock_as_of, said_as_of),
        )  # fmt: skip


def of_person(context: Context, period: Period, person: str) -> tuple[list[Row], list[Row]]:
    """The deadlines and the messages of one person. Raises WarehouseError."""
    with context.reading() as warehouse:
        ask = Figures(warehouse, period.before.start, period.start, period.end, zone=period.zone)
        return ask.of_person(person), ask.pushes(person)


def _covers(first: datetime | None, period: Period) -> bool:
    return first is not None and first <= period.before.end and first < period.start


def figures(found: Counts) -> tuple[Figure, ...]:
    """The key figures, with what they were in the period before if the log covers that."""
    now, last = (_Side(found, now=one) for one in (True, False))

    def figure(key: str, kind: str, *, more: bool = False, **detail: object) -> Figure:
        before = last.value(key) if found.comparable else None
        return Figure(key, kind, now.value(key), before, more, detail)  # type: ignore[arg-type]

    done, outcome = now.answered, now.outcome
    low, high = wilson(int(done.get("right", 0)), int(done.get("rated", 0)))
    return (
        figure("alerts", "count", critical=now.opened.get("critical", 0)),
        figure("response_rate", "share", more=True, acknowledged=done.get("acknowledged", 0)),
        figure("mtta", "minutes", p90=finite(done.get("mtta_p90")), count=done.get("acknowledged", 0)),
        figure("mttr", "minutes", p90=finite(done.get("mttr_p90")), count=done.get("resolved", 0)),
        figure("in_time", "share", more=True, kept=now.kept.get("kept", 0), missed=now.kept.get("missed", 0)),
        figure(
            "resolved_in_time", "share", more=True, kept=now.kept.get("resolved_kept", 0),
            missed=now.kept.get("resolved_missed", 0),
        ),
        figure(
            "precision", "share", more=True, rated=done.get("rated", 0), right=done.get("right", 0),
            rated_share=share(done.get("rated", 0), now.opened.get("alerts", 0)) or 0.0, low=low, high=high,
        ),
        figure("false_alarms", "rate", said=done.get("false", 0), not_come_true=outcome.get("false_alarms", 0)),
        figure("reopen_rate", "share", reopened=done.get("reopened", 0), settled=done.get("settled", 0)),
        figure("missed_stockouts", "count", stockouts=now.opened.get("stockouts", 0)),
        figure("warning_lead", "minutes", more=True, count=outcome.get("came_true", 0)),
        figure("pushes", "count"),
        figure("hours_over", "count"),
    )  # fmt: skip


class _Side:
    """The figures of the period, or of the one before."""

    def __init__(self, found: Counts, *, now: bool) -> None:
        self.found = found
        self.opened, self.answered, self.kept = (
            found.whole(name, now=now) for name in ("opened", "answered", "kept")
        )
        self.outcome = found.whole("outcomes", now=now)
        self.pushes = [row for row in found.pushes if bool(row["now"]) == now]

    def value(self, key: str) -> float | None:
        """One figure."""
        alerts = self.opened.get("alerts", 0)
        match key:
            case "alerts":
                return int(alerts)
            case "response_rate":
                return share(self.answered.get("acknowledged", 0), alerts)
            case "mtta" | "mttr":
                return finite(self.answered.get(key))
            case "in_time":
                return _share_kept(self.kept, "")
            case "resolved_in_time":
                return _share_kept(self.kept, "resolved_")
            case "precision":
                return share(self.answered.get("right", 0), self.answered.get("rated", 0))
            case "false_alarms":
                false = self.answered.get("false", 0) + self.outcome.get("false_alarms", 0)
                days = self.found.positions * self.found.days
                return 1000 * false / days if days else None
            case "reopen_rate":
                return share(self.answered.get("reopened", 0), self.answered.get("settled", 0))
            case "missed_stockouts":
                return int(self.opened.get("missed", 0))
            case "warning_lead":
                lead = finite(self.outcome.get("lead"))
                return None if lead is None else 60 * lead
            case "pushes":
                return sum(int(row["pushes"]) for row in self.pushes)
            case _:
                return sum(int(row[name]) for row in self.pushes for name in _BUDGET_LINE)


def stock_figures(found: Counts) -> tuple[Figure, ...]:
    """The stock of now, beside the figures of the alerts."""
    row = found.stock_all[0] if found.stock_all else {}
    wanted, stocked = row.get("wanted", 0), row.get("stocked", 0)
    return (
        Figure(
            "in_stock",
            "share",
            share(row.get("in_stock", 0), wanted),
            more_is_better=True,
            detail={"wanted": wanted},
        ),
        Figure(
            "excess",
            "share",
            share(row.get("excess", 0), stocked),
            detail={"positions": row.get("excess", 0)},
        ),
        Figure("dead", "share", share(row.get("dead", 0), stocked), detail={"positions": row.get("dead", 0)}),
        Figure("turns", "rate", finite(row.get("turns")), more_is_better=True),
        Figure("stock_value", "money", finite(row.get("stock_value"))),
    )


def person_rows(told: list[Row], pushes: list[Row]) -> tuple[Figure, ...]:
    """The figures of one person."""
    sides = {bool(row["now"]): row for row in told}
    now, last = sides.get(True, {}), sides.get(False, {})
    heard = {one: [row for row in pushes if bool(row["now"]) == one] for one in (True, False)}

    def total(names: tuple[str, ...], one: bool) -> int:
        return sum(int(row[name]) for row in heard[one] for name in names)

    return (
        Figure("alerts", "count", int(now.get("told", 0)), int(last.get("told", 0))),
        Figure(
            "response_rate", "share", share(now.get("acknowledged", 0), now.get("told", 0)),
            share(last.get("acknowledged", 0), last.get("told", 0)), more_is_better=True,
        ),
        Figure("mtta", "minutes", finite(now.get("mtta")), finite(last.get("mtta"))),
        Figure("in_time", "share", _share_kept(now, ""), _share_kept(last, ""), more_is_better=True),
        Figure("pushes", "count", total(("pushes",), True), total(("pushes",), False)),
        Figure("hours_over", "count", total(_BUDGET_LINE, True), total(_BUDGET_LINE, False)),
    )  # fmt: skip


def _share_kept(row: Row, what: str) -> float | None:
    kept, missed = row.get(f"{what}kept", 0), row.get(f"{what}missed", 0)
    return share(kept, kept + missed)


def share(part: float, whole: float) -> float | None:
    """A share of one; None of nothing."""
    return float(part) / float(whole) if whole else None
