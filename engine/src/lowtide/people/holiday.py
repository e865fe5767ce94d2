"""Holidays: the weekdays on which an office is closed, and the weekend days on which it works.

Some countries exchange weekends with working days. The exchange of a year is known only when it is published, in China by
the State Council: until then the year is not confirmed. Of all other countries each year counts as confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

_EXCHANGES = frozenset({"AZ", "BY", "CN", "HU", "KG", "KZ", "LV", "RU", "UZ", "VN"})
"""Countries that exchange days in nearly every year, as `holidays` 0.109 knows them."""


@dataclass(frozen=True)
class Year:
    """One year of a country: its holidays, the weekend days on which people work, and whether the country exchanges days."""

    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    exchanges: bool = False


@dataclass(frozen=True)
class Holidays:
    """The holidays of a calendar: of a country, over which the days of a file of the shop stand."""

    country: str = ""
    """`CN`, `FR`, or with a part of the country `DE-BY`; empty: no public holidays."""
    confirmed: frozenset[int] = frozenset()
    """Years of which somebody said that they are known."""
    days: Mapping[date, bool] = field(default_factory=dict)
    """Days of the shop's own file: True for a working day, False for a holiday."""

    def is_off(self, day: date) -> bool:
        """Whether the day is a holiday."""
        own = self.days.get(day)
        return not own if own is not None else day in public(self.country, day.year).off

    def is_adjusted(self, day: date) -> bool:
        """Whether people work on the day even if it is on a weekend."""
        own = self.days.get(day)
        return own if own is not None else day in public(self.country, day.year).working

    def is_confirmed(self, year: int) -> bool:
        """Whether the holidays of a year are known."""
        known = public(self.country, year)
        if not known.exchanges or known.working or year in self.confirmed:
            return True
        return any(is_working for day, is_working in self.days.items() if day.year == year)


@lru_cache(256)
def public(country: str, year: int) -> Year:
    """The public holidays of a year. Raises ValueError if the country is not known."""
    if not country:
        return Year()
    import holidays  # takes 80 ms

    name, _, part = country.partition("-")
    try:
        known = holidays.country_holidays(name, subdiv=part or None, years=year)
    except NotImplementedError:
        raise ValueError(f"no holidays are known of `{country}`: write such as CN, FR or DE-BY") from None
    working = frozenset(day for day in known.weekend_workdays if day.year == year)
    off = frozenset(day for day in known if day.year == year)
    return Year(off - working, working, known.country in _EXCHANGES)
