"""What a column is called in Superset, how its numbers are written (d3), and the colours of severities."""

from __future__ import annotations

from collections.abc import Mapping

from lowtide.dashboards.superset.columns import Column

SEVERITY: Mapping[str, str] = {"critical": "#9c2319", "warning": "#e79a3a", "watch": "#5a87a4"}
"""The colours of bars and lines. The report uses them too."""
_TINT: Mapping[str, str] = {"critical": "#eb9f98", "warning": "#f7d9ae", "watch": "#d3e2ec"}
"""The same, as the ground of a cell with black text."""

LABELS: Mapping[str, str] = {
    "alert_id": "Alert",
    "available_since": "Available, change since the alert",
    "abc": "ABC class",
    "closed_by_at": "Closed by a person at",
    "days_late_p25": "Days late, lower quartile",
    "days_late_p50": "Days late, median",
    "days_late_p75": "Days late, upper quartile",
    "demand_per_day": "Demand, units a day",
    "event_time": "Last entry at",
    "expected_loss": "Money at risk",
    "false_alarms_per_1000_positions_day": "False alarms per 1,000 positions and day",
    "mtta_minutes_median": "Minutes to acknowledge, median",
    "mtta_minutes_p90": "Minutes to acknowledge, 90th percentile",
    "mttr_minutes_median": "Minutes to resolve, median",
    "mttr_minutes_p90": "Minutes to resolve, 90th percentile",
    "in_transit_since": "In transit, change since the alert",
    "on_hand_since": "On hand, change since the alert",
    "on_order_since": "On order, change since the alert",
    "p_at_opening": "Chance of a stockout, at the opening",
    "p_stockout": "Chance of a stockout",
    "ref": "Order",
    "sku": "SKU",
    "stockout_p50": "Runs out on day (50 % chance)",
    "worst_p": "Worst chance of a stockout",
    "holding_cost_month": "Holding it for a month",
    "warning_lead_hours_median": "Warning lead hours, median",
}
"""Labels that are not simply the name of the column."""

_CHANCES = ("p_stockout", "worst_p", "p_at_opening", "precision", "said", "came_true", "low", "high", "share")


def label(name: str) -> str:
    """What people read instead of the name of a column: `opened_at` is `Opened at`."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def number_format(column: Column) -> str | None:
    """The d3 format of its numbers; None if it does not hold numbers that are counted or measured."""
    if "Int" in column.type:
        return ",d"
    if column.name in _CHANCES or column.name.endswith(("_share", "_rate")):
        return ".1%"
    if column.name in ("expected_loss", "holding_cost_month") or column.name.endswith("value"):
        return ",.2f" if "String" not in column.type else None
    if "Decimal" in column.type:
        return ",.3~f"
    return ",.2~f" if "Float" in column.type else None


def coloured(column: str) -> list[dict[str, str]]:
    """Rules of a table that colour the cells of a severity."""
    return [
        {"column": column, "operator": "=", "targetValue": name, "colorScheme": colour}
        for name, colour in _TINT.items()
    ]
