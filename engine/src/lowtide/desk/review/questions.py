"""What a review asks the warehouse; each method is one question about the alerts of one scope and period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from lowtide.desk.review.scope import Scope
from lowtide.rows import Row
from lowtide.warehouse import Warehouse

Dimension = Literal["team", "department", "supplier"]
_LONGEST = 10
"""Rows of the lists of single alerts."""
_FIGURES = """
    count() AS alerts, countIf(worst_severity = 'critical') AS critical,
    countIf(acknowledged_at IS NOT NULL) AS acknowledged,
    medianOrNull(minutes_to_acknowledge) AS minutes_to_acknowledge,
    medianOrNull(minutes_to_resolve) / 60 AS hours_to_resolve,
    countIf(feedback != '') AS rated, countIf(feedback = 'false') AS rated_false"""


_STAGES = {
    "new": ("opened_at", "acknowledged_at, resolved_at, closed_by_at, closed_at"),
    "acknowledged": ("acknowledged_at", "started_at, resolved_at, closed_by_at, closed_at"),
    "in_progress": ("started_at", "resolved_at, closed_by_at, closed_at"),
}
"""Each stage with the column of its beginning, and those of its end: the first that is known."""


@dataclass(frozen=True)
class Questions:
    """The alerts of a scope that opened in `[start, end)`."""

    warehouse: Warehouse
    scope: Scope
    start: datetime
    end: datetime

    @property
    def before(self) -> Questions:
        """The same about the period of the same length before."""
        return Questions(self.warehouse, self.scope, self.start - (self.end - self.start), self.start)

    def figures(self) -> Row:
        """Alerts, answers, deadlines kept, messages, hours over the budget of 6 messages."""
        history = self._rows(f"SELECT {_FIGURES} FROM {{db}}.alert_history WHERE {{period}} AND {{scope}}")[0]
        return history | self._kept() | self._pushes()

    def _kept(self) -> Row:
        return self._rows(
            "SELECT countIf(acknowledged_in_time = 1) AS kept, countIf(acknowledged_in_time = 0) AS missed, "
            "countIf(resolved_in_time = 1) AS resolved_kept, countIf(resolved_in_time = 0) AS resolved_missed, "
            "sum(steps) AS steps FROM {db}.response "
            "WHERE told_at >= {start:DateTime64(3)} AND told_at < {end:DateTime64(3)} AND {scope}"
        )[0]

    def _pushes(self) -> Row:
        people = "person IN {people:Array(String)}" if self.scope.people else "1"
        return self._rows(
            "SELECT sum(heard.pushes) AS pushes, countIf(heard.pushes > 6) AS hours_over FROM {db}.push_load_hour AS heard "
            f"WHERE hour >= {{start:DateTime64(3)}} AND hour < {{end:DateTime64(3)}} AND {people}"
        )[0]

    def by(self, dimension: Dimension) -> list[Row]:
        """The same by team, department or supplier, those with the most alerts first: `value` and the figures."""
        if dimension == "team":
            routed = "SELECT alert_id, any(team) AS team FROM {db}.alert_desk WHERE entry = 'ROUTED' GROUP BY alert_id"
            source = f"{{db}}.alert_history AS alert INNER JOIN ({routed}) AS routed USING (alert_id)"
        else:
            source = "{db}.alert_history AS alert"
        return self._rows(
            f"SELECT {dimension} AS value, {_FIGURES} FROM {source} WHERE {{period}} AND {{scope}} AND value != '' "
            f"GROUP BY value ORDER BY alerts DESC, value LIMIT {_LONGEST}"
        )

    def stock_of(self, dimension: Dimension) -> dict[str, Row]:
        """Share of positions in stock and turns a year by department or supplier, as they stand now."""
        rows = self._rows(
            "SELECT health.value AS value, health.in_stock_share AS in_stock, turn.turns_per_year AS turns "
            "FROM {db}.stock_health AS health LEFT JOIN {db}.turnover AS turn "
            "ON turn.pipeline = health.pipeline AND turn.dimension = health.dimension AND turn.value = health.value "
            f"WHERE health.dimension = '{dimension}'"
        )
        return {row["value"]: row for row in rows}

    def rated_false(self) -> list[Row]:
        """The alerts that people rated false, with the rule that opened them, the newest first."""
        return self._rows(
            "SELECT alert_id, type, severity, location, sku, name, opened_at, opening.1 AS reason, "
            "opening.2 AS policy_version, last_comment FROM ("
            "SELECT * FROM {db}.alert_current WHERE {period} AND {scope} AND feedback = 'false') AS alert "
            "LEFT JOIN (SELECT alert_id, any((reason, policy_version)) AS opening FROM {db}.ledger "
            "WHERE entry = 'OPENED' AND action_id = '' GROUP BY alert_id) AS first USING (alert_id) "
            f"ORDER BY opened_at DESC, alert_id LIMIT {_LONGEST}"
        )

    def waited(self) -> list[Row]:
        """What waited longest in each stage: `stage`, `hours`, `owner`. A stage that has not ended counts to the end."""
        end = "{end:DateTime64(3)}"
        parts = [
            f"SELECT '{stage}' AS stage, alert_id, type, location, sku, name, owner, "
            f"dateDiff('minute', {begin}, least({end}, coalesce({done}, {end}))) / 60 AS hours "
            f"FROM {{db}}.alert_current WHERE {{period}} AND {{scope}} AND {begin} IS NOT NULL AND hours > 0 "
            "ORDER BY hours DESC, alert_id LIMIT 3"
            for stage, (begin, done) in _STAGES.items()
        ]
        rows = self._rows(" UNION ALL ".join(f"SELECT * FROM ({part})" for part in parts))
        order = list(_STAGES)
        return sorted(rows, key=lambda row: (order.index(row["stage"]), -row["hours"], row["alert_id"]))

    def _rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        where, given = self.scope.where(self.warehouse)
        period = "opened_at >= {start:DateTime64(3)} AND opened_at < {end:DateTime64(3)}"
        text = (
            sql.replace("{db}", self.warehouse.database).replace("{scope}", where).replace("{period}", period)
        )
        times = {"start": self.start.astimezone(UTC), "end": self.end.astimezone(UTC)}
        return self.warehouse.rows(text, {**times, **given, **(values or {})})
