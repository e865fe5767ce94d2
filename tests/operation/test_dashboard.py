"""The dashboard of the processes is one that Grafana takes, and asks for metrics that the processes have."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from lowtide.desk.metrics import DeskMetrics
from lowtide.intake.metrics import IntakeMetrics
from lowtide.operation import Metrics
from lowtide.warehouse.http.metrics import Metrics as WarehouseMetrics

from .test_docs import DOCS, PAGE

BOARD: dict[str, Any] = json.loads((DOCS / "operations-dashboard.json").read_text("utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
OF_PROMETHEUS = {"process_resident_memory_bytes", "process_start_time_seconds"}


def registries() -> list[CollectorRegistry]:
    """Of a run, a desk, a warehouse and an intake: what each says at /metrics."""
    journal: Any = SimpleNamespace(bytes_waiting=0, next=0, failure=None, synced=None)
    made = (Metrics(), DeskMetrics(None, None, lambda: 0), WarehouseMetrics(), IntakeMetrics(journal))
    return [one.registry for one in made]


def series() -> dict[str, set[str]]:
    """Every series by name, with the labels that it may have."""
    found: dict[str, set[str]] = {}
    for registry in registries():
        names = registry._collector_to_names  # a metric without samples has its labels here only
        for collector, all_ in names.items():
            labels = set(getattr(collector, "_labelnames", ()))
            for name in all_:
                found[name] = labels | ({"le"} if name.endswith("_bucket") else set())
        for family in registry.collect():
            found.setdefault(family.name + ("_total" if family.type == "counter" else ""), set())
    return found


def expressions() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


def test_every_expression_asks_for_series_that_a_process_has() -> None:
    known = series()
    asked = {name for text in expressions() for name in re.findall(r"\b(?:lowtide|process)_\w+", text)}
    assert asked - known.keys() - OF_PROMETHEUS == set()
    for process in ("lowtide_records", "lowtide_desk_", "lowtide_warehouse_", "lowtide_intake_"):
        assert any(name.startswith(process) for name in asked), "each kind of process has panels"


def test_an_expression_groups_by_labels_that_its_series_has() -> None:
    known = series()
    for text in expressions():
        (name,) = set(re.findall(r"\blowtide_\w+", text)) or {"process_resident_memory_bytes"}
        for group in re.findall(r"by \(([^)]*)\)", text):
            labels = {one.strip() for one in group.split(",")}
            assert name.startswith("lowtide_desk") or labels <= known[name], (text, labels - known[name])
        assert 'job=~"$job",instance=~"$instance"' in text and text.count("(") == text.count(")"), text
        assert "rate(" in text if re.search(r"_(total|bucket)\{", text) else "rate(" not in text, text


def test_it_is_a_dashboard() -> None:
    assert BOARD["uid"] == "lowtide-processes" and BOARD["schemaVersion"] >= 36 and BOARD["title"]
    source, *others = BOARD["templating"]["list"]
    assert (source["name"], source["type"], source["query"]) == ("datasource", "datasource", "prometheus")
    assert [one["name"] for one in others] == ["job", "instance"]
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids) > 20
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
def test_a_panel_says_what_it_shows_and_where_it_asks(panel: dict[str, Any]) -> None:
    assert panel["type"] in {"timeseries", "stat"} and panel["description"].endswith(".")
    assert panel["targets"] and panel["fieldConfig"]["defaults"]["unit"]
    for one in (panel, *panel["targets"]):
        assert one["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert "operations-dashboard.json" in PAGE
