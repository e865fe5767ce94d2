"""One alert: why it is there, where the stock is heading, what to do about it, and the buttons.

    GET /alerts/ALERT_ID       the beginning of an id is enough where only one begins so

Its buttons send to `/queue` and `/proposals`, which lead back here.
"""

from __future__ import annotations

from typing import Any

from lowtide.errors import ActionError
from lowtide.page import fan, until
from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.markdown import html
from lowtide.service import alert as alerts
from lowtide.service import proposals
from lowtide.service.projection import Projection


def view(ask: Ask) -> Answer:
    """The page of one alert."""
    found = alerts.alert(ask.context, ask.caller, ask.path["alert_id"], ask.language)
    standing, tell = found.standing, ask.language
    title = tell.say(
        "alert.title", type=tell.word("type", standing.type), item=standing.name or standing.sku,
        place=standing.location_name or standing.location,
    )  # fmt: skip
    values = {
        "found": found, "a": standing, "title": title[:1].upper() + title[1:], "chart": drawing(found.projection, ask),
        "proposals": stories(ask, [one.proposal_id for one in found.proposals]), "checklist": html(found.checklist),
        "morning": until.morning_text(ask), "people": _people(ask), "reasons": proposals.REASONS,
        "seq": found_seq(ask), "scripts": ("chart.js", "live.js", "act.js"), "enhanced": ("new",),
        "action": tell.word("action", standing.type),
    }  # fmt: skip
    return Html("alert", values)


def drawing(projection: Projection | None, ask: Ask) -> dict[str, Any] | None:
    """The fan chart with its table; None where nothing is projected."""
    if projection is None or not projection.days:
        return None
    tell = ask.language
    return {
        "wide": fan.fan(projection, tell), "narrow": fan.fan(projection, tell, 350, 260),
        "rows": fan.rows(projection, tell), "origin": projection.origin,
    }  # fmt: skip


def stories(ask: Ask, ids: list[str]) -> list[proposals.ProposalStory]:
    """The proposals with what the caller may do to each."""
    made = []
    for proposal_id in ids[:5]:
        try:
            made.append(proposals.proposal(ask.context, ask.caller, proposal_id))
        except ActionError:  # it has gone meanwhile
            continue
    return made


def found_seq(ask: Ask) -> int:
    """From where on others' changes are news to this page."""
    from lowtide.service.condition import condition

    return condition(ask.context, ask.caller).seq


def _people(ask: Ask) -> list[tuple[str, str]]:
    return sorted(((one.key, one.name) for one in ask.context.book().people.values()), key=lambda one: one[1])


PAGES = (Page("/alerts/{alert_id}", "alert", view),)
