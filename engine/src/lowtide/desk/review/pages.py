"""From the answers of a review to its tables: rows of texts in the words of the reader, the first row their header."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from lowtide.desk.review.questions import Dimension, Questions
from lowtide.notify.message import Section
from lowtide.operation.screen import Listing, screen
from lowtide.people import Book
from lowtide.rows import Row
from lowtide.words import Language

Rows = tuple[tuple[str, ...], ...]


def tables(questions: Questions, book: Book, tell: Language) -> tuple[Section, ...]:
    """All sections; one without rows is left out."""
    figures = questions.figures()
    made = [
        Section(
            "figures", int(figures["alerts"]), None, rows=_figures(figures, questions.before.figures(), tell)
        ),
        *(_by(questions, dimension, tell) for dimension in ("team", "department", "supplier")),
        _false(questions.rated_false(), tell),
        _waited(questions.waited(), book, tell),
    ]
    return tuple(section for section in made if len(section.rows) > 1)


def draw(sections: Sequence[Section], start: datetime, end: datetime, tell: Language) -> None:
    """The sections as tables on a terminal."""
    console = screen()
    days = tell.period(start.date(), (end - timedelta(days=1)).date())
    console.print(tell.say("review.title", period=days), style="bold")
    for section in sections:
        console.print(f"\n{tell.word('message.section', section.name)}", style="bold")
        table = Listing(box=None, pad_edge=False)
        for head in section.rows[0]:
            table.add_column(head, overflow="fold")
        for row in section.rows[1:]:
            table.add_row(*row)
        console.print(table)


def _figures(now: Row, before: Row, tell: Language) -> Rows:
    head = (tell.say("review.figure"), tell.say("review.period"), tell.say("review.before"))
    lines = zip(_lines(now, tell), _lines(before, tell), strict=True)
    return (head, *((name, value, was) for (name, value), (_, was) in lines))


def _lines(row: Row, tell: Language) -> list[tuple[str, str]]:
    """Each figure with its name."""
    values = {
        "alerts": tell.number(row["alerts"]),
        "critical": tell.number(row["critical"]),
        "acknowledged": _share(row["acknowledged"], row["alerts"], tell),
        "in_time": _share(row["kept"], row["kept"] + row["missed"], tell),
        "resolved_in_time": _share(row["resolved_kept"], row["resolved_kept"] + row["resolved_missed"], tell),
        "minutes": _minutes(row["minutes_to_acknowledge"], tell),
        "hours": _minutes(None if row["hours_to_resolve"] is None else 60 * row["hours_to_resolve"], tell),
        "steps": tell.number(row["steps"]),
        "pushes": tell.number(row["pushes"]),
        "hours_over": tell.number(row["hours_over"]),
        "rated": _share(row["rated"], row["alerts"], tell),
        "rated_false": _share(row["rated_false"], row["rated"], tell),
    }
    return [(tell.say(f"review.{name}"), value) for name, value in values.items()]


def _by(questions: Questions, dimension: Dimension, tell: Language) -> Section:
    """By team, department or supplier; stock beside it where stock has that dimension."""
    rows = questions.by(dimension)
    stock = questions.stock_of(dimension) if dimension != "team" else {}
    names = ("value", "alerts", "acknowledged", "minutes", "hours", *(("in_stock", "turns") if stock else ()))
    head = tuple(tell.say(f"review.{name}") for name in names)
    return Section(f"by_{dimension}", len(rows), None, rows=(head, *(_row(row, stock, tell) for row in rows)))


def _row(row: Row, stock: dict[str, Row], tell: Language) -> tuple[str, ...]:
    hours = row["hours_to_resolve"]
    cells = (
        row["value"], tell.number(row["alerts"]), _share(row["acknowledged"], row["alerts"], tell),
        _minutes(row["minutes_to_acknowledge"], tell), _minutes(None if hours is None else 60 * hours, tell),
    )  # fmt: skip
    if not stock:
        return cells
    beside = stock.get(row["value"], {"in_stock": None, "turns": None})
    share, turns = beside["in_stock"], beside["turns"]
    return (
        *cells, "" if share is None else tell.share(share), "" if turns is None else tell.number(turns, 1)
    )  # fmt: skip


def _false(rows: list[Row], tell: Language) -> Section:
    names = ("opened_at", "alert", "place", "rule", "comment")
    head = tuple(tell.say(f"review.{name}") for name in names)
    lines = (
        (
            tell.date_of(row["opened_at"]), _alert(row, tell), row["location"],
            f"{tell.word('reason', row['reason'])} ({row['policy_version'][:12]})", row["last_comment"],
        )
        for row in rows
    )  # fmt: skip
    return Section("false_alerts", len(rows), None, rows=(head, *lines))


def _waited(rows: list[Row], book: Book, tell: Language) -> Section:
    head = tuple(tell.say(f"review.{name}") for name in ("stage", "waited", "alert", "place", "who"))
    lines = (
        (
            tell.word("state", row["stage"]), _minutes(60 * row["hours"], tell), _alert(row, tell), row["location"],
            book.people[row["owner"]].name if row["owner"] in book.people else row["owner"],
        )
        for row in rows
    )  # fmt: skip
    return Section("waited_in_stage", len(rows), None, rows=(head, *lines))


def _alert(row: Row, tell: Language) -> str:
    return f"{row['alert_id'][:14]} {tell.word('type', row['type'])} {tell.named(row['sku'], row['name'])}"


def _share(part: int, whole: int, tell: Language) -> str:
    return tell.share(part / whole, 0) if whole else "–"


def _minutes(minutes: float | None, tell: Language) -> str:
    return "–" if minutes is None else tell.duration(minutes)
