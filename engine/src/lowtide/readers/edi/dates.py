"""Dates of EDI in ISO form, so that one format of a map reads them however long they are written.

>>> x12_iso("20261122", "1628", "UT"), edifact_iso("202611221628", "203"), edifact_iso("20261122", "102")
('2026-11-22T16:28:00Z', '2026-11-22T16:28:00', '2026-11-22')

What is not understood stays as it is written, so that a map rejects it and nothing is lost.
"""

from __future__ import annotations

from functools import lru_cache

_CACHE = 1 << 12
_X12_ZONES = {
    "UT": "Z", "GM": "Z", "NS": "-03:30", "ND": "-02:30", "TS": "-04:00", "TD": "-03:00", "ES": "-05:00", "ED": "-04:00",
    "CS": "-06:00", "CD": "-05:00", "MS": "-07:00", "MD": "-06:00", "PS": "-08:00", "PD": "-07:00", "AS": "-09:00",
    "AD": "-08:00", "HS": "-10:00", "HD": "-09:00",
}  # fmt: skip
"""Codes that name an offset. ET, CT, LT and kin do not say whether summer time holds: the zone of the map does."""
_NAMED_ZONES = {
    "UTC": "Z", "GMT": "Z", "Z": "Z", "WET": "Z", "BST": "+01:00", "CET": "+01:00", "MEZ": "+01:00", "CEST": "+02:00",
    "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00", "JST": "+09:00", "EST": "-05:00", "EDT": "-04:00",
    "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
_EDIFACT_DIGITS = {
    "101": 6,
    "102": 8,
    "201": 10,
    "202": 12,
    "203": 12,
    "204": 14,
    "303": 12,
    "304": 14,
    "205": 12,
}
_SHORT_YEAR = frozenset(["101", "201", "202"])
_WITH_ZONE = frozenset(["205", "303", "304"])
_PERIODS = {"718": 8, "719": 12, "711": 8}


@lru_cache(_CACHE)
def x12_iso(date: str, time: str = "", zone: str = "") -> str:
    """A date of 8 or 6 digits, and a time of 4 to 8 digits if there is one."""
    digits = f"20{date}" if len(date) == 6 else date
    if (
        len(digits) != 8
        or not digits.isdecimal()
        or (time and not (time.isdecimal() and 4 <= len(time) <= 8))
    ):
        return f"{date} {time}".strip()
    return _iso(digits + time[:6]) + (_X12_ZONES.get(zone, "") if time else "")


@lru_cache(_CACHE)
def edifact_iso(value: str, code: str) -> str:
    """The value of a DTM with its format code; of a period the start."""
    if code in _PERIODS:
        return edifact_period(value, code)[0]
    length = _EDIFACT_DIGITS.get(code, 0)
    digits, zone = value[:length], value[length:].strip()
    if not length or len(digits) != length or not digits.isdecimal():
        return value
    offset = _offset(zone) if code in _WITH_ZONE else ("" if not zone else None)
    if offset is None:
        return value
    return _iso(f"20{digits}" if code in _SHORT_YEAR else digits) + offset


@lru_cache(_CACHE)
def edifact_period(value: str, code: str) -> tuple[str, str]:
    """Start and end of a period; twice the value where it is not one."""
    length = _PERIODS.get(code, 0)
    digits = value.replace("-", "")
    if not length or len(digits) != 2 * length or not digits.isdecimal():
        return value, value
    return _iso(digits[:length]), _iso(digits[length:])


def _iso(digits: str) -> str:
    date = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    if len(digits) == 8:
        return date
    return f"{date}T{digits[8:10]}:{digits[10:12]}:{digits[12:14] or '00'}"


def _offset(zone: str) -> str | None:
    """The offset that a zone of EDIFACT names; None where it does not name one."""
    named = _NAMED_ZONES.get(zone.upper())
    if named is not None:
        return named
    digits = zone[1:].replace(":", "")
    if zone[:1] in ("+", "-") and digits.isdecimal() and len(digits) in (2, 4):
        return f"{zone[0]}{digits[:2]}:{digits[2:] or '00'}"
    return None
