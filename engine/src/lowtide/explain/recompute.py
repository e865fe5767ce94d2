"""Compute an alert's numbers again, slowly and plainly, from nothing but what its ledger entry says.

The core computes in Rust with its own incomplete beta function, in thousandths, along trip levels. This module and
those it uses (`demand`, `ordering`, `chances`, `planning`) do not share a line with it: they take the inputs that an
entry has in `detail`, compute with `scipy.special`, and set both results side by side. They are slow on purpose:
every function is a formula that a person can read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from lowtide.explain import recompute_signs
from lowtide.explain.chances import first_day, least_available, out_by, p_stockout
from lowtide.explain.check import PROBABILITY_TOLERANCE, QUANTITY_TOLERANCE, Check
from lowtide.explain.demand import at_least, mean_and_variance, weighted_rate
from lowtide.explain.ordering import arrival_days, order_day
from lowtide.explain.planning import planned
from lowtide.explain.supply import coming, days_until
from lowtide.rows import Row

LARGE_MEAN = 1e7
"""Above this mean demand the core uses the normal distribution, which differs by less than 1e-3."""

SINGLE = 1e-5
"""The share by which two numbers may differ that the core keeps in single precision: levels and weights."""


def checks(entry: Row, zone: str = "UTC") -> list[Check]:
    """Compute again every number of an entry that its `detail` allows; `zone` is that of its days, unless it says one."""
    detail = entry.get("detail") or {}
    zone = detail.get("time_zone", zone)
    results: list[Check] = []
    if "supply" in detail and entry.get("on_order") is not None:
        total = sum(float(order["remaining"]) for order in detail["supply"])
        results.append(Check("on_order", float(entry["on_order"]), total, QUANTITY_TOLERANCE))
    if "demand" in detail:
        results += _estimate(entry, detail["demand"])
    if detail.get("out_by"):
        results += _supply(detail, zone) + _expected_order(entry, detail) + _projection(entry, detail)
    results += _levels(entry, detail)
    if detail.get("reorder_point") is not None:
        results += _reorder(entry, detail, zone)
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
    return [*results, *recompute_signs.checks(entry, zone)]


def _estimate(entry: Row, demand: Row) -> list[Check]:
    """The rate is the mean of the three levels, each by its weight."""
    rate = float(demand["rate_per_day"])
    results = [Check("rate_per_day", rate, weighted_rate(demand), 1e-9 + SINGLE * rate)]
    if entry.get("demand_per_day") is not None:
        results.append(Check("demand_per_day", float(entry["demand_per_day"]), rate, QUANTITY_TOLERANCE))
    return results


def _supply(detail: Row, zone: str) -> list[Check]:
    """For each open supply the chances of its days, from due, lateness and the day of the look."""
    return [
        _arrives(
            str(order["ref"]),
            order,
            days_until(order["due"], detail["as_of"], zone),
            detail,
            order.get("comes", 1.0),
        )
        for order in detail.get("supply", [])
    ]


def _arrives(name: str, order: Row, due_in: int, detail: Row, comes: float = 1.0) -> Check:
    """`comes` is the chance that it comes at all, of the rest of a short delivery.

    The check is of the day on which the two differ most, or the likeliest one where they do not differ; the last day is
    `none of them`.
    """
    days = [
        comes * day for day in arrival_days(due_in, detail["lateness"], len(detail["demand"]["exposure"]))
    ]
    days[-1] += 1 - comes
    if len(order["arrives"]) != len(days):
        return Check(f"days of {name}", len(order["arrives"]), len(days), 0)
    pairs = enumerate(zip(map(float, order["arrives"]), days, strict=True), start=1)
    day, (engine, chance) = max(pairs, key=lambda pair: (round(abs(pair[1][0] - pair[1][1]), 9), pair[1][1]))
    return Check(f"arrives {name}", engine, chance, PROBABILITY_TOLERANCE, day)


def _expected_order(entry: Row, detail: Row) -> list[Check]:
    """The order that is expected: the position, the day on which it falls to s, and the chances of its days."""
    expected = detail.get("expected_order")
    if expected is None:
        return []
    supply = sum(Decimal(str(order["remaining"])) for order in detail["supply"])
    position = float(Decimal(str(entry["available"])) + supply)
    ties = [order_day(float(expected["point"]), position, detail["demand"], tie) for tie in (1e-9, -1e-9)]
    day = expected["on_day"] if expected["on_day"] in ties else ties[0]
    return [
        Check("expected position", float(expected["position"]), position, QUANTITY_TOLERANCE),
        Check("expected day", _number(expected["on_day"]), _number(day), 0),
        _arrives("expected", expected, int(expected["due_in"]), detail),
    ]


def _near(demand: Row) -> float:
    return PROBABILITY_TOLERANCE if mean_and_variance(demand, -1)[0] < LARGE_MEAN else 1e-3


def _projection(entry: Row, detail: Row) -> list[Check]:
    demand, supply, available = detail["demand"], coming(detail), Decimal(str(entry["available"]))
    chances, near = out_by(available, demand, supply), _near(demand)
    results = [
        Check("out_by", float(engine), chance, near, bucket)
        for bucket, (engine, chance) in enumerate(zip(detail["out_by"], chances, strict=False), start=1)
    ]
    if len(detail["out_by"]) != len(chances):
        results.append(Check("buckets", len(detail["out_by"]), len(chances), 0))
    if entry.get("p_stockout") is not None:
        chance = p_stockout(available, demand, supply)
        results.append(Check("p_stockout", float(entry["p_stockout"]), chance, near))
        for name, line in (("stockout_p10", 0.1), ("stockout_p50", 0.5), ("stockout_p90", 0.9)):
            results.append(_day(name, entry, chances, line))
    return results


def _day(name: str, entry: Row, chances: Sequence[float], line: float) -> Check:
    engine, day = _number(entry.get(name)), _number(first_day(chances, line))
    if engine == _number(first_day(chances, line + 1e-9)) or engine == _number(
        first_day(chances, line - 1e-9)
    ):
        day = engine  # a tie with the line: the last bit decides, and either is right
    return Check(name, engine, day, 0)


def _levels(entry: Row, detail: Row) -> list[Check]:
    """The stock at which the entry's type trips and ends, where it has such a level."""
    kind = entry["type"]
    if kind == "projected_stockout" and "lines" in detail and mean_and_variance(detail["demand"], -1)[0] > 0:
        line = float(detail["lines"][entry["severity"]])
        return [
            _level("trip_level", entry, line, detail),
            _level("exit_level", entry, line * float(detail["lines"]["exit_ratio"]), detail),
        ]
    at_zero = kind in {"out_of_stock", "negative_stock"}
    level_text = 0 if at_zero else detail.get("reorder_point") if kind == "below_reorder_point" else None
    if level_text is None:
        return []
    names = [name for name in ("trip_level", "exit_level") if entry.get(name) is not None]
    return [Check(name, float(entry[name]), float(level_text), QUANTITY_TOLERANCE) for name in names]


def _level(name: str, entry: Row, line: float, detail: Row) -> Check:
    demand, supply = detail["demand"], coming(detail)
    engine, level = _number(entry.get(name)), float(least_available(line, demand, supply))
    if engine is not None and engine != level:
        ties = [least_available(line, demand, supply, tie) for tie in (-1e-9, 1e-9)]
        level = engine if min(ties) <= engine <= max(ties) else level
    return Check(name, engine, level, QUANTITY_TOLERANCE)


def _reorder(entry: Row, detail: Row, zone: str) -> list[Check]:
    results = []
    formula, demand = detail.get("formula"), detail.get("demand")
    if formula and demand:
        plan = planned(demand, {**detail, **formula}, formula.get("quantity"))
        results += [
            Check("reorder_point", float(detail["reorder_point"]), plan.reorder_point, QUANTITY_TOLERANCE),
            Check("safety_stock", float(formula["safety_stock"]), plan.safety_stock, QUANTITY_TOLERANCE),
        ]
    if detail.get("inventory_position") is not None and "supply" in detail:
        position = float(entry["available"]) + sum(
            float(order["remaining"]) for order in detail["supply"] if _counts(order, entry, detail, zone)
        )
        engine = float(detail["inventory_position"])
        results.append(Check("inventory_position", engine, position, QUANTITY_TOLERANCE))
    return results


def _counts(order: Row, entry: Row, detail: Row, zone: str) -> bool:
    """Whether a supply counts as cover: due within the horizon, and not overdue by more than the grace."""
    grace = timedelta(hours=float(detail.get("grace_hours", 24)))
    within = days_until(order["due"], detail["as_of"], zone) < len(detail["demand"]["exposure"])
    return within and moment(order["due"]) + grace > moment(entry["event_time"])


def moment(text: str) -> datetime:
    """Read an RFC 3339 time of the ledger."""
    return datetime.fromisoformat(text)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
