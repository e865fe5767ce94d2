"""The segments of one loop become columns: each element by its number, and some values by their qualifier.

Of several segments of one name in a loop the first gives the numbered columns; by qualifier each is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from lowtide.readers.edi.dates import edifact_iso, edifact_period, x12_iso
from lowtide.readers.edi.segments import Delimiters, Segment, components

Columns = dict[str, str]
Level = Callable[[Sequence[Segment]], Columns]
"""Makes the columns of one loop."""

_X12_ITEMS = {"LIN": 2, "PO1": 6, "POC": 8, "ACK": 7, "SLN": 9}
"""Where the pairs of qualifier and item number begin."""
_X12_VALUES = frozenset(["REF", "QTY", "MAN", "AMT"])
_X12_QUALIFIED = _X12_VALUES | _X12_ITEMS.keys() | {"DTM", "N1"}
_MOST_ELEMENTS = 99
_MOST_KEPT = 1 << 14
_MOST_TEXT = 200
_MOST_DELIMITERS = 8
"""So many segments of so many characters are kept, and so many sets of delimiters."""


class _Kept:
    """A level that keeps the columns of segments: most texts of segments come again, in the next set at the latest.

    The columns of a loop are those of its segments one by one where no two have one name, because then no two have one
    column.
    """

    def __init__(self, level: Level) -> None:
        self._level = level
        self._kept: dict[Delimiters, dict[str, Columns]] = {}

    def __call__(self, loop: Sequence[Segment]) -> Columns:
        names = {segment.elements[0] for segment in loop}
        if len(names) < len(loop) or not names:
            return self._level(loop)
        kept = self._kept.get(loop[0].delimiters)
        if kept is None:
            kept = self._begin(loop[0].delimiters)
        columns: Columns = {}
        for segment in loop:
            own = kept.get(segment.text)
            if own is None:
                if not segment.elements[0].isalnum():
                    return self._level(loop)
                own = self._level([segment])
                if len(kept) >= _MOST_KEPT:
                    kept.clear()
                if len(segment.text) <= _MOST_TEXT:
                    kept[segment.text] = own
            columns.update(own)
        return columns

    def _begin(self, delimiters: Delimiters) -> dict[str, Columns]:
        if len(self._kept) >= _MOST_DELIMITERS:
            self._kept.clear()
        return self._kept.setdefault(delimiters, {})


def x12_level(loop: Sequence[Segment]) -> Columns:
    """The columns of one loop of X12; nothing of it is kept."""
    columns: Columns = {}
    seen = set()
    for _, _, elements, _ in loop:
        name = elements[0]
        if name not in seen:
            seen.add(name)
            for key, element in zip(_keys(name), elements[1:], strict=False):
                if element:
                    columns[key] = element.strip()
        if name in _X12_QUALIFIED:
            _x12_qualified(columns, name, elements)
    return columns


def _x12_qualified(columns: Columns, name: str, elements: list[str]) -> None:
    count = len(elements)
    start = _X12_ITEMS.get(name)
    if start is not None:
        for at in range(start, count - 1, 2):
            _add(columns, f"{name}.{elements[at]}", elements[at + 1])
    if name == "ACK" and count > 5:
        _add(columns, f"ACK.{elements[4]}", elements[5])
    elif count < 3:
        return
    elif name == "DTM":
        key = f"DTM.{elements[1]}"
        if elements[2] and key not in columns:
            columns[key] = elements[2]
            columns[f"{key}.iso"] = x12_iso(*(element.strip() for element in elements[2:5]))
    elif name == "N1":
        _add(columns, f"N1.{elements[1]}", elements[4] if count > 4 else "")
        _add(columns, f"N1.{elements[1]}.name", elements[2])
    elif name in _X12_VALUES:
        if name == "QTY" and count > 3 and f"QTY.{elements[1]}" not in columns:
            _add(columns, f"QTY.{elements[1]}.unit", elements[3])
        _add(columns, f"{name}.{elements[1]}", elements[2])


def edifact_level(loop: Sequence[Segment]) -> Columns:
    """The columns of one loop of EDIFACT; nothing of it is kept, which matters where a segment may hold a password."""
    columns: Columns = {}
    seen = set()
    for _, text, elements, delimiters in loop:
        if not delimiters.release or delimiters.release not in text:
            component = delimiters.component
            parts = [element.split(component) for element in elements]
        else:
            parts = [components(element, delimiters) for element in elements]
        name = parts[0][0]
        if name not in seen:
            seen.add(name)
            for key, values in zip(_keys(name), parts[1:], strict=False):
                if values[0]:
                    columns[key] = values[0].strip()
                if len(values) > 1:
                    for at, value in enumerate(values[1:], 2):
                        if value:
                            columns[f"{key}.{at}"] = value.strip()
        qualified = _EDIFACT.get(name)
        if qualified is not None:
            qualified(columns, name, parts)
    return columns


def _item_numbers(columns: Columns, name: str, parts: list[list[str]]) -> None:
    for part in parts[3:4] if name == "LIN" else parts[2:]:
        if len(part) > 1:
            _add(columns, f"{name}.{part[1]}", part[0])


def _quantity(columns: Columns, name: str, parts: list[list[str]]) -> None:
    part = _part(parts, 1)
    if len(part) > 1 and f"QTY.{part[0]}" not in columns:
        _add(columns, f"QTY.{part[0]}", part[1].replace(",", "."))
        _add(columns, f"QTY.{part[0]}.unit", part[2] if len(part) > 2 else "")


def _time(columns: Columns, name: str, parts: list[list[str]]) -> None:
    qualifier, value, code, *_ = [*_part(parts, 1), "", "", ""]
    key = f"DTM.{qualifier}"
    if value and key not in columns:
        columns[key] = value
        columns[f"{key}.iso"] = edifact_iso(value, code)
        start, end = edifact_period(value, code)
        if start != end:
            columns[f"{key}.until"] = end


def _value(columns: Columns, name: str, parts: list[list[str]]) -> None:
    part = _part(parts, 1)
    if len(part) > 1:
        _add(columns, f"{name}.{part[0]}", part[1])
        if name == "RFF" and len(part) > 2:
            _add(columns, f"RFF.{part[0]}.line", part[2])


def _place(columns: Columns, name: str, parts: list[list[str]]) -> None:
    _add(columns, f"{name}.{_part(parts, 1)[0]}", _part(parts, 2)[0])


_EDIFACT: dict[str, Callable[[Columns, str, list[list[str]]], None]] = {
    "LIN": _item_numbers,
    "PIA": _item_numbers,
    "QTY": _quantity,
    "DTM": _time,
    "RFF": _value,
    "MOA": _value,
    "PRI": _value,
    "NAD": _place,
    "LOC": _place,
}


x12_columns: Level = _Kept(x12_level)
"""The columns of one loop of X12."""
edifact_columns: Level = _Kept(edifact_level)
"""The columns of one loop of EDIFACT. Of a composite `BGM02` is the first component and `BGM02.2` the second."""


def _part(parts: list[list[str]], at: int) -> list[str]:
    return parts[at] if at < len(parts) else [""]


def _add(columns: Columns, key: str, value: str) -> None:
    """The first value of a qualifier holds."""
    value = value.strip()
    if value and not key.endswith("."):
        columns.setdefault(key, value)


@lru_cache(1024)
def _keys(name: str) -> list[str]:
    """The columns of the elements of a segment."""
    return [f"{name}{number:02}" for number in range(1, _MOST_ELEMENTS + 1)]
