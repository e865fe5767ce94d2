"""The query of a chart, as Superset's page would make it of the chart's settings.

Superset makes it in the browser, and saves it when somebody saves the chart. Without it, reports by mail, embedded
dashboards and `/api/v1/chart/N/data/` answer "Chart has no query context saved". An import into Superset 4 leaves it out; 5
and 6 take it, and put their own number of the dataset in the place of 0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_DATASET = {"id": 0, "type": "table"}


def query_context(params: Mapping[str, Any]) -> str:
    """The query context of a chart with these settings (`Chart.params`), as JSON text."""
    form = {**params, "datasource": "0__table"}
    context = {
        "datasource": _DATASET, "force": False, "queries": [_query(params)], "form_data": form,
        "result_format": "json", "result_type": "full",
    }  # fmt: skip
    return json.dumps(context)


def _query(params: Mapping[str, Any]) -> dict[str, Any]:
    """One query: what is grouped, what is computed, which rows, in which order."""
    query: dict[str, Any] = {
        "filters": [
            {"col": one["subject"], "op": one["operator"], "val": one["comparator"]}
            for one in params["adhoc_filters"]
        ],
        "extras": {"having": "", "where": ""}, "applied_time_extras": {}, "columns": _columns(params),
        "orderby": _order(params), "annotation_layers": [], "row_limit": params.get("row_limit"),
        "series_limit": 0, "order_desc": True, "url_params": {}, "custom_params": {}, "custom_form_data": {},
    }  # fmt: skip
    if params.get("query_mode") != "raw":
        query["metrics"] = _metrics(params)
    if "x_axis" in params:
        query["series_columns"] = params["groupby"]
        query["post_processing"] = _by_series(params)
    return query


def _metrics(params: Mapping[str, Any]) -> list[str]:
    return [params["metric"]] if "metric" in params else list(params["metrics"])


def _columns(params: Mapping[str, Any]) -> list[Any]:
    if params.get("query_mode") == "raw":
        return list(params["all_columns"])
    groups = [*params.get("groupbyRows", ()), *params.get("groupbyColumns", ()), *params.get("groupby", ())]
    return [_axis(params), *groups] if "x_axis" in params else groups


def _axis(params: Mapping[str, Any]) -> dict[str, Any]:
    """The column across, cut to days or months if it is a time."""
    grain = {"timeGrain": params["time_grain_sqla"]} if "time_grain_sqla" in params else {}
    name = params["x_axis"]
    return {**grain, "columnType": "BASE_AXIS", "sqlExpression": name, "label": name, "expressionType": "SQL"}


def _order(params: Mapping[str, Any]) -> list[list[Any]]:
    if "order_by_cols" in params:
        return [json.loads(one) for one in params["order_by_cols"]]
    by = params.get("timeseries_limit_metric") or params.get("series_limit_metric")
    return [[by, False]] if by else [[metric, False] for metric in _metrics(params) if "x_axis" in params]


def _by_series(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One column for each series, as the drawing expects them. The series of one metric are named by their group alone."""
    pivot = {
        "index": [params["x_axis"]], "columns": params["groupby"], "drop_missing_columns": True,
        "aggregates": {metric: {"operator": "mean"} for metric in params["metrics"]},
    }  # fmt: skip
    steps: list[dict[str, Any]] = [{"operation": "pivot", "options": pivot}]
    if params["groupby"] and len(params["metrics"]) == 1:
        names = {params["metrics"][0]: None}
        steps.append({"operation": "rename", "options": {"columns": names, "inplace": True}})
    return [*steps, {"operation": "flatten"}]
