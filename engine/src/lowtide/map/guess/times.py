"""How the times of a sample are written: the form that fits most of 1,000 cells, and whether day or month comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y\u5e74%m\u6708%d\u65e5", "%Y%m%d",
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d-%m-%y",
    "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d-%b-%y", "%d. %b %Y",
)  # fmt: skip
_HOURS = (
    "", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f", "T%H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p",
    " %p %I:%M:%S", " %p %I:%M", " %p%I:%M:%S", " %p%I:%M",
    "%H:%M:%S", "%H:%M", " %H\u65f6%M\u5206%S\u79d2", " %H\u6642%M\u5206", " %H.%M", "%H%M%S", " %H%M%S",
)  # fmt: skip
_ZONES = ("", "%z", " %z")
_CODES = {
    "Y": r"(?P<Y>(?:19|20)\d\d)", "m": r"(?P<m>1[0-2]|0?[1-9])", "d": r"(?P<d>3[01]|[12]\d|0?[1-9])", "y": r"(?P<y>\d\d)",
    "H": r"(?P<H>2[0-3]|[01]?\d)", "I": r"(?:1[0-2]|0?[1-9])",
    "M": r"(?P<M>[0-5]\d)", "S": r"(?P<S>[0-5]\d|60)", "f": r"\d{1,9}",
    "b": r"(?P<b>[A-Za-zäéûÄÉÛ]{3,4})\.?",
    "p": r"(?:[AaPp]\.?\s?[Mm]\.?|\u4e0a\u5348|\u4e0b\u5348|\u5348\u524d|\u5348\u5f8c)",
    "z": r"(?:Z|[+-]\d\d:?\d\d|[+-]\d\d)",
}  # fmt: skip
_FIXED = {"m": r"(?P<m>1[0-2]|0[1-9])", "d": r"(?P<d>3[01]|[12]\d|0[1-9])", "H": r"(?P<H>2[0-3]|[01]\d)"}
_EPOCHS = (("epoch_s", 10), ("epoch_ms", 13), ("epoch_us", 16), ("epoch_ns", 19))
_MOST = 1000
_LIKE_A_TIME = re.compile(
    r"(?=.*\d.*\d)[\d\s.:/,\u5e74\u6708\u65e5\u65f6\u5206\u79d2\u6642\u5348\u4e0a\u4e0b\u524d\u5f8cTZ+APMapm-]*[A-Za-zäéûÄÉÛ]{0,4}[\d\s.:/,TZ+APMapm-]*$"
)
"""What a cell must look like before all forms are tried on it."""


class TimeForm(NamedTuple):
    """A form of times, by its name in a map."""

    format: str
    share: float
    """The share of the cells that fit it."""
    has_hour: bool
    has_zone: bool
    is_certain: bool = True
    """False where day and month could be read both ways."""
    other: str = ""
    """The form with day and month the other way round, where that is possible too."""


def _regex(form: str) -> re.Pattern[str]:
    packed = "%m%d" in form or "%H%M" in form
    codes = _CODES | _FIXED if packed else _CODES
    pieces = re.split(r"(%[YmdyHIMSfbpz])", form)
    return re.compile(
        "".join(codes[piece[1]] if piece.startswith("%") else re.escape(piece) for piece in pieces), re.ASCII
    )


_Form = tuple[re.Pattern[str], re.Pattern[str]]
"""The expressions of the date and of what stands behind it."""


@cache
def _forms() -> dict[str, _Form]:
    """Every form with its expressions, the more usual ones first."""
    days = {day: _regex(day) for day in _DAYS}
    rests = {hour + zone: _regex(hour + zone) for zone in _ZONES for hour in _HOURS if hour or not zone}
    return {day + rest: (days[day], rests[rest]) for rest in rests for day in days}


def time_form(cells: Iterable[str]) -> TimeForm | None:
    """The form that fits most cells; None if not even half of them look like times.

    >>> time_form(["22.11.2026 10:30", "1.2.2026 8:05"]).format
    '%d.%m.%Y %H:%M'
    """
    return _time_form(tuple(cell.strip() for cell in cells if cell.strip())[:_MOST])


@lru_cache(maxsize=256)
def _time_form(full: tuple[str, ...]) -> TimeForm | None:
    if not full or not any(_LIKE_A_TIME.match(cell) for cell in full[:20]):
        return None
    fits = _fitting(full)
    best = max(fits, key=lambda form: fits[form], default="")
    if not best or fits[best] * 2 < len(full):
        return _number_form(full)
    share = fits[best] / len(full)
    other = _swapped(best)
    if not other or fits.get(other, 0) < fits[best]:
        return _named(best, share, True, "")
    first, certain = _by_order(full, best, other)
    if certain:
        return _named(best if first else other, share, True, "")
    best, other = (best, other) if best.find("%d") < best.find("%m") else (other, best)
    return _named(best, share, False, other)


def hour_form(cells: Iterable[str]) -> str | None:
    """The form of a column that holds times of day alone; None if it does not."""
    full = [cell.strip() for cell in cells if cell.strip()][:_MOST]
    for form in ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H%M%S"):
        regex = _regex(form)
        if full and all(regex.fullmatch(cell) for cell in full):
            return form
    return None


def _fitting(cells: Sequence[str]) -> dict[str, int]:
    """How many cells fit each form. Forms that do not fit the first cells are not tried on the rest."""
    head = cells[:: max(1, len(cells) // 20)]
    possible = [(name, form) for name, form in _forms().items() if any(_moment(form, cell) for cell in head)]
    counted = {name: sum(_moment(form, cell) is not None for cell in cells) for name, form in possible}
    return {name: count for name, count in counted.items() if count}


def _moment(form: _Form, cell: str) -> tuple[int, ...] | None:
    """Year, month, day, hour, minute, second of a cell; None if it does not fit or is not a date."""
    date = form[0].match(cell)
    rest = None if date is None else form[1].fullmatch(cell, date.end())
    if date is None or rest is None:
        return None
    parts = date.groupdict() | rest.groupdict()
    year = int(parts["Y"]) if parts.get("Y") else 2000 + int(parts.get("y") or 0)
    month = int(parts["m"]) if parts.get("m") else 1
    day = int(parts["d"])
    try:
        datetime(year, month, day)
    except ValueError:
        return None
    return (year, month, day, *(int(parts.get(key) or 0) for key in "HMS"))


def _swapped(form: str) -> str:
    """The form with day and month exchanged, where such a form is in use."""
    swapped = form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")
    return swapped if swapped != form and swapped in _forms() else ""


def _by_order(cells: Sequence[str], best: str, other: str) -> tuple[bool, bool]:
    """Whether `best` is the right one of two, and whether that is certain: exports are mostly in order of time."""
    steps = [_disorder([_moment(_forms()[form], cell) for cell in cells]) for form in (best, other)]
    if steps[0] == steps[1]:
        return True, False
    calm, wild = min(steps), max(steps)
    return steps[0] < steps[1], wild >= 2 and calm * 4 <= wild


def _disorder(moments: list[tuple[int, ...] | None]) -> int:
    """The fewer of steps back and steps forward: 0 where the column is sorted either way."""
    days = [moment[:3] for moment in moments if moment is not None]
    pairs = list(pairwise(days))
    return min(sum(a > b for a, b in pairs), sum(a < b for a, b in pairs))


def _number_form(cells: Sequence[str]) -> TimeForm | None:
    """Seconds since 1970 and their kin, and the days of Excel."""
    for name, digits in _EPOCHS:
        fits = sum(len(cell) == digits and cell.isdigit() and cell[0] == "1" for cell in cells)
        if fits * 10 >= len(cells) * 9:
            return TimeForm(name, fits / len(cells), True, True)
    serial = re.compile(r"[2-6]\d{4}(\.\d+)?", re.ASCII)
    fits = sum(serial.fullmatch(cell) is not None for cell in cells)
    if fits * 10 >= len(cells) * 9:
        return TimeForm("excel", fits / len(cells), any("." in cell for cell in cells), False)
    return None


def _named(form: str, share: float, certain: bool, other: str) -> TimeForm:
    has_hour, has_zone = "%H" in form or "%I" in form, "%z" in form
    is_iso = (
        form.startswith("%Y-%m-%d") and "%p" not in form and form[8:9] in ("", " ", "T") and " %z" not in form
    )
    is_iso = (
        is_iso
        and "%H.%M" not in form
        and "%H%M" not in form
        and "\u65f6" not in form
        and "\u6642" not in form
    )
    return TimeForm("iso" if is_iso else form, share, has_hour, has_zone, certain, other)
