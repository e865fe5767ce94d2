"""Matchers of routes, inhibition and silences: keys with patterns, in which `*` stands for any characters.

>>> matches({"type": ["out_of_stock"], "location": ["DC*"]}, {"type": "out_of_stock", "location": "DC1"})
True
"""

from __future__ import annotations

from lowtide.people.route import KEYS
from lowtide.strict import fits, matches

SILENCE_KEYS = ("severity", *KEYS)
"""What a silence and an inhibition can match on: the facts of a route, and the severity."""

__all__ = ["KEYS", "SILENCE_KEYS", "fits", "matches"]
