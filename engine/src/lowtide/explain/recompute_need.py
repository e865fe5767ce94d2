"""Compute a need again by the method of its policy, from the `inputs` of a proposal: service level, min/max, buffer
zones."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from lowtide.explain.check import PROBABILITY_TOLERANCE, QUANTITY_TOLERANCE, Check
from lowtide.explain.demand import at_least
from lowtide.rows import Row


def needed(given: Row, steps: Row, b: int, expected: Decimal) -> tuple[Decimal, list[Check]]:
    """The need, and each step twice; `expected` is the supply that is expected to have come by day `b`."""
    match given["method"]:
        case "min_max":
            return _min_max(given, steps)
        case "ddmrp":
            return _ddmrp(given, steps)
    return _order_up_to(given, steps, b, expected)


def _order_up_to(given: Row, steps: Row, b: int, expected: Decimal) -> tuple[Decimal, list[Check]]:
    mean, variance, allowed = given["mean"][b], given["variance"][b], 1 - given["service_level"]
    level = Decimal(steps["level"])
    over, under = at_least(int(level) + 1, mean, variance), at_least(int(level), mean, variance)
    is_least = over <= allowed + 1e-9 and (level == 0 or under > allowed - 1e-9)
    need = level - Decimal(given["available"]) - expected
    return need, [
        Check("level is the least", 1, float(is_least), 0),
        Check("p_level", steps["p_level"], 1 - over, PROBABILITY_TOLERANCE),
        Check("p_below", steps["p_below"], 1 - under, PROBABILITY_TOLERANCE),
        Check("arriving", float(steps["arriving"]), float(expected), QUANTITY_TOLERANCE),
        Check("need", float(steps["need"]), float(need), QUANTITY_TOLERANCE),
    ]


def _min_max(given: Row, steps: Row) -> tuple[Decimal, list[Check]]:
    here = Decimal(given["available"]) + sum(Decimal(order["remaining"]) for order in given["supply"])
    need = Decimal(given["max_level"]) - here if here <= Decimal(given["min_level"]) else Decimal(0)
    return need, [
        Check("inventory_position", float(steps["inventory_position"]), float(here), QUANTITY_TOLERANCE),
        Check("need", float(steps["need"]), float(need), QUANTITY_TOLERANCE),
    ]


def _ddmrp(given: Row, steps: Row) -> tuple[Decimal, list[Check]]:
    """Yellow = ADU·DLT; red = ADU·DLT·LTF·(1 + VF); green = max(ADU·DLT·LTF, cycle·ADU, MOQ); net flow = OH + OO − QD."""
    days = max(1, given["lead_days"])
    yellow = given["per_day"] * days
    base = yellow * given["lead_time_factor"]
    red = base * (1 + given["variability_factor"])
    green = max(base, given["cycle_days"] * given["per_day"], float(given["moq"]))
    demand = _qualified(given, days, red / 2)
    flow = float(given["on_hand"]) + float(given["on_order"]) - demand
    top = red + yellow + green
    need = top - flow if flow <= red + yellow + 1e-9 else 0.0
    numbers = {
        "red": red, "yellow": yellow, "green": green, "top_of_yellow": red + yellow, "top_of_green": top, "spike": red / 2,
        "qualified_demand": demand, "net_flow": flow, "need": need,
    }  # fmt: skip
    near = 2 * QUANTITY_TOLERANCE
    return Decimal(steps["need"]), [
        Check(name, float(steps[name]), value, near) for name, value in numbers.items()
    ]


def _qualified(given: Row, days: int, spike: float) -> float:
    """Due today or overdue, and the days within the lead time whose sum is above the spike threshold."""
    today = date.fromisoformat(given["today"])
    by_day: defaultdict[date, float] = defaultdict(float)
    now = 0.0
    for one in given["reservations"]:
        due = date.fromisoformat(one["due"]) if one["due"] else today
        if due <= today:
            now += float(one["quantity"])
        elif due <= today + timedelta(days=days):
            by_day[due] += float(one["quantity"])
    return now + sum(quantity for quantity in by_day.values() if quantity > spike)
