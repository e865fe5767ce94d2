"""The signs that are open: feeds that send nothing, what to count first, what does not move, who slips.

A shop that looks for no signs has none of these sections.
"""

from __future__ import annotations

from datetime import datetime

from lowtide.report.answers import Answers
from lowtide.report.phrases import item, place
from lowtide.report.sections.parts import Cell, Section, table
from lowtide.rows import Row
from lowtide.words import Language


def feeds(answers: Answers, tell: Language) -> Section | None:
    """The feeds that are silent."""
    rows: list[list[str | Cell]] = [
        [
            source(row, tell), place(answers, row["location"]), tell.instant(row["since"]),
            tell.duration(row["silent_hours"] * 60), tell.number(row["expected_records"]),
        ]
        for row in answers.feeds
    ]  # fmt: skip
    return _section("feeds", ("feed", "where", "since", "silent", "expected"), rows, (3, 4), answers, tell)


def counting(answers: Answers, tell: Language) -> Section | None:
    """What to count first; the order is a rank."""
    rows: list[list[str | Cell]] = [
        [
            tell.number(rank), Cell(item(row)), place(answers, row["location"]), tell.units(row["on_hand"]),
            tell.count(row["idle_days"], "day"), tell.units(round(row["usual_per_day"], 1)),
        ]
        for rank, row in enumerate(answers.counting, 1)
    ]  # fmt: skip
    heads = ("rank", "item", "where", "on_hand", "without_sale", "usual")
    return _section("counts", heads, rows, (0, 3, 4, 5), answers, tell)


def at_rest(answers: Answers, tell: Language) -> Section | None:
    """What does not move, with its value and what holding it costs."""
    rows: list[list[str | Cell]] = [
        [
            Cell(item(row)), place(answers, row["location"]), tell.word("type", row["type"]), tell.units(row["units"]),
            _money(row["value"], tell), _money(row["holding_cost_month"], tell),
        ]
        for row in answers.at_rest
    ]  # fmt: skip
    sums = sorted(answers.at_rest_sums, key=lambda row: (row["type"] == "all", row["type"]))
    notes = [_sum(row, tell) for row in sums]
    heads = ("item", "where", "alert", "units", "value", "holding")
    return _section("at_rest", heads, rows, (3, 4, 5), answers, tell, *notes)


def slips(answers: Answers, tell: Language) -> Section | None:
    """Suppliers that slip, by the day of their first promise."""
    rows: list[list[str | Cell]] = [
        [
            row["supplier"] or tell.say("unsorted"), tell.day(row["promised_on"], year=False),
            tell.day(row["due_on"], year=False), tell.number(row["positions"]), tell.units(row["units"]),
            tell.say("none") if row["worst_p"] is None else tell.chance(row["worst_p"]),
        ]
        for row in answers.slips
    ]  # fmt: skip
    heads = ("supplier", "promised", "due", "positions", "units", "worst")
    return _section("slips", heads, rows, (3, 4, 5), answers, tell)


def _sum(row: Row, tell: Language) -> str:
    """What does not move of one type, or in all: how many positions, their value, what holding it costs."""
    key = "sum_lost" if row["holding_cost_month"] is None else "sum"
    what = tell.say("view.signs.all") if row["type"] == "all" else tell.word("type", row["type"])
    return tell.say(
        f"view.signs.{key}", type=what[:1].upper() + what[1:],
        positions=tell.count(row["positions"], "position"), value=_at_cost(row["value"], tell),
        cost=_at_cost(row["holding_cost_month"], tell),
    )  # fmt: skip


def source(row: Row, tell: Language) -> str:
    """What a feed is called."""
    return tell.say("feed.all") if row["source"] == "*" else tell.say("feed.one", source=row["source"])


def _section(
    key: str, heads: tuple[str, ...], rows: list[list[str | Cell]], numeric: tuple[int, ...], answers: Answers,
    tell: Language, *notes: str,
) -> Section | None:  # fmt: skip
    if not rows:
        return None
    clock: datetime = answers.scope.clock
    title = tell.say(f"view.signs.{key}")
    listed = table(title, [_head(name, tell) for name in heads], rows, numeric)
    as_of = tell.say("page.as_of", clock=tell.instant(clock))
    return Section(key, title, tell.say(f"view.signs.{key}.lead"), tables=[listed], notes=[*notes, as_of])


def _head(name: str, tell: Language) -> str:
    return tell.say(f"view.signs.{name}" if tell.has(f"view.signs.{name}") else f"col.{name}")


def _money(value: object, tell: Language) -> str:
    return tell.say("none") if value is None else tell.number(float(str(value)), 2)


def _at_cost(value: object, tell: Language) -> str:
    return tell.say("none") if value is None else tell.money(float(str(value)))
