"""Alerts with the time at which they were pushed: when they opened, when they were first a warning, when they ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from lowtide.desk.history.simulation import TOLD
from lowtide.ledger import ENDED
from lowtide.rows import Row

_COLUMNS = ("alert_id", "entry", "type", "severity", "location", "sku")
Cells = tuple[str, str, str, str, str, str, int, int]
"""An entry: `_COLUMNS`, then `event_time` and `opened_at` in ms since 1970 UTC."""


@dataclass
class Alert:
    """One alert. Times are ms since 1970 UTC."""

    type: str
    location: str
    sku: str
    opened_at: int
    pushed_at: int | None = None
    """When it was first a warning or critical; None: never, so that a desk does not push it."""
    ended_at: int | None = None

    def was_open(self, at: int) -> bool:
        """Whether it opened before a time and was open then."""
        return self.opened_at < at and (self.ended_at is None or at <= self.ended_at)


def alerts_of(ledger: pa.Table) -> list[Alert]:
    """The alerts of the ledger of a replay, by opening."""
    times = [ledger[name].cast("int64").to_pylist() for name in ("event_time", "opened_at")]
    return _alerts(zip(*(ledger[name].to_pylist() for name in _COLUMNS), *times, strict=True))


def alerts_of_rows(rows: Iterable[Row]) -> list[Alert]:
    """The alerts of entries as the desk reads them, by opening. What people and the desk wrote does not count."""
    own = (row for row in rows if not row["action_id"])
    return _alerts((*(row[name] for name in _COLUMNS), row["event_time"], row["opened_at"]) for row in own)


def _alerts(entries: Iterable[Cells]) -> list[Alert]:
    found: dict[str, Alert] = {}
    for alert_id, entry, type_, severity, location, sku, event_time, opened_at in entries:
        one = found.setdefault(alert_id, Alert(type_, location, sku, opened_at))
        if entry in ENDED:
            one.ended_at = event_time
        elif severity in TOLD and (one.pushed_at is None or event_time < one.pushed_at):
            one.pushed_at = event_time
    return sorted(found.values(), key=lambda one: (one.opened_at, one.location, one.sku, one.type))
