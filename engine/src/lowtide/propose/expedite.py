"""Whether an open order should come sooner than promised.

For each open order that is not overdue: the expected loss as it stands, and the loss if it came `expedite_to` days
from now. It is
proposed where that avoids more than `expedite_cost`. What is overdue is chased (`chase`), not expedited.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from lowtide.propose.arriving import Arriving, certain
from lowtide.propose.inputs import inputs
from lowtide.propose.item import Item
from lowtide.propose.outlook import Outlook, outlook
from lowtide.propose.position import Position, units
from lowtide.propose.proposed import Proposed
from lowtide.propose.schedule import schedule
from lowtide.propose.supplier import Supplier
from lowtide.propose.terms import Terms

LONGEST = 365
"""Days that are looked ahead at most."""


def expedite(
    position: Position, item: Item, supplier: Supplier, terms: Terms, at: datetime
) -> tuple[Proposed, ...]:
    """One proposal for each open order whose hurry avoids more than it costs; `about` and `refs` name the order.

    Where the catalogue has neither margin nor price, the loss is in units and cannot be held against money: then only
    a hurry that costs
    nothing is proposed, if it avoids at least one unit.
    """
    if supplier.expedite_to is None or not position.supply:
        return ()
    days = schedule(supplier, terms.lead_time, at)
    last = max([days.b, *(order.due for order in position.supply)])
    ahead = outlook(position, terms.time_zone, terms.lateness, at, min(last, _latest(at, terms)))
    sooner = max(0, ceil(round(supplier.expedite_to, 9)))
    candidates = (order for order in ahead.supply if sooner < order.due_in <= ahead.last)
    found = (_hurried(position, item, supplier, terms, ahead, order, sooner, at) for order in candidates)
    return tuple(proposed for proposed in found if proposed is not None)


def _latest(at: datetime, terms: Terms) -> date:
    return (at + timedelta(days=LONGEST)).astimezone(ZoneInfo(terms.time_zone)).date()


def _hurried(
    position: Position, item: Item, supplier: Supplier, terms: Terms, ahead: Outlook, order: Arriving, sooner: int,
    at: datetime
) -> Proposed | None:  # fmt: skip
    changed = [
        certain(order.ref, order.remaining, sooner, ahead.last) if one is order else one
        for one in ahead.supply
    ]
    changed.sort(key=lambda one: (one.due_in, one.ref))
    before, after = ahead.shortfall(ahead.out_by()), ahead.shortfall(ahead.out_by(supply=changed))
    avoided = round((before - after) * item.unit_worth, 2)
    if not _pays(avoided, item, supplier):
        return None
    result = {
        "quantity": units(order.remaining), "shortfall_before": before, "shortfall_after": after, "avoided": avoided,
        "avoided_in": item.worth_in, "cost": supplier.expedite_cost,
    }  # fmt: skip
    arrives = datetime.combine(ahead.today + timedelta(days=sooner), time(), ZoneInfo(terms.time_zone))
    marks = ("no_margin",) if item.worth_in != "margin" else ()
    return Proposed(
        kind="expedite", location=position.location, sku=position.sku, quantity=order.remaining, unit=item.unit,
        supplier=supplier.supplier, supplier_name=supplier.name, about=order.ref, refs=(order.ref,), requested_at=arrives,
        unit_cost=item.unit_cost, cost=supplier.expedite_cost, avoided=avoided, avoided_in=item.worth_in, marks=marks,
        detail={
            "inputs": {
                **inputs(item, terms, ahead, at), "supplier": supplier.supplier, "ref": order.ref, "expedite_to": sooner,
                "expedite_cost": supplier.expedite_cost,
            },
            "steps": {"due_in": order.due_in, "sooner": sooner}, "result": result,
        },
    )  # fmt: skip


def _pays(avoided: float, item: Item, supplier: Supplier) -> bool:
    if item.worth_in == "units":
        return supplier.expedite_cost == 0 and avoided >= 1
    return avoided > supplier.expedite_cost
