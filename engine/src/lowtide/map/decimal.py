"""A decimal number as it is written in a map: `24`, `0.5`, `-3`."""

from __future__ import annotations

import re
from typing import Any

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)


def is_decimal(value: Any) -> bool:
    """Whether a value is the text of a decimal number without an exponent."""
    return isinstance(value, str) and _DECIMAL.fullmatch(value) is not None


def decimal(value: Any) -> str:
    """The text of a decimal number. Raises ValueError."""
    if not is_decimal(value):
        raise ValueError("write a number, such as 24 or 0.5")
    return str(value)
