"""Whether the alerts deserve trust: how many people get, and whether the data are good."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lowtide.report.answers import Answers
from lowtide.report.charts import Column, Limit, Series, bars, columns
from lowtide.report.phrases import place
from lowtide.report.sections.parts import Chart, Section, Table, both, table
from lowtide.words import Language

SILENT = 10
"""Places that are listed."""
_LEVELS = ("acceptable", "high", "overload")


def narrowing(answers: Answers, tell: Language) -> list[str]:
    """A note for a section that cannot be narrowed, where somebody asked for it."""
    scope = answers.scope
    if not scope.narrowed:
        return []
    what = "both" if scope.location and scope.category else "location" if scope.location else "category"
    return [tell.say("page.whole", what=tell.say(f"page.what_{what}"))]


def load(answers: Answers, tell: Language) -> Section:
    """Alarms an hour against 6 and 12, by hour of the day and by owner."""
    head = Section.of("load", tell)
    if not answers.load:
        return head.nothing(tell.say("load.empty"))
    by_hour = {row["hour"]: float(row["alarms"]) for row in answers.load_hours}
    hours = [by_hour.get(hour, 0.0) for hour in range(24)]
    top = hours.index(max(hours))
    description = tell.say("load.day_describe", hour=top, most=tell.number(hours[top], 1))
    limits = [Limit(6, tell.say("load.limit6")), Limit(12, tell.say("load.limit12"))]
    busiest = max(answers.load, key=lambda row: (row["alarms"], row["owner"]))
    title = tell.say("load.day_chart", owner=busiest["owner"] or tell.say("load.unowned"))

    def draw(width: float) -> Any:
        series = [Series(tell.say("col.mean"), "accent", hours)]
        labels = [str(hour) for hour in range(24)]
        return columns(
            "load", width, title, description, labels, series, lambda v: tell.number(v, 1 if v % 1 else 0),
            tell.say("open_alerts.unit"), limits, height=180,
        )  # fmt: skip

    wide, narrow = both(draw)
    listed = table(
        title, [tell.say("col.hour"), tell.say("col.mean")],
        [[f"{hour}:00", tell.number(value, 1)] for hour, value in enumerate(hours)], (1,), folded=True,
    )  # fmt: skip
    names = ["person", "hours", "per_hour"]
    owners = table(
        tell.say("load"),
        [tell.say(f"col.{name}") for name in names] + [tell.say(f"load.{level}") for level in _LEVELS],
        [
            [
                row["owner"] or tell.say("nobody"), tell.number(row["hours"]), _rate(row["alarms_per_hour"], tell),
                *(tell.share(row[f"share_{level}"], 0) for level in _LEVELS),
            ]
            for row in answers.load
        ],
        range(1, 6),
    )  # fmt: skip
    return replace(head, charts=[Chart(title, wide, narrow, table=listed)], tables=[owners],
        notes=[description, *narrowing(answers, tell)],
    )  # fmt: skip


def _rate(value: float, tell: Language) -> str:
    return tell.number(value, 1 if value >= 1 else 2)


def quality(answers: Answers, tell: Language) -> Section:
    """Rejects, duplicates, late records; places that have gone quiet."""
    rows = [row for row in answers.quality if row["records"]]
    charts, tables, notes = [], [], narrowing(answers, tell)
    if rows:
        names = [_check(row["check"], tell) for row in rows]
        most = max(float(row["records"]) for row in rows)
        column = Column(
            tell.say("col.records"), "accent", [float(row["records"]) for row in rows], most,
            lambda value: tell.number(value),
        )  # fmt: skip
        title = tell.say("quality.checks")
        description = "; ".join(
            f"{name}: {tell.number(row['records'])}" for name, row in zip(names, rows, strict=True)
        )
        wide, narrow = both(lambda width: bars("quality", width, title, description, names, [column]))
        listed = table(
            title, [tell.say("col.check"), tell.say("col.records"), tell.say("col.of_all")],
            [
                [name, tell.number(row["records"]), tell.share(row["share"], 2) if row["share"] is not None else "–"]
                for name, row in zip(names, rows, strict=True)
            ],
            (1, 2), folded=True,
        )  # fmt: skip
        charts.append(Chart(title, wide, narrow, table=listed))
        if any(row["check"] in ("duplicates", "late", "very_late") for row in rows):
            notes.append(tell.say("quality.last_run"))
    else:
        notes.append(tell.say("quality.clean"))
    if answers.silent:
        tables.append(_silent(answers, tell))
        if len(answers.silent) > SILENT:
            notes.append(tell.say("quality.silent_of", shown=SILENT, all=tell.number(len(answers.silent))))
    else:
        notes.append(tell.say("quality.no_silent"))
    return replace(Section.of("quality", tell), charts=charts, tables=tables, notes=notes)


def _silent(answers: Answers, tell: Language) -> Table:
    return table(
        tell.say("quality.silent"),
        [tell.say(f"col.{name}") for name in ("where", "since", "quiet", "selling")],
        [
            [
                place(answers, row["location"]), tell.instant(row["last_event_time"]),
                tell.duration(row["silent_hours"] * 60),
                tell.say("of_28", n=row["days_with_sales"]),
            ]
            for row in answers.silent[:SILENT]
        ],
        (2, 3),
    )  # fmt: skip


def _check(check: str, tell: Language) -> str:
    if check.startswith("reject."):
        return tell.say("check.rejected", code=check.removeprefix("reject."))
    return tell.say(f"check.{check}") if tell.has(f"check.{check}") else check
