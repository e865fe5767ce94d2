"""What one proposal says: how much of what, from whom, until when, what it costs, what it avoids, and the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from lowtide.propose.item import Worth
from lowtide.propose.position import units

Kind = Literal["order", "production", "transfer", "expedite", "chase", "count"]

MARKS = (
    "late", "wide", "over_max", "over_max_ask", "fits_max", "donor_short", "lane_unknown", "no_levels", "supplier_unknown",
    "calendar_unconfirmed", "no_margin", "no_cost", "no_demand",
)  # fmt: skip
"""What a person must know, as codes; `proposal.mark.CODE` is the sentence."""


@dataclass(frozen=True)
class Proposed:
    """A proposal before anybody decided. Quantities are thousandths; times are aware."""

    kind: Kind
    location: str
    """Where the goods are wanted; of a chase empty."""
    sku: str
    """Of a chase empty."""
    quantity: int
    unit: str = ""
    supplier: str = ""
    supplier_name: str = ""
    from_location: str = ""
    """Of a transfer the donor."""
    about: str = ""
    """What tells two proposals of one position and cause apart: of an expedite the ref of its order."""
    requested_at: datetime | None = None
    """When the goods are asked for."""
    cut_off_at: datetime | None = None
    """Until when the supplier takes the order; None: at any time."""
    unit_cost: float | None = None
    cost: float | None = None
    """Of a transfer and an expedite what moving or hurrying costs. None: not known."""
    avoided: float | None = None
    """Expected loss before less after, in `avoided_in`; None: not known."""
    avoided_in: Worth = "units"
    marks: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    """Of a chase all orders that are overdue, of an expedite the one that is to hurry."""
    detail: dict[str, Any] = field(default_factory=dict)
    """JSON: `inputs`, `steps`, `result`. `explain.recompute_proposal` computes the result again from the inputs alone."""

    def to_dict(self) -> dict[str, Any]:
        """Columns of the desk's table `proposal` that the arithmetic knows: decimal texts, milliseconds since 1970 UTC."""
        return {
            "kind": self.kind, "location": self.location, "sku": self.sku, "supplier": self.supplier,
            "supplier_name": self.supplier_name, "from_location": self.from_location, "quantity": units(self.quantity),
            "proposed_quantity": units(self.quantity), "unit": self.unit, "unit_cost": self.unit_cost, "cost": self.cost,
            "avoided": self.avoided, "requested_at": _ms(self.requested_at), "cut_off_at": _ms(self.cut_off_at),
            "version": self.version, "marks": list(self.marks), "detail": self.detail,
        }  # fmt: skip

    @property
    def version(self) -> str:
        """12 hex digits of its numbers: kind, quantity, places, dates, refs. Who approves names the version shown."""
        from lowtide.propose.identity import version

        return version(self)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)
