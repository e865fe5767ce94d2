"""A position as a proposal sees it: what is there, what will be asked for, and what is on its way.

Quantities are whole thousandths of a unit, so that catch weight (1.250 kg) is exact.

>>> thousandths("1.25"), units(1250)
(1250, '1.25')
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lowtide.propose.demand import Demand
from lowtide.rows import quantity

MILLI = 1000
"""Thousandths in a unit."""


def thousandths(value: str | int | float | Decimal) -> int:
    """A quantity in units as whole thousandths. Raises ValueError if it has more than three decimal places."""
    exact = Decimal(str(value)) * MILLI
    if exact != exact.to_integral_value():
        raise ValueError(f"write at most three decimal places (it is `{value}`)")
    return int(exact)


def units(milli: int) -> str:
    """Whole thousandths as the shortest decimal text in units."""
    return quantity(Decimal(milli) / MILLI)


@dataclass(frozen=True)
class Supply:
    """One open order of the position."""

    ref: str
    remaining: int
    """Thousandths that are still to come."""
    due: date
    """The local day for which it is promised."""
    in_transit: bool = False
    comes: float = 1.0
    """The chance that it comes at all: `remainder` of the policy for the rest of a short delivery, else 1."""


@dataclass(frozen=True)
class Reservation:
    """What is promised to a customer and has not left yet."""

    quantity: int
    """Thousandths."""
    due: date | None = None
    """The local day on which it is needed; None: not said, so it counts as needed today."""


@dataclass(frozen=True)
class Position:
    """A position as it is known at `as_of`."""

    pipeline: str
    partition: str
    location: str
    sku: str
    as_of: datetime
    """Event time of its last record."""
    available: int
    """Thousandths: on hand less allocated and held. May be negative."""
    demand: Demand
    supply: tuple[Supply, ...] = ()
    on_hand: int | None = None
    """Thousandths; `ddmrp` counts from it. None: as much as is available."""
    held: int = 0
    reservations: tuple[Reservation, ...] = ()
    """Only `ddmrp` asks for them. Where only the sum is known (`allocated`), one without a day."""
    location_name: str = ""
    region: str = ""
