"""Proposals: what is to be ordered from whom by when, gathered as people order it, with approve, reject and export.

GET  /proposals?state=decide|export|sent|done      lists by cut-off
GET  /proposals/PROPOSAL_ID                        one, with its arithmetic
POST /proposals                                    `do` with the ids that are chosen, and the versions that were shown
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from lowtide.errors import SettingsError
from lowtide.explain.proposal import proposal_story
from lowtide.page.ask import Answer, Ask, Download, Html, Page, after
from lowtide.propose.export import forms
from lowtide.service import proposals
from lowtide.service.condition import condition
from lowtide.service.proposals import Result, Wanted
from lowtide.service.standing import name_of

_STATES: dict[str, tuple[str, ...]] = {
    "decide": ("proposed", "submitted"), "export": ("approved",), "sent": ("exported",),
    "done": ("confirmed", "rejected", "superseded", "withdrawn", "closed"),
}  # fmt: skip
"""The tabs, each with the states of a proposal that it shows."""
_FORMS = ("csv", "json")
_COLUMNS = ("kind", "location", "supplier", "category", "holder", "text")


def view(ask: Ask) -> Answer:
    """The lists of one tab."""
    return _page(ask, {})


def one(ask: Ask) -> Answer:
    """One proposal."""
    story = proposals.proposal(ask.context, ask.caller, ask.path["proposal_id"])
    values = {
        "story": story, "p": story.row, "reasons": proposals.REASONS, "arithmetic": arithmetic(story, ask),
        "seq": condition(ask.context, ask.caller).seq, "scripts": ("live.js", "act.js"), "enhanced": ("new",),
    }  # fmt: skip
    return Html("proposal", values)


def post(ask: Ask) -> Answer:
    """Approve, reject or export what is chosen; what was not done is shown on its line with both numbers."""
    ids, (do, _, how) = ask.all("id"), ask.first("do").partition(":")
    if not ids:
        raise SettingsError(ask.language.say("prop.nothing_chosen"))
    back = ask.first("back", "/proposals")
    if do == "export":
        return _export(ask, ids, how or "csv", back)
    if do == "approve":
        made = proposals.approve(
            ask.context, ask.caller, ids, {one: ask.first(f"version.{one}") for one in ids}, _changed(ask, ids),
            ask.first("comment"), _key(ask, do, ids),
        )  # fmt: skip
    elif do == "reject":
        comment = ask.first("comment").strip()[:2000]
        made = proposals.reject(
            ask.context, ask.caller, ids, ask.first("reason"), comment, _key(ask, do, ids)
        )
    else:
        raise SettingsError(f"`do`: there is no `{do}`", "Write approve, reject or export.")
    return _after(ask, made, do, back)


def _after(ask: Ask, made: Sequence[Result], do: str, back: str) -> Answer:
    failed = {result.proposal_id: result for result in made if not result.is_done}
    if not failed:
        asked = all(result.asks_donor for result in made)
        submitted = all(result.entry == "SUBMITTED" for result in made)
        return after(back, "asked" if asked else "submitted" if submitted else do)
    if back.startswith("/proposals?") or back == "/proposals":
        return _page(replace(ask, query=parse_qs(back.partition("?")[2]), at=back, form={}), failed)
    first = next(iter(failed.values()))
    values = {
        "title": ask.language.say("prop.moved" if first.conflict else "refusal.409"), "again": back,
        "text": failure(ask, first), "conflict": first.conflict, "reasons": proposals.REASONS,
    }  # fmt: skip
    return Html("proposal_moved", values, 409)


def _export(ask: Ask, ids: Sequence[str], how: str, back: str) -> Answer:
    made = proposals.export(ask.context, ask.caller, ids, how, _key(ask, f"export:{how}", ids))
    if made.name:
        return Download(made.name, made.media_type, made.body)
    return _after(ask, made.results, "handed_over", back)


def _changed(ask: Ask, ids: Sequence[str]) -> dict[str, str]:
    """The quantities that the person wrote over what was shown."""
    pairs = {one: (ask.first(f"quantity.{one}").strip(), ask.first(f"was.{one}").strip()) for one in ids}
    return {one: now for one, (now, was) in pairs.items() if now and now != was}


def _page(ask: Ask, failed: Mapping[str, Result]) -> Html:
    tab = ask.first("state", "decide")
    if tab not in _STATES:
        raise SettingsError(f"`state`: there is no `{tab}`", f"Write one of {', '.join(_STATES)}.")
    wanted = Wanted(
        state=_STATES[tab], kind=tuple(one for one in ask.all("kind") if one), location=ask.first("location"),
        supplier=ask.first("supplier"), category=ask.first("category"), holder=ask.first("holder"), text=ask.first("text"),
        list_id=ask.first("list"), over_time=ask.first("late") == "1",
    )  # fmt: skip
    found = proposals.proposals(ask.context, ask.caller, wanted, ask.first("cursor") or None)
    counts = {name: sum(found.by_state.get(state, 0) for state in states) for name, states in _STATES.items()}
    tell, query = (
        ask.language,
        {name: values[0] for name, values in ask.query.items() if values and values[0]},
    )
    tabs = [
        (
            f"{tell.say(f'prop.tab.{name}')} {counts[name] or ''}".strip(),
            f"/proposals?{_with(query, name)}",
            name == tab,
        )
        for name in _STATES
    ]
    said = {_now(key, one): (failure(ask, one), one.conflict) for key, one in failed.items()}
    here = {line.proposal_id for one in found.lists for line in one.lines}
    values: dict[str, Any] = {
        "found": found, "tabs": tabs, "tab": tab, "forms": _FORMS, "reasons": proposals.REASONS, "wanted": wanted,
        "failed": said, "unseen": [text for key, (text, _) in said.items() if key not in here], "back": ask.at,
        "kinds": ("order", "production", "transfer", "expedite", "chase", "count"),
        "narrowed": sum(bool(ask.first(name)) for name in _COLUMNS), "form_names": forms(), "targets": _targets(ask),
        "next_window": f"/proposals?{urlencode({**query, 'cursor': found.cursor})}" if found.cursor else "",
        "first_window": f"/proposals?{_with(query, tab)}" if ask.first("cursor") else "",
        "seq": condition(ask.context, ask.caller).seq, "scripts": ("live.js",), "enhanced": ("new",),
        "people": sorted(((one.key, one.name) for one in ask.context.book().people.values()), key=lambda one: one[1]),
    }  # fmt: skip
    return Html("proposals", values, 409 if failed else 200)


def _now(proposal_id: str, result: Result) -> str:
    """The proposal that stands in the place of one whose numbers have moved; else its own id."""
    return str(result.conflict.now.get("proposal_id", proposal_id)) if result.conflict else proposal_id


def failure(ask: Ask, result: Result) -> str:
    """Why one was not done, in the reader's words; with both numbers where they have moved."""
    tell = ask.language
    if result.conflict is not None and not result.conflict.now:
        return tell.say("prop.gone", shown=_said(ask, result.conflict.shown))
    if result.conflict is not None:
        return tell.say(
            "prop.conflict", shown=_said(ask, result.conflict.shown), now=_said(ask, result.conflict.now)
        )
    if result.waits_for:
        return tell.say("prop.refused.held", person=name_of(ask.context.book(), result.waits_for))
    if result.status in (403, 404):
        return tell.say(f"prop.refused.{result.status}")
    return tell.refusal(result.error, result.hint)


def _said(ask: Ask, numbers: Mapping[str, Any]) -> str:
    """A quantity with its cost."""
    tell, quantity, cost = ask.language, numbers.get("quantity"), numbers.get("cost")
    said = tell.units(float(quantity)) if quantity not in (None, "") else tell.say("none")
    return f"{said} ({tell.money(cost)})" if cost is not None else said


@dataclass(frozen=True)
class Arithmetic:
    """How a proposal was reckoned: sentences by heading, and what the second computation says."""

    sections: Mapping[str, Sequence[str]]
    agrees: bool | None
    verdict: str


def arithmetic(story: proposals.ProposalStory, ask: Ask) -> Arithmetic:
    """The sentences of `explain`; only the bare numbers where an older program wrote the proposal in another shape."""
    row = {**story.row.to_dict(), "detail": dict(story.detail), "marks": list(story.row.marks)}
    try:
        told = proposal_story(row, ask.language)
        return Arithmetic(told.sections, told.agrees, told.verdict())
    except (KeyError, TypeError, ValueError):
        result = story.detail.get("result")
        numbers = result if isinstance(result, Mapping) else {}
        plain = [f"{name}: {value}" for name, value in numbers.items() if not isinstance(value, list | dict)]
        return Arithmetic({"arithmetic": plain} if plain else {}, None, "")


def _targets(ask: Ask) -> list[str]:
    """The targets of the people file that take an order: not those to which messages for a person go."""
    book = ask.context.book()
    contacts = {contact for person in book.people.values() for contact in person.contacts}
    return [
        name for name, one in book.targets.items() if one.kind in ("webhook", "file") and name not in contacts
    ]


def _with(query: Mapping[str, str], tab: str) -> str:
    return urlencode(
        {**{name: value for name, value in query.items() if name not in ("cursor", "done")}, "state": tab}
    )


def _key(ask: Ask, do: str, ids: Sequence[str]) -> str:
    """The same press on the same page is one request."""
    shown = [f"{one}={ask.first(f'version.{one}')}={ask.first(f'quantity.{one}')}" for one in ids]
    parts = (ask.caller.actor, do, ask.first("reason"), ask.first("comment"), *shown)
    return f"page:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:32]}"


PAGES = (
    Page("/proposals", "proposals", view, post=post),
    Page("/proposals/{proposal_id}", "proposal", one),
)
