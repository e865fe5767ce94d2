"""Who has to do the next step of a proposal, until when, and who hears of it when that time has passed.

A stage has a time of its own: to decide until an hour before the cut-off of the supplier, to export two hours, to be
confirmed by an order a day, both in business time of whoever holds it. The people file changes them (`stages`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from lowtide.desk.decide import moment
from lowtide.people import Book

BEFORE_CUT_OFF_MS = moment.HOUR
"""Whoever decides is reminded so long before the cut-off."""
_LEAD_BEFORE_MS = BEFORE_CUT_OFF_MS // 2
"""Twice the time to decide would be after the cut-off, when nobody can help: the lead hears half an hour before it."""
_NEVER_CONFIRMED = ("chase", "expedite")
"""No movement says that a supplier was asked: these end with their alert."""


class Due(NamedTuple):
    """When a stage is over its time (`holder_at`), and when the lead hears of it (`lead_at`)."""

    holder_at: int
    lead_at: int


Hearer = Literal["holder", "lead", "giver"]


def hearer(step: int) -> Hearer:
    """Who hears of a call: 1 is that of the holder, 2 that of the lead, 3 the next one of the holder.

    0, -1 and so on are those of the owner of the place that gives.
    """
    if step <= 0:
        return "giver"
    return "holder" if step % 2 else "lead"


def holder(book: Book, proposal: Mapping[str, Any]) -> str:
    """Who has to do the next step; empty: nobody any more."""
    state = proposal["state"]
    if state == "proposed":
        return str(proposal["owner"])
    if state == "submitted":
        return str(proposal.get("handed_to") or proposal["owner"])
    if state in ("approved", "exported"):
        decided_by = str(proposal.get("handed_to") or proposal["decided_by"])
        return decided_by if decided_by in book.people else str(proposal["owner"])
    return ""


def due(book: Book, proposal: Mapping[str, Any], holder: str) -> Due | None:
    """When the stage is over its time; None: it may stay in it for ever."""
    state, stages = proposal["state"], book.stages
    if state in ("proposed", "submitted"):
        if stages.decide_ms is not None:
            return _after(book, proposal, holder, stages.decide_ms)
        cut_off = proposal["cut_off_at"]
        if cut_off is None:
            return None
        return Due(cut_off - BEFORE_CUT_OFF_MS, cut_off - _LEAD_BEFORE_MS)
    if state == "approved":
        return _after(book, proposal, holder, stages.export_ms)
    if state == "exported" and proposal["kind"] not in _NEVER_CONFIRMED:
        return _after(book, proposal, holder, stages.confirm_ms)
    return None


def _after(book: Book, proposal: Mapping[str, Any], holder: str, ms: int) -> Due:
    calendar = book.person_calendar(holder, {"location": proposal["location"]})
    start = moment.utc(proposal["stage_at"])
    return Due(*(moment.ms_of(calendar.due(start, times * ms).at) for times in (1, 2)))
