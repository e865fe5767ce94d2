"""The queue: what is open, the dearest first, and the buttons with which a person answers it.

GET  /queue?scope=mine|team|all&sort=…&severity=…      a window of 100
GET  /queue?part=rows&alert=…                          these rows alone, for a page that looks on
POST /queue                                            an answer to the alerts that are chosen, or to one
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from lowtide.errors import SettingsError
from lowtide.page import until
from lowtide.page.ask import Answer, Ask, Html, Page, after
from lowtide.service import actions, queue
from lowtide.service.condition import condition
from lowtide.service.filters import Filter, Scope
from lowtide.service.queue import Queue, QueueGroup
from lowtide.service.standing import Standing

_LIVE_MOST = 100
"""Rows that a page that looks on asks for at once."""
_SCOPES: tuple[Scope, ...] = ("mine", "team", "all")
_SORTS = ("loss", "due", "opened")
_CHOSEN = ("severity", "type", "location", "region", "category", "department", "supplier", "owner")
"""Columns of the form of filters."""


def view(ask: Ask) -> Answer:
    """The queue, or some rows of it."""
    return rows(ask, ask.all("alert")[:_LIVE_MOST]) if ask.first("part") == "rows" else _page(ask, {})


def post(ask: Ask) -> Answer:
    """Answer alerts. With `part=rows` the rows come back, for a script; else the page they stand on is loaded again."""
    one = ask.first("one")
    verb, _, alert_id = one.partition(":") if one else (ask.first("verb"), "", "")
    ids = [alert_id] if alert_id else ask.all("alert")
    if not ids:
        raise SettingsError(ask.language.say("queue.nothing_chosen"))
    said = act(ask, verb, ids)
    if ask.first("part") == "rows":
        return rows(ask, ids, said)
    back = ask.first("back", "/queue")
    if said:
        at = back.partition("?")[2]
        return _page(_with_query(ask, at), said) if back.startswith("/queue") else _refused(ask, said, back)
    return after(back, verb.partition("-")[0])


def act(ask: Ask, verb: str, ids: Sequence[str]) -> dict[str, str]:
    """Do it; for each alert to which it was not done a sentence that says why."""
    name = verb.partition("-")[0]
    end = until.of(ask, verb) if name == "snooze" else None
    order = actions.Order(
        name, ask.first("comment").strip()[:2000], end, ask.first("owner"), ask.first("feedback")
    )
    made = actions.act(ask.context, ask.caller, order, ids, _key(ask, verb, ids))
    failed = [row for row in made.results if not row.done]
    standing = {row.alert_id: row for row in queue.rows_of(ask.context, [row.alert_id for row in failed])}
    return {row.alert_id: _why(ask, row, standing.get(row.alert_id)) for row in failed}


def rows(ask: Ask, ids: Sequence[str], said: dict[str, str] | None = None) -> Html:
    """Rows of the queue alone."""
    seq = condition(
        ask.context, ask.caller
    ).seq  # before the rows: what changes meanwhile is loaded once more
    found = queue.rows_of(ask.context, list(ids))
    values = {
        "rows": found,
        "said": said or {},
        "page": "queue",
        "seq": seq,
        "morning": until.morning_text(ask),
    }
    return Html("queue_rows", values)


def _page(ask: Ask, said: dict[str, str]) -> Html:
    wanted = Filter.of(ask.query, "mine" if ask.caller.person else "all")
    found = queue.queue(ask.context, ask.caller, wanted, ask.query.get("cursor", [None])[0])
    if not ask.first("scope") and not wanted.is_narrow and not _waits(ask, wanted):
        wanted, found = _wider(ask, wanted, found)
    values = {
        "found": found, "seq": found.seen, "said": said, "filter": wanted, "back": ask.at,
        "opened": ask.query.get("open", []),
        "blocks": blocks(found), "scopes": _scopes(ask, wanted), "sorts": _SORTS, "chosen": _CHOSEN,
        "choices": queue.choices(ask.context, ask.caller).values, "narrowed": _narrowed(wanted),
        "next_window": _address(wanted, cursor=found.next_cursor) if found.next_cursor else "",
        "first_window": _address(wanted) if ask.query.get("cursor") else "", "people": _people(ask),
        "morning": until.morning_text(ask), "about": lambda group: _about(ask, group),
        "scripts": ("queue.js", "live.js"), "enhanced": _ISLAND,
    }  # fmt: skip
    return Html("queue", values, 409 if said else 200)


def _wider(ask: Ask, wanted: Filter, found: Queue) -> tuple[Filter, Queue]:
    """Who has nothing to answer sees the team's alerts, else all: a lead's day begins there."""
    for scope in _SCOPES[_SCOPES.index(wanted.scope) + 1 :]:
        wider = replace(wanted, scope=scope)
        if _waits(ask, wider):
            return wider, queue.queue(ask.context, ask.caller, wider)
    return wanted, found


def _waits(ask: Ask, wanted: Filter) -> bool:
    """Whether somebody still has to take one of these."""
    new = replace(wanted, state=("new",))
    return queue.queue(ask.context, ask.caller, new, limit=1).totals.alerts > 0


_ISLAND = ("new", "first", "offline", "keys", "chosen", *(f"key.{name}" for name in (
    "j", "x", "a", "s", "r", "z", "e", "f", "p", "enter", "slash", "g", "ctrl_k", "question",
)))  # fmt: skip
"""Words that the island of the queue shows."""


def blocks(found: Queue) -> list[dict[str, Any]]:
    """The rows with those of one group together at the place of its dearest, and where the cut begins."""
    made: dict[str, dict[str, Any]] = {}
    for row in found.rows:
        group = found.groups.get(row.group)
        key = row.group if group else row.alert_id
        made.setdefault(key, {"group": group, "rows": [], "cut": False})["rows"].append(row)
    below = [block for block in made.values() if block["rows"][0].because == "OVER_BUDGET"]
    if below and found.cut and found.filter.sort == "loss":
        below[0]["cut"] = True
    return list(made.values())


def _about(ask: Ask, group: QueueGroup) -> str:
    """What the alerts of a group share: `out of stock · Supplier 69`."""
    tell = ask.language
    return " · ".join(
        tell.word(column, value)
        if column in ("type", "severity")
        else f"{tell.word('queue.col', column)} {value}"
        for column, value in group.about
    )


def _scopes(ask: Ask, wanted: Filter) -> list[tuple[str, str, bool]]:
    known = _SCOPES if ask.caller.person else ("all",)
    return [
        (
            ask.language.say(f"queue.scope.{scope}"),
            _address(replace(wanted, scope=scope)),
            scope == wanted.scope,
        )
        for scope in known
    ]


def _narrowed(wanted: Filter) -> list[tuple[str, str, str]]:
    """What narrows it: column, values, and the address without it."""
    columns = [name for name in wanted.query() if name not in ("scope", "sort")]
    found = []
    for name in columns:
        column = "text" if name == "q" else name
        found.append((name, ", ".join(wanted.query()[name]), _address(wanted.without(column))))
    return found


def _address(wanted: Filter, **more: str | None) -> str:
    query = [(name, value) for name, values in wanted.query().items() for value in values]
    query += [(name, value) for name, value in more.items() if value]
    return f"/queue?{urlencode(query)}"


def _people(ask: Ask) -> list[tuple[str, str]]:
    return sorted(((one.key, one.name) for one in ask.context.book().people.values()), key=lambda one: one[1])


def _why(ask: Ask, row: actions.ActRow, now: Standing | None) -> str:
    tell = ask.language
    if row.code == "not_possible" and now is not None:
        key = "queue.first" if now.state != "new" else "queue.not_possible"
        return tell.say(key, state=tell.word("state", now.state), owner=now.owner_name or tell.say("nobody"))
    return tell.say(f"queue.refused.{row.code}")


def _refused(ask: Ask, said: dict[str, str], back: str) -> Html:
    why = next(iter(said.values()))
    text = ask.language.say("refusal.409_text", why=why)
    return Html("notice", {"title": ask.language.say("refusal.409"), "text": text, "again": back}, 409)


def _with_query(ask: Ask, query: str) -> Ask:
    return replace(ask, query=parse_qs(query), at=ask.first("back"), form={})


def _key(ask: Ask, verb: str, ids: Sequence[str]) -> str:
    """The same press on the same page is one request."""
    parts = (ask.caller.actor, verb, ask.first("seen"), ask.first("comment"), ask.first("owner"), *ids)
    return f"page:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:32]}"


PAGES = (Page("/queue", "queue", view, post=post),)
