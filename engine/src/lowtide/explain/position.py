"""What is known of one position: its stock, its open alerts, and what its projection starts from.

The best start is the newest ledger entry that has a projection: it has the core's own estimate of demand, how late
supply is, and how the position is ordered for. Its days are counted from the entry; stock, supply and the order that
is expected are those of now. Where no alert has left an estimate, it is learned again from the demand days that the
warehouse has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from lowtide.explain.learned import learn, prior
from lowtide.explain.projection import Day, project
from lowtide.explain.supply import coming, coming_now, day_of
from lowtide.ledger import ENDED, ENTRIES
from lowtide.rows import Row
from lowtide.words import Language
from lowtide.words.since import FIGURES, since

HORIZON_DAYS = 7
"""The least horizon where the policy does not set one."""


@dataclass(frozen=True)
class Start:
    """What a projection starts from: `detail` and `supply` have the form of a ledger entry's."""

    detail: Row
    supply: list[Row]
    """The open supply that has chances, and after it the order that is expected."""
    today: date
    trip_level: str | None
    """Units below which the projected stockout opens; None without such an alert."""
    origin: str
    """The key of the sentence that says where this comes from."""
    values: dict[str, object]
    """What that sentence needs."""
    at: str | None = None
    """The time of the ledger entry; None without one."""

    @property
    def demand(self) -> Row:
        """The estimate, as in an entry's `detail.demand`."""
        demand: Row = self.detail["demand"]
        return demand

    def sentence(self, language: Language) -> str:
        """Say where this comes from, and what has changed since."""
        values = dict(self.values)
        if isinstance(changed := values.pop("changes", None), dict):
            values["since"] = since(changed, language)
        if isinstance(first := values.get("since_day"), date):
            values["since_day"] = language.day(first)
        if self.at is not None:
            values["time"] = language.instant(self.at)
        return language.say(self.origin, **values)


def start(
    stock: Row,
    entries: list[Row],
    demand: list[Row],
    orders: list[Row] | None = None,
    zone: str = "UTC",
    terms: Row | None = None,
) -> Start:
    """Find what a projection of a position starts from. All rows are in their JSON form (`rows.plain_row`).

    `stock` is its row of `position_current`, `entries` are its ledger entries, `demand` is its demand by `day`,
    `orders` are its open rows of `order_line`; without them the supply is that of the entry. `zone` is that of its
    days, `terms` are the values of its policy (`terms.terms`).
    """
    for entry in reversed(entries):
        if "supply" in entry["detail"]:
            return _from_entry(stock, entry, orders, _trip_level(entries), zone)
    return _from_demand(stock, demand, orders or [], zone, terms or {})


def _trip_level(entries: list[Row]) -> str | None:
    """The trip level of the newest entry of a projected stockout."""
    projected = (
        entry for entry in reversed(entries) if entry["type"] == "projected_stockout" and entry["trip_level"]
    )
    return next((entry["trip_level"] for entry in projected), None)


def projection(stock: Row, start: Start, language: Language | None = None) -> list[Day]:
    """Project the position's available stock, day by day."""
    expected = (language or Language("en")).say("position.expected_order")
    return project(Decimal(stock["available"]), start.demand, start.supply, start.today, expected)


def open_alerts(entries: list[Row]) -> list[Row]:
    """The last entry of the core of every alert that has not ended; what people did does not open or end an alert."""
    last = {entry["alert_id"]: entry for entry in entries if entry["entry"] in ENTRIES}
    return [entry for entry in last.values() if entry["entry"] not in ENDED]


def _from_entry(stock: Row, entry: Row, orders: list[Row] | None, trip_level: str | None, zone: str) -> Start:
    detail, time = entry["detail"], entry["event_time"]
    now = Decimal(stock["available"])
    supply = coming(detail) if orders is None else coming_now(detail, now, orders, zone)
    changes = {f"{name}_since": Decimal(stock[name]) - Decimal(entry[name]) for name in FIGURES}
    same = not any(changes.values())
    return Start(
        detail=detail,
        supply=supply,
        today=day_of(detail.get("as_of") or time, zone),
        trip_level=trip_level,
        origin="position.from_entry" if same else "position.from_entry_since",
        values={"changes": changes},
        at=time,
    )


def _from_demand(stock: Row, demand: list[Row], orders: list[Row], zone: str, terms: Row) -> Start:
    today = day_of(stock["last_event_time"], zone)
    days = learn(demand, today, terms)
    one = days.estimate if days else prior(terms)
    estimate = {
        "rate_per_day": one.rate, "phi": one.phi, "kappa": one.kappa, "levels": one.levels, "weights": one.weights,
        "days_learned": one.days - one.prior_days, "exposure": [*range(1, horizon_of(terms) + 1)],
    }  # fmt: skip
    known: Row = {
        name: terms[name] for name in ("lateness", "lead_time_days", "review_period_days") if name in terms
    }
    detail: Row = {"as_of": stock["last_event_time"], "demand": estimate, **known}
    supply = coming_now(detail, Decimal(stock["available"]), orders, zone)
    undated = float(stock["on_order"]) > 0 and not supply
    key = "position.from_nothing" if days is None else "position.from_demand"
    return Start(
        detail=detail,
        supply=supply,
        today=today,
        trip_level=None,
        origin=f"{key}_undated" if undated else key,
        values={} if days is None else {"days": days.days, "since_day": days.since},
    )


def horizon_of(terms: Row) -> int:
    """The horizon in days that the policy sets (`horizon`), or the larger of lead time + review period and 7 days."""
    lead, review = float(terms.get("lead_time_days", 7.0)), float(terms.get("review_period_days", 1.0))
    longest = {"lead": lead, "lead+review": lead + review, "2 lead": 2 * lead}
    known = terms.get("horizon")
    days = max(lead + review, HORIZON_DAYS) if known is None else longest.get(known) or float(known)
    return min(365, max(1, ceil(days)))
