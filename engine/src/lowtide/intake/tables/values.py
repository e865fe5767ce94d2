"""A value of a database as a text of a row: the same text for the same value, whichever driver gave it.

>>> from decimal import Decimal
>>> line({"qty": Decimal("1.50"), "at": datetime(2026, 11, 22, 9, 30), "note": None})
b'{"qty":"1.50","at":"2026-11-22 09:30:00","note":null}'
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

_DAY_S = 86_400


def line(row: Mapping[str, Any]) -> bytes:
    """A row of a table as one line of JSON, without a line end."""
    return orjson.dumps({name: value_of(value) for name, value in row.items()})


def value_of(value: Any) -> Any:
    """A value for JSON: numbers and times are texts, so that no digit is lost; an absent value is null.

    decimal    its digits, without an exponent      date        2026-11-22
    float      the shortest digits that mean it     timestamp   2026-11-22 09:30:00.250, +08:00 where it has a zone
    boolean    true, false                          bytes       hexadecimal
    array, document   an array or an object of such values
    """
    if value is None or isinstance(value, str):
        return value if value is None else _clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _span(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return {_clean(str(key)): value_of(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [value_of(part) for part in value]
    return _clean(str(value))


def _clean(text: str) -> str:
    """A half of a surrogate pair, which some drivers give for bytes that are not text, cannot stand in UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def _number(value: float | Decimal) -> str:
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    return format(number, "f") if number.is_finite() else str(value)


def _span(value: timedelta) -> str:
    """A time of day as MySQL gives it: 09:30:00, and hours beyond 24 as they are."""
    sign = "-" if value < timedelta(0) else ""
    whole = abs(value)
    seconds = whole.days * _DAY_S + whole.seconds
    fraction = f".{whole.microseconds:06d}" if whole.microseconds else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"
