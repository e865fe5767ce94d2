"""A length of time in days: a duration's text, or a bare number."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from lowtide.policy.table import TABLE
from lowtide.strict.duration import PATTERN, UNITS, milliseconds

_LONGEST_DAYS = TABLE["lead_time_days"]["le"]


def days(value: Any) -> float:
    """Likewise in days; a bare number is a number of days."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value <= _LONGEST_DAYS:
            raise ValueError(f"write a number of days from 0 to {_LONGEST_DAYS:g}, or a duration such as 7d")
        return float(value)
    return milliseconds(value) / UNITS["d"]


Days = Annotated[
    float,
    BeforeValidator(days),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": PATTERN}],
            "examples": [7, "36h"],
        }
    ),
]
