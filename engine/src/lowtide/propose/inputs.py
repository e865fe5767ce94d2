"""The inputs that every proposal of goods writes down, so that its arithmetic can be done again from them alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lowtide.propose.item import Item
from lowtide.propose.outlook import Outlook
from lowtide.propose.position import units
from lowtide.propose.terms import Terms


def inputs(item: Item, terms: Terms, ahead: Outlook, at: datetime) -> dict[str, Any]:
    """Stock, demand and supply from now on, and the values they are held against, as JSON; quantities are texts in units."""
    return {
        "at": at.isoformat(), "time_zone": terms.time_zone, "today": ahead.today.isoformat(),
        "available": units(ahead.available), "mean": list(ahead.mean), "variance": list(ahead.variance),
        "supply": [
            {
                "ref": order.ref, "remaining": units(order.remaining), "due_in": order.due_in, "comes": order.comes,
            } for order in ahead.supply
        ],
        "lateness": [list(step) for step in terms.lateness], "service_level": terms.service_level, "warning": terms.warning,
        "unit_worth": item.unit_worth, "worth_in": item.worth_in, "unit_cost": item.unit_cost,
    }  # fmt: skip
