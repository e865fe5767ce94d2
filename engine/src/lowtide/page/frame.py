"""The frame around every page: menu, banners, choices of the reader, and what each template may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from lowtide.page import choices, menu
from lowtide.page.address import address
from lowtide.page.ask import Ask, Page
from lowtide.page.banner import banners
from lowtide.page.render import render, version
from lowtide.page.written import Written
from lowtide.service.condition import condition
from lowtide.words import LANGUAGES

_SCRIPTS = ("site.js",)
"""Modules that every page loads; `queue.js` and the like are asked for by their page as `scripts`."""


def framed(
    pages: Mapping[str, Page],
    request: Request,
    ask: Ask,
    template: str,
    current: str,
    values: Mapping[str, Any],
) -> str:
    """A template with the values of its view and those of the frame."""
    tell, caller, now = ask.language, ask.caller, ask.context.now()
    stands = condition(ask.context, caller)
    names = {key: person.name for key, person in ask.context.book().people.items()}
    done = ask.first("done")
    frame = {
        "tell": tell, "say": tell.say, "word": tell.word, "code": tell.lang, "asker": caller, "page": current,
        "w": Written(tell, now, names, stands.in_units), "now": now, "at": ask.at, "style": version(),
        "lang": "zh-CN" if tell.lang == "zh" else "en", "other": next(one for one in LANGUAGES if one != tell.lang),
        "scheme": choices.scheme(request), "seq": stands.seq,
        "menu": menu.sections(pages, caller, tell, current, menu.SECTIONS),
        "bottom": menu.bottom(pages, caller, tell, current), "banners": banners(stands, caller, tell),
        "address": lambda **more: address(request, more), "title": "", "enhanced": (), "scripts": _SCRIPTS,
        "keys_off": choices.is_off(request, "keys"), "notify_on": choices.is_on(request, "notify"),
        "done": tell.say(f"done.{done}") if tell.has(f"done.{done}") else "",
    }  # fmt: skip
    own = dict(values)
    own["scripts"] = (*_SCRIPTS, *own.get("scripts", ()))
    return render(template, **{**frame, **own})
