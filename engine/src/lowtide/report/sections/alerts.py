"""The alerts: how many came by day, which cost the most, and where they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from lowtide.ledger import GRAVEST_FIRST
from lowtide.report.answers import Answers
from lowtide.report.charts import Series, columns, heatmap, lines
from lowtide.report.phrases import item, loss, money_unit, place
from lowtide.report.sections.parts import Cell, Chart, Section, Table, both, table
from lowtide.rows import Row
from lowtide.words import Language
from lowtide.words.since import changes

_ACROSS, _DOWN = {True: 12, False: 5}, 12


def opened(answers: Answers, tell: Language) -> Section:
    """Columns by day and severity, and a line of what was open when the day ended."""
    head = Section.of("opened", tell)
    days = answers.opened
    totals = [sum(row[severity] for severity in GRAVEST_FIRST) for row in days]
    if not any(totals) and not any(row["open"] for row in days):
        return head.nothing(tell.say("opened.empty"))
    most = totals.index(max(totals))
    description = tell.say(
        "opened.describe", total=tell.count(sum(totals), "alert"), days=tell.count(len(days), "day"),
        day=tell.day(days[most]["day"], year=False), most=tell.number(totals[most]),
    )  # fmt: skip
    clock = answers.scope.clock
    notes = [description]
    if answers.scope.start <= clock < answers.scope.end and answers.scope.last == clock.date():
        notes.append(tell.say("page.partial_day", clock=tell.instant(clock)))
    charts = [_opened_chart(days, description, tell), _open_chart(days, tell)]
    return replace(head, charts=charts, notes=notes)


def _opened_chart(days: Any, description: str, tell: Language) -> Chart:
    labels = [tell.tick(row["day"]) for row in days]
    series = [
        Series(tell.word("severity", severity), severity, [float(row[severity]) for row in days])
        for severity in GRAVEST_FIRST
    ]
    title = tell.say("opened.chart")
    wide, narrow = both(
        lambda width: columns(
            "opened", width, title, description, labels, series, tell.short, tell.say("open_alerts.unit")
        )
    )
    names = [tell.word("severity", severity) for severity in GRAVEST_FIRST]
    heads = [tell.say("col.day"), *names, tell.say("col.total"), tell.say("col.open")]
    rows = [
        [
            tell.day(row["day"]), *(tell.number(row[severity]) for severity in GRAVEST_FIRST),
            tell.number(sum(row[severity] for severity in GRAVEST_FIRST)), tell.number(row["open"]),
        ]
        for row in days
    ]  # fmt: skip
    listed = table(title, heads, rows, range(1, 6), folded=True)
    return Chart(title, wide, narrow, list(zip(GRAVEST_FIRST, names, strict=True)), listed)


def _open_chart(days: Any, tell: Language) -> Chart:
    labels = [tell.tick(row["day"]) for row in days]
    series = [Series(tell.say("open.line"), "ink", [float(row["open"]) for row in days])]
    title = tell.say("open.chart")
    description = tell.say(
        "open.describe", first=tell.number(days[0]["open"]), last=tell.number(days[-1]["open"])
    )
    wide, narrow = both(
        lambda width: lines(
            "open",
            width,
            title,
            description,
            labels,
            series,
            tell.short,
            tell.say("open_alerts.unit"),
            tell.number,
        )
    )
    return Chart(title, wide, narrow)


def worst(answers: Answers, tell: Language) -> Section:
    """The twenty most expensive as a table."""
    head = Section.of("worst", tell)
    if not answers.worst:
        return head.nothing(tell.say("worst.empty"))
    names = ("alert", "item", "where", "available", "chance", "when", "loss", "owner")
    rows = [_alert(row, answers, tell) for row in answers.worst]
    listed = table(tell.say("worst"), [tell.say(f"col.{name}") for name in names], rows, (3, 4, 6))
    count = int(answers.figure("open_alerts").value or 0)
    shown = tell.say("page.first_of", shown=len(rows), all=tell.number(count)) if count > len(rows) else ""
    money = tell.say("about.money_text", money=money_unit(answers, tell))
    return replace(head, tables=[listed], notes=[f"{shown} {money}".strip()])


def _alert(row: Row, answers: Answers, tell: Language) -> list[str | Cell]:
    chance, day = row["p_stockout"], row["stockout_p50"]
    return [
        Cell(tell.word("severity", row["severity"]), tell.word("type", row["type"]), row["severity"]),
        Cell(item(row), row["alert_id"], code=True),
        place(answers, row["location"]),
        Cell(tell.units(row["available"]), changes(row, tell) if "on_order_since" in row else ""),
        tell.say("none") if chance is None else tell.share(chance, 0),
        _when(row, day, tell),
        tell.say("none") if row["expected_loss"] is None else tell.number(row["expected_loss"], 2),
        Cell(row["owner"] or tell.say("nobody"), tell.say(f"state.{row['state']}")),
    ]


def _when(row: Row, day: int | None, tell: Language) -> str:
    if row["available"] <= 0:
        return tell.say("out_now")
    if day is None:
        return tell.say("none")
    return (
        tell.say("today")
        if day <= 1
        else tell.say("tomorrow")
        if day == 2
        else tell.say("in_days", n=day - 1)
    )


def where(answers: Answers, tell: Language) -> Section:
    """The places and categories with the most at stake, as a grid."""
    head = Section.of("heatmap", tell)
    cells = [row for row in answers.heatmap if row["open_alerts"]]
    if not cells:
        return head.nothing(tell.say("heatmap.empty"))
    unsorted = tell.say("unsorted")
    values = {(row["category"] or unsorted, row["location"]): float(row["expected_loss"]) for row in cells}
    categories, places = _most(values, 0), _most(values, 1)
    top = max(cells, key=lambda row: (row["expected_loss"], row["location"], row["category"]))
    description = tell.say(
        "heatmap.describe", category=top["category"] or unsorted, location=place(answers, top["location"]),
        loss=loss(answers, tell, top["expected_loss"]),
    )  # fmt: skip

    def draw(width: float) -> Any:
        across = places[: _ACROSS[width > 500]]
        shown = {
            key: value for key, value in values.items() if key[0] in categories[:_DOWN] and key[1] in across
        }
        axis = (tell.say("col.category"), tell.say("col.where"))
        return heatmap(
            "heat",
            width,
            tell.say("heatmap"),
            description,
            categories[:_DOWN],
            across,
            shown,
            _small(tell),
            axis,
        )

    wide, narrow = both(draw)
    chart = Chart(tell.say("heatmap"), wide, narrow, table=_heat_table(cells, answers, tell))
    return replace(
        head,
        charts=[chart],
        notes=[description, tell.say("about.money_text", money=money_unit(answers, tell))],
    )


def _small(tell: Language) -> Any:
    return lambda value: "<0.1" if 0 < value < 0.05 else tell.number(value, 0 if value >= 9.95 else 1)


def _most(values: dict[tuple[str, str], float], part: int) -> list[str]:
    sums: dict[str, float] = defaultdict(float)
    for key, value in values.items():
        sums[key[part]] += value
    return sorted(sums, key=lambda name: (-round(sums[name], 2), name))


def _heat_table(cells: list[Row], answers: Answers, tell: Language) -> Table:
    ordered = sorted(cells, key=lambda row: (-row["expected_loss"], row["location"], row["category"]))[:40]
    names = ("category", "where", "alerts", "loss")
    rows = [
        [
            row["category"] or tell.say("unsorted"), place(answers, row["location"]), tell.number(row["open_alerts"]),
            tell.number(row["expected_loss"], 2),
        ]
        for row in ordered
    ]  # fmt: skip
    heads = [tell.say(f"col.{name}") for name in names]
    return table(tell.say("heatmap"), heads, rows, (2, 3), folded=True)
