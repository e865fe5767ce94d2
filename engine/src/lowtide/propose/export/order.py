"""One purchase order with its lines, as it leaves: what a document, a CSV and a form are written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lowtide.propose.proposed import Kind


@dataclass(frozen=True)
class Line:
    """One approved proposal."""

    proposal_id: str
    ref: str
    """`LT-` and 10 characters: the movement `order` of the line carries it, or the number of the order."""
    sku: str
    quantity: int
    """Thousandths, as approved."""
    name: str = ""
    unit: str = ""
    unit_cost: float | None = None
    cost: float | None = None
    requested_at: datetime | None = None
    """When the goods are asked for."""
    category: str = ""


@dataclass(frozen=True)
class Order:
    """The lines of one list: one supplier (or donor, or plant) and one location."""

    number: str
    """`ref(list_id)`."""
    kind: Kind
    ordered_at: datetime
    lines: tuple[Line, ...]
    supplier: str = ""
    supplier_name: str = ""
    from_location: str = ""
    """Of a transfer the donor."""
    ship_to: str = ""
    """The location."""
    ship_to_name: str = ""
    buyer: str = ""
    """Who buys: the name of the shop or of the person who approved."""
    approved_by: str = ""
    currency: str = ""
    zone: str = "UTC"
    """Days of the document are days of this zone."""

    @property
    def requested_at(self) -> datetime | None:
        """The earliest time for which one of the lines is asked for."""
        return min((line.requested_at for line in self.lines if line.requested_at), default=None)

    def day_of(self, at: datetime | None) -> str | None:
        """The day of a time as an ISO date."""
        return None if at is None else at.astimezone(ZoneInfo(self.zone)).date().isoformat()
