"""Orders followed event by event, by the rules of supply: the expected rows of the views of suppliers."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .shelves import Book, Row, share

ZERO = Decimal(0)


@dataclass
class Order:
    """One order of a position, followed record by record."""

    ordered_at: datetime | None = None
    first_due: datetime | None = None
    due: datetime | None = None
    ordered: Decimal = ZERO
    wanted: Decimal | None = None
    shipped: Decimal = ZERO
    arrivals: list[tuple[datetime, int, Decimal]] = field(default_factory=list)

    def take(self, row: Row) -> None:
        """An order says what is wanted in all; a receipt adds to what came. Rows come in order of event time."""
        if row["due"] is not None:
            self.due = row["due"]
        if row["kind"] == "order":
            self.ordered_at = min(self.ordered_at or row["event_time"], row["event_time"])
            self.first_due = self.first_due or row["due"]
            self.wanted = row["quantity"]
            self.ordered = self.wanted or self.ordered
        elif row["kind"] == "shipment":
            self.shipped += row["quantity"]
        else:
            self.arrivals.append((row["event_time"], row["offset"], row["quantity"]))

    def view(self, clock: datetime) -> Row:
        """The row of `order_line`."""
        received = sum((units for *_, units in self.arrivals), ZERO)
        wanted = self.shipped if self.wanted is None else self.wanted
        outstanding = max(ZERO, wanted - max(ZERO, received))
        if outstanding:
            state = "open"
        elif self.ordered_at is None:
            state = "unordered"
        elif self.ordered and received >= self.ordered:
            state = "received"
        else:
            state = "short" if received else "cancelled"
        delivered_at = {"received": self._completed, "short": self._last}.get(state, lambda: None)()
        late = None
        if delivered_at is not None and self.first_due is not None:
            late = (delivered_at - self.first_due).total_seconds() / 86400
        return {
            "state": state, "ordered_at": self.ordered_at, "first_due": self.first_due, "due": self.due,
            "redated": int(self.first_due is not None and self.first_due != self.due),
            "ordered": self.ordered, "received": received,
            "outstanding": outstanding, "delivered_at": delivered_at,
            "days_late": late, "overdue": int(state == "open" and self.due is not None and self.due < clock),
        }  # fmt: skip

    def _completed(self) -> datetime:
        come = ZERO
        for at, _, units in self.arrivals:
            come += units
            if come >= self.ordered:
                return at
        raise AssertionError("not complete")

    def _last(self) -> datetime:
        return max(self.arrivals)[0]


def order_lines(book: Book) -> dict[tuple[str, str, str, str], Row]:
    """The view `order_line`, by pipeline, location, SKU and ref."""
    found: dict[Any, Order] = defaultdict(Order)
    for row in sorted(book.rows("supply_event"), key=lambda row: (row["event_time"], row["offset"])):
        found[row["pipeline"], row["location"], row["sku"], row["ref"]].take(row)
    return {
        key: order.view(book.clock(key[0]))
        | {"supplier": book.item(key[2], "supplier"), "category": book.item(key[2], "category")}
        for key, order in found.items()
    }


def supplier_lateness(book: Book) -> dict[tuple[str, str], Row]:
    """The view `supplier_lateness`, by pipeline and supplier."""
    lines: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for key, line in order_lines(book).items():
        lines[key[0], line["supplier"]].append(line)
    return {name: _supplier(rows) for name, rows in lines.items()}


def _supplier(lines: list[Row]) -> Row:
    def having(*states: str) -> list[Row]:
        return [line for line in lines if line["state"] in states]

    delivered, short = having("received", "short"), having("short")
    days = [line["days_late"] for line in delivered]
    late = [d for d in days if d > 0]
    low, mid, high = _quartiles(days)
    return {
        "orders": len(delivered) + len(having("open")), "delivered": len(delivered), "late": len(late),
        "late_share": share(len(late), len(delivered)), "days_late_p25": low, "days_late_p50": mid,
        "days_late_p75": high, "overdue_now": sum(line["overdue"] for line in lines),
        "short_shipped": len(short), "short_share": share(len(short), len(delivered)),
        "redated": sum(line["redated"] for line in lines if line["state"] != "cancelled"),
        "cancelled": len(having("cancelled")), "unordered": len(having("unordered")),
    }  # fmt: skip


def _quartiles(values: list[float]) -> list[float | None]:
    if not values:
        return [None, None, None]
    if len(values) == 1:
        return [values[0]] * 3
    return list(statistics.quantiles(values, n=4, method="inclusive"))
