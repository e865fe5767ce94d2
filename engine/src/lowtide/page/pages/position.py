"""One item in one place: its stock, where it is heading, what is on order, its alerts, and the rules that hold.

GET /positions/LOCATION/SKU
"""

from __future__ import annotations

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.pages.alert import drawing, found_seq, stories
from lowtide.service import position as positions
from lowtide.service import proposals


def view(ask: Ask) -> Answer:
    """The page of a position."""
    tell = ask.language
    found = positions.position(ask.context, ask.caller, ask.path["location"], ask.path["sku"], tell)
    values = {
        "found": found, "title": found.name or found.sku, "chart": drawing(found.projection, ask),
        "proposals": stories(ask, [one.proposal_id for one in found.proposals]), "reasons": proposals.REASONS,
        "seq": found_seq(ask), "scripts": ("chart.js", "live.js"), "enhanced": ("new",),
        "values": [(one.key, _value(one.value), one.layer or tell.say("pos.default")) for one in found.policy],
    }  # fmt: skip
    return Html("position", values)


def _value(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


PAGES = (Page("/positions/{location}/{sku}", "position", view),)
