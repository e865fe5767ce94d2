"""The bundle that Superset imports: a ZIP of YAML with the connection, the datasets, the charts and one dashboard.

    lowtide/metadata.yaml  databases/Lowtide.yaml  datasets/Lowtide/*.yaml  charts/*.yaml  dashboards/Lowtide.yaml

Identities are made from names, so a later version of the bundle meets what an earlier one made. The bundle does not say its
type: so Superset takes it both as a dashboard (which keeps charts and datasets that are there) and as assets (which replaces
them). It does not contain a time or a password, and its bytes are always the same.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

import yaml

from lowtide.dashboards.superset.charts import FILTERS, ROWS, Chart
from lowtide.dashboards.superset.columns import purposes, views
from lowtide.dashboards.superset.datasets import DATASETS, Dataset
from lowtide.dashboards.superset.looks import SEVERITY, label
from lowtide.dashboards.superset.query import query_context

URI = "clickhousedb://reader@localhost:8123/lowtide"
"""The address of the warehouse, until somebody changes it in Superset."""

_NAMESPACE = UUID("4f0c6f5e-3c5b-5d5e-9a51-6c6f77746964")
_VERSION = "1.0.0"
_THEN = (1980, 1, 1, 0, 0, 0)


def bundle() -> bytes:
    """The bytes of the ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for path, document in documents().items():
            text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
            member = zipfile.ZipInfo(f"lowtide/{path}", _THEN)
            member.external_attr = 0o644 << 16
            member.create_system = 3
            packed.writestr(member, text.encode(), zipfile.ZIP_STORED)
    return out.getvalue()


def documents() -> dict[str, dict[str, Any]]:
    """Every file of the bundle, as objects before YAML."""
    meta = {"version": _VERSION, "timestamp": "1980-01-01T00:00:00+00:00"}
    found: dict[str, dict[str, Any]] = {"metadata.yaml": meta, "databases/Lowtide.yaml": _database()}
    found |= {f"datasets/Lowtide/{dataset.view}.yaml": _dataset(dataset) for dataset in DATASETS}
    found |= {f"charts/{_file(chart)}.yaml": _chart(chart) for row in ROWS for chart in row}
    return found | {"dashboards/Lowtide.yaml": _dashboard()}


def _uuid(kind: str, name: str) -> str:
    return str(uuid5(_NAMESPACE, f"{kind}/{name}"))


def _file(chart: Chart) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in chart.title).strip("_")


def _database() -> dict[str, Any]:
    return {
        "database_name": "Lowtide", "sqlalchemy_uri": URI, "cache_timeout": None, "expose_in_sqllab": True,
        "allow_run_async": False, "allow_ctas": False, "allow_cvas": False, "allow_dml": False, "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True}, "uuid": _uuid("database", "Lowtide"), "version": _VERSION,
    }  # fmt: skip


def _dataset(dataset: Dataset) -> dict[str, Any]:
    columns = [
        {
            "column_name": column.name, "verbose_name": label(column.name), "is_dttm": column.temporal, "is_active": True,
            "type": column.type, "groupby": True, "filterable": True, "expression": None, "description": column.comment,
            "python_date_format": None, "extra": None,
        }
        for column in views()[dataset.view]
    ]  # fmt: skip
    metrics = [
        {
            "metric_name": name, "verbose_name": name, "metric_type": None, "expression": metric.sql,
            "description": None, "d3format": metric.format, "extra": None, "warning_text": None,
        }
        for name, metric in dataset.metrics.items()
    ]  # fmt: skip
    return {
        "table_name": dataset.view, "main_dttm_col": dataset.time, "description": purposes()[dataset.view],
        "default_endpoint": None, "offset": 0, "cache_timeout": None, "schema": None, "sql": None, "params": None,
        "template_params": None, "filter_select_enabled": True, "fetch_values_predicate": None, "extra": None,
        "uuid": _uuid("dataset", dataset.view), "metrics": metrics, "columns": columns, "version": _VERSION,
        "database_uuid": _uuid("database", "Lowtide"),
    }  # fmt: skip


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "slice_name": chart.title, "description": chart.what, "viz_type": chart.viz, "params": chart.params,
        "query_context": query_context(chart.params), "cache_timeout": None, "uuid": _uuid("chart", chart.title),
        "version": _VERSION, "dataset_uuid": _uuid("dataset", chart.view),
    }  # fmt: skip


def _dashboard() -> dict[str, Any]:
    return {
        "dashboard_title": "Lowtide", "description": "What is open, where, whether the alerts are worth having.",
        "css": "", "slug": "lowtide", "uuid": _uuid("dashboard", "Lowtide"), "position": dict(_position()),
        "metadata": {
            "native_filter_configuration": list(_filters()), "color_scheme": "supersetColors",
            "label_colors": dict(SEVERITY),
        },
        "version": _VERSION, "published": True,
    }  # fmt: skip


def _position() -> Iterator[tuple[str, Any]]:
    """The grid: rows of charts, each named by its uuid. Superset replaces these by its own numbers."""
    rows = [f"ROW-{number}" for number in range(len(ROWS))]
    yield "DASHBOARD_VERSION_KEY", "v2"
    yield "ROOT_ID", {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]}
    yield "GRID_ID", {"id": "GRID_ID", "type": "GRID", "children": rows, "parents": ["ROOT_ID"]}
    yield "HEADER_ID", {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": "Lowtide"}}
    number = 0
    for name, charts in zip(rows, ROWS, strict=True):
        above = ["ROOT_ID", "GRID_ID"]
        children = [f"CHART-{number + place}" for place in range(len(charts))]
        meta: dict[str, Any] = {"background": "BACKGROUND_TRANSPARENT"}
        yield name, {"id": name, "type": "ROW", "children": children, "parents": above, "meta": meta}
        for child, chart in zip(children, charts, strict=True):
            number += 1
            meta = {
                "chartId": number, "uuid": _uuid("chart", chart.title), "sliceName": chart.title,
                "width": chart.width, "height": chart.height,
            }  # fmt: skip
            yield (
                child,
                {"id": child, "type": "CHART", "children": [], "parents": [*above, name], "meta": meta},
            )


def _filters() -> Iterator[dict[str, Any]]:
    for name, view, column in FILTERS:
        yield {
            "id": f"NATIVE_FILTER-{column}", "name": name, "filterType": "filter_select", "type": "NATIVE_FILTER",
            "targets": [{"column": {"name": column}, "datasetUuid": _uuid("dataset", view)}],
            "controlValues": {"multiSelect": True, "enableEmptyFilter": False, "searchAllOptions": True},
            "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}}, "cascadeParentIds": [],
            "scope": {"rootPath": ["ROOT_ID"], "excluded": []}, "description": "",
        }  # fmt: skip
    yield {
        "id": "NATIVE_FILTER-time", "name": "Time", "filterType": "filter_time", "type": "NATIVE_FILTER", "targets": [{}],
        "controlValues": {}, "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "cascadeParentIds": [], "scope": {"rootPath": ["ROOT_ID"], "excluded": []}, "description": "",
    }  # fmt: skip
