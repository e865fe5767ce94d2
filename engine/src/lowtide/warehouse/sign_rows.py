"""The open signs as rows: silent feeds, what to count first, what does not move, who slips, missing records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lowtide.warehouse.client import Row, Warehouse


@dataclass(frozen=True)
class Part:
    """The part of the shop that is asked for, as a condition on the columns of a view."""

    where: str = "1"
    parameters: Mapping[str, Any] = field(default_factory=dict)


WHOLE = Part()


def at_location(location: str) -> Part:
    """One location."""
    return Part("location = {location:String}", {"location": location})


def feeds(warehouse: Warehouse, part: Part, most: int) -> list[Row]:
    """The silent feeds, those that should have sent the most first."""
    return _rows(warehouse, "silent_feed", part, "expected_records DESC, location, source", most)


def counts(warehouse: Warehouse, part: Part, most: int) -> list[Row]:
    """What to count first: the highest odds first."""
    return _rows(warehouse, "count_first", part, "odds DESC, location, sku", most)


def at_rest(warehouse: Warehouse, part: Part, most: int) -> list[Row]:
    """Stock that does not move, the most valuable first; without costs the most units first."""
    return _rows(
        warehouse, "stock_at_rest", part, "value DESC NULLS LAST, units DESC, location, sku, type", most
    )


def at_rest_sums(warehouse: Warehouse, part: Part) -> list[Row]:
    """`positions`, `value` and `holding_cost_month` by `type`; of type `all` each position once, with its larger value."""
    return warehouse.rows(
        f"""
        WITH line AS (SELECT * FROM {warehouse.database}.stock_at_rest WHERE {part.where})
        SELECT toString(type) AS type, count() AS positions, sum(value) AS value,
               sum(holding_cost_month) AS holding_cost_month
        FROM line GROUP BY type
        UNION ALL
        SELECT 'all', count(), sum(larger), sum(dearer)
        FROM (
            SELECT max(value) AS larger, max(holding_cost_month) AS dearer FROM line GROUP BY pipeline, location, sku
        )""",
        dict(part.parameters),
    )


def slips(warehouse: Warehouse, part: Part, most: int) -> list[Row]:
    """Suppliers that slip by the day of their first promise, the most at risk first."""
    order = "expected_loss DESC NULLS LAST, positions DESC, supplier, promised_on"
    return _rows(warehouse, "supplier_slip", part, order, most)


def holes(warehouse: Warehouse, part: Part, most: int) -> list[Row]:
    """Records of this month and the last without the one before them, by location, source and kind; the most first."""
    db = warehouse.database
    return warehouse.rows(
        f"""
        SELECT location, source, kind, sum(hole.alerts) AS alerts, sum(hole.open) AS open, max(hole.last_at) AS last_at
        FROM {db}.process_hole AS hole
        WHERE month >= toStartOfMonth((SELECT max(clock) FROM {db}.pipeline_clock)) - toIntervalMonth(1) AND {part.where}
        GROUP BY location, source, kind
        ORDER BY alerts DESC, location, source, kind LIMIT {int(most)}""",
        dict(part.parameters),
    )


def _rows(warehouse: Warehouse, view: str, part: Part, order: str, most: int) -> list[Row]:
    return warehouse.rows(
        f"SELECT * FROM {warehouse.database}.{view} WHERE {part.where} ORDER BY {order} LIMIT {int(most)}",
        dict(part.parameters),
    )
