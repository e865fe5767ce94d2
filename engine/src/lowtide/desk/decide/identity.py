"""Identities of decisions: hashes of what they are about, so that a second desk or a rebuilt one has the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
"""Two characters for each number of ten bits."""
_SHIFTS = range(90, -1, -10)


def digest(*parts: str) -> str:
    """20 characters of Crockford base 32: the first 100 bits of the SHA-256 of the parts.

    >>> digest("chen", "dairy")
    'WSTJENWY2EF70HEAPNSM'
    """
    bits = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:13]) >> 4
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def notification(person: str, grp: str, ordinal: int, reason: str, told: Iterable[tuple[str, int]]) -> str:
    """The identity of a message: who is told, in which group, why, and which entries of which alerts."""
    entries = sorted(f"{alert_id}:{seq}" for alert_id, seq in told)
    return digest(person, grp, str(ordinal), reason, *entries)
