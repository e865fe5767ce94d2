"""What people said of alerts when they closed them: right, false or unnecessary. The last word on an alert counts."""

from __future__ import annotations

from datetime import datetime

from lowtide.warehouse.client import Row, Warehouse


def said(db: str, where: str) -> str:
    """A query for `alert_id`, `type`, `sku` and `feedback` of the rated alerts whose rating meets a condition."""
    return (
        f"SELECT alert_id, type, sku, argMax(said.feedback, event_time) AS feedback FROM {db}.ledger AS said "
        f"WHERE said.feedback != '' AND {where} GROUP BY alert_id, type, sku"
    )


def ratings(warehouse: Warehouse, until: datetime) -> list[Row]:
    """By type and SKU, how many alerts that opened before a time were rated, and how many of them as what.

    Raises WarehouseError.
    """
    of_alerts = said(warehouse.database, "opened_at < {until:DateTime64(3, 'UTC')}")
    return warehouse.rows(
        "SELECT type, sku, count() AS rated, countIf(feedback = 'right') AS right, "
        "countIf(feedback = 'false') AS false, countIf(feedback = 'unnecessary') AS unnecessary "
        f"FROM ({of_alerts}) GROUP BY type, sku ORDER BY type, sku",
        {"until": until},
    )
