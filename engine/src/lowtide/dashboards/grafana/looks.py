"""How each kind of panel looks: options, colours and units.

Severities have the same colour everywhere, and are also written as words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lowtide.dashboards.grafana.panels import Panel

SEVERITY = {"critical": "dark-red", "warning": "orange", "watch": "light-blue"}
LEVEL = {"acceptable": "green", "high": "orange", "overload": "dark-red"}
STATUS = {"failed": "dark-red", "stopped": "orange", "running": "blue"}
_NAMED = {**SEVERITY, **LEVEL, **STATUS}


def looks(panel: Panel) -> dict[str, Any]:
    """Type, options, field configuration and transformations of a panel."""
    return {"stat": _stat, "table": _table, "timeseries": _timeseries, "barchart": _barchart, "matrix": _matrix}[
        panel.kind
    ](panel)  # fmt: skip


def _fields(panel: Panel, custom: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    links = [{"title": "Look closer", "url": panel.link, "targetBlank": False}] if panel.link else []
    return {
        "defaults": {
            "unit": panel.unit,
            "color": {"mode": "palette-classic"},
            "thresholds": {"mode": "absolute", "steps": [{"color": "text", "value": None}]},
            "mappings": [],
            "links": links,
            "noValue": "–",
            "custom": dict(custom),
            **defaults,
        },
        "overrides": [*_units(panel), *_colours(panel)],
    }


def _by_name(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key.replace("__", "."), "value": value} for key, value in properties.items()],
    }


def _units(panel: Panel) -> Iterator[dict[str, Any]]:
    for name, unit in panel.units.items():
        yield _by_name(name, unit=unit)


def _colours(panel: Panel) -> Iterator[dict[str, Any]]:
    """A series with the name of a severity has its colour, and so does a cell with that name."""
    if panel.kind in ("timeseries", "barchart"):
        for name, colour in _NAMED.items():
            yield _by_name(name, color={"mode": "fixed", "fixedColor": colour})
    if panel.kind == "table":
        words = {word: {"color": colour, "index": n} for n, (word, colour) in enumerate(_NAMED.items())}
        for name in ("severity", "worst", "level", "status"):
            yield _by_name(
                name,
                mappings=[{"type": "value", "options": words}],
                custom__cellOptions={"type": "color-text"},
            )


def _stat(panel: Panel) -> dict[str, Any]:
    fields = _fields(panel, {}, color={"mode": "thresholds"})
    shown = {"calcs": ["lastNotNull"], "fields": "/^shown$/", "values": False}
    options = {
        "reduceOptions": shown, "colorMode": "value", "graphMode": "none", "justifyMode": "auto",
        "textMode": "value", "orientation": "auto", "wideLayout": True,
    }  # fmt: skip
    return {"type": "stat", "fieldConfig": fields, "options": options, "transformations": []}


def _table(panel: Panel) -> dict[str, Any]:
    custom = {"align": "auto", "filterable": True, "cellOptions": {"type": "auto"}, "inspect": False}
    options = {
        "showHeader": True, "cellHeight": "sm",
        "footer": {"show": False, "reducer": ["sum"], "fields": "", "countRows": False},
    }  # fmt: skip
    return {"type": "table", "fieldConfig": _fields(panel, custom), "options": options, "transformations": []}


def _timeseries(panel: Panel) -> dict[str, Any]:
    custom = {
        "drawStyle": "bars" if panel.stacked else "line", "fillOpacity": 80 if panel.stacked else 10, "lineWidth": 1,
        "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"}, "axisSoftMin": 0,
        "showPoints": "never", "spanNulls": True,
    }  # fmt: skip
    options = {"legend": _legend(), "tooltip": {"mode": "multi", "sort": "none"}}
    return {
        "type": "timeseries",
        "fieldConfig": _fields(panel, custom),
        "options": options,
        "transformations": [],
    }


def _barchart(panel: Panel) -> dict[str, Any]:
    custom = {"fillOpacity": 80, "lineWidth": 1, "axisSoftMin": 0}
    options = {
        "xField": panel.across, "orientation": "auto", "stacking": "normal" if panel.stacked else "none",
        "showValue": "auto", "groupWidth": 0.8, "barWidth": 0.95, "xTickLabelRotation": 0, "legend": _legend(),
        "tooltip": {"mode": "multi", "sort": "none"},
    }  # fmt: skip
    return {
        "type": "barchart",
        "fieldConfig": _fields(panel, custom),
        "options": options,
        "transformations": [],
    }


def _matrix(panel: Panel) -> dict[str, Any]:
    """A matrix with locations as rows and a coloured number in each cell, from rows of location, column and value."""
    table = _table(panel)
    fields = table["fieldConfig"]
    fields["defaults"]["color"] = {"mode": "continuous-YlRd"}
    fields["defaults"]["custom"]["cellOptions"] = {"type": "color-background", "mode": "basic"}
    corner = f"location\\{panel.across}"
    fields["overrides"].append(_by_name(corner, custom__cellOptions={"type": "auto"}, unit="string"))
    matrix = {
        "columnField": panel.across,
        "rowField": "location",
        "valueField": "value",
        "emptyValue": "null",
    }
    table["transformations"] = [{"id": "groupingToMatrix", "options": matrix}]
    return table


def _legend() -> dict[str, Any]:
    return {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []}
