"""Alerts made by hand, and their key figures, computed again in plain Python."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lowtide.warehouse import Warehouse, Writer

from .batches import LEDGER, at, batch

END = {"CLEARED": "cleared", "EXPIRED": "expired", "SUPERSEDED": "superseded"}
STEPS = {
    "ACKNOWLEDGED": "acknowledged", "STARTED": "in_progress", "RESOLVED": "resolved", "CLOSED": "closed",
    "REOPENED": "acknowledged",
}  # fmt: skip
RANK = ["watch", "warning", "critical"]


@dataclass
class Life:
    """One alert: its entries as (hours after noon, entry, severity, more), and people's as (hours, entry, actor, more)."""

    number: int
    engine: list[tuple[float, str, str, dict[str, Any]]]
    people: list[tuple[float, str, str, dict[str, Any]]] = field(default_factory=list)
    sku: str = ""
    location: str = "330"
    type: str = "projected_stockout"

    @property
    def alert_id(self) -> str:
        return f"01K{self.number:023d}"

    def base(self) -> dict[str, Any]:
        return {
            "alert_id": self.alert_id, "sku": self.sku or str(self.number), "location": self.location,
            "type": self.type, "opened_at": self.opened, "episode": 1,
        }  # fmt: skip

    @property
    def opened(self) -> datetime:
        return at(hours=self.engine[0][0])

    def rows(self) -> Iterator[dict[str, Any]]:
        for seq, (hours, entry, severity, more) in enumerate(self.engine, 1):
            yield {
                **self.base(),
                "seq": seq,
                "entry": entry,
                "severity": severity,
                "event_time": at(hours=hours),
                **more,
            }

    # --- what the views should say ----------------------------------------------------------------

    @property
    def status(self) -> str:
        return END.get(self.engine[-1][1], "open")

    @property
    def closed(self) -> datetime | None:
        return None if self.status == "open" else at(hours=self.engine[-1][0])

    @property
    def steps(self) -> list[tuple[datetime, str, str, dict[str, Any]]]:
        return sorted((at(hours=hours), entry, actor, more) for hours, entry, actor, more in self.people)

    @property
    def state(self) -> str:
        return next((STEPS[entry] for _, entry, _, _ in reversed(self.steps) if entry in STEPS), "new")

    @property
    def owner(self) -> str:
        return next((more["owner"] for *_, more in reversed(self.steps) if more.get("owner")), "")

    def when(self, entry: str, *, last: bool = False) -> datetime | None:
        times = [moment for moment, done, _, _ in self.steps if done == entry]
        return (times[-1] if last else times[0]) if times else None

    @property
    def resolved(self) -> datetime | None:
        done, again = self.when("RESOLVED", last=True), self.when("REOPENED", last=True)
        stands = self.state in ("resolved", "closed") and done and not (again and again > done)
        return done if stands else None

    @property
    def feedback(self) -> str:
        closing = [more["feedback"] for _, entry, _, more in self.steps if entry == "CLOSED"]
        return closing[-1] if self.state == "closed" else ""

    def came_true(self, clock: datetime) -> bool | None:
        if self.type != "projected_stockout":
            return None
        if self.engine[-1][3].get("reason") == "superseded_by_out_of_stock":
            return self.closed - self.opened <= timedelta(days=14)
        return None if self.status == "open" and clock < self.opened + timedelta(days=14) else False


def write(warehouse: Warehouse, lives: Iterable[Life], *, twice: bool = False) -> None:
    """Put alerts and people's actions into the ledger, in arbitrary order; `twice`: deliver everything again."""
    for _ in range(2 if twice else 1):
        with Writer(warehouse) as writer:
            writer.write(
                "ledger", batch(LEDGER, *(row for life in lives for row in reversed([*life.rows()])))
            )
        done = [row for life in lives for row in _actions(life)]
        if done:
            warehouse.insert_rows("ledger", tuple(done[0]), [tuple(row.values()) for row in done])


def _actions(life: Life) -> Iterator[dict[str, Any]]:
    blank = {"actor": "", "owner": "", "feedback": "", "comment": ""}
    for number, (hours, entry, actor, more) in enumerate(life.people):
        yield {
            **life.base(), "pipeline": "lowtide", "partition": "", "offset": 0, "seq": 0, "entry": entry,
            "severity": "watch", "event_time": at(hours=hours), "reason": "person", "policy_version": "p",
            "on_hand": 0, "available": 0, "on_order": 0, "in_transit": 0, "demand_per_day": 0, "detail": "{}",
            "action_id": f"{life.number:013d}{number:013d}", **blank, "actor": actor, **more,
        }  # fmt: skip


def quantile(values: list[float], share: float) -> float | None:
    """The inclusive quantile, by linear interpolation."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start).total_seconds() / 60, 1)


def hours(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() / 3600, 2)


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
