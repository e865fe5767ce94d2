"""One SKU in one location: its stock, where it is heading, what is on order, its alerts, and the rules that hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lowtide.errors import WarehouseError
from lowtide.explain.targets import targets
from lowtide.service.answer import Answer, Away, asked, ms_of, plain_text
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.projection import Projection
from lowtide.service.record import OpenOrder, Record, record
from lowtide.service.refusal import Missing
from lowtide.service.standing import ProposalFacts, Standing, proposals_where, where
from lowtide.words import Language

__all__ = ["OpenOrder", "PolicyValue", "PositionAnswer", "Promise", "Stock", "position"]
_MOST = 100


@dataclass(frozen=True)
class Stock(Answer):
    """Units of one position, decimal texts."""

    on_hand: str
    allocated: str
    held: str
    available: str
    on_order: str
    in_transit: str
    last_event_time: int


@dataclass(frozen=True)
class Promise(Answer):
    """Units that may be promised: `discrete` of this day's supply alone, `cumulative` up to the next day with a supply."""

    day: str
    """As 2026-12-01; empty: now."""
    discrete: str
    cumulative: str


@dataclass(frozen=True)
class PolicyValue(Answer):
    """One value of the policy that holds for the position."""

    key: str
    value: Any
    layer: str
    """The layer that sets it, as a person reads it: `supplier: V002`; empty: the default."""


@dataclass(frozen=True)
class PositionAnswer(Answer):
    """Everything about one position."""

    location: str
    location_name: str
    sku: str
    name: str
    category: str
    department: str
    supplier: str
    stock: Stock | None
    """None: the warehouse is away."""
    projection: Projection | None
    targets: Mapping[str, Any]
    """safety_stock, reorder_point, service, service_level, … as in `lowtide position --json`."""
    target_sentences: tuple[str, ...]
    promises: tuple[Promise, ...]
    orders: tuple[OpenOrder, ...]
    alerts: tuple[Standing, ...]
    past: tuple[tuple[str, str, str, int, int | None], ...]
    """The newest alerts that have ended: alert_id, type, worst severity, opened_at, closed_at."""
    proposals: tuple[ProposalFacts, ...]
    policy: tuple[PolicyValue, ...]
    zone: str
    away: Away | None


def position(context: Context, caller: Caller, location: str, sku: str, language: Language) -> PositionAnswer:
    """A position by its two ids. Raises Missing if neither the warehouse nor the open alerts have such a position."""
    known, away = asked(context, lambda warehouse: record(warehouse, location, sku), None)
    with context.store.read() as rows:
        book, now = context.book(), context.now()
        alerts = where(rows, book, "a.location = ? AND a.sku = ?", (location, sku), now, _MOST)
        proposals = proposals_where(rows, book, "location = ? AND sku = ?", location, sku)
    if known is None and not alerts:
        if away is None:
            raise Missing(
                f"no such position: SKU `{sku}` in location `{location}`",
                "Ids are compared letter by letter. The queue and the search field find names.",
            )
        raise WarehouseError(away.message, away.hint)
    if known is None:
        first = alerts[0]
        return PositionAnswer(
            location, first.location_name, sku, first.name, first.category, first.department, first.supplier, None, None,
            {}, (), (), (), alerts, (), proposals, (), "UTC", away,
        )  # fmt: skip
    return _told(known, alerts, proposals, replace(language, zone=known.zone))


def _told(
    known: Record, alerts: tuple[Standing, ...], proposals: tuple[ProposalFacts, ...], tell: Language
) -> PositionAnswer:
    aims = targets(known.stock, known.begin, known.orders, known.terms, known.zone)
    promises = tuple(
        Promise(
            "" if one.day is None else one.day.isoformat(),
            plain_text(one.discrete),
            plain_text(one.cumulative),
        )
        for one in aims.promises
    )
    stock = known.stock
    units = Stock(
        on_hand=str(stock["on_hand"]), allocated=str(stock["allocated"]), held=str(stock["held"]),
        available=str(stock["available"]), on_order=str(stock["on_order"]), in_transit=str(stock["in_transit"]),
        last_event_time=ms_of(datetime.fromisoformat(stock["last_event_time"])),
    )  # fmt: skip
    return PositionAnswer(
        stock["location"], known.place, stock["sku"], known.item.get("name", ""), known.item.get("category", ""),
        known.item.get("department", ""), known.item.get("supplier", ""), units, known.projection(tell), aims.to_dict(),
        tuple(aims.sentences(tell)), promises, known.open_orders(), alerts, known.past, proposals,
        tuple(PolicyValue(key, value, layer) for key, value, layer in known.policy), known.zone, None,
    )  # fmt: skip
