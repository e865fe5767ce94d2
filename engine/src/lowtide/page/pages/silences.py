"""The silences: what is silent, a form that shows first what it would hit, and the end of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lowtide.desk.silences import COLUMNS
from lowtide.ledger import SEVERITIES, TYPES
from lowtide.page.ask import Answer, Ask, Html, Page, Redirect
from lowtide.service import Role
from lowtide.service import silences as service
from lowtide.service.silences import SilencePreview, SilenceRow
from lowtide.words import Language

LENGTHS: Mapping[str, timedelta] = {
    "h4": timedelta(hours=4), "d1": timedelta(days=1), "d3": timedelta(days=3), "d7": timedelta(days=7),
    "d30": timedelta(days=30),
}  # fmt: skip
"""For how long a silence can be made on the page: `view.silences.for.*`."""
_USUAL = "d1"
_IDLE_S = 24 * 3600


def view(ask: Ask) -> Answer:
    """The silences. With `preview=1` also what the form would hit."""
    problem = ""
    hit: SilencePreview | None = None
    if ask.first("preview"):
        problem = "" if _words(ask) else ask.language.say("view.silences.need.what")
        hit = None if problem else service.preview(ask.context, ask.caller, _words(ask))
    return _page(ask, problem, hit)


def post(ask: Ask) -> Answer:
    """Make a silence, or end one."""
    if ask.first("verb") == "end":
        service.end(ask.context, ask.caller, ask.first("silence"))
        return Redirect("/silences?done=silence_ended")
    problem = _missing(ask)
    if problem:
        return _page(ask, problem, None, 422)
    end = ask.context.moment() + LENGTHS[ask.first("for", _USUAL)]
    idle = _IDLE_S if ask.first("idle") else None
    service.add(ask.context, ask.caller, _words(ask), ask.first("reason").strip(), end, idle_s=idle)
    return Redirect("/silences?done=silenced")


def _page(ask: Ask, problem: str, hit: SilencePreview | None, status: int = 200) -> Answer:
    tell = ask.language
    found = service.silences(ask.context, ask.caller, ended=ask.first("ended") == "1")
    now = ask.context.now()
    return Html("silences", {
        "found": found, "rows": [(row, _state(row, now, tell)) for row in found.silences],
        "ended": ask.first("ended") == "1",
        "may": ask.caller.role.includes(Role.OPERATOR), "problem": problem, "hit": _hit(hit, tell), "hit_worth": hit,
        "given": {name: ask.first(name) for name in (*COLUMNS, "reason", "idle")}, "for_how_long": ask.first("for", _USUAL),
        "open_form": bool(problem or hit or any(ask.first(name) for name in COLUMNS)),
        "types": _options(tell, "type", TYPES), "severities": _options(tell, "severity", SEVERITIES),
        "lengths": [(name, tell.say(f"view.silences.for.{name}")) for name in LENGTHS],
    }, status)  # fmt: skip


def _options(tell: Language, subject: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("", tell.say("frame.any")), *((name, tell.word(subject, name)) for name in names)]


def _words(ask: Ask) -> list[str]:
    """What the form matches, as `supplier=V002`."""
    return [f"{name}={value}" for name in COLUMNS if (value := ask.first(name).strip())]


def _missing(ask: Ask) -> str:
    """What the form lacks, in the reader's words; empty: nothing."""
    tell = ask.language
    if not _words(ask):
        return tell.say("view.silences.need.what")
    if not ask.first("reason").strip():
        return tell.say("view.silences.need.reason")
    return "" if ask.first("for", _USUAL) in LENGTHS else tell.say("view.silences.need.for")


def _hit(hit: SilencePreview | None, tell: Language) -> dict[str, Any] | None:
    """The numbers of the preview's sentence; the page adds the money."""
    if hit is None:
        return None
    return {
        "key": "view.silences.hit" if hit.open else "view.silences.hit_nothing", "open": tell.count(hit.open, "alert"),
        "opened": tell.count(hit.opened, "alert"), "days": tell.number(hit.days),
    }  # fmt: skip


def _state(row: SilenceRow, now: int, tell: Language) -> str:
    if row.in_force:
        return tell.say("view.silences.state.in_force")
    return tell.say("view.silences.state.later" if row.start_at > now else "view.silences.state.over")


PAGES = (Page("/silences", "silences", view, post=post),)
