"""Conditions of `when` and `skip`: a column and what its text may be; several columns are joined by *and*, `any` is *or*.

>>> condition({"op": ["c"], "after.state": {"not": ["draft"]}})
{'all': [{'hole': 'op', 'in': ['c']}, {'hole': 'after.state', 'not_in': ['draft']}]}
"""

from __future__ import annotations

import unicodedata
from typing import Any

from lowtide.map.decimal import is_decimal
from lowtide.map.faults import Faults, instead, raise_any
from lowtide.map.template import hole
from lowtide.strict import Path

_BOUNDS = ("gt", "ge", "lt", "le")
_FORMS = "write a list of texts such as [sale, return], `{not: [..]}`, `{gt: 0}` (ge, lt, le), `present` or `absent`"

Compiled = dict[str, Any]


def condition(value: Any) -> Compiled:
    """The compiled form of a condition. Raises Faults."""
    faults: list[tuple[Path, str]] = []
    compiled = _all(value, (), faults)
    raise_any(faults)
    return compiled


def holes(compiled: Compiled) -> list[str]:
    """The columns that a compiled condition names, in their order."""
    inner = compiled.get("all") or compiled.get("any") or []
    return [compiled["hole"]] if "hole" in compiled else [name for item in inner for name in holes(item)]


def _all(value: Any, path: Path, faults: list[tuple[Path, str]]) -> Compiled:
    if not isinstance(value, dict) or not value:
        faults.append((path, "a condition is a mapping of columns, such as {state: [done]}"))
        return {"all": []}
    tests: list[Compiled] = []
    for key, test in value.items():
        where = (*path, key)
        if key == "any" and isinstance(test, list) and test and all(isinstance(item, dict) for item in test):
            tests.append({"any": [_all(item, (*where, at), faults) for at, item in enumerate(test)]})
            continue
        try:
            column = hole(key)
        except ValueError as error:
            faults.append((where, str(error)))
            continue
        name = {"hole": column.name, **({"optional": True} if column.optional else {})}
        tests += [{**name, **part} for part in _test(test, where, faults)]
    return tests[0] if len(tests) == 1 else {"all": tests}


def _test(test: Any, path: Path, faults: list[tuple[Path, str]]) -> list[Compiled]:
    if isinstance(test, list):
        return [{"in": _texts(test, path, faults)}]
    if test in ("present", "absent"):
        return [{"present": test == "present"}]
    if not isinstance(test, dict) or not test:
        faults.append((path, f"{_FORMS} (it is {test!r})"))
        return []
    parts: list[Compiled] = []
    for key, bound in test.items():
        where = (*path, key)
        if key == "not" and isinstance(bound, list):
            parts.append({"not_in": _texts(bound, where, faults)})
        elif key == "not":
            faults.append((where, f"write a list of texts, such as [done] (it is {bound!r})"))
        elif key not in _BOUNDS:
            faults.append((where, f"unknown word `{key}`: {instead(key, ['not', *_BOUNDS])}"))
        elif not is_decimal(bound):
            faults.append((where, f"write a number, such as 0 (it is {bound!r})"))
        else:
            parts.append({key: bound})
    return parts


def _texts(values: list[Any], path: Path, faults: list[tuple[Path, str]]) -> list[str]:
    if not values:
        faults.append((path, "an empty list takes nothing: write the texts, or `present` or `absent`"))
    for at, value in enumerate(values):
        if not isinstance(value, str):
            faults.append(
                (
                    (*path, at),
                    f'write a text; an absent value is `absent`, an empty cell "" (it is {value!r})',
                )
            )
    return [unicodedata.normalize("NFC", value) for value in values if isinstance(value, str)]


__all__ = ["Compiled", "Faults", "condition", "holes"]
