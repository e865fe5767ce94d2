"""What can be chosen at the top of a dashboard, and the SQL that respects it.

A location or category may be chosen several times or not at all: `$__conditionalAll` then leaves the condition out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lowtide.dashboards.meaning import P_MEANS
from lowtide.warehouse.placeholders import GRAVEST_FIRST, by_severity

PLUGIN = "grafana-clickhouse-datasource"
SOURCE = {"type": PLUGIN, "uid": "${datasource}"}

_PIPELINE = "pipeline = ${pipeline:singlequote}"
_LOCATION = "$__conditionalAll(location IN (${location:singlequote}), $location)"
_CATEGORY = "$__conditionalAll(category IN (${category:singlequote}), $category)"
_PART = f"{_PIPELINE} AND {_LOCATION} AND {_CATEGORY}"

NAMED = {
    "PIPELINE": _PIPELINE,
    "PLACE": f"{_PIPELINE} AND {_LOCATION}",
    "PART": _PART,
    "TOLD": "pipeline IN (${pipeline:singlequote}, '')",  # a digest may tell of several pipelines
    "LAST": f"{_PIPELINE} AND ended_at IS NOT NULL ORDER BY started_at DESC LIMIT 1",
    "P_MEANS": P_MEANS,
    "GRAVEST_FIRST": GRAVEST_FIRST,
    "BY_SEVERITY": by_severity("count"),
    "BY_FIRST_SEVERITY": by_severity("count", "first_severity"),
    "OPEN_BY_SEVERITY": by_severity("sum", value="open_at_end"),
}
"""What the panels name: the part of the shop that is looked at, the last run that ended, severities, what p means."""


@dataclass(frozen=True)
class Variable:
    """A choice: from the rows of a query, or of given values."""

    name: str
    label: str
    sql: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """Values by the label they are shown with; the first is chosen."""
    many: bool = True

    def model(self) -> dict[str, Any]:
        """The choice as Grafana reads it."""
        same = {
            "name": self.name,
            "label": self.label,
            "hide": 0,
            "multi": self.many,
            "includeAll": self.many,
        }
        return {**same, **(self._query() if self.sql else self._given())}

    def _query(self) -> dict[str, Any]:
        every = {"selected": True, "text": ["All"], "value": ["$__all"]}
        return {
            "type": "query", "datasource": SOURCE, "query": self.sql, "definition": self.sql, "options": [],
            "current": every if self.many else {}, "refresh": 1, "regex": "", "sort": 0,
        }  # fmt: skip

    def _given(self) -> dict[str, Any]:
        options = [
            {"selected": number == 0, "text": label, "value": value}
            for number, (label, value) in enumerate(self.values.items())
        ]
        text = ", ".join(f"{label} : {value}" for label, value in self.values.items())
        return {"type": "custom", "query": text, "options": options, "current": options[0]}


PIPELINE = Variable(
    "pipeline", "Pipeline", "SELECT DISTINCT pipeline FROM pipeline_clock ORDER BY pipeline", many=False
)
LOCATION = Variable(
    "location", "Location", f"SELECT DISTINCT location FROM position WHERE {_PIPELINE} ORDER BY location"
)
CATEGORY = Variable(
    "category", "Category", "SELECT DISTINCT category FROM catalogue WHERE category != '' ORDER BY category"
)
MEASURE = Variable(
    "measure",
    "Heatmap shows",
    values={
        "Money at risk": "expected_loss",
        "Open alerts": "open_alerts",
        "Critical alerts": "critical",
        "Out of stock": "out_of_stock",
    },
    many=False,
)


def datasource() -> dict[str, Any]:
    """The choice of the ClickHouse data source; `${datasource}` in every query."""
    return {
        "type": "datasource", "name": "datasource", "label": "Data source", "query": PLUGIN, "current": {},
        "options": [], "refresh": 1, "regex": "", "hide": 0, "includeAll": False, "multi": False,
    }  # fmt: skip
