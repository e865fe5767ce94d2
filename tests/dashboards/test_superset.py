"""The bundle for Superset: it has the files that the import needs, their references match, and its bytes are always the
same."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import yaml

from lowtide.dashboards.superset import bundle

REQUIRED = {
    "metadata": {"version", "type", "timestamp"},
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
    assert meta["type"] == "Dashboard" and datetime.fromisoformat(meta["timestamp"])
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


def test_rows_of_the_dashboard_fit(parts) -> None:
    (dashboard,) = of(parts, "dashboards")
    position = dashboard["position"]
    for name in position["GRID_ID"]["children"]:
        assert sum(position[child]["meta"]["width"] for child in position[name]["children"]) == 12, name
        assert all(position[child]["parents"][-1] == name for child in position[name]["children"])
