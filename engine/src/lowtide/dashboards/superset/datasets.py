"""The views that Superset gets as datasets, each with its metrics.

A share is the ratio of two sums and never the mean of shares, so that it is correct for every grouping. The name of a
metric is a text for people and never the name of a column, because ClickHouse would confuse the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A figure over any group of rows, and how it is written (d3)."""

    sql: str
    format: str = ",.0f"


@dataclass(frozen=True)
class Dataset:
    """A view, its metrics by name, and the column of its time."""

    view: str
    metrics: Mapping[str, Metric]
    time: str | None = None


def _money(column: str) -> Metric:
    return Metric(f"sum({column})", ",.2f")


def _share(part: str, whole: str) -> Metric:
    return Metric(f"{part} / nullIf({whole}, 0)", ".1%")


def _median(column: str) -> Metric:
    return Metric(f"quantileExactOrNull(0.5)({column})", ",.1f")


def _calibration(name: str, count: str) -> dict[str, Metric]:
    said, true = (_share(f"sum({column} * {count})", f"sum({count})") for column in ("said", "came_true"))
    return {name: Metric(f"sum({count})"), "Said": said, "Came true": true}


_COUNT = Metric("count()")

DATASETS: Sequence[Dataset] = (
    Dataset("alert_open", {
        "Alerts": _COUNT,
        "Critical alerts": Metric("countIf(severity = 'critical')"),
        "Money at risk": _money("expected_loss"),
        "Nobody has": Metric("countIf(owner = '' AND state = 'new')"),
    }, "opened_at"),
    Dataset("alert_history", {
        "Alerts": _COUNT,
        "Came true": _share("countIf(came_true = 1)", "count(came_true)"),
        "Precision": _share("countIf(feedback = 'right')", "countIf(feedback != '')"),
        "Hours open, median": _median("open_hours"),
        "Hours of warning, median": _median("warning_lead_hours"),
        "MTTA, minutes, median": _median("minutes_to_acknowledge"),
        "MTTR, minutes, median": _median("minutes_to_resolve"),
    }, "opened_at"),
    Dataset("kpi_month", {
        "Alerts": Metric("sum(alerts)"),
        "Came true": _share("sum(came_true)", "sum(judged)"),
        "Stockouts missed": _share("sum(missed_stockouts)", "sum(stockouts)"),
    }, "month"),
    Dataset("trend_day", {
        "Opened": Metric("sum(opened)"),
        "Closed": Metric("sum(closed)"),
        "Open at the end of the day": Metric("sum(open_at_end)"),
    }, "day"),
    Dataset("heatmap", {
        "Open alerts": Metric("sum(open_alerts)"),
        "Critical alerts": Metric("sum(critical)"),
        "Money at risk": _money("expected_loss"),
        "Out of stock": Metric("sum(out_of_stock)"),
        "Positions": Metric("sum(positions)"),
    }),
    Dataset("alarm_load_hour", {
        "Alarms": Metric("sum(alarms)"),
        "Busiest hour": Metric("max(alarms)"),
        "Hours of overload": Metric("countIf(level = 'overload')"),
    }, "hour"),
    Dataset("calibration", _calibration("Position-days", "days")),
    Dataset("calibration_opening", _calibration("Alerts", "alerts")),
    Dataset("missed_stockout", {
        "Missed stockouts": _COUNT,
        "Hours without stock": Metric("sum(open_hours)"),
        "Hours without stock, median": _median("open_hours"),
    }, "opened_at"),
    Dataset("stock_health", {
        "Positions": Metric("sum(positions)"),
        "In stock": _share("sum(in_stock)", "sum(wanted)"),
        "Excess": _share("sum(excess_positions)", "sum(stocked)"),
        "Dead": _share("sum(dead_positions)", "sum(stocked)"),
        "Value of dead stock": _money("dead_value"),
    }),
    Dataset("supplier_lateness", {
        "Order lines": Metric("sum(orders)"),
        "Late": _share("sum(late)", "sum(delivered)"),
        "Overdue now": Metric("sum(overdue_now)"),
        "Came short": _share("sum(short_shipped)", "sum(delivered)"),
    }),
    Dataset("order_line", {
        "Order lines": _COUNT,
        "Overdue now": Metric("countIf(overdue)"),
        "Days late, median": _median("days_late"),
    }, "ordered_at"),
    Dataset("supplier_slip", {
        "Positions that may run out": Metric("sum(positions)"),
        "Money at risk": _money("expected_loss"),
    }, "promised_on"),
    Dataset("count_first", {"Positions to count": _COUNT, "Money at risk": _money("expected_loss")}, "opened_at"),
    Dataset("stock_at_rest", {
        "Positions": _COUNT,
        "Value at cost": _money("value"),
        "Holding it for a month": _money("holding_cost_month"),
    }, "opened_at"),
    Dataset("process_hole", {"Alerts": Metric("sum(alerts)"), "Open alerts": Metric("sum(open)")}, "month"),
    Dataset("silent_feed", {"Silent feeds": _COUNT}, "since"),
    Dataset("data_quality", {"Records": Metric("sum(records)")}),
    Dataset("silent_location", {"Silent locations": _COUNT}, "last_event_time"),
)  # fmt: skip
