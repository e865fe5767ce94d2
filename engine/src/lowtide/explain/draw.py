"""Draw where a position's stock is heading, one line a day, in any terminal.

    day        available, 10 to 90 %                       expected P(out)
      3 Tue 24     |      ========o====:==                     11.0    2 %
      4 Wed 25     |              =====:========o==========    21.3    1 %
               ^ +15 PO1 88 %
      5 Thu 26     |          =========:====o===========       18.3    3 %
      6 Fri 27     |    ===============:o=============         15.3    6 % #

Every sign has a shape and a number of its own, so nothing is lost without colour, and there is an ASCII set
for terminals without Unicode. A drawing is as wide as the terminal, and at least 60 columns.

    python -m lowtide.explain.draw      draws an example
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lowtide.explain.projection import Day

BAR = 10
"""Columns of the bar of P(out): one for each 10 %."""


@dataclass(frozen=True)
class Signs:
    """The signs of a drawing."""

    zero: str
    band: str
    middle: str
    trip: str
    bar: str
    arrival: str


UNICODE = Signs(zero="│", band="─", middle="●", trip="┊", bar="█", arrival="▲")
ASCII = Signs(zero="|", band="=", middle="o", trip=":", bar="#", arrival="^")


def speaks_unicode(encoding: str | None) -> bool:
    """Whether a terminal of this encoding can show the Unicode signs."""
    return (encoding or "").lower().replace("-", "").replace("_", "") in {"utf8", "utf16", "utf32", "gb18030"}


def draw(days: Sequence[Day], trip: float | None, width: int = 80, signs: Signs = UNICODE) -> list[str]:
    """Draw a projection as lines of text that are at most `width` columns wide (60 at the least)."""
    width = max(width, 60)
    left, right = 11, 8 + 7 + BAR
    plot = width - left - right
    low = min(0.0, *(day.low for day in days))
    high = max(1.0, trip or 0.0, *(max(day.high, day.expected) for day in days))

    def column(value: float) -> int:
        return min(plot - 1, max(0, round((value - low) / (high - low) * (plot - 1))))

    head = f"{'day':<{left}}{'available, 10 to 90 %':<{plot}}{'expected':>8}{'P(out)':>7}"
    lines = [head.rstrip()]
    for day in days:
        cells = [" "] * plot
        for place in range(column(day.low), column(day.high) + 1):
            cells[place] = signs.band
        cells[column(0)] = signs.zero
        if trip is not None:
            cells[column(trip)] = signs.trip
        cells[column(day.expected)] = signs.middle
        bar = signs.bar * floor(day.p_out * BAR + 0.5)
        name = f"{day.number:>3} {day.day:%a %d}"
        chance = f"{100 * day.p_out:.0f} %"
        lines.append(f"{name:<{left}}{''.join(cells)}{day.expected:>8.1f}{chance:>7} {bar}"[:width].rstrip())
        for arrival in day.arrivals:
            lines.append(f"{'':<{left}}{signs.arrival} {arrival}"[:width])
    meanings = [(signs.middle, "expected"), (signs.band, "10 to 90 %"), (signs.zero, "empty")]
    if trip is not None:
        meanings.append((signs.trip, f"trip level {trip:g}"))
    legend = "  ".join(
        f"{sign} {meaning}" for sign, meaning in [*meanings, (signs.arrival, "supply, chance to be here")]
    )
    return [*lines, legend if len(legend) <= width else legend[: legend.rfind("  ", 0, width + 1)]]


if __name__ == "__main__":
    from datetime import date
    from decimal import Decimal

    from lowtide.explain.projection import project

    demand = {"rate_per_day": 3.0, "dispersion": 2.0, "evidence": 45.0, "exposure": [*range(1, 9)]}
    chances = [0, 0, 0, 0.885, 0.885, 0.885, 0.885, 0.885]
    supply = [{"ref": "PO1", "remaining": "15", "due": "", "arrived_by": chances}]
    print("\n".join(draw(project(Decimal(20), demand, supply, date(2026, 11, 22)), 15)))
