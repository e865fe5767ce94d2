"""Draw where a position's stock is heading, one line a day, in any terminal.

    day        available, 10 to 90 %                       expected P(out)
      3 Tue 24     |      ========o====:==                     11.0    2 %
      4 Wed 25     |              =====:========o==========    21.3    1 %
               ^ +15 PO1 88 %
      5 Thu 26     |          =========:====o===========       18.3    3 %
      6 Fri 27     |    ===============:o=============         15.3    6 % #

Every mark has a shape and a number of its own, so nothing is lost without colour, and there is an ASCII set
for terminals that speak no Unicode. The widths add up to what the terminal has, 60 columns at the least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import Any

from lowtide.explain.recompute import mean_and_variance, out_by, short_of

Row = dict[str, Any]
BAR = 10
"""Columns of the bar of P(out): one for each 10 %."""


@dataclass(frozen=True)
class Marks:
    """The signs of a drawing."""

    zero: str
    band: str
    middle: str
    trip: str
    bar: str
    arrival: str


UNICODE = Marks(zero="│", band="─", middle="●", trip="┊", bar="█", arrival="▲")
ASCII = Marks(zero="|", band="=", middle="o", trip=":", bar="#", arrival="^")


@dataclass(frozen=True)
class Day:
    """The projection at the end of one day, in units."""

    number: int
    day: date
    expected: float
    low: float
    high: float
    p_out: float
    arrivals: tuple[str, ...]
    """Supplies that become likelier on this day: reference, quantity, chance to be here by its end."""


def speaks_unicode(encoding: str | None) -> bool:
    """Whether a terminal of this encoding can show the Unicode marks."""
    return (encoding or "").lower().replace("-", "").replace("_", "") in {"utf8", "utf16", "utf32", "gb18030"}


def project(available: Decimal, demand: Row, supply: Sequence[Row], today: date) -> list[Day]:
    """Project the available balance to the end of each day of the horizon.

    `demand` and `supply` have the form of a ledger entry's `detail`. The band holds the balance with 80 %.
    """
    chances = out_by(available, demand, supply)
    days = []
    for bucket, p_out in enumerate(chances):
        mean, _ = mean_and_variance(demand, bucket)
        due = sum(float(one["remaining"]) * float(one["arrived_by"][bucket]) for one in supply)
        days.append(
            Day(
                number=bucket + 1,
                day=today + timedelta(days=bucket),
                expected=float(available) + due - mean,
                low=balance(available, demand, supply, bucket, 0.1),
                high=balance(available, demand, supply, bucket, 0.9),
                p_out=p_out,
                arrivals=tuple(_arrivals(supply, bucket)),
            )
        )
    return days


def balance(available: Decimal, demand: Row, supply: Sequence[Row], bucket: int, chance: float) -> int:
    """Give the least whole balance x with P(balance at the bucket's end <= x) >= `chance`, by bisection."""
    high = ceil(available + sum(Decimal(str(one["remaining"])) for one in supply))
    step = 1
    while short_of(available - (high - step), demand, supply, bucket) >= chance:
        step *= 2
    low = high - step
    while high - low > 1:
        middle = (low + high) // 2
        if short_of(available - middle, demand, supply, bucket) >= chance:
            high = middle
        else:
            low = middle
    return high


def _arrivals(supply: Sequence[Row], bucket: int) -> list[str]:
    found = []
    for one in supply:
        now = float(one["arrived_by"][bucket])
        before = float(one["arrived_by"][bucket - 1]) if bucket else 0.0
        if now - before >= 0.005:
            found.append(f"+{float(one['remaining']):g} {one['ref']} {100 * now:.0f} %")
    return found


def draw(days: Sequence[Day], trip: float | None, width: int = 80, marks: Marks = UNICODE) -> list[str]:
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
        for at in range(column(day.low), column(day.high) + 1):
            cells[at] = marks.band
        cells[column(0)] = marks.zero
        if trip is not None:
            cells[column(trip)] = marks.trip
        cells[column(day.expected)] = marks.middle
        bar = marks.bar * floor(day.p_out * BAR + 0.5)
        name = f"{day.number:>3} {day.day:%a %d}"
        chance = f"{100 * day.p_out:.0f} %"
        lines.append(f"{name:<{left}}{''.join(cells)}{day.expected:>8.1f}{chance:>7} {bar}"[:width].rstrip())
        for arrival in day.arrivals:
            lines.append(f"{'':<{left}}{marks.arrival} {arrival}"[:width])
    signs = [(marks.middle, "expected"), (marks.band, "10 to 90 %"), (marks.zero, "empty")]
    if trip is not None:
        signs.append((marks.trip, f"trip level {trip:g}"))
    legend = "  ".join(
        f"{mark} {meaning}" for mark, meaning in [*signs, (marks.arrival, "supply, chance to be here")]
    )
    return [*lines, legend if len(legend) <= width else legend[: legend.rfind("  ", 0, width + 1)]]


if __name__ == "__main__":
    example = {"rate_per_day": 3.0, "dispersion": 2.0, "evidence": 45.0, "exposure": [*range(1, 9)]}
    order = {
        "ref": "PO1",
        "remaining": "15",
        "due": "",
        "arrived_by": [0, 0, 0, 0.885, 0.885, 0.885, 0.885, 0.885],
    }
    print("\n".join(draw(project(Decimal(20), example, [order], date(2026, 11, 22)), 15)))
