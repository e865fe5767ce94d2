"""Values of the file that have a form of their own: zones, local days and times, turns, one text or several."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema

from lowtide.strict.duration import milliseconds

_EVERY = re.compile(r"([1-9][0-9]{0,2})([dw])")


def _several(value: Any) -> Any:
    """One text or a list of texts, as a list."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[
    list[str],
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


def zone(name: str) -> str:
    """The name of a time zone. Raises ValueError."""
    try:
        return ZoneInfo(name.strip()).key
    except (KeyError, ValueError, OSError):
        raise ValueError("write the name of a time zone, such as Asia/Shanghai") from None


def moment(text: str, *, is_end: bool = False) -> datetime:
    """A local day or time: `2026-12-07`, `2026-12-07 13:00`. A day as an end is its last midnight. Raises ValueError."""
    try:
        if len(text.strip()) <= len("2026-12-07"):
            found, days = datetime.combine(date.fromisoformat(text.strip()), time()), int(is_end)
        else:
            found, days = datetime.fromisoformat(text.strip()), 0
    except ValueError:
        found, days = datetime.min, 0
    if found.tzinfo is not None or not 1900 <= found.year <= 2200:
        raise ValueError("write a day such as 2026-12-07, or a local time such as 2026-12-07 13:00")
    return found + timedelta(days=days)


def days_of(text: str) -> int:
    """The days of `1w` or `1d`. Raises ValueError."""
    match = _EVERY.fullmatch(text.strip())
    if match is None:
        raise ValueError("write how long a turn lasts, such as 1w or 1d")
    return int(match[1]) * (7 if match[2] == "w" else 1)


def stage(value: Any) -> Any:
    """The word `cut_off`, or a duration in milliseconds. Raises ValueError."""
    return value if value == "cut_off" else milliseconds(value)
