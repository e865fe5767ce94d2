"""A quantity is a whole number of thousandths from its first digit on; no binary float ever holds it.

>>> thousandths("1.250"), thousandths("1e3"), thousandths(".5"), text(1250), text(95000)
(1250, 1000000, 500, '1.25', '95')
>>> thousandths("0.30000000000000004"), thousandths("0.8999999999999999"), thousandths("0.0004")
(300, 900, None)
"""

import re

LIMIT = 10**12 * 1000
NUMBER = re.compile(r"([+-]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?")


def thousandths(value: str) -> int | None:
    """None where the text is not a number, lies more than 1e-9 beside a thousandth, or is beyond 10^12."""
    match = NUMBER.fullmatch(value)
    if not match:
        return None
    sign, whole, places, places_alone, exponent = match.groups()
    places = places_alone or places or ""
    digits = int((whole or "") + places)
    shift = 3 - len(places) + int(exponent or "0")
    size = shifted(digits, shift)
    if size is None or size > LIMIT:
        return None
    return -size if sign == "-" else size


def shifted(digits: int, shift: int) -> int | None:
    """digits · 10^shift as a whole number; None where it is further than 1e-6 of a thousandth from one."""
    if digits == 0 or shift < -len(str(digits)) - 10:
        return 0
    if shift >= 0:
        return digits * 10**shift if shift < 20 else LIMIT + 1
    unit = 10**-shift
    nearest = (2 * digits + unit) // (2 * unit)
    return nearest if abs(digits - nearest * unit) * 10**6 <= unit else None


def text(value: int) -> str:
    """Without trailing zeros, without an exponent."""
    whole, part = divmod(abs(value), 1000)
    sign = "-" if value < 0 else ""
    return sign + (f"{whole}.{part:03}".rstrip("0") if part else str(whole))
