"""Compute an alert's numbers again, slowly and plainly, from nothing but what its ledger entry says.

The core computes in Rust with its own incomplete beta function, in thousandths, along trip levels. This module does
not share a line with it: it takes the inputs that an entry has in `detail`, computes with `scipy.special`, and sets both
results side by side. It is slow on purpose: every function is a formula that a person can read.

    >>> demand = {"rate_per_day": 3.0, "dispersion": 2.0, "evidence": None, "exposure": [2, 4, 6, 8]}
    >>> round(max(out_by(Decimal(20), demand, [])), 6)
    0.728808
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from math import ceil, inf, sqrt
from typing import Any

from scipy.special import betainc, gammainc, ndtri

from lowtide.rows import Row

PROBABILITY_TOLERANCE = 1e-5
"""How far two probabilities may be apart and still be called the same."""

LARGE_MEAN = 1e7
"""Above this mean demand the core uses the normal distribution, which differs by less than 1e-3."""

QUANTITY_TOLERANCE = 0.0011
"""How far two quantities may be apart: one thousandth, the smallest step a quantity has."""

DISTRIBUTED_SUPPLIES = 4
"""The number of earliest open supplies that count by their distribution; later ones count by their expectation."""


@dataclass(frozen=True)
class Check:
    """One number, twice: as the core wrote it and as this module computes it. Absent is None."""

    name: str
    engine: float | None
    recomputed: float | None
    tolerance: float
    bucket: int | None = None

    @property
    def difference(self) -> float:
        """How far the two are apart; infinite when only one of them exists."""
        if self.engine is None or self.recomputed is None:
            return 0.0 if self.engine is self.recomputed else inf
        return abs(self.engine - self.recomputed)

    @property
    def ok(self) -> bool:
        """Whether the two are the same number."""
        return self.difference <= self.tolerance


def mean_and_variance(demand: Row, bucket: int) -> tuple[float, float]:
    """Give mean and variance of the demand up to the end of a bucket, in units and units squared."""
    mean = float(demand["rate_per_day"]) * float(demand["exposure"][bucket])
    evidence = demand.get("evidence")
    uncertain = mean * mean / float(evidence) if evidence else 0.0
    return mean, float(demand["dispersion"]) * mean + uncertain


def at_least(count: int, mean: float, variance: float) -> float:
    """Give the chance that negative binomial demand of this mean and variance reaches `count` units."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if variance <= mean * (1 + 1e-9):
        return float(gammainc(count, mean))
    shape, success = mean * mean / (variance - mean), mean / variance
    return float(betainc(count, shape, 1 - success))


def short_of(stock: Decimal, demand: Row, supply: Sequence[Row], bucket: int) -> float:
    """Give the chance that demand up to a bucket's end reaches `stock` and what has arrived by then."""
    ordered = sorted(supply, key=lambda order: str(order.get("due") or ""))
    first, later = ordered[:DISTRIBUTED_SUPPLIES], ordered[DISTRIBUTED_SUPPLIES:]
    mean, variance = mean_and_variance(demand, bucket)
    expected = sum(float(order["remaining"]) * float(order["arrived_by"][bucket]) for order in later)
    base = stock + round(Decimal(expected), 3)
    total = 0.0
    for arrived in product((True, False), repeat=len(first)):
        weight, level = 1.0, base
        for here, order in zip(arrived, first, strict=True):
            chance = float(order["arrived_by"][bucket])
            weight *= chance if here else 1 - chance
            level += Decimal(str(order["remaining"])) if here else 0
        if weight:
            total += weight * at_least(ceil(level), mean, variance)
    return total


def out_by(available: Decimal, demand: Row, supply: Sequence[Row]) -> list[float]:
    """Give for each bucket the chance that the shelf is empty at its end."""
    return [short_of(available, demand, supply, bucket) for bucket in range(len(demand["exposure"]))]


def first_day(chances: Sequence[float], line: float) -> int | None:
    """Give the first day (1 is today) at which the chance passes a line; None beyond the horizon."""
    return next((day for day, chance in enumerate(chances, start=1) if chance >= line), None)


def least_available(line: float, demand: Row, supply: Sequence[Row], tie: float = -1e-9) -> int:
    """Give the least whole available stock, not below zero, at which the chance to run out is not over a line.

    A chance that equals the line is over it, since an alert opens at its line; `tie` is how near counts as
    equal. (At 3 a day, 24 available run out in 8 days with a chance of exactly one half: the level is 25.)
    """

    def fits(available: int) -> bool:
        return max(out_by(Decimal(available), demand, supply)) <= line + tie

    if fits(0):
        return 0
    below, above = 0, 1
    while not fits(above):
        below, above = above, above * 2
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if fits(middle) else (middle, above)
    return above


def reorder_point(rate: float, sd: float, days: float, days_sd: float, service_level: float) -> float:
    """Give demand over the time to cover plus safety stock, `d L + k sqrt(L sd^2 + d^2 sd_L^2)` (King 2011).

    `rate` and `sd` of demand are in units a day, `days` is lead time and review period together.
    """
    factor = float(ndtri(service_level))
    return rate * days + factor * sqrt(days * sd * sd + rate * rate * days_sd * days_sd)


def moment(text: str) -> datetime:
    """Read an RFC 3339 time of the ledger."""
    return datetime.fromisoformat(text)


def checks(entry: Row) -> list[Check]:
    """Compute again every number of one ledger entry that its `detail` allows."""
    detail = entry.get("detail") or {}
    results: list[Check] = []
    if "supply" in detail and entry.get("on_order") is not None:
        total = sum(float(order["remaining"]) for order in detail["supply"])
        results.append(Check("on_order", float(entry["on_order"]), total, QUANTITY_TOLERANCE))
    if detail.get("out_by"):
        results += _projection(entry, detail)
    results += _levels(entry, detail)
    if detail.get("reorder_point") is not None:
        results += _reorder(entry, detail)
    if "tail_p" in detail:
        chance = at_least(ceil(float(detail["sold"])), float(detail["mean"]), float(detail["variance"]))
        engine = float(detail["tail_p"])
        results.append(
            Check("tail_p", engine, chance, min(PROBABILITY_TOLERANCE, 1e-14 + 1e-3 * abs(engine)))
        )
    if "overdue" in detail:
        grace = timedelta(hours=float(detail["grace_hours"]))
        late = sum(
            1 for order in detail["overdue"] if moment(order["due"]) + grace <= moment(entry["event_time"])
        )
        results.append(Check("overdue", len(detail["overdue"]), late, 0))
    return results


def _projection(entry: Row, detail: Row) -> list[Check]:
    demand, supply = detail["demand"], detail.get("supply", [])
    chances = out_by(Decimal(str(entry["available"])), demand, supply)
    near = PROBABILITY_TOLERANCE if mean_and_variance(demand, -1)[0] < LARGE_MEAN else 1e-3
    results = [
        Check("out_by", float(engine), chance, near, bucket)
        for bucket, (engine, chance) in enumerate(zip(detail["out_by"], chances, strict=False), start=1)
    ]
    if len(detail["out_by"]) != len(chances):
        results.append(Check("buckets", len(detail["out_by"]), len(chances), 0))
    rate = float(demand["rate_per_day"])
    if entry.get("demand_per_day") is not None:
        results.append(Check("demand_per_day", float(entry["demand_per_day"]), rate, QUANTITY_TOLERANCE))
    if entry.get("p_stockout") is not None:
        results.append(Check("p_stockout", float(entry["p_stockout"]), max(chances), near))
        for name, line in (("stockout_p10", 0.1), ("stockout_p50", 0.5), ("stockout_p90", 0.9)):
            results.append(Check(name, _number(entry.get(name)), first_day(chances, line), 0))
    return results


def _levels(entry: Row, detail: Row) -> list[Check]:
    """The stock at which the entry's type trips and ends, where it has such a level."""
    kind = entry["type"]
    if kind == "projected_stockout" and "lines" in detail and float(detail["demand"]["rate_per_day"]) > 0:
        demand, supply = detail["demand"], detail.get("supply", [])
        line = float(detail["lines"][entry["severity"]])
        ways = {"trip_level": line, "exit_level": line * float(detail["lines"]["exit_ratio"])}
        results = []
        for name, at in ways.items():
            engine, level = _number(entry.get(name)), float(least_available(at, demand, supply))
            if engine is not None and least_available(at, demand, supply, tie=1e-9) <= engine <= level:
                level = engine  # a tie with the line: the last bit decides, and either is right
            results.append(Check(name, engine, level, QUANTITY_TOLERANCE))
        return results
    at_zero = kind in {"out_of_stock", "negative_stock"}
    level_text = 0 if at_zero else detail.get("reorder_point") if kind == "below_reorder_point" else None
    if level_text is None:
        return []
    names = [name for name in ("trip_level", "exit_level") if entry.get(name) is not None]
    return [Check(name, float(entry[name]), float(level_text), QUANTITY_TOLERANCE) for name in names]


def _reorder(entry: Row, detail: Row) -> list[Check]:
    results = []
    formula, demand = detail.get("formula"), detail.get("demand")
    if formula and demand:
        rate = float(demand["rate_per_day"])
        point = reorder_point(
            rate,
            sqrt(float(demand["dispersion"]) * rate),
            float(detail["lead_time_days"]) + float(detail["review_period_days"]),
            float(formula["lead_time_sd_days"]),
            float(formula["service_level"]),
        )
        results.append(Check("reorder_point", float(detail["reorder_point"]), point, QUANTITY_TOLERANCE))
    if detail.get("inventory_position") is not None and "supply" in detail:
        position = float(entry["available"]) + sum(
            float(order["remaining"]) for order in detail["supply"] if _counts(order, entry, detail)
        )
        engine = float(detail["inventory_position"])
        results.append(Check("inventory_position", engine, position, QUANTITY_TOLERANCE))
    return results


def _counts(order: Row, entry: Row, detail: Row) -> bool:
    """Whether a supply counts as cover: due within the horizon, and not overdue by more than the grace."""
    grace = timedelta(hours=float(detail.get("grace_hours", 24)))
    return float(order["arrived_by"][-1]) > 0 and moment(order["due"]) + grace > moment(entry["event_time"])


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
