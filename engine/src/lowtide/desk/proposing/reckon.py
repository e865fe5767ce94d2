"""What a position needs, as proposals: for an order day, for an alert, and again for one that waits. Pure.

an order day         an order, where the position needs one
a stockout alert     an order; where it alone is late also a transfer and the hurry of open orders
negative stock       a line of the count list
overdue supply       the chase of its supplier
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.desk.proposing.shelf import Known, Suppliers
from lowtide.propose import (
    Donor,
    OrderDay,
    Overdue,
    Proposed,
    chase,
    count,
    expedite,
    list_id,
    order,
    proposal_id,
    ref,
    transfer,
)
from lowtide.propose.position import units
from lowtide.rows import instant

LATE = "late"
"""The mark of an order that comes after the shelf has probably run out."""
STOCKOUTS = ("projected_stockout", "out_of_stock", "below_reorder_point", "sales_spike")
"""Alerts that ask for goods."""
_COUNTED = ("negative_stock", "phantom_stock")
"""Alerts that ask for a count."""


@dataclass(frozen=True)
class Cause:
    """What asks for a proposal. `key` tells causes apart, on any desk and day; times are milliseconds since 1970 UTC."""

    key: str
    event_time: int
    alert_id: str = ""
    type: str = ""
    """Of the alert."""


@dataclass(frozen=True)
class Reckoned:
    """A proposal with its cause, before it is compared with what waits."""

    proposed: Proposed
    cause: Cause
    pipeline: str
    list_id: str
    known: Known | None = None
    """The position; None for a chase, which is about many."""

    @property
    def proposal_id(self) -> str:
        """The same for the same cause."""
        one = self.proposed
        origin = one.from_location or one.supplier
        cause = f"{self.cause.key}:{one.about}" if one.about else self.cause.key
        return proposal_id(self.pipeline, one.kind, one.location, one.sku, origin, cause)


def of_day(known: Known, suppliers: Suppliers, day: OrderDay, cause: Cause, at: datetime) -> Reckoned | None:
    """The order of a position for an order day of its supplier; None: it needs none, or nobody orders for it."""
    if not known.is_planned:
        return None
    return _ordered(known, suppliers, day, cause, at)


def of_alert(
    known: Known, cause: Cause, suppliers: Suppliers, donors: Sequence[Donor], at: datetime
) -> list[Reckoned]:
    """What an alert asks for at once."""
    if cause.type in _COUNTED:
        return [_counted(known, cause, at)]
    if cause.type not in STOCKOUTS:
        return []
    found = _ordered(known, suppliers, None, cause, at)
    if found is not None and LATE not in found.proposed.marks:
        return [found]
    supplier = suppliers.of(known.item, known.terms)
    moved = transfer(known.position, known.item, supplier, known.terms, donors, at)
    hurried = expedite(known.position, known.item, supplier, known.terms, at)
    sooner = [one for one in (moved, *hurried) if one is not None]
    return [
        *([found] if found else []),
        *(_of(known, one, cause, _day(known, cause.event_time)) for one in sooner),
    ]


def again(
    known: Known,
    kind: str,
    about: str,
    cause: Cause,
    suppliers: Suppliers,
    donors: Sequence[Donor],
    at: datetime,
) -> Reckoned | None:
    """A proposal of a kind reckoned again; None: it is no longer needed. `about`: of an expedite the ref of its order."""
    supplier = suppliers.of(known.item, known.terms)
    day = _day(known, cause.event_time)
    if kind in ("order", "production"):
        return _ordered(known, suppliers, None, cause, at)
    if kind == "transfer":
        moved = transfer(known.position, known.item, supplier, known.terms, donors, at)
        return None if moved is None else _of(known, moved, cause, day)
    if kind == "expedite":
        hurried = expedite(known.position, known.item, supplier, known.terms, at)
        return next((_of(known, one, cause, day) for one in hurried if one.about == about), None)
    if (kind == "count" and known.position.available < 0) or (
        kind == "count" and (known.position.on_hand or 0) < 0
    ):
        return _counted(known, cause, at)
    return None


def chased(
    pipeline: str, supplier: str, suppliers: Suppliers, lines: Sequence[Overdue], cause: Cause, at: datetime
) -> Reckoned | None:
    """The chase of a supplier; None: nothing of it is overdue."""
    known = suppliers.named.get(supplier)
    proposed = chase(supplier, known.name if known else "", lines, at)
    if proposed is None:
        return None
    day = datetime.fromtimestamp(cause.event_time / 1000, UTC).astimezone(suppliers.zone).date().isoformat()
    return Reckoned(proposed, cause, pipeline, list_id(proposed, day))


def facts(reckoned: Reckoned, owner_team: str) -> dict[str, Any]:
    """What the PROPOSED entry says of it in `detail.proposal`, besides the arithmetic."""
    one, known = reckoned.proposed, reckoned.known
    item, position = (known.item, known.position) if known else (None, None)
    return {
        "list_id": reckoned.list_id, "kind": one.kind, "version": one.version, "ref": ref(reckoned.proposal_id),
        "cause": reckoned.cause.key, "about": one.about, "refs": list(one.refs), "name": item.name if item else "",
        "category": item.category if item else "", "department": item.department if item else "",
        "supplier": one.supplier, "supplier_name": one.supplier_name, "from_location": one.from_location,
        "location_name": position.location_name if position else "", "region": position.region if position else "",
        "partition": position.partition if position else "", "quantity": units(one.quantity), "unit": one.unit,
        "unit_cost": one.unit_cost, "cost": one.cost, "avoided": one.avoided, "avoided_in": one.avoided_in,
        "requested_at": _text(one.requested_at), "cut_off_at": _text(one.cut_off_at), "marks": list(one.marks),
        "team": owner_team,
    }  # fmt: skip


def numbers(found: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers on which a person decides, of a row of `proposal` or of `facts`: for the two sides of a conflict."""
    return {
        name: found[name]
        for name in ("version", "quantity", "unit", "cost", "avoided", "requested_at", "cut_off_at")
    }


def _ordered(
    known: Known, suppliers: Suppliers, day: OrderDay | None, cause: Cause, at: datetime
) -> Reckoned | None:
    supplier = suppliers.of(known.item, known.terms)
    day = day or supplier.next_order_day(at)
    proposed = order(known.position, known.item, supplier, known.terms, at, day)
    return None if proposed is None else _of(known, proposed, cause, day.day.isoformat())


def _counted(known: Known, cause: Cause, at: datetime) -> Reckoned:
    why = cause.type or _COUNTED[0]
    return _of(known, count(known.position, known.item, at, why), cause, _day(known, cause.event_time))


def _of(known: Known, proposed: Proposed, cause: Cause, day: str) -> Reckoned:
    return Reckoned(proposed, cause, known.position.pipeline, list_id(proposed, day), known)


def _day(known: Known, event_time: int) -> str:
    zone = ZoneInfo(known.terms.time_zone)
    return datetime.fromtimestamp(event_time / 1000, UTC).astimezone(zone).date().isoformat()


def _text(at: datetime | None) -> str | None:
    return None if at is None else instant(at.astimezone(UTC))
