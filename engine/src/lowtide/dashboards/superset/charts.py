"""The charts of the dashboard, row by row, and what can be filtered.

A chart has its dataset, its kind and the few settings that Superset's editor would write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lowtide.dashboards.meaning import P_MEANS
from lowtide.dashboards.superset.columns import views
from lowtide.dashboards.superset.looks import coloured, number_format


@dataclass(frozen=True)
class Chart:
    """One chart: `width` of 12 columns, `height` in rows of 8 pixels."""

    title: str
    what: str
    view: str
    viz: str
    settings: Mapping[str, Any]
    width: int = 3
    height: int = 20
    where: Sequence[tuple[str, str, Any]] = field(default_factory=tuple)
    """Conditions: column, operator, value."""
    over_time: str | None = None
    """The column that the dashboard's filter on time reaches. Charts of what is open now do not have one."""

    @property
    def params(self) -> dict[str, Any]:
        """The form data."""
        filters = [
            {
                "clause": "WHERE", "expressionType": "SIMPLE", "subject": column, "operator": operator,
                "comparator": value,
            }
            for column, operator, value in self.where
        ]  # fmt: skip
        if self.over_time:
            filters.append({
                "clause": "WHERE", "expressionType": "SIMPLE", "subject": self.over_time, "operator": "TEMPORAL_RANGE",
                "comparator": "No filter",
            })  # fmt: skip
        shown = _formats(self.view, self.settings["all_columns"]) if "all_columns" in self.settings else {}
        return {"viz_type": self.viz, "adhoc_filters": filters, **self.settings, **shown}


def _number(metric: str, how: str = ",.0f") -> dict[str, Any]:
    return {"metric": metric, "y_axis_format": how, "header_font_size": 0.4, "subheader_font_size": 0.15}


def _rows(*columns: str, by: str, limit: int = 100) -> dict[str, Any]:
    return {
        "query_mode": "raw", "all_columns": list(columns), "order_by_cols": [f'["{by}", false]'], "row_limit": limit,
        "server_page_length": 10, "table_timestamp_format": "%Y-%m-%d %H:%M", "show_cell_bars": False,
    }  # fmt: skip


def _formats(view: str, shown: Sequence[str]) -> dict[str, Any]:
    """How a table writes the numbers of its columns, and the colours of severities."""
    formats = {column.name: number_format(column) for column in views()[view]}
    written = {name: {"d3NumberFormat": formats[name]} for name in shown if formats[name]}
    return {
        "column_config": written,
        "conditional_formatting": coloured("severity") if "severity" in shown else [],
    }


def _series(metrics: Sequence[str], across: str, by: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return {
        "x_axis": across, "metrics": list(metrics), "groupby": list(by), "row_limit": 10000, "truncate_metric": True,
        "show_legend": True, "rich_tooltip": True, "y_axis_format": "SMART_NUMBER", **more,
    }  # fmt: skip


ROWS: Sequence[Sequence[Chart]] = (
    (
        Chart("Open alerts", "Open on the clock of the pipeline.",
              "alert_open", "big_number_total", _number("Alerts")),
        Chart("Critical alerts", "Open alerts of the highest severity.",
              "alert_open", "big_number_total", _number("Critical alerts")),
        Chart("Money at risk", "What the open alerts are expected to lose, in the currency of the catalogue.",
              "alert_open", "big_number_total", _number("Money at risk", ",.2f")),
        Chart("In stock", "Of the positions that sold in the last 28 days, the share with units available.",
              "stock_health", "big_number_total", _number("In stock", ".1%"), where=[("dimension", "==", "all")]),
    ),
    (
        Chart("What to look at first", "Open alerts, most money at risk first; stock of now.", "alert_open", "table",
              _rows("severity", "type", "location", "sku", "name", "category", "available", "on_order", "on_order_since",
                    "p_stockout", "stockout_p50", "expected_loss", "state", "owner", "opened_at", "alert_id",
                    by="expected_loss"),
              width=12, height=50),
    ),
    (
        Chart("Where", "Money at risk by location and category: the 200 cells with the most.", "heatmap", "pivot_table_v2", {
            "groupbyRows": ["location"], "groupbyColumns": ["category"], "metrics": ["Money at risk"], "row_limit": 200,
            "series_limit_metric": "Money at risk", "order_desc": True, "aggregateFunction": "Sum", "valueFormat": ",.2f",
            "rowTotals": True, "colTotals": True, "rowOrder": "value_z_to_a", "colOrder": "value_z_to_a",
            "transposePivot": False,
        }, width=12, height=50, where=[("open_alerts", ">", 0)]),
    ),
    (
        Chart("Opened each day", "Alerts by the severity they opened with.", "alert_history", "echarts_timeseries_bar",
              _series(["Alerts"], "opened_at", ["first_severity"], time_grain_sqla="P1D", stack="Stack"),
              width=6, height=40, over_time="opened_at"),
        Chart("Open at the end of each day", "How many stand open, by the severity they have then.", "trend_day",
              "echarts_timeseries_bar",
              _series(["Open at the end of the day"], "day", ["severity"], time_grain_sqla="P1D", stack="Stack"),
              width=6, height=40, over_time="day"),
    ),
    (
        Chart("Key figures by month", "Response, resolution, precision, false alarms, missed stockouts: see the columns.",
              "kpi_month", "table",
              _rows("month", "alerts", "response_rate", "mtta_minutes_median", "mttr_minutes_median", "resolution_rate",
                    "rated_share", "precision", "false_alarms_per_1000_positions_day", "warning_lead_hours_median",
                    "stockouts", "missed_share", by="month"), width=12, height=40, over_time="month"),
    ),
    (
        Chart("Said and came true", f"{P_MEANS} By tenths: of the days of a sample of positions that said 60 %, the shelf "
              "should run out before the horizon ends on about 60 %.",
              "calibration", "echarts_timeseries_bar",
              _series(["Said", "Came true"], "decile", xAxisForceCategorical=True, y_axis_format=".0%"),
              width=6, height=40, where=[("dimension", "==", "all")]),
        Chart("Alerts at their opening", f"{P_MEANS} These were days of large error (winner's curse), so they look worse "
              "than p is. By tenths.", "calibration_opening", "echarts_timeseries_bar",
              _series(["Said", "Came true"], "decile", xAxisForceCategorical=True, y_axis_format=".0%"),
              width=6, height=40, where=[("dimension", "==", "all")]),
    ),
    (
        Chart("Missed stockouts", "Shelves that ran out without a warning, by category.", "missed_stockout", "table", {
            "query_mode": "aggregate", "groupby": ["category"], "timeseries_limit_metric": "Missed stockouts",
            "metrics": ["Missed stockouts", "Hours without stock", "Hours without stock, median"],
            "order_desc": True, "row_limit": 50, "server_page_length": 10,
        }, width=12, height=40, over_time="opened_at"),
    ),
    (
        Chart("Silent feeds", "Tills and locations that send nothing, against their own rhythm. Mend these first.",
              "silent_feed", "table",
              _rows("location", "source", "since", "silent_hours", "expected_records", "owner", by="expected_records"),
              width=6, height=40),
        Chart("Suppliers that slip", "Supplies that come later than first promised, so that shelves may run empty.",
              "supplier_slip", "table",
              _rows("supplier", "promised_on", "due_on", "positions", "units", "worst_p", "expected_loss",
                    by="expected_loss"), width=6, height=40),
    ),
    (
        Chart("Count these first", "Stock on record whose shelf is probably empty. The order is a rank and not a chance.",
              "count_first", "table",
              _rows("rank", "location", "sku", "name", "on_hand", "idle_days", "usual_per_day", "expected_loss", "owner",
                    by="odds"), width=12, height=40),
    ),
    (
        Chart("Stock that does not move", "Overstock, slow-moving, dead and expiring stock at cost.",
              "stock_at_rest", "table", {
                  "query_mode": "aggregate", "groupby": ["type"], "timeseries_limit_metric": "Value at cost",
                  "metrics": ["Positions", "Value at cost", "Holding it for a month"], "order_desc": True,
                  "row_limit": 10,
              }, width=4, height=40),
        Chart("The most valuable of it", "Of an overstock the excess counts, of expiring stock what will be left.",
              "stock_at_rest", "table",
              _rows("type", "location", "sku", "name", "units", "value", "holding_cost_month", "owner", by="value"),
              width=8, height=40),
    ),
    (
        Chart("Suppliers", "How late their orders come after the first promised day, and what is overdue now.",
              "supplier_lateness", "table",
              _rows("supplier", "orders", "late", "late_share", "days_late_p50", "days_late_p75", "overdue_now",
                    "short_share", by="late"), width=6, height=40),
        Chart("Can the data be trusted?", "Rejects by reason, duplicates and late records of every partition.",
              "data_quality", "table",
              _rows("partition", "check", "records", "share", by="records"), width=6, height=40),
    ),
)  # fmt: skip

FILTERS: Sequence[tuple[str, str, str]] = (
    ("Pipeline", "alert_open", "pipeline"),
    ("Location", "alert_open", "location"),
    ("Category", "alert_open", "category"),
)
"""Filters at the side: label, dataset of the values, column."""
