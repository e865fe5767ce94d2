"""Quantities of a ledger entry, to read and to reckon with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lowtide.rows import Row, quantity


def amount(value: Any) -> str:
    """A quantity in units with at most three decimals: `1.500` is 1.5, `12.000` is 12; `-` where it is absent."""
    return "-" if value is None else quantity(round(Decimal(str(value)), 3))


def units(row: Row, name: str) -> Decimal:
    """A quantity of a row in units, 0 where it is absent."""
    return Decimal(str(row.get(name) or 0))
