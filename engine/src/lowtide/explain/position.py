"""What is known of one position: its stock, its open alerts, and what its projection starts from.

The best start is the newest ledger entry that has a projection: it has the core's own estimate of demand and of how late
supply is. Its days are counted from the entry; stock and supply are those of now. Where no alert has left an estimate, the
mean demand of the last days stands in for it.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lowtide.explain.projection import Day, project
from lowtide.explain.supply import day_of, standing
from lowtide.ledger import ENDED, ENTRIES
from lowtide.rows import Row
from lowtide.words import Language
from lowtide.words.since import FIGURES, since

LEARNED_DAYS = 28
"""The days of demand that stand in for an estimate."""
HORIZON_DAYS = 8


@dataclass(frozen=True)
class Start:
    """What a projection starts from: `demand` and `supply` have the form of a ledger entry's `detail`."""

    demand: Row
    supply: list[Row]
    today: date
    trip_level: str | None
    """Units below which the projected stockout opens; None without such an alert."""
    origin: str
    """The key of the sentence that says where this comes from."""
    values: dict[str, object]
    """What that sentence needs."""
    at: str | None = None
    """The time of the ledger entry; None without one."""

    def sentence(self, language: Language) -> str:
        """Say where this comes from, and what has changed since."""
        values = dict(self.values)
        if isinstance(changed := values.pop("changes", None), dict):
            values["since"] = since(changed, language)
        if self.at is not None:
            values["time"] = language.instant(self.at)
        return language.say(self.origin, **values)


def start(
    stock: Row, entries: list[Row], demand: list[Row], orders: list[Row] | None = None, zone: str = "UTC"
) -> Start:
    """Find what a projection of a position starts from. All rows are in their JSON form (`rows.plain_row`).

    `stock` is its row of `position_current`, `entries` are its ledger entries, `demand` is its demand by `day`, `orders`
    are its open rows of `order_line`; without them the supply is that of the entry. `zone` is that of its days.
    """
    for entry in reversed(entries):
        if "supply" in entry["detail"]:
            return _from_entry(stock, entry, orders, _trip_level(entries), zone)
    return _from_demand(stock, demand, zone)


def _trip_level(entries: list[Row]) -> str | None:
    """The trip level of the newest entry of a projected stockout."""
    projected = (
        entry for entry in reversed(entries) if entry["type"] == "projected_stockout" and entry["trip_level"]
    )
    return next((entry["trip_level"] for entry in projected), None)


def projection(stock: Row, start: Start) -> list[Day]:
    """Project the position's available stock, day by day."""
    return project(Decimal(stock["available"]), start.demand, start.supply, start.today)


def open_alerts(entries: list[Row]) -> list[Row]:
    """The last entry of the core of every alert that has not ended; what people did does not open or end an alert."""
    last = {entry["alert_id"]: entry for entry in entries if entry["entry"] in ENTRIES}
    return [entry for entry in last.values() if entry["entry"] not in ENDED]


def _from_entry(stock: Row, entry: Row, orders: list[Row] | None, trip_level: str | None, zone: str) -> Start:
    detail, time = entry["detail"], entry["event_time"]
    supply = detail["supply"] if orders is None else standing(orders, detail, zone)
    changes = {f"{name}_since": Decimal(stock[name]) - Decimal(entry[name]) for name in FIGURES}
    same = not any(changes.values())
    return Start(
        demand=detail["demand"],
        supply=[order for order in supply if order["arrived_by"]],
        today=day_of(detail.get("as_of") or time, zone),
        trip_level=trip_level,
        origin="position.from_entry" if same else "position.from_entry_since",
        values={"changes": changes},
        at=time,
    )


def _from_demand(stock: Row, demand: list[Row], zone: str) -> Start:
    last = day_of(stock["last_event_time"], zone)
    by_day = {date.fromisoformat(row["day"]): float(row["demand"]) for row in demand}
    span = min(LEARNED_DAYS, (last - min(by_day, default=last)).days + 1)
    sold = [by_day.get(last - timedelta(days=back), 0.0) for back in range(span)]
    rate = statistics.fmean(sold)
    dispersion = statistics.pvariance(sold) / rate if rate else 1.0
    undated = float(stock["on_order"]) > 0
    return Start(
        demand={
            "rate_per_day": rate,
            "dispersion": max(1.01, dispersion),
            "evidence": sum(sold) or None,
            "exposure": list(range(1, HORIZON_DAYS + 1)),
        },
        supply=[],
        today=last,
        trip_level=None,
        origin="position.from_demand_undated" if undated else "position.from_demand",
        values={"days": span},
    )
