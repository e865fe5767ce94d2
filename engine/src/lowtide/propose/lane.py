"""Between which places goods can be moved, and what another place has to spare."""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.propose.position import Position
from lowtide.propose.terms import Terms


@dataclass(frozen=True)
class Lane:
    """One row of the lanes file."""

    from_location: str
    to_location: str
    hours: float | None = None
    """Hours from the decision to the shelf; None: not known."""
    pack: int | None = None
    """Thousandths: what is moved is a multiple of it. None: whole units."""
    cost: float | None = None
    """Money for one transfer; None: not known."""


@dataclass(frozen=True)
class Donor:
    """The same SKU at another place."""

    position: Position
    terms: Terms
    """Of the donor's position."""
    lane: Lane | None = None
    """None: no lane ends here, but both are in one region; hours and cost are not known."""
    display_min: int = 0
    """Thousandths that must stay on display there."""
    promised: int = 0
    """Thousandths that other places were promised and that have not left yet."""
