"""An answer of the service with every field filled, so that a page shows all of its parts: texts are what one gives."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
AT = 1_779_990_000_000
"""Every time of a filled answer: shortly before the clock of the tests."""
_AMOUNTS = ("quantity", "units", "expired", "open_units", "available", "on_hand", "min_order")
_TIMES = ("_at", "at", "start", "end", "due", "until", "next_open", "since")


def filled(kind: type[T], text: str) -> T:
    """An instance of a dataclass whose texts are `text`, whose numbers are small, and whose lists have one member."""
    hints = get_type_hints(kind)
    return kind(**{one.name: _value(hints[one.name], text, one.name) for one in fields(kind)})  # type: ignore[arg-type]


def _value(hint: Any, text: str, name: str = "") -> Any:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return (
            None
            if name == "away"
            else _value(next(one for one in inside if one is not type(None)), text, name)
        )
    if origin is typing.Literal:
        return inside[0]
    if origin is tuple:
        if len(inside) == 2 and inside[1] is Ellipsis:
            return (_value(inside[0], text, name),)
        return tuple(_value(one, text, name) for one in inside)
    if origin is not None and issubclass(origin, Mapping):
        return {_value(inside[0], text): _value(inside[1], text)}
    return _plain(hint, text, name)


def _plain(hint: Any, text: str, name: str) -> Any:
    if is_dataclass(hint):
        return filled(hint, text)  # type: ignore[type-var]
    if hint is str:
        return "7.5" if name in _AMOUNTS else text
    if hint is int:
        return AT if name.endswith(_TIMES) else 0 if name in ("row", "column") else 3
    known: dict[Any, Any] = {float: 0.5, bool: True, date: date(2026, 5, 28), Decimal: Decimal("2.5")}
    return known.get(hint, text)
