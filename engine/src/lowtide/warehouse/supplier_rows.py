"""What the record says of suppliers: how late they come, what is open, and what the suppliers file says."""

from __future__ import annotations

from lowtide.warehouse.client import Row, Warehouse


def lateness(warehouse: Warehouse, supplier: str | None = None) -> list[Row]:
    """One row a supplier over all pipelines: lateness as in `supplier_lateness`, open and overdue lines, units to come."""
    chosen = "" if supplier is None else "WHERE supplier = {supplier:String}"
    return warehouse.rows(
        f"""
        SELECT
            supplier, countIf(state IN ('open', 'received', 'short')) AS orders,
            countIf(state IN ('received', 'short')) AS delivered,
            countIf(days_late > 0) / nullIf(delivered, 0) AS late_share,
            quantileExactInclusiveOrNull(0.25)(days_late) AS days_late_p25,
            quantileExactInclusiveOrNull(0.5)(days_late) AS days_late_p50,
            quantileExactInclusiveOrNull(0.75)(days_late) AS days_late_p75,
            countIf(state = 'short') / nullIf(delivered, 0) AS short_share,
            countIf(line.redated AND state != 'cancelled') AS redated, countIf(state = 'open') AS open_lines,
            sum(outstanding) AS open_units, countIf(overdue) AS overdue_lines
        FROM {warehouse.database}.order_line AS line {chosen} GROUP BY supplier ORDER BY supplier""",
        {} if supplier is None else {"supplier": supplier},
    )


def file(warehouse: Warehouse, supplier: str | None = None) -> list[Row]:
    """The rows of the suppliers file."""
    chosen = "" if supplier is None else "WHERE supplier = {supplier:String}"
    return warehouse.rows(
        f"SELECT * FROM {warehouse.database}.supplier FINAL {chosen} ORDER BY supplier",
        {} if supplier is None else {"supplier": supplier},
    )


def open_lines(warehouse: Warehouse, supplier: str, most: int) -> list[Row]:
    """The order lines of a supplier that are still to come, the overdue first, then by due."""
    db = warehouse.database
    return warehouse.rows(
        f"""
        SELECT
            line.ref AS ref, line.location AS location, ifNull(place.name, '') AS location_name, line.sku AS sku,
            ifNull(item.name, '') AS name, line.outstanding AS outstanding, line.ordered_at AS ordered_at, line.due AS due,
            line.overdue AS overdue, line.redated AS redated
        FROM {db}.order_line AS line
        LEFT JOIN (SELECT location, name FROM {db}.location FINAL) AS place ON line.location = place.location
        LEFT JOIN (SELECT sku, name FROM {db}.catalogue FINAL) AS item ON line.sku = item.sku
        WHERE line.supplier = {{supplier:String}} AND line.state = 'open'
        ORDER BY overdue DESC, due, location, sku, ref LIMIT {{most:UInt32}}""",
        {"supplier": supplier, "most": most},
    )
