"""Which layer or route is the more specific: location, region, department, class, supplier, category, SKU, type.

>>> specificity({"category": ["DAIRY"]}) > specificity({"region": ["north"], "location": ["330"]})
True
>>> matches({"location": ["33*"]}, {"location": "330", "sku": "milk"})
True
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

_WEIGHT = {
    "type": 1024,
    "sku": 512,
    "category": 128,
    "supplier": 64,
    "abc": 32,
    "xyz": 16,
    "department": 8,
    "region": 4,
    "location": 2,
}
_WILDCARD = {"sku": 256, "location": 1}


def specificity(match: Mapping[Any, Collection[str]]) -> int:
    """A bit for each key that is matched on; a wildcard SKU or location ranks below a named one."""
    return sum(
        _WILDCARD.get(key, _WEIGHT[key]) if any("*" in text for text in patterns) else _WEIGHT[key]
        for key, patterns in match.items()
    )


def matches(match: Mapping[str, Collection[str]], facts: Mapping[str, str]) -> bool:
    """Whether each key of `match` fits the fact of that name; a fact that is not known is an empty text."""
    return all(fits(patterns, facts.get(key, "")) for key, patterns in match.items())


def fits(patterns: Collection[str], text: str) -> bool:
    """Whether a text fits one of the patterns, in which `*` stands for any characters."""
    return text in patterns or any(
        _expression(pattern).fullmatch(text) is not None for pattern in patterns if "*" in pattern
    )


@lru_cache(4096)
def _expression(pattern: str) -> re.Pattern[str]:
    """Each `*` but the last takes as little as it can and never more again, so a text is read once for each `*`."""
    first, *middle, last = map(re.escape, pattern.split("*"))
    return re.compile("".join([first, *(f"(?>.*?{part})" for part in middle), ".*", last]), re.DOTALL)
