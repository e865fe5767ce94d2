"""Say what is coming to a position: open supply, how late suppliers are, and the order that is expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lowtide.explain.amounts import amount, units
from lowtide.explain.ordering import expected_now
from lowtide.explain.supply import day_of, standing
from lowtide.rows import Row
from lowtide.words import Language


def supply(entry: Row, tell: Language, now: Row | None = None, orders: list[Row] | None = None) -> list[str]:
    """Say what is coming, when it is due, how likely it comes in time, and what is expected to be ordered.

    `now` is the position's row of `position_current` and `orders` its open rows of `order_line`; without them, supply
    is that of the entry.
    """
    figures, detail = now or entry, entry.get("detail") or {}
    rows = detail.get("supply", []) if orders is None else standing(orders, detail, tell.zone)
    if not rows and not units(figures, "on_order"):
        sentences = [tell.say("explain.no_supply")]
    else:
        on_order, in_transit = amount(figures.get("on_order")), amount(figures.get("in_transit"))
        total = tell.say("explain.supply_total", on_order=on_order, in_transit=in_transit)
        sentences = [total, *(_order(order, tell) for order in rows)]
    expected = detail.get("expected_order")
    if orders is not None and expected:
        expected = expected_now(detail, units(figures, "available"), orders)
    sentences += [_expected(expected, detail, tell)] if expected else []
    return [*sentences, *(lateness(detail, tell) if rows or expected else [])]


def _order(order: Row, tell: Language) -> str:
    late, arrives = float(order.get("overdue_days") or 0), order["arrives"]
    key = (
        "explain.supply_dated" if not arrives else "explain.supply_late" if late > 0 else "explain.supply_one"
    )
    return tell.say(
        key,
        ref=order["ref"],
        remaining=amount(order["remaining"]),
        due=tell.date_of(order["due"]) if order["due"] else "-",
        late=amount(late),
        days=len(arrives) - 1,
        chance=tell.chance(1 - float(arrives[-1])) if arrives else "-",
    )


def _expected(expected: Row, detail: Row, tell: Language) -> str:
    """The order that the position's own orders let expect, with the day of the order and the day it would be due."""
    today = day_of(detail["as_of"], tell.zone)
    return tell.say(
        "explain.expected_today" if int(expected["on_day"]) == 0 else "explain.expected_order",
        quantity=amount(expected["quantity"]),
        day=tell.day(today + timedelta(days=int(expected["on_day"]))),
        position=amount(expected["position"]),
        point=amount(expected["point"]),
        due=tell.day(today + timedelta(days=int(expected["due_in"]))),
        days=len(expected["arrives"]) - 1,
        chance=tell.chance(1 - float(expected["arrives"][-1])),
    )


def lateness(detail: Row, tell: Language) -> list[str]:
    """Say how late supply is: the share that comes by the due day, and the days within which nearly all has come."""
    steps: Sequence[Sequence[float]] = detail.get("lateness") or []
    if not steps:
        return []
    on_time = max((float(share) for days, share in steps if days <= 0), default=0.0)
    days, share = next(((days, share) for days, share in steps if share >= 0.95), steps[-1])
    key = "explain.lateness_none" if on_time >= 0.95 else "explain.lateness"
    layer = (detail.get("layers") or {}).get("lateness", "defaults")
    return [
        tell.say(
            key, on_time=tell.chance(on_time), days=amount(days), share=tell.chance(float(share)), layer=layer
        )
    ]
