"""Compute a proposal's numbers again, slowly and plainly, from nothing but the `inputs` of its `detail`.

`propose` counts in thousandths with the core's own distribution. This module does not share a line with it: it uses
`scipy.special` by way
of `demand` and `chances`, finds the days of the order from the weekdays and closed days that the proposal names, and sets
both results side by side. `ddmrp` and `min_max` stand in `recompute_need`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from lowtide.explain.chances import short_of
from lowtide.explain.check import PROBABILITY_TOLERANCE, QUANTITY_TOLERANCE, Check
from lowtide.explain.demand import at_least
from lowtide.explain.ordering import arrival_days
from lowtide.explain.recompute_need import needed
from lowtide.rows import Row

SHORTFALL_TOLERANCE = 1e-4
"""Units by which two expected shortfalls may differ, and the share of one."""
CENT = 0.0101


def proposal_checks(kind: str, detail: Row) -> list[Check]:
    """Every number of a proposal twice: as it was proposed and as it is computed here. A kind without arithmetic has
    none."""
    given, steps, result = detail["inputs"], detail["steps"], detail["result"]
    match kind:
        case "order" | "production":
            return _days(given) + _order(given, steps, result)
        case "transfer":
            return _transfer(given, steps, result)
        case "expedite":
            return _expedite(given, result)
        case "chase":
            total = sum(Decimal(line["remaining"]) for line in given["lines"])
            return [Check("quantity", float(result["quantity"]), float(total), QUANTITY_TOLERANCE)]
        case "count":
            recorded = Decimal(given["recorded"])
            off = abs(min(recorded, Decimal(0))) or abs(recorded)
            return [
                Check("off", float(steps["off"]), float(off), QUANTITY_TOLERANCE),
                *_money(off, given, result, "avoided"),
            ]
    return []


def _days(given: Row) -> list[Check]:
    """The order day after this one, a and b, from the weekdays, the lead time and the days that are closed."""
    closed = {date.fromisoformat(day) for day in given["closed"]}

    def first(begin: date, weekdays: Sequence[int]) -> date:
        return next(
            day
            for ahead in range(400)
            if (day := begin + timedelta(days=ahead)).weekday() in weekdays and day not in closed
        )

    ordered, lead = date.fromisoformat(given["order_day"]), timedelta(days=given["lead_days"])
    following = first(ordered + timedelta(days=max(1, given["review_days"] or 1)), given["order_days"])
    found = {
        "order_day": first(ordered, given["order_days"]), "next_order_day": following,
        "a": first(ordered + lead, given["delivery_days"]), "b": first(following + lead, given["delivery_days"]),
    }  # fmt: skip
    return [
        Check(f"day {name}", date.fromisoformat(given[name]).toordinal(), day.toordinal(), 0)
        for name, day in found.items()
    ]


def _order(given: Row, steps: Row, result: Row) -> list[Check]:
    a, b = (
        max(0, (date.fromisoformat(given[name]) - date.fromisoformat(given["today"])).days)
        for name in ("a", "b")
    )
    need, found = needed(given, steps, b, _expected(given, b))
    quantity, more = _quantity(given, steps, need, a)
    found += [*more, Check("quantity", float(result["quantity"]), float(quantity), QUANTITY_TOLERANCE)]
    without, with_it = _out_by(given), _out_by(given, a, Decimal(result["quantity"]))
    return [
        *found,
        *_shortfalls(given, result, without, with_it),
        Check("p_before", result["p_before"], max(without), PROBABILITY_TOLERANCE),
        Check("p_after", result["p_after"], max(with_it), PROBABILITY_TOLERANCE),
        Check("p_until", result["p_until"], max(without[:a], default=0.0), PROBABILITY_TOLERANCE),
        *_money(Decimal(result["quantity"]), given, result, "cost"),
    ]


def _quantity(given: Row, steps: Row, need: Decimal, a: int) -> tuple[Decimal, list[Check]]:
    """The minimum, then whole packs, then the maximum."""
    pack, moq = Decimal(given["pack"]), Decimal(given["moq"])
    wanted = ceil(max(need, moq) / pack) * pack
    if given["max_stock"] is None:
        return wanted, []
    there = Decimal(given["available"]) + _expected(given, a) - _thousandth(given["mean"][a])
    found = [Check("stock_at_a", float(steps["stock_at_a"]), float(there + wanted), QUANTITY_TOLERANCE)]
    room = Decimal(given["max_stock"]) - there
    if wanted <= room or given["over_max"] != "down":
        return wanted, found
    fits = max(room, Decimal(0)) // pack * pack
    if fits < ceil(max(Decimal("0.001"), moq) / pack) * pack:
        return wanted, found
    chance = max(_out_by(given, a, fits)[a:])
    found.append(Check("p_fits", steps.get("p_fits"), chance, PROBABILITY_TOLERANCE))
    return (fits if chance < given["warning"] else wanted), found


def _transfer(given: Row, steps: Row, result: Row) -> list[Check]:
    donor, comes = given["donor"], int(given["comes"])
    a = max(0, (date.fromisoformat(given["a"]) - date.fromisoformat(given["today"])).days)
    need = least_stock(given["service_level"], given["mean"][a], given["variance"][a]) - Decimal(
        given["available"]
    )
    need -= _expected(given, a)
    own = least_stock(donor["service_level"], donor["mean"], donor["variance"])
    keep = max(own, Decimal(donor["display_min"]))
    unpromised = Decimal(donor["available"]) - Decimal(donor.get("promised", 0))
    excess, pack = unpromised - keep, Decimal(given["lane_pack"])
    quantity = min(need, excess) // pack * pack
    without, with_it = _out_by(given), _out_by(given, comes, Decimal(result["quantity"]))
    left = unpromised - Decimal(result["quantity"])
    there = [at_least(ceil(stock), donor["mean"], donor["variance"]) for stock in (unpromised, left)]
    return [
        Check("need", float(steps["need"]), float(need), QUANTITY_TOLERANCE),
        Check("keep", float(steps["keep"]), float(keep), QUANTITY_TOLERANCE),
        Check("excess", float(steps["excess"]), float(excess), QUANTITY_TOLERANCE),
        Check("quantity", float(result["quantity"]), float(quantity), QUANTITY_TOLERANCE),
        *_shortfalls(given, result, without, with_it),
        Check("p_before", result["p_before"], max(without), PROBABILITY_TOLERANCE),
        Check("p_after", result["p_after"], max(with_it), PROBABILITY_TOLERANCE),
        Check("donor_p_before", result["donor_p_before"], there[0], PROBABILITY_TOLERANCE),
        Check("donor_p_after", result["donor_p_after"], there[1], PROBABILITY_TOLERANCE),
    ]


def _expedite(given: Row, result: Row) -> list[Check]:
    """The order that is to hurry comes on one day for sure; the others as they did."""
    last, sooner = len(given["mean"]), int(given["expedite_to"])
    changed = [
        {**order, "due_in": sooner, "arrives": [float(day == sooner) for day in range(last)] + [0.0]}
        if order["ref"] == given["ref"]
        else order
        for order in _supply(given)
    ]
    changed.sort(key=lambda order: (order["due_in"], order["ref"]))
    return _shortfalls(given, result, _out_by(given), _out_by(given, supply=changed))


def least_stock(service_level: float, mean: float, variance: float) -> Decimal:
    """The least whole s with P(D ≤ s) ≥ the service level, by bisection."""
    if at_least(1, mean, variance) <= 1 - service_level:
        return Decimal(0)
    below, enough = 0, 1
    while at_least(enough + 1, mean, variance) > 1 - service_level:
        below, enough = enough, enough * 2
    while enough - below > 1:
        middle = (below + enough) // 2
        if at_least(middle + 1, mean, variance) > 1 - service_level:
            below = middle
        else:
            enough = middle
    return Decimal(enough)


def _supply(given: Row) -> list[Row]:
    """The open orders with their chances, as `chances` wants them."""
    days = len(given["mean"])
    return [
        _with_chances(order, arrival_days(order["due_in"], given["lateness"], days))
        for order in given["supply"]
    ]


def _with_chances(order: Row, days: list[float]) -> Row:
    """An order with a chance for each day, of which a part never comes."""
    comes = float(order.get("comes", 1.0))
    return {**order, "arrives": [*(comes * day for day in days[:-1]), comes * days[-1] + 1 - comes]}


def _expected(given: Row, day: int) -> Decimal:
    """What is expected to have come by the end of a day, each order to the thousandth."""
    shares = ((Decimal(order["remaining"]), sum(order["arrives"][: day + 1])) for order in _supply(given))
    return sum((_thousandth(float(remaining) * share) for remaining, share in shares), Decimal(0))


def _out_by(
    given: Row, day: int = 0, quantity: Decimal = Decimal(0), supply: list[Row] | None = None
) -> list[float]:
    """P(out by t) for each day, with so much more from a day on."""
    demand = {"mean": given["mean"], "variance": given["variance"]}
    orders = _supply(given) if supply is None else supply
    available = Decimal(given["available"])
    return [
        short_of(available + (quantity if at >= day else 0), demand, orders, at)
        for at in range(len(given["mean"]))
    ]


def _shortfalls(given: Row, result: Row, without: Sequence[float], with_it: Sequence[float]) -> list[Check]:
    """Expected shortfall without and with what is proposed, and what that avoids."""
    steps = [after - before for before, after in zip([0.0, *given["mean"]], given["mean"], strict=False)]
    before, after = (
        sum(step * p for step, p in zip(steps, chances, strict=True)) for chances in (without, with_it)
    )
    tolerance = SHORTFALL_TOLERANCE * (1 + before)
    avoided = (before - after) * given["unit_worth"]
    return [
        Check("shortfall_before", result["shortfall_before"], before, tolerance),
        Check("shortfall_after", result["shortfall_after"], after, tolerance),
        Check("avoided", result["avoided"], round(avoided, 2), CENT + tolerance * given["unit_worth"]),
    ]


def _money(quantity: Decimal, given: Row, result: Row, name: str) -> list[Check]:
    cost: Any = given["unit_cost"]
    return [Check(name, result[name], None if cost is None else float(quantity) * float(cost), CENT)]


def _thousandth(units: float) -> Decimal:
    return round(Decimal(units), 3)
