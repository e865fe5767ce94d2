"""A message in words: title, lines and what they leave out, as plain text in the language of its reader.

The words of data are made harmless here, once, so a target adds markup around a letter and needs no escape of its own,
except where a form is not a chat (HTML is escaped by its template).
"""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.notify.foreign import harmless
from lowtide.notify.line import Pen
from lowtide.notify.message import Message, Section
from lowtide.notify.shape import is_silence, title

FEW, MANY = 5, 10
"""The most lines of a message, and of one that stands for many."""
_LONG = frozenset({"FLOOD", "CATCH_UP", "QUIET_END"})


@dataclass(frozen=True)
class Chapter:
    """A section of a digest or review: its heading, its lines, its table."""

    heading: str
    lines: tuple[str, ...]
    rest: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Letter:
    """What a target puts into its form. Every text is one line."""

    title: str
    lines: tuple[str, ...]
    rest: str
    """How many alerts are not in the lines, and what they are worth; empty: all are."""
    chapters: tuple[Chapter, ...]
    link: str | None
    link_label: str
    severity: str

    @property
    def paragraphs(self) -> list[str]:
        """Everything below the title but the link, one line each."""
        below = [*self.lines, *filter(None, [self.rest])]
        for chapter in self.chapters:
            below += [chapter.heading, *chapter.lines, *filter(None, [chapter.rest])]
            below += [" · ".join(row) for row in chapter.rows]
        return below


def most_lines(message: Message) -> int:
    """How many lines the message may have."""
    return MANY if message.reason in _LONG else FEW


def letter(message: Message, shown: int, chapters: int | None = None, rows: int | None = None) -> Letter:
    """The message with at most `shown` lines, in each section too, its first `chapters` sections, `rows` of each table.

    `chapters` None: all sections. `rows` None: four times `shown`.
    """
    pen = Pen(message)
    told = message.sections if chapters is None else message.sections[:chapters]
    return Letter(
        title(message, pen.language, brief=not shown),
        _lines(message, pen, shown),
        _rest(message, pen, shown),
        tuple(_chapter(section, pen, shown, 4 * shown if rows is None else rows) for section in told),
        message.link,
        pen.language.say(_label(message)),
        message.severity,
    )


def _label(message: Message) -> str:
    """What the link is for: to answer, or only to look if nothing is open any more."""
    if message.reason == "ALL_ENDED":
        return "message.look"
    return "message.open" if message.personal else "message.sign_in"


def _lines(message: Message, pen: Pen, shown: int) -> tuple[str, ...]:
    if message.reason == "TEST":
        return (pen.language.say("message.test"),)
    if is_silence(message):
        return (pen.language.say("message.silence"),)
    if message.orders:
        return tuple(pen.order(order) for order in message.orders[:shown])
    return tuple(pen.line(line) for line in message.lines[:shown])


def _rest(message: Message, pen: Pen, shown: int) -> str:
    """What the lines do not name. A list of proposals has several of the proposals that the title counts."""
    if message.sections:
        return ""
    if message.orders:
        return pen.rest(message.count - sum(order.lines for order in message.orders[:shown]), (), 0, None)
    return pen.rest(message.count, message.lines, shown, message.rest_worth)


def _chapter(section: Section, pen: Pen, shown: int, rows: int) -> Chapter:
    table = tuple(tuple(harmless(cell) for cell in row) for row in section.rows[:rows])
    rest = pen.rest(section.count, section.lines, shown, _beyond(section)) if section.lines else ""
    return Chapter(pen.heading(section), tuple(pen.line(line) for line in section.lines[:shown]), rest, table)


def _beyond(section: Section) -> float | None:
    """What the alerts of a section are worth that it counts and has no line for."""
    if section.worth is None or section.count <= len(section.lines):
        return None
    return max(section.worth - sum(line.worth or 0.0 for line in section.lines), 0.0)
