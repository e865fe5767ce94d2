"""How much to order, from whom, until when: the method that the policy names, the supplier's days, packs, minimum, maximum.

    days      a: delivery of this order; b: delivery of the next one; the stock has to last to the end of b
    need      by the method of the policy (`level`)
    quantity  at least the minimum, whole packs, under the maximum as `over_max` says
    value     expected shortfall to the end of b without and with the order, × what a unit is worth

The order counts as here on its delivery day; open orders count by the lateness of the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lowtide.propose.inputs import inputs
from lowtide.propose.item import Item
from lowtide.propose.level import Need, need
from lowtide.propose.outlook import Outlook, outlook
from lowtide.propose.position import MILLI, Position, units
from lowtide.propose.proposed import Proposed
from lowtide.propose.rounding import down, ordered
from lowtide.propose.schedule import Schedule, schedule
from lowtide.propose.supplier import OrderDay, Supplier
from lowtide.propose.terms import Terms

WIDE = 2.0
"""An estimate is wide if its standard deviation to the end of b is more than so many times its mean …"""
WIDE_UNITS = 20
"""… and more than so many units are needed."""


@dataclass(frozen=True)
class _Quantity:
    """What is ordered, with its steps."""

    quantity: int
    steps: dict[str, Any]
    marks: tuple[str, ...] = ()


def order(
    position: Position,
    item: Item,
    supplier: Supplier,
    terms: Terms,
    at: datetime,
    day: OrderDay | None = None,
) -> Proposed | None:
    """The order (of what is made: the production) that the position needs at `at`; None: nothing is needed.

    `day` is the order day; None: the supplier's next one whose cut-off is later than `at`. Raises ValueError if the
    supplier has no order
    day or delivery day within 400 days.
    """
    days = schedule(supplier, terms.lead_time, at, day)
    ahead = outlook(position, terms.time_zone, terms.lateness, at, days.b)
    needed = need(position, item, terms, days, ahead)
    if needed.quantity <= 0:
        return None
    a = max(0, (days.a - ahead.today).days)
    chosen = _quantity(needed.quantity, item, terms, ahead, a)
    without, given = ahead.out_by(), ahead.out_by([(a, chosen.quantity)])
    before, after = ahead.shortfall(without), ahead.shortfall(given)
    is_late = max(without[:a], default=0.0) > 1 - terms.service_level
    marks = _marks(supplier, item, days, needed, chosen, is_late, position, ahead)
    avoided = round((before - after) * item.unit_worth, 2)
    cost = item.cost_of(chosen.quantity)
    result = {
        "quantity": units(chosen.quantity), "shortfall_before": before, "shortfall_after": after,
        "p_before": max(without), "p_after": max(given), "p_until": max(without[:a], default=0.0), "avoided": avoided,
        "avoided_in": item.worth_in, "cost": cost,
    }  # fmt: skip
    return Proposed(
        kind="production" if item.source == "make" else "order",
        location=position.location, sku=position.sku, quantity=chosen.quantity, unit=item.unit,
        supplier=supplier.supplier, supplier_name=supplier.name,
        requested_at=days.requested_at(terms.time_zone), cut_off_at=days.order_day.cut_off_at,
        unit_cost=item.unit_cost, cost=cost, avoided=avoided, avoided_in=item.worth_in, marks=marks,
        detail={
            "inputs": {
                **inputs(item, terms, ahead, at), **days.inputs(supplier), **needed.inputs, "method": needed.steps["method"],
                "max_stock": None if item.max_stock is None else units(item.max_stock), "over_max": terms.over_max,
                "moq": units(item.moq), "pack": units(item.step),
            },
            "steps": {**needed.steps, **chosen.steps}, "result": result,
        },
    )  # fmt: skip


def _quantity(need: int, item: Item, terms: Terms, ahead: Outlook, a: int) -> _Quantity:
    """Minimum and packs, then the maximum: what stands there at the end of the delivery day must not pass `max_stock`."""
    wanted = ordered(need, item.moq, item.step)
    steps: dict[str, Any] = {"wanted": units(wanted)}
    if item.max_stock is None:
        return _Quantity(wanted, steps)
    there = ahead.available + ahead.expected_by(a) - ahead.demand_by(a)
    steps |= {"demand_to_a": units(ahead.demand_by(a)), "stock_at_a": units(there + wanted)}
    if there + wanted <= item.max_stock:
        return _Quantity(wanted, steps)
    if terms.over_max == "ask":
        return _Quantity(wanted, steps, ("over_max_ask",))
    fits = down(item.max_stock - there, item.step)
    if terms.over_max == "down" and fits >= ordered(1, item.moq, item.step):
        chance = max(ahead.out_by([(a, fits)])[a:])
        steps |= {"fits": units(fits), "p_fits": chance}
        if chance < terms.warning:
            return _Quantity(fits, steps, ("fits_max",))
    return _Quantity(wanted, steps, ("over_max",))


def _marks(
    supplier: Supplier, item: Item, days: Schedule, needed: Need, chosen: _Quantity, is_late: bool, position: Position,
    ahead: Outlook,
) -> tuple[str, ...]:  # fmt: skip
    """What a person must know, in the order of `MARKS`."""
    found = {
        "late": is_late,
        "wide": _is_wide(needed.quantity, ahead),
        "supplier_unknown": not supplier.known,
        "calendar_unconfirmed": supplier.calendar is not None
        and not all(supplier.calendar.holidays.is_confirmed(year) for year in {days.a.year, days.b.year}),
        "no_margin": item.worth_in != "margin",
        "no_cost": item.unit_cost is None,
        "no_demand": not position.demand.mean,
    }
    return (*chosen.marks, *needed.marks, *(mark for mark, holds in found.items() if holds))


def _is_wide(need: int, ahead: Outlook) -> bool:
    """Whether the need stands on an estimate that hardly says anything. Items that sell a unit now and then are not
    meant."""
    mean, deviation = ahead.mean[-1], ahead.variance[-1] ** 0.5
    return need > WIDE_UNITS * MILLI and deviation > WIDE * mean
