"""The board: every alert by how far the work on it is, who holds it, and what is over its time first.

GET /board              all stages, and who is stuck
GET /board?stage=open   one stage in full
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.service import board
from lowtide.service.board import BoardWanted
from lowtide.service.condition import condition

_FIELDS = ("holder", "team", "supplier", "location", "category")
_CARDS = 12
"""Cards of a stage on the board; its own page has all of them."""


def view(ask: Ask) -> Answer:
    """The board, or one of its columns."""
    wanted = BoardWanted(
        ask.first("holder"),
        ask.first("team"),
        ask.first("supplier"),
        ask.first("location"),
        ask.first("category"),
    )
    kept = {name: ask.first(name) for name in _FIELDS if ask.first(name)}
    values: dict[str, Any] = {
        "wanted": wanted, "narrowed": len(kept), "seq": condition(ask.context, ask.caller).seq,
        "scripts": ("live.js",), "enhanced": ("new",), "stuck": (), "next_window": "", "first_window": "",
        "stage_link": lambda name: f"/board?{urlencode({**kept, 'stage': name})}", "single": bool(ask.first("stage")),
        "people": sorted(((one.key, one.name) for one in ask.context.book().people.values()), key=lambda one: one[1]),
        "teams": sorted(ask.context.book().teams),
    }  # fmt: skip
    if ask.first("stage"):
        stage, cursor = board.stage(
            ask.context, ask.caller, ask.first("stage"), wanted, ask.first("cursor") or None
        )
        values["stages"] = (stage,)
        address = {**kept, "stage": stage.stage}
        values["next_window"] = f"/board?{urlencode({**address, 'cursor': cursor})}" if cursor else ""
        values["first_window"] = f"/board?{urlencode(address)}" if ask.first("cursor") else ""
    else:
        found = board.board(ask.context, ask.caller, wanted, _CARDS)
        values |= {"stages": found.stages, "stuck": found.stuck}
    return Html("board", values)


PAGES = (Page("/board", "board", view),)
