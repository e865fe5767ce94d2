"""The bundle for Superset: it has the files that the import needs, their references match, and its bytes are always the
same."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from lowtide import report
from lowtide.dashboards.superset import bundle
from lowtide.dashboards.superset.columns import views
from lowtide.dashboards.superset.datasets import DATASETS
from lowtide.dashboards.superset.looks import LABELS, SEVERITY
from lowtide.ledger import SEVERITIES
from lowtide.words import LANGUAGES, Language

REQUIRED = {
    "metadata": {"version", "timestamp"},
    "databases": {"database_name", "sqlalchemy_uri", "uuid", "version"},
    "datasets": {"table_name", "uuid", "version", "database_uuid", "columns", "metrics"},
    "charts": {"slice_name", "viz_type", "uuid", "version", "dataset_uuid", "params"},
    "dashboards": {"dashboard_title", "uuid", "version", "position", "metadata"},
}
"""What the import of Superset 4 to 6 requires of each kind of file, and the fields that every chart needs."""


@pytest.fixture(scope="module")
def parts() -> dict[str, dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(bundle())) as packed:
        roots = {name.split("/")[0] for name in packed.namelist()}
        assert roots == {"lowtide"}, "Superset takes off one folder"
        return {
            name.removeprefix("lowtide/"): yaml.safe_load(packed.read(name)) for name in packed.namelist()
        }


def of(parts: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [part for path, part in parts.items() if path.startswith(f"{kind}/")]


def test_the_bytes_are_always_the_same() -> None:
    assert bundle() == bundle()


def test_every_part_is_complete(parts) -> None:
    meta = parts["metadata.yaml"]
    assert datetime.fromisoformat(meta["timestamp"])
    assert "type" not in meta, "`assets/import` would refuse a dashboard, and only it replaces what is there"
    for path, part in parts.items():
        kind = path.split("/")[0].removesuffix(".yaml")
        assert REQUIRED[kind] <= part.keys(), path
        assert part["version"] == "1.0.0"
        assert "uuid" not in REQUIRED[kind] or str(UUID(part["uuid"])) == part["uuid"]
    identities = [part["uuid"] for part in parts.values() if "uuid" in part]
    assert len(set(identities)) == len(identities)


def test_no_password_is_in_it(parts) -> None:
    (database,) = of(parts, "databases")
    assert re.fullmatch(r"clickhousedb://\w+@[\w.:]+/lowtide", database["sqlalchemy_uri"])
    assert not any("password" in part for part in parts.values())


def test_the_parts_refer_to_each_other(parts) -> None:
    (database,) = of(parts, "databases")
    datasets = {part["uuid"]: part for part in of(parts, "datasets")}
    assert all(part["database_uuid"] == database["uuid"] for part in datasets.values())
    charts = {part["uuid"]: part for part in of(parts, "charts")}
    for chart in charts.values():
        dataset = datasets[chart["dataset_uuid"]]
        columns = {column["column_name"] for column in dataset["columns"]}
        metrics = {metric["metric_name"] for metric in dataset["metrics"]}
        assert not columns & metrics, "ClickHouse would take the one for the other"
        params = chart["params"]
        one = [params["metric"]] if "metric" in params else []
        limits = [params[key] for key in ("series_limit_metric", "timeseries_limit_metric") if key in params]
        assert {*one, *params.get("metrics", []), *limits} <= metrics, chart["slice_name"]
        named = {filter_["subject"] for filter_ in params["adhoc_filters"]} | set(
            params.get("column_config", {})
        )
        for key in ("groupby", "groupbyRows", "groupbyColumns", "all_columns"):
            named |= set(params.get(key, []))
        named |= {json.loads(order)[0] for order in params.get("order_by_cols", [])}
        assert named | ({params["x_axis"]} if "x_axis" in params else set()) <= columns, chart["slice_name"]
    (dashboard,) = of(parts, "dashboards")
    placed = [
        item for item in dashboard["position"].values() if isinstance(item, dict) and item["type"] == "CHART"
    ]
    assert {item["meta"]["uuid"] for item in placed} == set(charts) and len(placed) == len(charts)
    for filter_ in dashboard["metadata"]["native_filter_configuration"]:
        assert all(target.get("datasetUuid") in {None, *datasets} for target in filter_["targets"])


def test_every_column_and_metric_has_a_label(parts) -> None:
    for dataset in of(parts, "datasets"):
        labels = [column["verbose_name"] for column in dataset["columns"]]
        assert len(set(labels)) == len(labels), dataset["table_name"]
        labels += [metric["verbose_name"] for metric in dataset["metrics"]]
        assert all(label[0].isupper() and "_" not in label for label in labels), dataset["table_name"]
        assert all(metric["d3format"] for metric in dataset["metrics"])
    columns = {column.name for dataset in DATASETS for column in views()[dataset.view]}
    assert set(LABELS) <= columns, "a label of a column that is gone"


def test_numbers_of_a_table_are_written_by_their_kind(parts) -> None:
    shown = {chart["slice_name"]: chart["params"].get("column_config") for chart in of(parts, "charts")}
    assert shown["What to look at first"] == {
        "available": {"d3NumberFormat": ",.3~f"},
        "on_order": {"d3NumberFormat": ",.3~f"},
        "on_order_since": {"d3NumberFormat": ",.3~f"},
        "p_stockout": {"d3NumberFormat": ".1%"},
        "stockout_p50": {"d3NumberFormat": ",d"},
        "expected_loss": {"d3NumberFormat": ",.2f"},
    }
    assert shown["Suppliers"]["late_share"] == {"d3NumberFormat": ".1%"}
    assert shown["Suppliers"]["days_late_p50"] == {"d3NumberFormat": ",.2~f"}


def test_severities_have_colours(parts) -> None:
    (dashboard,) = of(parts, "dashboards")
    assert dashboard["metadata"]["label_colors"].keys() == set(SEVERITIES)
    css = (Path(report.__file__).parent / "page.css").read_text("utf-8")
    assert {SEVERITY["critical"], SEVERITY["warning"], SEVERITY["watch"]} <= set(
        re.findall(r"#[0-9a-f]{6}", css)
    )
    rules = {
        chart["slice_name"]: {
            rule["targetValue"] for rule in chart["params"].get("conditional_formatting", ())
        }
        for chart in of(parts, "charts")
        if "severity" in chart["params"].get("all_columns", ())
    }
    assert rules and all(coloured == set(SEVERITIES) for coloured in rules.values())


def test_every_chart_has_the_query_of_its_settings(parts) -> None:
    """Superset reads the query context for mail, embedding and `/data/`. It has the same conditions, columns and metrics."""
    for chart in of(parts, "charts"):
        params, context = chart["params"], json.loads(chart["query_context"])
        assert context["form_data"] == {**params, "datasource": "0__table"}
        (query,) = context["queries"]
        assert query["filters"] == [
            {"col": one["subject"], "op": one["operator"], "val": one["comparator"]}
            for one in params["adhoc_filters"]
        ]
        names = [column if isinstance(column, str) else column["label"] for column in query["columns"]]
        across = [params["x_axis"]] if "x_axis" in params else []
        lists = ("all_columns", "groupbyRows", "groupbyColumns", "groupby")
        assert names == [*across, *(column for name in lists for column in params.get(name, ()))]
        metrics = [params["metric"]] if "metric" in params else params.get("metrics")
        assert query.get("metrics") == metrics, chart["slice_name"]
        assert ("metrics" in query) == ("all_columns" not in params), "rows without a metric are not grouped"


def test_the_filter_on_time_reaches_what_has_a_history(parts) -> None:
    """A chart that nobody limits to time ignores that filter of the dashboard; what is open now must ignore it."""
    reached = {
        chart["slice_name"]: [
            one["subject"] for one in chart["params"]["adhoc_filters"] if one["operator"] == "TEMPORAL_RANGE"
        ]
        for chart in of(parts, "charts")
    }
    assert {title: columns[0] for title, columns in reached.items() if columns} == {
        "Opened each day": "opened_at",
        "Open at the end of each day": "day",
        "Key figures by month": "month",
        "Missed stockouts": "opened_at",
    }


def test_rows_of_the_dashboard_fit(parts) -> None:
    (dashboard,) = of(parts, "dashboards")
    position = dashboard["position"]
    for name in position["GRID_ID"]["children"]:
        assert sum(position[child]["meta"]["width"] for child in position[name]["children"]) == 12, name
        assert all(position[child]["parents"][-1] == name for child in position[name]["children"])


def test_what_p_means_stands_beside_every_chart_of_it(parts) -> None:
    charts = [
        chart
        for chart in of(parts, "charts")
        if chart["slice_name"] in ("Said and came true", "Alerts at their opening")
    ]
    assert len(charts) == 2
    for chart in charts:
        assert all(Language(lang).say("calibration.means") in chart["description"] for lang in LANGUAGES)
        (only,) = chart["params"]["adhoc_filters"]
        assert (only["subject"], only["comparator"]) == ("dimension", "all"), (
            "sums over all dimensions count a day five times"
        )
