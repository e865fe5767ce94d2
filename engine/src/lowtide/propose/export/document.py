"""The JSON document of an order, field by field what X12 850 and EDIFACT ORDERS carry (docs/proposals.md has the table)."""

from __future__ import annotations

from typing import Any

from lowtide.propose.export.order import Line, Order
from lowtide.propose.position import units

NAMES = {
    "order": "purchase_order", "production": "production_order", "transfer": "transfer_order", "expedite":
    "expedite_request",
    "chase": "chase_request", "count": "count_list",
}  # fmt: skip


def document(order: Order) -> dict[str, Any]:
    """The order as JSON: quantities and money are decimal texts, days ISO dates, what is not known is null."""
    costs = [line.cost for line in order.lines]
    return {
        "document": NAMES[order.kind],
        "number": order.number,
        "ordered_on": order.day_of(order.ordered_at),
        "requested_on": order.day_of(order.requested_at),
        "currency": order.currency or None,
        "buyer": {"name": order.buyer, "approved_by": order.approved_by},
        "supplier": {"id": order.supplier, "name": order.supplier_name},
        "ship_from": {"id": order.from_location} if order.from_location else None,
        "ship_to": {"id": order.ship_to, "name": order.ship_to_name},
        "lines": [_line(number, line, order) for number, line in enumerate(order.lines, start=1)],
        "total": None if None in costs else money(sum(cost for cost in costs if cost is not None)),
    }


def _line(number: int, line: Line, order: Order) -> dict[str, Any]:
    return {
        "line": number,
        "ref": line.ref,
        "proposal_id": line.proposal_id,
        "sku": line.sku,
        "name": line.name,
        "quantity": units(line.quantity),
        "unit": line.unit or None,
        "unit_cost": money(line.unit_cost, 4),
        "amount": money(line.cost),
        "requested_on": order.day_of(line.requested_at),
    }


def money(value: float | None, digits: int = 2) -> str | None:
    """An amount with two decimals; a unit cost with up to four."""
    if value is None:
        return None
    text = f"{value:.{digits}f}"
    while digits > 2 and text.endswith("0") and len(text.rpartition(".")[2]) > 2:
        text = text[:-1]
    return text
