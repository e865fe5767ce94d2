"""The questions about stock: one pass over the positions, for all of them, by category and by department."""

from __future__ import annotations

from lowtide.report.questions.alerts import PART
from lowtide.report.scope import Scope
from lowtide.rows import Row
from lowtide.warehouse import Warehouse

MOST = 12
"""Categories and departments that are shown: those with the most positions that sell."""
_NONE: Row = dict.fromkeys(("positions", "places", "wanted", "in_stock", "dead"), 0) | dict.fromkeys(
    ("in_stock_share", "days_of_cover", "dead_share", "dead_value")
)


def health(warehouse: Warehouse, scope: Scope) -> tuple[Row, list[Row], list[Row]]:
    """All positions in the scope; their categories; their departments. Definitions are those of `stock_health`."""
    rows = warehouse.rows(f"""
        SELECT
            multiIf(grouping(category) = 0, 'category', grouping(department) = 0, 'department', 'all') AS dimension,
            if(dimension = 'category', category, department) AS value,
            count() AS positions, uniqExact(location) AS places,
            countIf(cover.wanted = 1) AS wanted, countIf(cover.in_stock = 1) AS in_stock,
            in_stock / nullIf(wanted, 0) AS in_stock_share,
            sum(toDecimal128(cover.demand_per_day, 9)) AS per_day,
            toFloat64(sumIf(units, cover.wanted = 1)) / nullIf(toFloat64(per_day), 0) AS days_of_cover,
            countIf(units > 0) AS stocked,
            countIf(excess = 1) / nullIf(countIf(units > 0), 0) AS excess_share,
            countIf(cover.dead = 1) AS dead, dead / nullIf(countIf(units > 0), 0) AS dead_share,
            sumIf(cover.value, cover.dead = 1) AS dead_value
        FROM {warehouse.database}.days_of_cover AS cover
        WHERE {PART}
        GROUP BY GROUPING SETS ((), (category), (department))
        ORDER BY wanted DESC, positions DESC, value""", scope.parameters)  # fmt: skip
    parts = {
        name: [row for row in rows if row["dimension"] == name] for name in ("all", "category", "department")
    }
    shown = [[row for row in parts[name] if row["wanted"]][:MOST] for name in ("category", "department")]
    return (parts["all"] or [_NONE])[0], shown[0], shown[1]


def dead(warehouse: Warehouse, scope: Scope, limit: int = 10) -> list[Row]:
    """The most valuable positions without a sale for 90 days; by units where the catalogue has no prices."""
    return warehouse.rows(
        f"""
        SELECT location, sku, name, category, units, value, last_demand_day AS last_sale, first_seen_day
        FROM {warehouse.database}.days_of_cover
        WHERE {PART} AND dead = 1
        ORDER BY value DESC NULLS LAST, units DESC, location, sku LIMIT {int(limit)}""",
        scope.parameters,
    )
