"""An answer of the service: frozen, typed, and one call away from JSON; and how it says that the warehouse is away.

Times are milliseconds since 1970 UTC, days are `date`, quantities in units are decimal texts where the ledger keeps them so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar

from lowtide.errors import WarehouseError
from lowtide.report.figures import Figure
from lowtide.rows import quantity
from lowtide.service.context import Context
from lowtide.warehouse import Warehouse

T = TypeVar("T")


class Answer:
    """A base of frozen dataclasses that answer a question."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: names of fields, decimal texts, days as 2026-11-30, times in milliseconds since 1970 UTC."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self)}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Away(Answer):
    """Why the warehouse did not answer, and what to do; what desk.db knows was told all the same."""

    message: str
    hint: str


def plain(value: Any) -> Any:
    """One value in its JSON form, with everything inside it."""
    if isinstance(value, Answer | Figure):
        return value.to_dict() if isinstance(value, Answer) else {"key": value.key, **value.to_dict()}
    if isinstance(value, Decimal):
        return quantity(value)
    if isinstance(value, datetime):
        return ms_of(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(inside) for name, inside in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inside) for inside in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    return value


def ms_of(time: datetime) -> int:
    """A time of the warehouse in milliseconds since 1970 UTC."""
    return round(time.timestamp() * 1000)


def plain_text(value: Decimal) -> str:
    """Units as the shortest decimal text."""
    return quantity(value)


def ms_or_none(time: datetime | None) -> int | None:
    """Likewise of a time that may not be known."""
    return None if time is None else ms_of(time)


def asked(context: Context, question: Callable[[Warehouse], T], otherwise: T) -> tuple[T, Away | None]:
    """What the warehouse answers; while it is away `otherwise`, and why."""
    try:
        with context.reading() as warehouse:
            return question(warehouse), None
    except WarehouseError as error:
        return otherwise, Away(error.message, error.hint or "")


def asked_or(ask: Callable[[], T], otherwise: T) -> tuple[T, Away | None]:
    """What a question of the warehouse gives; while the warehouse is away `otherwise`, and why."""
    try:
        return ask(), None
    except WarehouseError as error:
        return otherwise, Away(error.message, error.hint or "")


def finite(value: Any) -> float | None:
    """A number of the warehouse; None for null and for what is not finite."""
    return None if value is None or not isfinite(value) else float(value)
