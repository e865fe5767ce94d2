"""The stock of now, and what was sold by day: the figures that read every position, and so are counted seldom and kept."""

from __future__ import annotations

from lowtide.rows import Row
from lowtide.warehouse.client import Warehouse

DIMENSIONS = ("location", "category", "department", "supplier", "region")


def stock(warehouse: Warehouse) -> list[Row]:
    """The stock of now by `dimension` (all, location, category, department, supplier or region) and `value`.

    Columns: `positions`, `wanted`, `in_stock`, `stocked`, `excess`, `dead`, `turns` (a year), `stock_value` (money at cost;
    null: the catalogue has neither cost nor price). All dimensions come from one pass over the positions.
    """
    db = warehouse.database
    names = "".join(f"grouping({name}) = 0, '{name}', " for name in DIMENSIONS)
    sets = ", ".join(f"({name})" for name in DIMENSIONS)
    return warehouse.rows(f"""
        SELECT
            multiIf({names}'all') AS dimension, concat({", ".join(DIMENSIONS)}) AS value, count() AS positions,
            countIf(cover.wanted) AS wanted, countIf(cover.in_stock) AS in_stock, countIf(cover.units > 0) AS stocked,
            countIf(cover.excess) AS excess, countIf(cover.dead) AS dead,
            toFloat64(sum(cover.sold_90_days)) * 365 / max(cover.days_known)
                / nullIf(toFloat64(sum(cover.units)), 0) AS turns,
            if(count(cover.value) = 0, NULL, toFloat64(sum(cover.value))) AS stock_value
        FROM (
            SELECT held.*, ifNull(place.region, '') AS region
            FROM (
                SELECT location, category, department, supplier, wanted, in_stock, units, excess, dead, sold_90_days,
                    days_known, value
                FROM {db}.days_of_cover
            ) AS held
            LEFT JOIN (SELECT location, region FROM {db}.location) AS place ON held.location = place.location
        ) AS cover
        GROUP BY GROUPING SETS ((), {sets})""")  # fmt: skip
