"""Orders as CSV, one line an item; cells that a spreadsheet would take for a formula are text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from lowtide.propose.export.cells import one_line
from lowtide.propose.export.document import document
from lowtide.propose.export.order import Order
from lowtide.words.formula import guarded

COLUMNS = (
    "number", "document", "ordered_on", "supplier", "supplier_name", "from_location", "location", "location_name",
    "line", "ref",
    "sku", "name", "quantity", "unit", "unit_cost", "amount", "currency", "requested_on", "approved_by", "proposal_id",
)  # fmt: skip
"""The header."""
_NUMBERS = frozenset({"line", "quantity", "unit_cost", "amount"})


def table(orders: Sequence[Order], *, excel: bool = True, raw: bool = False) -> bytes:
    """The lines of all orders. `excel`: with the mark at the start by which Excel knows UTF-8.

    `raw`: for a program; no cell is guarded against being computed.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for order in orders:
        for row in _rows(order):
            writer.writerow([_cell(name, row[name], raw=raw) for name in COLUMNS])
    return text.getvalue().encode("utf-8-sig" if excel else "utf-8")


def _rows(order: Order) -> list[dict[str, object]]:
    whole = document(order)
    head = {
        "number": whole["number"], "document": whole["document"], "ordered_on": whole["ordered_on"],
        "supplier": order.supplier, "supplier_name": order.supplier_name, "from_location": order.from_location,
        "location": order.ship_to, "location_name": order.ship_to_name, "currency": order.currency,
        "approved_by": order.approved_by,
    }  # fmt: skip
    return [{**head, **line} for line in whole["lines"]]


def _cell(name: str, value: object, *, raw: bool) -> str:
    text = "" if value is None else str(value)
    if name in _NUMBERS:
        return text
    return one_line(text) if raw else guarded(one_line(text))
