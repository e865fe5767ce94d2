"""Which positions of a location have to be counted, dearest first: what is at stake is what the record is off by at
least."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lowtide.propose.item import Item
from lowtide.propose.position import Position, units
from lowtide.propose.proposed import Proposed


def count(position: Position, item: Item, at: datetime, why: str = "negative_stock") -> Proposed:
    """The line of one position on the count list of its location. A count movement of the position confirms it.

    `quantity` is what the record says (thousandths, may be negative), `avoided` what the record is off by at least,
    at cost; None where the
    catalogue has no cost. `cost` is None: counting has no price here.
    """
    recorded = position.available if position.on_hand is None else position.on_hand
    off = abs(min(recorded, 0)) or abs(recorded)
    stake = item.cost_of(off)
    return Proposed(
        kind="count", location=position.location, sku=position.sku, quantity=recorded, unit=item.unit, supplier="",
        unit_cost=item.unit_cost, avoided=stake, avoided_in="price", marks=() if stake is not None else ("no_cost",),
        detail={
            "inputs": {"at": at.isoformat(), "recorded": units(recorded), "why": why, "unit_cost": item.unit_cost},
            "steps": {"off": units(off)}, "result": {"quantity": units(recorded), "avoided": stake},
        },
    )  # fmt: skip


def dearest_first(lines: Iterable[Proposed]) -> list[Proposed]:
    """The order in which people count: by what is at stake, then by SKU; what has no cost comes last."""
    return sorted(lines, key=lambda line: (line.avoided is None, -(line.avoided or 0.0), line.sku))
