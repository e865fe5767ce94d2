"""The goods of an event: its serial numbers and quantities, put together by class.

Two lots of one class are one class, and their quantities add up. Quantities of one class in two units do not add up:
then nothing of this class is a row, because two rows would have one id.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from lowtide.readers.cells import number
from lowtide.readers.epcis.identifiers import class_of


class ClassQuantity(NamedTuple):
    """One class of goods in an event."""

    name: str
    quantity: str | None
    """None where the event does not say it."""
    uom: str | None
    problem: str | None = None
    """A sentence where the quantities of the class do not add up."""


class WrongShape(Exception):
    """A part of an event is not what the standard says. The message is a sentence."""


def classes(serials: Any, quantities: Any) -> list[ClassQuantity]:
    """The classes of a list of serials and a list of quantities, in order of first appearance. Raises WrongShape."""
    counts = class_counts(serials)
    if not quantities:
        return [ClassQuantity(name, str(count), None) for name, count in counts.items()]
    amounts: dict[str, list[tuple[str | None, str | None]]] = {
        name: [(str(count), None)] for name, count in counts.items()
    }
    for entry in _list(quantities, "quantities"):
        if type(entry) is not dict or type(entry.get("epcClass")) is not str:
            raise WrongShape("an entry of the quantities does not name its `epcClass`")
        amounts.setdefault(class_of(entry["epcClass"]), []).append((_amount(entry), _uom(entry)))
    return [_sum(name, parts) for name, parts in amounts.items()]


def class_counts(serials: Any) -> dict[str, int]:
    """How many different things of each class a list names. Raises WrongShape."""
    counts: dict[str, int] = {}
    listed = _list(serials, "serial numbers")
    for uri in listed:
        if type(uri) is not str:
            raise WrongShape("an entry of the serial numbers is not a text")
    for uri in dict.fromkeys(listed) if len(listed) > 1 else listed:
        name = class_of(uri)
        counts[name] = counts.get(name, 0) + 1
    return counts


def _list(value: Any, what: str) -> list[Any]:
    if value is None:
        return []
    if type(value) is not list:
        raise WrongShape(f"the {what} are not a list")
    return value


def _amount(entry: dict[str, Any]) -> str | None:
    value = entry.get("quantity")
    if value is None or type(value) is str:
        return value
    if type(value) in (int, float):
        return number(value)
    raise WrongShape("a quantity is neither a number nor a text")


def _uom(entry: dict[str, Any]) -> str | None:
    value = entry.get("uom")
    if value is not None and type(value) is not str:
        raise WrongShape("a unit (`uom`) is not a text")
    return value


def _sum(name: str, parts: list[tuple[str | None, str | None]]) -> ClassQuantity:
    quantity, uom = parts[0]
    if len(parts) == 1:
        return ClassQuantity(name, quantity, uom)
    if any(other != uom for _, other in parts):
        units = ", ".join(sorted({other or "pieces" for _, other in parts}))
        return ClassQuantity(
            name, None, None, f"the quantities of {name} in one event have several units: {units}"
        )
    try:
        total = sum((Decimal(part or "") for part, _ in parts), Decimal(0))
    except ArithmeticError:
        return ClassQuantity(
            name, None, None, f"the quantities of {name} in one event do not add up: one is not a number"
        )
    if not total.is_finite() or abs(total.adjusted()) > 30:
        return ClassQuantity(
            name, None, None, f"the quantities of {name} in one event do not add up: one is not a number"
        )
    return ClassQuantity(name, format(total, "f"), uom)
