"""The dashboards: their purpose, their variables, and their model as Grafana reads it.

The position of a panel follows from the widths of the panels, so panels cannot overlap. Its number follows from its order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lowtide.dashboards.grafana.looks import looks
from lowtide.dashboards.grafana.panels import Panel, Row, rows
from lowtide.dashboards.grafana.variables import (
    CATEGORY,
    LOCATION,
    MEASURE,
    PIPELINE,
    PLUGIN,
    SOURCE,
    Variable,
    datasource,
)

WIDE = 24
"""Columns of Grafana's grid."""


@dataclass(frozen=True)
class Board:
    """One dashboard; its panels are in `name.sql`."""

    name: str
    title: str
    what: str
    asks: Sequence[Variable]
    since: str = "now-90d"
    """Start of the first time range."""
    refresh: str = ""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The panels, under their headings."""
        return rows(self.name)

    def model(self) -> dict[str, Any]:
        """The dashboard for Grafana 10 to 12."""
        return {
            "uid": f"lowtide-{self.name}",
            "title": f"Lowtide: {self.title}",
            "description": self.what,
            "tags": ["lowtide"],
            "schemaVersion": 39,
            "version": 1,
            "editable": True,
            "graphTooltip": 1,
            "timezone": "utc",
            "refresh": self.refresh,
            "time": {"from": self.since, "to": "now"},
            "templating": {"list": [datasource(), *(choice.model() for choice in self.asks)]},
            "annotations": {"list": []},
            "links": [_others()],
            "panels": list(self._placed()),
        }

    def _placed(self) -> Iterator[dict[str, Any]]:
        number = y = 0
        for row in self.rows:
            number += 1
            yield _heading(number, row.title, y)
            y += 1
            x = tallest = 0
            for panel in row.panels:
                if x + panel.width > WIDE:
                    x, y, tallest = 0, y + tallest, 0
                number += 1
                yield _panel(number, panel, x, y)
                x, tallest = x + panel.width, max(tallest, panel.height)
            y += tallest


def _heading(number: int, title: str, y: int) -> dict[str, Any]:
    place = {"x": 0, "y": y, "w": WIDE, "h": 1}
    return {"id": number, "type": "row", "title": title, "gridPos": place, "collapsed": False, "panels": []}


def _panel(number: int, panel: Panel, x: int, y: int) -> dict[str, Any]:
    target = {
        "refId": "A", "datasource": SOURCE, "editorType": "sql", "queryType": "table", "format": 1,
        "rawSql": panel.sql, "pluginVersion": "4.0.0",
    }  # fmt: skip
    return {
        "id": number,
        "title": panel.title,
        "description": panel.what,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "datasource": SOURCE,
        "targets": [target],
        **looks(panel),
    }


def _others() -> dict[str, Any]:
    """Links to the other dashboards, which keep the chosen variables."""
    return {
        "type": "dashboards", "tags": ["lowtide"], "title": "Lowtide", "asDropdown": False, "icon": "dashboard",
        "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "", "url": "",
    }  # fmt: skip


BOARDS = (
    Board(
        "operations",
        "Operations",
        "What is open now, where, how much is at risk, who has it, and whether people answer.",
        [PIPELINE, LOCATION, CATEGORY, MEASURE],
        since="now-24h",
        refresh="1m",
    ),
    Board(
        "alerts",
        "Alerts for analysts",
        "History, key figures by month, load on people, calibration, missed stockouts, late suppliers.",
        [PIPELINE, LOCATION, CATEGORY],
    ),
    Board(
        "pipeline",
        "Pipeline health",
        "Runs, rejects, duplicates, late records, silent places, and whether the record agrees with the shelf.",
        [PIPELINE, LOCATION],
    ),
)
__all__ = ["BOARDS", "PLUGIN", "Board"]
