"""Buffers of demand driven replenishment (Ptak and Smith): zones and qualified demand. Quantities are thousandths.

>>> zones = buffer(10, 12, 7, 50_000, 0.5, 0.4)
>>> zones.red, zones.top_of_yellow, zones.green, zones.top_of_green, zones.spike
(84000, 204000, 70000, 274000, 42000)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lowtide.propose.position import MILLI, Reservation, units

SPIKE = 0.5
"""A day's reservations are a spike if they are above this share of the red zone."""


@dataclass(frozen=True)
class Buffer:
    """The zones of one position."""

    red_base: int
    red_safety: int
    yellow: int
    green: int

    @property
    def red(self) -> int:
        """Top of red."""
        return self.red_base + self.red_safety

    @property
    def top_of_yellow(self) -> int:
        return self.red + self.yellow

    @property
    def top_of_green(self) -> int:
        return self.top_of_yellow + self.green

    @property
    def spike(self) -> int:
        """What a day's reservations have to pass to be a spike."""
        return round(SPIKE * self.red)

    def to_dict(self) -> dict[str, str]:
        """The zones in units."""
        return {
            "red_base": units(self.red_base), "red_safety": units(self.red_safety), "red": units(self.red),
            "yellow": units(self.yellow), "green": units(self.green), "top_of_yellow": units(self.top_of_yellow),
            "top_of_green": units(self.top_of_green), "spike": units(self.spike),
        }  # fmt: skip


def buffer(per_day: float, lead_days: int, cycle_days: int, moq: int, ltf: float, vf: float) -> Buffer:
    """Yellow = ADU × DLT; red base = yellow × LTF; red safety = red base × VF; green = max(red base, cycle × ADU, MOQ)."""
    over_lead = per_day * lead_days * MILLI
    base = round(over_lead * ltf)
    return Buffer(
        base,
        round(over_lead * ltf * vf),
        round(over_lead),
        max(base, round(cycle_days * per_day * MILLI), moq),
    )


def qualified(reservations: Sequence[Reservation], today: date, lead_days: int, spike: int) -> int:
    """What is due today or overdue, and the days within the lead time whose reservations are a spike."""
    now = sum(one.quantity for one in reservations if one.due is None or one.due <= today)
    days = Counter[date]()
    for one in reservations:
        if one.due is not None and today < one.due <= today + timedelta(days=lead_days):
            days[one.due] += one.quantity
    return now + sum(quantity for quantity in days.values() if quantity > spike)
