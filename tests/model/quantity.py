"""A quantity is a whole number of thousandths from its first digit on; no binary float ever holds it.

>>> thousandths("1.250"), thousandths("1e3"), text(1250), text(95000)
(1250, 1000000, '1.25', '95')
"""

import re
from decimal import Decimal

LIMIT = 10**12 * 1000
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?0*[0-9]{1,4})?")


def thousandths(value: str) -> int | None:
    """None where the text is no number, has a fourth decimal that counts, or is beyond 10^12."""
    if not NUMBER.fullmatch(value):
        return None
    sign, digits, exponent = Decimal(value).as_tuple()
    digits = "".join(map(str, digits)).lstrip("0")
    if not digits:
        return 0
    shift = exponent + 3
    if shift > 20:
        return None
    whole = digits + "0" * shift if shift >= 0 else digits[:shift]
    lost = "" if shift >= 0 else digits[shift:]
    if lost.strip("0") or int(whole or "0") > LIMIT:
        return None
    return -int(whole or "0") if sign else int(whole or "0")


def text(value: int) -> str:
    """Without trailing zeros, without an exponent."""
    whole, part = divmod(abs(value), 1000)
    sign = "-" if value < 0 else ""
    return sign + (f"{whole}.{part:03}".rstrip("0") if part else str(whole))
