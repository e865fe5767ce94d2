"""Who may approve a proposal: everybody up to the own limit, above it the nearest lead whose limit covers it.

A person without `approve_up_to` has no limit. A deputy decides up to the deputy's own.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from lowtide.people import Book

OVER_LIMIT = "over_limit"
"""The mark of a proposal that costs more than the limit of the last lead who could be asked."""


class Approver(NamedTuple):
    """Who is asked above a limit; `is_covered` is False if that one's limit is too low as well."""

    person: str
    is_covered: bool


def covers(book: Book, person: str, cost: float | None) -> bool:
    """Whether a person of the file may approve what costs so much. A cost that is not known is within every limit."""
    known = book.people.get(person)
    if known is None:
        return False
    return known.approve_up_to is None or cost is None or cost <= known.approve_up_to


def next_above(book: Book, person: str, cost: float | None, at: datetime) -> Approver | None:
    """Who decides what is above the limit of `person`: the nearest lead up whose limit covers it, else the last, marked.

    While that one is absent it is the deputy, up to the deputy's own limit; where that is too low the search goes on. Above
    every limit it is the last lead and never a deputy, who would approve more than the own limit allows. None: nobody is
    above the person.
    """
    last: Approver | None = None
    for lead in leads(book, person):
        asked = book.present(lead, at)
        if asked != person and covers(book, asked, cost):
            return Approver(asked, True)
        last = Approver(lead, False)
    return last


def leads(book: Book, person: str) -> tuple[str, ...]:
    """The lead of a person, that one's own lead and so on."""
    found: list[str] = []
    lead = _lead(book, person)
    while lead is not None and lead not in (person, *found):
        found.append(lead)
        lead = _lead(book, lead)
    return tuple(found)


def acts_for(book: Book, actor: str, holder: str, at: datetime) -> bool:
    """Whether a person may do what another has to do: it is the same, or the deputy while the other is absent."""
    return actor == holder or (holder in book.people and book.present(holder, at) == actor)


def _lead(book: Book, person: str) -> str | None:
    known = book.people.get(person)
    lead = known.lead if known else None
    return lead if lead in book.people else None
