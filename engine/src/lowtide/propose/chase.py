"""Which orders of a supplier are overdue: one proposal with all of them, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lowtide.propose.position import units
from lowtide.propose.proposed import Proposed
from lowtide.rows import instant


@dataclass(frozen=True)
class Overdue:
    """One line of an order whose due time has passed by more than the grace."""

    location: str
    sku: str
    ref: str
    remaining: int
    """Thousandths."""
    due_at: datetime
    name: str = ""
    unit: str = ""
    expected_loss: float | None = None
    """Money at risk of the position, where it has an open alert that says so."""


def chase(supplier: str, supplier_name: str, lines: Sequence[Overdue], at: datetime) -> Proposed | None:
    """The chase of one supplier; None without a line. Its quantity is the sum of what is overdue.

    `avoided` is the money at risk of the positions that wait, each counted once; None where none of them says it.
    """
    ordered = sorted(lines, key=lambda line: (line.due_at, line.ref, line.location, line.sku))
    if not ordered:
        return None
    losses = {
        (line.location, line.sku): line.expected_loss for line in ordered if line.expected_loss is not None
    }
    quantity = sum(line.remaining for line in ordered)
    avoided = round(sum(losses.values()), 2) if losses else None
    return Proposed(
        kind="chase", location="", sku="", quantity=quantity, supplier=supplier, supplier_name=supplier_name,
        refs=tuple(dict.fromkeys(line.ref for line in ordered)), avoided=avoided, avoided_in="margin",
        detail={
            "inputs": {"at": at.isoformat(), "supplier": supplier, "lines": [_row(line, at) for line in ordered]},
            "steps": {"lines": len(ordered), "positions": len({(line.location, line.sku) for line in ordered})},
            "result": {"quantity": units(quantity), "avoided": avoided, "most_days_late": _late(ordered[0], at)},
        },
    )  # fmt: skip


def _row(line: Overdue, at: datetime) -> dict[str, object]:
    return {
        "location": line.location, "sku": line.sku, "name": line.name, "unit": line.unit, "ref": line.ref,
        "remaining": units(line.remaining), "due": instant(line.due_at), "days_late": _late(line, at),
        "expected_loss": line.expected_loss,
    }  # fmt: skip


def _late(line: Overdue, at: datetime) -> float:
    return round((at - line.due_at).total_seconds() / 86_400, 1)
