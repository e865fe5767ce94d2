"""One policy of a back-test: its outcome, its alerts of the period, and its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from lowtide.backtest.load import loads, owners
from lowtide.backtest.outcome import Outcome
from lowtide.backtest.period import Period
from lowtide.backtest.sight import Sight, sight
from lowtide.desk.history.episodes import Episode, episodes
from lowtide.desk.history.simulation import TOLD
from lowtide.ledger import GRAVEST_FIRST
from lowtide.people import Book
from lowtide.report.questions import NOTHING, alerts, false_alarm_rate
from lowtide.report.scope import Scope
from lowtide.rows import Row
from lowtide.warehouse import Warehouse
from lowtide.warehouse.placeholders import by_severity


@dataclass(frozen=True)
class Side:
    """What one policy would have done."""

    name: str
    """What the policy is called; also its pipeline in the scratch warehouse."""
    outcome: Outcome
    period: Period
    """The days of the figures; both ends are known."""
    found: Sequence[Episode]
    """The alerts that were open at some time of the period, by opening."""
    first: Mapping[str, Row] = field(repr=False)
    """The first entry of each of them, as the desk reads it."""
    owned: Mapping[str, str] = field(repr=False)
    """The owner of each of them; empty without a file of people."""
    sight: Sight = field(repr=False)
    """What it saw of the real stockouts."""

    @classmethod
    def of(
        cls,
        name: str,
        outcome: Outcome,
        period: Period,
        rows: Sequence[Row],
        real: Sequence[Episode],
        book: Book | None,
    ) -> Side:
        """The side of an outcome.

        `rows` are its entries as the desk reads them (`warehouse.desk_rows`), `real` the real stockouts of the period.
        """
        assert period.start is not None and period.end is not None
        found = episodes(rows, period.start, period.end)
        first: dict[str, Row] = {}
        for row in rows:
            if row["seq"] == 1:
                first[row["alert_id"]] = row
        owned = owners(book, found, first) if book is not None else {}
        return cls(name, outcome, period, found, first, owned, sight(real, found, period.start))

    @property
    def start(self) -> int:
        """The first midnight of the period, in ms since 1970 UTC."""
        return self.period.start or 0

    @property
    def end(self) -> int:
        """The midnight after its last day."""
        return self.period.end or 0

    @cached_property
    def opened(self) -> list[Episode]:
        """The alerts that opened in the period."""
        return [one for one in self.found if one.opened_at >= self.start]

    def figures(self, warehouse: Warehouse, truth: Outcome, book: Book | None) -> dict[str, Any]:
        """All figures as JSON; the clock and the positions are those of the truth. Raises WarehouseError."""
        scope = self._scope(truth)
        keys = alerts.key_figures(warehouse, scope).get(True, NOTHING)
        by_type = _by_type(warehouse, scope, self.opened)
        return {
            "name": self.name, "version": self.outcome.policy_version,
            "alerts": len(self.opened), "pushes": sum(one.severity in TOLD for one in self.opened),
            "by_type": by_type, "loss": round(sum(one.loss or 0.0 for one in self.opened), 2),
            "stockouts": self.sight.to_dict(),
            "false_alarms": {
                "false": keys["false_alarms"], "came_true": keys["came_true"],
                "per_1000_positions_day": _rounded(false_alarm_rate(keys, scope, truth.positions.num_rows)),
                "warning_lead_hours": keys["warning_lead_hours"],
                "stockouts": keys["stockouts"],
                "missed_stockouts": sum(row["missed"] for row in alerts.missed(warehouse, scope)),
            },
            "calibration": [
                {key: float(cell) if isinstance(cell, float) else int(cell) for key, cell in row.items()}
                for row in alerts.calibration(warehouse, scope)
            ],
            "owners": None
            if book is None
            else [one.to_dict() for one in loads(book, self.found, self.owned, self.start, self.end)],
        }  # fmt: skip

    def _scope(self, truth: Outcome) -> Scope:
        assert self.period.first is not None and self.period.last is not None
        clock, since = (_time(ms or 0) for ms in (truth.moved, truth.since))
        return Scope(self.name, clock, since, self.period.first, self.period.last)


def _by_type(warehouse: Warehouse, scope: Scope, opened: Sequence[Episode]) -> list[dict[str, Any]]:
    """The alerts that opened, by type: all, by severity at their opening, pushes, and what they put at risk."""
    rows = warehouse.rows(
        f"SELECT type, count() AS alerts, {by_severity('count', 'first_severity')} "
        f"FROM {warehouse.database}.alert_history AS alert WHERE {alerts.PART} "
        f"AND opened_at >= {alerts.START} AND opened_at < {alerts.END} GROUP BY type ORDER BY type",
        scope.parameters,
    )
    return [
        {
            "type": row["type"], "alerts": row["alerts"], **{name: row[name] for name in GRAVEST_FIRST},
            "pushes": sum(one.severity in TOLD for one in opened if one.type == row["type"]),
            "loss": round(sum(one.loss or 0.0 for one in opened if one.type == row["type"]), 2),
        }
        for row in rows
    ]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
