"""What a report is about: a pipeline, the days it covers, and a location or category if it is narrowed.

    scope = Scope.resolve(warehouse, days=28)

The clock is the newest time of the log, never that of the machine: the same question has the same
answer tomorrow. Days are whole, in UTC, both ends included.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from lowtide.errors import SettingsError
from lowtide.warehouse import Warehouse

DAYS = 28
"""Days of a report without `--days`: four of each weekday."""


@dataclass(frozen=True)
class Scope:
    """The days, the pipeline and what narrows it ('' for everything)."""

    pipeline: str
    clock: datetime
    since: datetime
    """First time the log knows."""
    first: date
    last: date
    location: str = ""
    category: str = ""

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """The first midnight."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The midnight after the last day: not part of it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def before(self) -> Scope:
        """As many days, just before."""
        earlier = timedelta(days=self.days)
        return replace(self, first=self.first - earlier, last=self.last - earlier)

    @property
    def comparable(self) -> bool:
        """Whether the log covers the whole period before."""
        return self.since.date() <= self.before.first

    @property
    def narrowed(self) -> bool:
        """Whether it is about one location or category only."""
        return bool(self.location or self.category)

    @property
    def parameters(self) -> dict[str, Any]:
        """For the questions: names and times as text, which embedded and served ClickHouse read alike."""
        return {
            "pipeline": self.pipeline,
            "location": self.location,
            "category": self.category,
            "start": f"{self.start:%Y-%m-%d %H:%M:%S}",
            "end": f"{self.end:%Y-%m-%d %H:%M:%S}",
            "before": f"{self.before.start:%Y-%m-%d %H:%M:%S}",
        }

    @classmethod
    def resolve(
        cls, warehouse: Warehouse, *, pipeline: str | None = None, location: str | None = None,
        category: str | None = None, first: date | None = None, last: date | None = None,
        days: int | None = None,
    ) -> Scope | None:  # fmt: skip
        """The scope that was asked for; None if the warehouse is empty.

        Raises SettingsError if there is no such pipeline, location or category, or the days do not make a period.
        """
        clocks = _clocks(warehouse)
        if not clocks:
            return None
        row = _pipeline(clocks, pipeline)
        clock, since = row["clock"], row["since"]
        first, last = _days(first, last, days, clock.date())
        _known(warehouse, row["pipeline"], "location", location)
        _known(warehouse, row["pipeline"], "category", category)
        return cls(row["pipeline"], clock, since, first, last, location or "", category or "")


def _clocks(warehouse: Warehouse) -> list[dict[str, Any]]:
    db = warehouse.database
    return warehouse.rows(f"""
        SELECT reached.pipeline AS pipeline, any(reached.clock) AS clock, min(least(known.first, reached.clock)) AS since
        FROM {db}.pipeline_clock AS reached
        INNER JOIN (
            SELECT pipeline, min(opened_at) AS first FROM {db}.ledger WHERE action_id = '' GROUP BY pipeline
            UNION ALL SELECT pipeline, min(last_event_time) FROM {db}.position GROUP BY pipeline
        ) AS known ON reached.pipeline = known.pipeline
        GROUP BY pipeline ORDER BY pipeline""")


def _pipeline(clocks: Sequence[dict[str, Any]], asked: str | None) -> dict[str, Any]:
    names = [row["pipeline"] for row in clocks]
    listed = ", ".join(f"`{name}`" for name in names)
    if asked is not None and asked not in names:
        raise SettingsError(f"no pipeline is called `{asked}`", f"The warehouse has {listed}.")
    if asked is None and len(names) > 1:
        raise SettingsError(
            f"the warehouse has {len(names)} pipelines: {listed}", "Say which one: `--pipeline NAME`."
        )
    return clocks[names.index(asked) if asked is not None else 0]


def _days(first: date | None, last: date | None, days: int | None, today: date) -> tuple[date, date]:
    if first and last and days:
        raise SettingsError("`--from`, `--to` and `--days` are one too many", "Give two of them.")
    length = timedelta(days=(days or DAYS) - 1)
    try:
        if first is None:
            last = last or today
            first = last - length
        elif last is None:
            last = first + length if days else max(today, first)
        first - (last - first) - timedelta(days=2)
    except OverflowError:
        raise SettingsError("the calendar does not go so far", "Give fewer days.") from None
    if first > last:
        raise SettingsError(
            f"the period ends ({last}) before it begins ({first})", "Exchange `--from` and `--to`."
        )
    return first, last


def _known(warehouse: Warehouse, pipeline: str, what: str, asked: str | None) -> None:
    if asked is None:
        return
    db = warehouse.database
    query = (
        f"SELECT DISTINCT location AS name FROM {db}.position WHERE pipeline = {{pipeline:String}}"
        if what == "location"
        else f"SELECT DISTINCT category AS name FROM {db}.catalogue"
    )
    names = sorted(row["name"] for row in warehouse.rows(f"{query} ORDER BY name", {"pipeline": pipeline}))
    if asked not in names or not asked:
        folded = {name.casefold(): name for name in names if name}
        close = [folded[name] for name in folded if name.startswith(asked.casefold() or "\0")][:3]
        close = close or [
            folded[name] for name in difflib.get_close_matches(asked.casefold(), folded, 1, 0.5)
        ]
        table = "position" if what == "location" else "catalogue"
        hint = (
            f"Did you mean {' or '.join(f'`{name}`' for name in close)}?"
            if close
            else f'`lowtide sql "SELECT DISTINCT {what} FROM {table}"` lists them.'
        )
        raise SettingsError(f"no {what} is called `{asked}`", hint)
