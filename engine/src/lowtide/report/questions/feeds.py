"""The questions about suppliers, about records that could not be used, and about places that sent nothing lately."""

from __future__ import annotations

from lowtide.report.questions.alerts import PART
from lowtide.report.scope import Scope
from lowtide.rows import Row
from lowtide.warehouse import Warehouse


def suppliers(warehouse: Warehouse, scope: Scope, limit: int = 10) -> list[Row]:
    """Those with the most order lines overdue, then with the most late ones: `supplier_lateness`, of the scope."""
    return warehouse.rows(f"""
        SELECT
            supplier,
            countIf(state IN ('open', 'received', 'short')) AS orders,
            countIf(state IN ('received', 'short')) AS delivered,
            countIf(days_late > 0) AS late, late / nullIf(delivered, 0) AS late_share,
            quantileExactInclusiveOrNull(0.25)(days_late) AS days_late_p25,
            quantileExactInclusiveOrNull(0.5)(days_late) AS days_late_p50,
            quantileExactInclusiveOrNull(0.75)(days_late) AS days_late_p75,
            countIf(overdue) AS overdue_now,
            countIf(state = 'short') AS short_shipped, short_shipped / nullIf(delivered, 0) AS short_share
        FROM {warehouse.database}.order_line
        WHERE {PART}
        GROUP BY supplier HAVING orders > 0
        ORDER BY overdue_now DESC, late DESC, orders DESC, supplier LIMIT {int(limit)}""", scope.parameters)  # fmt: skip


def quality(warehouse: Warehouse, scope: Scope) -> list[Row]:
    """Records by what is wrong with them, over all partitions."""
    return warehouse.rows(
        f"""
        SELECT check, sum(found.records) AS records, sum(found.of_records) AS of_records,
               records / nullIf(of_records, 0) AS share
        FROM {warehouse.database}.data_quality AS found
        WHERE pipeline = {{pipeline:String}}
        GROUP BY check ORDER BY records DESC, check""",
        scope.parameters,
    )


def silent(warehouse: Warehouse, scope: Scope) -> list[Row]:
    """Places whose feed has stopped, those that usually sell every day first."""
    return warehouse.rows(
        f"""
        SELECT location, last_event_time, silent_hours, days_with_sales
        FROM {warehouse.database}.silent_location
        WHERE pipeline = {{pipeline:String}} AND ({{location:String}} = '' OR location = {{location:String}})
        ORDER BY days_with_sales DESC, silent_hours DESC, location""",
        scope.parameters,
    )
