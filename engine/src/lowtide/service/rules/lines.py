"""What differs between two texts of rules, value by value.

>>> lines("a: {b: 1}", "a: {b: 2, c: [x]}")
[{'path': ['a', 'b'], 'before': '1', 'after': '2'}, {'path': ['a', 'c'], 'before': None, 'after': ['x']}]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lowtide.strict import plain

_NOTHING = object()


def lines(before: str, after: str) -> list[dict[str, Any]]:
    """Each value that was changed, added (`before` is null) or taken away (`after` is null), in the order of the text."""
    return list(_lines(_value(before), _value(after), []))


def _value(text: str) -> Any:
    return plain(text) or {}


def _lines(old: Any, new: Any, path: list[str | int]) -> Iterator[dict[str, Any]]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _lines(old.get(key, _NOTHING), new.get(key, _NOTHING), [*path, key])
        return
    if isinstance(old, list) and isinstance(new, list) and any(isinstance(one, dict) for one in [*old, *new]):
        yield from _items(old, new, path)
        return
    yield {
        "path": path,
        "before": None if old is _NOTHING else old,
        "after": None if new is _NOTHING else new,
    }


def _items(old: list[Any], new: list[Any], path: list[str | int]) -> Iterator[dict[str, Any]]:
    """Lists of mappings: what both begin and end with is the same, and the rest is compared one by one."""
    head = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    most = min(len(old), len(new)) - head
    tail = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    for n in range(max(len(left), len(right))):
        one = left[n] if n < len(left) else _NOTHING
        other = right[n] if n < len(right) else _NOTHING
        yield from _lines(one, other, [*path, head + n])
