"""What another place has to spare, and how much of it to move.

A place has true excess where its available stock, without what is only on order and without what it has promised to
other places, is more than it needs itself to the end of b: the level of its own service level, and what must stay on
display. It gives at most that, and at most what the receiver needs until its own order comes (a). The nearest place
gives; of equally near ones that which avoids more loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.propose.inputs import inputs
from lowtide.propose.item import Item
from lowtide.propose.lane import Donor
from lowtide.propose.outlook import Outlook, outlook
from lowtide.propose.position import MILLI, Position, units
from lowtide.propose.proposed import Proposed
from lowtide.propose.rounding import down
from lowtide.propose.schedule import Schedule, schedule
from lowtide.propose.supplier import Supplier
from lowtide.propose.terms import Terms

USUAL_DAYS = 1
"""A transfer without known hours counts as here on the next day."""
_SHOWN = 5
"""So many places are written down beside the best one."""


@dataclass(frozen=True)
class _Offer:
    """What one place can give."""

    donor: Donor
    view: Outlook
    keep: int
    excess: int
    quantity: int
    comes: int
    """Days from today until it is here."""
    after: float
    """Expected shortfall of the receiver with it, in units."""

    is_short: bool
    """Whether the receiver needs more than the place has to spare."""

    @property
    def hours(self) -> float | None:
        return self.donor.lane.hours if self.donor.lane else None

    @property
    def rank(self) -> tuple[float, float, str]:
        """Least hours, then most avoided loss, then location."""
        return (inf if self.hours is None else self.hours, self.after, self.donor.position.location)


def transfer(
    position: Position, item: Item, supplier: Supplier, terms: Terms, donors: Sequence[Donor], at: datetime
) -> Proposed | None:
    """The best transfer to cover the position until its next order comes; None: nothing is needed, or nobody has excess."""
    days = schedule(supplier, terms.lead_time, at)
    ahead = outlook(position, terms.time_zone, terms.lateness, at, days.b)
    a = max(0, (days.a - ahead.today).days)
    level = ahead.level(terms.service_level, a)
    need = level - ahead.available - ahead.expected_by(a)
    if need <= 0:
        return None
    offers = [offer for donor in donors if (offer := _offer(donor, need, days, ahead, at))]
    if not offers:
        return None
    offers.sort(key=lambda offer: offer.rank)
    steps: dict[str, Any] = {
        "level": units(level), "arriving": units(ahead.expected_by(a)), "need": units(need),
        "donors": [
            {"location": offer.donor.position.location, "hours": offer.hours, "excess": units(offer.excess),
             "quantity": units(offer.quantity)} for offer in offers[:_SHOWN]
        ],
    }  # fmt: skip
    return _proposed(position, item, supplier, terms, ahead, days, offers[0], steps, at)


def _offer(donor: Donor, need: int, days: Schedule, ahead: Outlook, at: datetime) -> _Offer | None:
    """What a place can give; None where it has no true excess of a whole pack."""
    view = outlook(donor.position, donor.terms.time_zone, donor.terms.lateness, at, days.b)
    keep = max(view.level(donor.terms.service_level, view.last), donor.display_min)
    excess = donor.position.available - donor.promised - keep
    pack = (donor.lane.pack if donor.lane else None) or MILLI
    quantity = down(min(need, excess), pack)
    if quantity <= 0:
        return None
    hours = donor.lane.hours if donor.lane else None
    comes = min(ahead.last, _days(at, hours, ahead, donor.terms.time_zone))
    after = ahead.shortfall(ahead.out_by([(comes, quantity)]))
    return _Offer(donor, view, keep, excess, quantity, comes, after, excess < need)


def _days(at: datetime, hours: float | None, ahead: Outlook, zone: str) -> int:
    """Days from today until it is here."""
    if hours is None:
        return USUAL_DAYS
    return max(0, ((at + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).date() - ahead.today).days)


def _proposed(
    position: Position, item: Item, supplier: Supplier, terms: Terms, ahead: Outlook, days: Schedule, best: _Offer,
    steps: dict[str, Any], at: datetime,
) -> Proposed:  # fmt: skip
    donor, lane, quantity = best.donor, best.donor.lane, best.quantity
    without, given = ahead.out_by(), ahead.out_by([(best.comes, quantity)])
    before = ahead.shortfall(without)
    there = donor.position.available - donor.promised
    result: dict[str, Any] = {
        "quantity": units(quantity), "shortfall_before": before, "shortfall_after": best.after,
        "p_before": max(without), "p_after": max(given),
        "donor_p_before": best.view.reached(there, best.view.last),
        "donor_p_after": best.view.reached(there - quantity, best.view.last),
        "avoided": round((before - best.after) * item.unit_worth, 2), "avoided_in": item.worth_in,
        "cost": lane.cost if lane else None,
    }  # fmt: skip
    marks = {
        "lane_unknown": lane is None or lane.hours is None,
        "donor_short": best.is_short,
        "supplier_unknown": not supplier.known,
        "no_margin": item.worth_in != "margin",
    }
    arrives = datetime.combine(ahead.today + timedelta(days=best.comes), time(), ZoneInfo(terms.time_zone))
    return Proposed(
        kind="transfer", location=position.location, sku=position.sku, quantity=quantity, unit=item.unit,
        from_location=donor.position.location, requested_at=arrives, unit_cost=item.unit_cost,
        cost=lane.cost if lane else None, avoided=result["avoided"], avoided_in=item.worth_in,
        marks=tuple(mark for mark, holds in marks.items() if holds),
        detail={
            "inputs": {
                **inputs(item, terms, ahead, at), **days.inputs(supplier), "comes": best.comes, "hours": best.hours,
                "lane_pack": units((lane.pack if lane else None) or MILLI), "lane_cost": lane.cost if lane else None,
                "donor": {
                    "location": donor.position.location, "region": donor.position.region,
                    "as_of": donor.position.as_of.isoformat(), "available": units(donor.position.available),
                    "promised": units(donor.promised), "mean": best.view.mean[-1], "variance": best.view.variance[-1],
                    "service_level": donor.terms.service_level, "display_min": units(donor.display_min),
                },
            },
            "steps": {**steps, "keep": units(best.keep), "excess": units(best.excess)}, "result": result,
        },
    )  # fmt: skip
