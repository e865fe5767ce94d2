"""A cell of a spreadsheet as the text that a person sees in it, whatever the file calls it.

>>> text_of(5.0), text_of(0.30000000000000004), text_of(True), text_of(1e-7)
('5', '0.3', 'true', '0.0000001')
"""

from __future__ import annotations

import datetime
from decimal import Decimal

Cell = str | int | float | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta

ERRORS = frozenset(
    ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!"]
)
"""What a formula that has failed shows. As a text it is the same: somebody pasted the values."""


def text_of(cell: Cell, with_time: bool = False) -> str:
    """The text of a cell.

    A number has as many of its first 15 digits as it needs, never an exponent. A time is `YYYY-MM-DD HH:MM:SS` with
    milliseconds where it has them; at midnight it is the date alone, unless `with_time`: other cells of its
    column have a time.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return number(cell)
    if isinstance(cell, datetime.datetime):
        return _time(cell, with_time)
    if isinstance(cell, datetime.date):
        return f"{cell.isoformat()} 00:00:00" if with_time else cell.isoformat()
    if isinstance(cell, datetime.time):
        return cell.isoformat("milliseconds").removesuffix(".000")
    return _duration(cell)


def number(value: int | float) -> str:
    """A number as decimal text without exponent; a float with at most 15 digits.

    >>> number(1e16), number(2.50), number(-0.0)
    ('10000000000000000', '2.5', '0')
    """
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = format(Decimal(f"{value:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def has_time(cell: Cell) -> bool:
    """Whether a cell is a moment that is not a midnight."""
    return type(cell) is datetime.datetime and _rounded(cell).time() != datetime.time(0)


def _rounded(moment: datetime.datetime) -> datetime.datetime:
    """To milliseconds: a sheet keeps days as a binary fraction, and 10:30:00 may be 10:29:59.999998 in it."""
    half = datetime.timedelta(microseconds=500)
    if moment > datetime.datetime.max - half:
        return moment.replace(microsecond=999_000)
    moment += half
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _time(moment: datetime.datetime, with_time: bool) -> str:
    moment = _rounded(moment)
    if moment.time() == datetime.time(0) and not with_time:
        return moment.date().isoformat()
    return moment.isoformat(" ", "milliseconds").removesuffix(".000")


def _duration(span: datetime.timedelta) -> str:
    """A duration as hours, minutes and seconds; the hours may be more than 24."""
    sign = "-" if span < datetime.timedelta(0) else ""
    milliseconds = round(abs(span) / datetime.timedelta(milliseconds=1))
    seconds, rest = divmod(milliseconds, 1000)
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:03}" if rest else text
