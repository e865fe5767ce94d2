"""How much a position needs by the method of its policy: up to a service level, up to a maximum, or up to the top of
green."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lowtide.propose import ddmrp
from lowtide.propose.item import Item
from lowtide.propose.outlook import Outlook
from lowtide.propose.position import MILLI, Position, units
from lowtide.propose.schedule import Schedule
from lowtide.propose.terms import Terms


@dataclass(frozen=True)
class Need:
    """What is needed (thousandths; 0 or less: nothing), with the steps that lead there."""

    quantity: int
    steps: dict[str, Any]
    inputs: dict[str, Any] = field(default_factory=dict)
    """Inputs that only this method has."""
    marks: tuple[str, ...] = ()


def need(position: Position, item: Item, terms: Terms, days: Schedule, ahead: Outlook) -> Need:
    """The need by the method of the policy. A position of `min_max` without levels is ordered for by `order_up_to`,
    marked."""
    if terms.method == "min_max" and terms.max_level > 0:
        return _min_max(position, terms)
    if terms.method == "ddmrp":
        return _ddmrp(position, item, terms, days, ahead)
    marks = ("no_levels",) if terms.method == "min_max" else ()
    return _order_up_to(terms, days, ahead, marks)


def _order_up_to(terms: Terms, days: Schedule, ahead: Outlook, marks: tuple[str, ...]) -> Need:
    """S = the least s with P(D(b) ≤ s) ≥ service level; need = S − available − what is expected to have come by b."""
    b = (days.b - ahead.today).days
    level, arriving = ahead.level(terms.service_level, b), ahead.expected_by(b)
    steps = {
        "method": "order_up_to", "level": units(level), "p_level": 1 - ahead.reached(level + MILLI, b),
        "p_below": 1 - ahead.reached(level, b), "arriving": units(arriving), "need": units(level - ahead.available -
        arriving),
    }  # fmt: skip
    return Need(level - ahead.available - arriving, steps, marks=marks)


def _min_max(position: Position, terms: Terms) -> Need:
    """Inventory position = available + all open orders; at or below the minimum it is filled up to the maximum."""
    here = position.available + sum(order.remaining for order in position.supply)
    missing = terms.max_level - here if here <= terms.min_level else 0
    steps = {
        "method": "min_max", "inventory_position": units(here), "min_level": units(terms.min_level),
        "max_level": units(terms.max_level), "need": units(missing),
    }  # fmt: skip
    inputs = {"min_level": units(terms.min_level), "max_level": units(terms.max_level)}
    return Need(missing, steps, inputs)


def _ddmrp(position: Position, item: Item, terms: Terms, days: Schedule, ahead: Outlook) -> Need:
    """Net flow = on hand + open orders − qualified demand; at or below the top of yellow it is filled up to the top
    of green."""
    rate = position.demand.per_day(max(1, days.lead_days))
    buffer = ddmrp.buffer(
        rate,
        max(1, days.lead_days),
        days.review_days,
        item.moq,
        terms.lead_time_factor,
        terms.variability_factor,
    )
    last = days.lead_days
    qualified = ddmrp.qualified(position.reservations, ahead.today, last, buffer.spike)
    on_hand = position.available if position.on_hand is None else position.on_hand - position.held
    on_order = sum(order.remaining for order in position.supply)
    flow = on_hand + on_order - qualified
    missing = buffer.top_of_green - flow if flow <= buffer.top_of_yellow else 0
    steps = {"method": "ddmrp", **buffer.to_dict(), "net_flow": units(flow), "need": units(missing)}
    inputs = {
        "per_day": rate, "on_hand": units(on_hand), "on_order": units(on_order), "cycle_days": days.review_days,
        "lead_time_factor": terms.lead_time_factor, "variability_factor": terms.variability_factor,
        "reservations": [
            {"quantity": units(one.quantity), "due": one.due and one.due.isoformat()} for one in position.reservations
        ],
    }  # fmt: skip
    steps["qualified_demand"] = units(qualified)
    return Need(missing, steps, inputs)
