"""The estimate of an entry, learned again from the demand days that the warehouse has.

The warehouse has what sold on which day. It does not have which days were spent out of stock, which season or
promotion held then, and what came before its first row. So each day from the first row on counts as a whole day in
stock, with the weight of its weekday where the entry shows it, and what comes out may differ from what the core had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lowtide.explain.estimate import Estimate
from lowtide.explain.supply import day_of
from lowtide.rows import Row

EPOCH = date(1970, 1, 1)
STORED_DAYS = 3660
"""At most so many stored days are asked for: more than any level remembers."""


@dataclass(frozen=True)
class Learned:
    """What the stored days say of a position's demand."""

    since: date
    days: int
    estimate: Estimate
    weekdays: bool
    """Whether the days were weighed by weekday."""

    def off_by(self, demand: Row) -> float:
        """The largest difference of a level, or of the rate, to those of an entry, in units a day."""
        levels = zip(self.estimate.levels, demand["levels"], strict=True)
        apart = [abs(here - float(there)) for here, there in levels]
        return max(*apart, abs(self.estimate.rate - float(demand["rate_per_day"])))

    def to_dict(self, demand: Row) -> Row:
        """Names of `lowtide explain --json`."""
        one = self.estimate
        return {
            "since": self.since.isoformat(), "days": self.days, "rate_per_day": one.rate, "phi": one.phi, "kappa": one.kappa,
            "levels": one.levels, "weights": one.weights, "off_by": self.off_by(demand),
        }  # fmt: skip


def learned(detail: Row, days: Sequence[Row], zone: str = "UTC", terms: Row | None = None) -> Learned | None:
    """Learn again what an entry's `detail.demand` says, from `days` (`day`, `demand`) before the day of its look.

    `terms` has the values of the policy; the entry's own prior ranks above them. None without a day to learn from.
    """
    today = day_of(detail["as_of"], zone)
    weights = weekday_weights(detail, today)
    return learn(days, today, {**(terms or {}), **prior_of(detail["demand"])}, weights)


def prior_of(demand: Row) -> Row:
    """The prior that an entry says its estimate began with, under the names of the policy; nothing where it says none."""
    names = {"rate": "prior_rate", "days": "prior_days", "dispersion": "dispersion", "calm": "calm"}
    prior = demand.get("prior") or {}
    return {name: prior[key] for key, name in names.items() if prior.get(key) is not None}


def learn(
    days: Sequence[Row], today: date, terms: Mapping[str, Any], weights: Mapping[int, float] | None = None
) -> Learned | None:
    """Learn from the days before `today`, the first row first and days without a row as days without a sale."""
    sold = {date.fromisoformat(row["day"]): max(0.0, float(row["demand"])) for row in days}
    since = min(sold, default=today)
    if since >= today:
        return None
    estimate = prior(terms)
    for ahead in range((today - since).days):
        day = since + timedelta(days=ahead)
        weight = weights[day.weekday()] if weights else 1.0
        estimate.close((day - EPOCH).days, sold.get(day, 0.0), weight, weight)
    return Learned(since, (today - since).days, estimate, bool(weights))


def prior(terms: Mapping[str, Any]) -> Estimate:
    """What is known before the first day, by the values of the policy."""
    return Estimate(
        prior_rate=float(terms.get("prior_rate", 0.0)),
        prior_days=float(terms.get("prior_days", 1.0)),
        dispersion=float(terms.get("dispersion", 1.5)),
        calm=float(terms.get("calm", 1.0)),
    )


def weekday_weights(detail: Row, today: date) -> dict[int, float] | None:
    """The weight of each weekday (Monday 0), where the horizon shows all and neither a season nor a driver changes it."""
    demand = detail["demand"]
    exposure = [float(days) for days in demand["exposure"]]
    if demand.get("season") or demand.get("drivers") or len(exposure) < 8:
        return None
    weights = {(today + timedelta(days=b)).weekday(): exposure[b] - exposure[b - 1] for b in range(1, 8)}
    return None if all(abs(weight - 1) < 1e-6 for weight in weights.values()) else weights
