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

from rich.cells import cell_len, set_cell_size

from lowtide.words import Language

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


def draw(
    days: Sequence[Day],
    trip: float | None,
    width: int = 80,
    signs: Signs = UNICODE,
    language: Language | None = None,
) -> list[str]:
    """Draw a projection as lines of text that are at most `width` columns wide (60 at the least)."""
    tell = language or Language("en")
    width = max(width, 60)
    left, right = 8 + cell_len(tell.say("weekday.0")), 8 + 7 + BAR
    plot = width - left - right
    low = min(0.0, *(day.low for day in days))
    high = max(1.0, trip or 0.0, *(max(day.high, day.expected) for day in days))

    def column(value: float) -> int:
        return min(plot - 1, max(0, round((value - low) / (high - low) * (plot - 1))))

    head = _left(tell.say("draw.day"), left) + _left(tell.say("draw.available"), plot)
    lines = [head + _right(tell.say("draw.expected"), 8) + _right(tell.say("draw.chance"), 7)]
    for day in days:
        cells = [" "] * plot
        for place in range(column(day.low), column(day.high) + 1):
            cells[place] = signs.band
        cells[column(0)] = signs.zero
        if trip is not None:
            cells[column(trip)] = signs.trip
        cells[column(day.expected)] = signs.middle
        bar = signs.bar * floor(day.p_out * BAR + 0.5)
        name = f"{day.number:>3} {tell.say(f'weekday.{day.day.weekday()}')} {day.day:%d}"
        chance = f"{100 * day.p_out:.0f} %"
        line = f"{_left(name, left)}{''.join(cells)}{day.expected:>8.1f}{chance:>7} {bar}"
        lines.append(set_cell_size(line, min(width, cell_len(line))).rstrip())
        for arrival in day.arrivals:
            lines.append(f"{'':<{left}}{signs.arrival} {arrival}"[:width])
    return [*lines, _legend(trip, width, signs, tell)]


def _legend(trip: float | None, width: int, signs: Signs, tell: Language) -> str:
    """What the signs mean; the last ones are left out where there is no room."""
    meanings = [(signs.middle, "expected"), (signs.band, "band"), (signs.zero, "empty")]
    if trip is not None:
        meanings.append((signs.trip, "trip"))
    legend = ""
    for sign, key in [*meanings, (signs.arrival, "arrival")]:
        more = f"{legend}{'  ' if legend else ''}{sign} {tell.say(f'draw.{key}', level=f'{trip or 0:g}')}"
        if cell_len(more) > width:
            break
        legend = more
    return legend


def _left(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


if __name__ == "__main__":
    from datetime import date
    from decimal import Decimal

    from lowtide.explain.projection import project

    demand = {"rate_per_day": 3.0, "phi": 2.0, "kappa": 0.02, "exposure": [*range(1, 9)]}
    arrives = [0, 0, 0, 0.885, 0.015, 0.02, 0, 0, 0.08]
    supply = [{"ref": "PO1", "remaining": "15", "due": "", "arrives": arrives}]
    print("\n".join(draw(project(Decimal(20), demand, supply, date(2026, 11, 22)), 15)))
