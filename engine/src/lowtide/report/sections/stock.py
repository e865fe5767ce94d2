"""The stock and its suppliers: what customers can buy, what nobody has bought for 90 days, which supplier is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lowtide.report.answers import Answers
from lowtide.report.charts import Column, Range, bars, ranges
from lowtide.report.phrases import item, place
from lowtide.report.sections.parts import Cell, Chart, Section, both, table
from lowtide.rows import Row
from lowtide.words import Language

_STARTS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
"""Where the scale of the share in stock may begin: a point has a place on a scale, a bar would need its foot."""


def health(answers: Answers, tell: Language) -> Section:
    """In-stock share and days of cover, by category and by department."""
    head = Section.of("stock", tell)
    if not answers.stock:
        return head.nothing(tell.say("stock.empty"))
    charts = [_health("category", answers.stock, tell)]
    if len(answers.departments) > 1:
        charts.append(_health("department", answers.departments, tell))
    lowest = min(answers.stock, key=lambda row: (row["in_stock_share"], row["value"]))
    notes = [
        tell.say("stock.describe", name=_name(lowest, tell), share=tell.share(lowest["in_stock_share"])),
        tell.say("page.as_of", clock=tell.instant(answers.scope.clock)),
    ]
    return replace(head, charts=charts, notes=notes)


def _name(row: Row, tell: Language) -> str:
    return row["value"] or tell.say("unsorted")


def _health(what: str, rows: Sequence[Row], tell: Language) -> Chart:
    names = [_name(row, tell) for row in rows]
    cover = [None if row["days_of_cover"] is None else float(row["days_of_cover"]) for row in rows]
    # One slow category must not flatten all others: the scale ends at three times the median, longer bars at its end.
    known = sorted(value for value in cover if value is not None)
    full = min(known[-1], 3 * known[len(known) // 2] or 1.0) if known else 1.0
    shares = [float(row["in_stock_share"]) for row in rows]
    low = max(start for start in _STARTS if start <= min(shares))
    scale = tell.say("stock.scale", low=tell.share(low, 0)) if low else tell.say("col.in_stock")
    panels = [
        Column(scale, "accent", shares, 1.0, tell.share, start=low),
        Column(
            tell.say("col.cover"), "ink", cover, full,
            lambda value: tell.say("days_long", n=tell.number(value, 0 if value >= 100 else 1)),
        ),
    ]  # fmt: skip
    title = tell.say(f"stock.{what}")
    lowest = min(rows, key=lambda row: (row["in_stock_share"], row["value"]))
    description = tell.say(
        "stock.describe", name=_name(lowest, tell), share=tell.share(lowest["in_stock_share"])
    )
    wide, narrow = both(lambda width: bars(what, width, title, description, names, panels))
    heads = [what, "positions", "in_stock", "cover", "excess", "dead"]
    listed = table(
        title, [tell.say(f"col.{name}") for name in heads],
        [
            [
                _name(row, tell), tell.number(row["positions"]), tell.share(row["in_stock_share"]),
                tell.say("none") if row["days_of_cover"] is None else tell.number(row["days_of_cover"], 1),
                _share(row["excess_share"], tell), _share(row["dead_share"], tell),
            ]
            for row in rows
        ],
        range(1, 6), folded=True,
    )  # fmt: skip
    return Chart(title, wide, narrow, table=listed)


def _share(value: Any, tell: Language) -> str:
    return tell.say("none") if value is None else tell.share(value)


def dead(answers: Answers, tell: Language) -> Section:
    """The ten most valuable positions without a sale for 90 days."""
    head = Section.of("dead", tell)
    if not answers.dead:
        return head.nothing(tell.say("dead.empty"))
    total = answers.dead_total
    notes = [
        tell.say(
            "dead.total", positions=tell.count(total["positions"], "position"), share=_share(total["share"], tell),
            value=tell.say("none") if total["value"] is None else tell.say("at_cost", n=tell.money(total["value"])),
        ),
        tell.say("page.as_of", clock=tell.instant(answers.scope.clock)),
    ]  # fmt: skip
    rows: list[list[str | Cell]] = [
        [
            Cell(item(row), row["category"] if row["name"] else ""), place(answers, row["location"]),
            tell.units(row["units"]),
            tell.say("none") if row["value"] is None else tell.number(row["value"], 2),
            _last_sale(row, tell),
        ]
        for row in answers.dead
    ]  # fmt: skip
    heads = [tell.say(f"col.{name}") for name in ("item", "where", "units", "value", "last_sale")]
    return replace(head, tables=[table(tell.say("dead"), heads, rows, (2, 3))], notes=notes)


def _last_sale(row: Row, tell: Language) -> str | Cell:
    if row["last_sale"] is None:
        return Cell(
            tell.say("dead.never_sold"), tell.say("dead.known_since", day=tell.day(row["first_seen_day"]))
        )
    return tell.day(row["last_sale"])


def suppliers(answers: Answers, tell: Language) -> Section:
    """Days late by supplier: the middle half and the median, with what is overdue now."""
    head = Section.of("suppliers", tell)
    rows = list(answers.suppliers)
    if not rows:
        return head.nothing(tell.say("suppliers.empty"))
    drawn = [
        Range(
            _supplier(row, tell), float(row["days_late_p25"]), float(row["days_late_p50"]), float(row["days_late_p75"]),
            tell.say("suppliers.text", late=tell.share(row["late_share"], 0), overdue=tell.number(row["overdue_now"])),
        )
        for row in rows
        if row["days_late_p50"] is not None
    ]  # fmt: skip
    most = max(rows, key=lambda row: (row["overdue_now"], row["supplier"]))
    description = tell.say(
        "suppliers.describe", name=_supplier(most, tell), overdue=tell.count(most["overdue_now"], "order")
    )
    title = tell.say("suppliers")
    wide, narrow = both(
        lambda width: ranges(
            "suppliers", width, title, description, drawn, lambda v: tell.number(v, 1 if v % 1 else 0),
            tell.say("suppliers.axis"), tell.say("suppliers.on_time"),
        )
    )  # fmt: skip
    listed = table(
        title, [tell.say(f"col.{name}") for name in ("supplier", "orders", "late", "middle", "overdue", "short")],
        [
            [
                _supplier(row, tell), tell.number(row["orders"]), _share(row["late_share"], tell), _middle(row, tell),
                tell.number(row["overdue_now"]), _share(row["short_share"], tell),
            ]
            for row in rows
        ],
        range(1, 6), folded=True,
    )  # fmt: skip
    charts = [Chart(title, wide, narrow, table=listed)] if drawn else []
    tables = [] if drawn else [listed]
    notes = [description] if most["overdue_now"] else [tell.say("suppliers.none_overdue")]
    return replace(head, charts=charts, tables=tables, notes=notes)


def _supplier(row: Row, tell: Language) -> str:
    return row["supplier"] or tell.say("unsorted")


def _middle(row: Row, tell: Language) -> str:
    if row["days_late_p50"] is None:
        return tell.say("none")
    return f"{tell.number(row['days_late_p25'], 1)} – {tell.number(row['days_late_p75'], 1)}"
