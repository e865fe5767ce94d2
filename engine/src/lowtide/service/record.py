"""What the warehouse knows of one position, read together: stock, entries, demand, orders, rules, the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lowtide.explain.learned import STORED_DAYS
from lowtide.explain.position import Start, start
from lowtide.explain.terms import facts_of, matches, policy_layers, subject_of
from lowtide.explain.zones import zones
from lowtide.rows import Row, plain_row
from lowtide.service.answer import Answer, ms_of, ms_or_none
from lowtide.service.projection import Projection, projection
from lowtide.warehouse import Warehouse, queries
from lowtide.warehouse.names import names_of_places
from lowtide.words import Language

_PAST = 20


@dataclass(frozen=True)
class OpenOrder(Answer):
    """Supply that is still to come."""

    ref: str
    quantity: str
    due: int | None
    overdue: bool


@dataclass(frozen=True)
class Record:
    """The record of one position; rows are in their JSON form (`rows.plain_row`)."""

    stock: Row
    entries: list[Row]
    demand: list[Row]
    orders: list[Row]
    item: Row
    """Its row of the catalogue: name, category, department, supplier; empty if that does not have it."""
    place: str
    zone: str
    terms: Row
    policy: tuple[tuple[str, Any, str], ...]
    """Key, value and the layer that sets it."""
    past: tuple[tuple[str, str, str, int, int | None], ...]

    @property
    def begin(self) -> Start:
        """What its projection starts from."""
        return start(self.stock, self.entries, self.demand, self.orders, self.zone, self.terms)

    def projection(self, tell: Language) -> Projection:
        """Its chart."""
        leave = next((entry["exit_level"] for entry in reversed(self.entries) if entry["exit_level"]), None)
        begin = self.begin
        return projection(
            self.stock, begin, self.demand, self.orders, leave if begin.trip_level else None, self.zone, tell
        )

    def open_orders(self) -> tuple[OpenOrder, ...]:
        """Its open supply, in order of due; overdue at its last record."""
        last = self.stock["last_event_time"]
        return tuple(
            OpenOrder(
                order["ref"], str(order["outstanding"]),
                ms_of(datetime.fromisoformat(order["due"])) if order["due"] else None,
                bool(order["due"]) and order["due"] < last,
            )
            for order in self.orders
        )  # fmt: skip


def record(warehouse: Warehouse, location: str, sku: str) -> Record | None:
    """The record of a position; None if the warehouse has not seen it."""
    row = queries.position(warehouse, sku, location)
    if row is None:
        return None
    ledger = [plain_row(entry) for entry in queries.position_ledger(warehouse, sku, location)]
    demand = [plain_row(day) for day in queries.position_demand(warehouse, sku, location, STORED_DAYS)]
    orders = [plain_row(order) for order in queries.open_orders(warehouse, sku, location)]
    (item,) = facts_of(warehouse, [row])
    name = (queries.catalogue_item(warehouse, sku) or {}).get("name", "")
    policy = _policy(warehouse, row, item)
    (zone,) = zones(warehouse, [row])
    place = names_of_places(warehouse, [location]).get(location, "")
    return Record(
        plain_row(row), ledger, demand, orders, {**item, "name": name}, place, zone,
        {key: value for key, value, _ in policy}, policy, _past(warehouse, location, sku),
    )  # fmt: skip


def _policy(warehouse: Warehouse, row: Row, item: Mapping[str, str]) -> tuple[tuple[str, Any, str], ...]:
    """Every value that holds for the position, with the first layer that sets it."""
    subject = subject_of(row, item)
    found: dict[str, tuple[Any, str]] = {}
    for layer in policy_layers(warehouse).get(row["pipeline"], []):
        if matches(layer, subject):
            found = {
                **{key: (value, layer_name(layer["match"])) for key, value in layer["set"].items()},
                **found,
            }
    return tuple((key, value, name) for key, (value, name) in sorted(found.items()))


def layer_name(match: Row) -> str:
    """A layer as a person reads it: `supplier: V002; abc: A`; empty: it holds for all."""
    return "; ".join(
        f"{key}: {', '.join(values if isinstance(values, list | tuple) else [values])}"
        for key, values in match.items()
    )


def _past(warehouse: Warehouse, location: str, sku: str) -> tuple[tuple[str, str, str, int, int | None], ...]:
    rows = warehouse.rows(
        f"SELECT alert_id, type, worst_severity, opened_at, closed_at FROM {warehouse.database}.alert_last "
        "WHERE location = {location:String} AND sku = {sku:String} AND status != 'open' "
        f"ORDER BY opened_at DESC, alert_id LIMIT {_PAST}",
        {"location": location, "sku": sku},
    )
    return tuple(
        (
            row["alert_id"],
            row["type"],
            row["worst_severity"],
            ms_of(row["opened_at"]),
            ms_or_none(row["closed_at"]),
        )
        for row in rows
    )
