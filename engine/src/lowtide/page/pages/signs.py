"""The signs that are open, as lists to work from: silent feeds, what to count first, what does not move, who slips."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from urllib.parse import quote

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.csv_table import csv_table
from lowtide.page.written import Written
from lowtide.service import queue
from lowtide.service.signs import CountLine, Hole, RestLine, Signs, SilentFeed, Slip, signs
from lowtide.words import Language

LISTS: dict[str, type] = {
    "feeds": SilentFeed, "counts": CountLine, "at_rest": RestLine, "slips": Slip, "holes": Hole,
}  # fmt: skip
"""The lists by name, in the order of the page; each can be saved as CSV."""
_SHOWN = 25
"""Lines of a list that are shown; the file has all."""


def view(ask: Ask) -> Answer:
    """The lists of all locations or of one; or one list as a file."""
    found = signs(ask.context, ask.caller, ask.first("location"))
    if ask.first("format") == "csv" and ask.first("list") in LISTS:
        return _file(ask.first("list"), found, ask.raw)
    tell = ask.language
    return Html("signs", {
        "found": found, "shown": _SHOWN, "places": queue.choices(ask.context, ask.caller).values.get("location", ()),
        "is_empty": not any(getattr(found, name) for name in LISTS),
        "total": next((one for one in found.sums if one.type == "all"), None),
        "by_type": [one for one in found.sums if one.type != "all"],
        "source": lambda one: _source(one.source, tell), "why": lambda line: _why(line, tell, ask.context.now()),
        "kind": lambda one: tell.word("view.signs.hole", one.kind),
        "path": lambda one: f"/suppliers/{quote(one.supplier, safe='')}",
    })  # fmt: skip


def _file(name: str, found: Signs, raw: bool) -> Answer:
    heads = [one.name for one in fields(LISTS[name])]
    rows: list[list[Any]] = [[_cell(getattr(line, head)) for head in heads] for line in getattr(found, name)]
    return csv_table(name, heads, rows, raw=raw)


def _cell(value: Any) -> Any:
    return value if isinstance(value, str | int | float) or value is None else str(value)


def _source(source: str, tell: Language) -> str:
    return tell.say("feed.all") if source == "*" else tell.say("feed.one", source=source)


def _why(line: RestLine, tell: Language, now: int) -> str:
    """For how long it will lie, or has lain."""
    if line.type == "overstock":
        days = "–" if line.cover_days is None else tell.count(round(line.cover_days), "day")
        return tell.say("view.signs.lasts", days=days)
    if line.type != "expiring":
        return tell.say("view.signs.idle", days=tell.count(line.idle_days or 0, "day"))
    said = [] if line.expires_at is None else [
        tell.say("view.signs.expires", day=str(Written(tell, now).day(line.expires_at).striptags()))
    ]  # fmt: skip
    if line.expired != "0":
        said.append(tell.say("view.signs.expired", n=line.expired))
    return tell.say("view.signs.and").join(said)


PAGES = (Page("/signs", "signs", view),)
