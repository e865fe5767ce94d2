"""The review of a week or month: what came, who answered in time, what was false, what waited, and the period before.

    start, end = period("2026-10", "", now)
    sections(warehouse, book, "wang", start, end)      -> sections of a message, in the words of the person

`period` names the days, `scope` whose alerts count, `questions` asks the warehouse, `pages` makes tables of the answers.
"""

from __future__ import annotations

from datetime import datetime

from lowtide.desk.review.pages import draw, tables
from lowtide.desk.review.period import period
from lowtide.desk.review.questions import Questions
from lowtide.desk.review.scope import Scope
from lowtide.notify.message import Section
from lowtide.people import Book
from lowtide.warehouse import Warehouse
from lowtide.words import Lang, Language

__all__ = ["draw", "period", "sections"]


def sections(
    warehouse: Warehouse, book: Book, person: str, start: datetime, end: datetime, lang: Lang | None = None
) -> tuple[Section, ...]:
    """The sections of the review of `[start, end)`, aware, for a person; `""`: of everything.

    The words are those of the person, or of `lang`.
    """
    known = book.people.get(person)
    tell = Language(lang or (known.lang if known else "en"), book.currency, str(book.zone))
    questions = Questions(warehouse, Scope.of(book, person), start, end)
    return tables(questions, book, tell)
