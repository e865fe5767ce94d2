"""A duration is written with its units: `7d`, `72h`, `10m`, `30s`, `1d12h`."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
PATTERN = r"^(\d+(\.\d+)? ?[dhms] ?)+$"
_FORM = re.compile(PATTERN, re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?) ?([dhms])", re.ASCII)
LONGEST_DAYS = 3660
"""No duration is longer: ten years."""


def milliseconds(value: Any) -> int:
    """A duration's text in milliseconds; 0 may be written without a unit. Raises ValueError."""
    if value == 0 and not isinstance(value, bool):
        return 0
    text = str(value)
    if not _FORM.fullmatch(text):
        raise ValueError("write a duration with its unit, such as 7d, 72h, 10m or 1d12h")
    total = sum(float(number) * UNITS[unit] for number, unit in _PART.findall(text))
    if total > LONGEST_DAYS * UNITS["d"]:
        raise ValueError("a duration is at most ten years")
    return round(total)


def text_of(ms: int) -> str | int:
    """The shortest text of a duration; 0 is itself."""
    for unit, length in UNITS.items():
        if ms and ms % length == 0:
            return f"{ms // length}{unit}"
    return 0 if ms == 0 else f"{ms / 1000:.3f}".rstrip("0") + "s"


Milliseconds = Annotated[
    int,
    BeforeValidator(milliseconds),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": PATTERN}, {"const": 0}], "examples": ["24h", "7d"]}
    ),
]
