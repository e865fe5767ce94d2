"""Compute the numbers of a sign again, plainly, from what its ledger entry says: the part of `recompute` for signs.

Whether an entry is rightly over its line is the question of `sign_lines`. What is a fact of the log (what was counted,
shipped, received) is judged there alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil, exp, expm1, floor, sqrt

from lowtide.explain import sign_lines
from lowtide.explain.chances import p_stockout
from lowtide.explain.check import PROBABILITY_TOLERANCE, QUANTITY_TOLERANCE, Check
from lowtide.explain.demand import at_least, spread
from lowtide.explain.ordering import arrival_days
from lowtide.explain.rhythm import expected_by
from lowtide.explain.supply import as_supply, coming, days_until
from lowtide.rows import Row, moment

HIDES = 0.0006
"""Chance of a day that goods vanish while the record says that they are there."""
MOST_SURPRISE = 80.0
"""The surprise of a whole run counts up to this."""
MONTH, YEAR = 30.0, 365.0
"""Days for which the cost of holding is told, and those of a year."""


def checks(entry: Row, zone: str) -> Iterator[Check]:
    """The numbers that only the detail of a sign has."""
    detail = entry.get("detail") or {}
    if detail.get("p_as_promised") is not None:
        yield _as_promised(entry, detail, zone)
    if "mismatches" in detail:
        apart = sum(abs(_units(one["shipped"]) - _units(one["received"])) for one in detail["mismatches"])
        yield Check("at_stake", float(detail["at_stake"]), apart, QUANTITY_TOLERANCE)
    if detail.get("counted") is not None:
        counted, recorded = _units(detail["counted"]), _units(detail["recorded"])
        yield Check("variance", _units(detail["variance"]), counted - recorded, QUANTITY_TOLERANCE)
    if "quiet_days" in detail:
        yield from _quiet(detail)
    if "cover_days" in detail:
        yield from _cover(entry, detail)
    if "lots" in detail:
        yield from _lots(entry, detail)
    if detail.get("silence"):
        yield from _silence(entry, detail["silence"])
    if "idle_days" in detail:
        cost = _holding(_units(entry["available"]), detail)
        yield Check("at_stake", float(detail["at_stake"]), cost, QUANTITY_TOLERANCE)
    yield from sign_lines.checks(entry, zone)


def _as_promised(entry: Row, detail: Row, zone: str) -> Check:
    """The chance of a stockout if each supply that slips comes, whole, when it was first promised."""
    promised = {one["ref"]: one["promised"] for one in detail["slipping"]}
    available, supply = Decimal(str(entry["available"])), list[Row]()
    for order in coming({**detail, "expected_order": None}):
        if order["ref"] not in promised:
            supply.append(order)
            continue
        due_in = days_until(promised[order["ref"]], detail["as_of"], zone)
        if due_in < 0:
            available += Decimal(str(order["remaining"]))
        else:
            horizon = len(detail["demand"]["exposure"])
            supply.append({**order, "arrives": arrival_days(due_in, detail["lateness"], horizon)})
    supply += as_supply(detail.get("expected_order"))
    chance = p_stockout(available, detail["demand"], supply)
    return Check("p_as_promised", float(detail["p_as_promised"]), chance, PROBABILITY_TOLERANCE)


def _silence(entry: Row, silence: Row) -> Iterator[Check]:
    """When so many records were missing, to the millisecond: one earlier they, or the least time, were not yet."""
    since, due = (datetime.fromisoformat(silence[name]) for name in ("since", "due"))
    needed, least = float(silence["silent_records"]), timedelta(hours=float(silence["silent_least_hours"]))
    over = expected_by(silence, due) >= needed * (1 - 1e-9) and due - since >= least
    before = due - timedelta(milliseconds=1)
    under = expected_by(silence, before) < needed * (1 + 1e-9) or before - since < least
    yield Check("silent", 1.0, float(over), 0)
    yield Check("not silent before", 1.0, float(under), 0)
    if entry["entry"] == "OPENED":
        yield Check("opened after", 1.0, float(datetime.fromisoformat(entry["event_time"]) >= due), 0)


def _quiet(detail: Row) -> Iterator[Check]:
    """The odds day by day, o := (o + h) e^q (quality.md 4); of the score what the idle days add to it."""
    days, surprise = int(detail["quiet_days"]), float(detail["surprise_per_day"])
    odds = 0.0
    if days * surprise > MOST_SURPRISE:
        odds = HIDES * exp(surprise) * expm1(MOST_SURPRISE) / expm1(surprise)
    else:
        for _ in range(days if surprise > 0 else 0):
            odds = (odds + HIDES) * exp(surprise)
    score = float(detail["score_of_sales"]) + days * surprise
    yield Check("odds", float(detail["odds"]), odds, 1e-6 * max(1.0, odds))
    yield Check("score", float(detail["score"]), score, 1e-9 * max(1.0, score))


def _cover(entry: Row, detail: Row) -> Iterator[Check]:
    rate, available = float(detail["demand"]["rate_per_day"]), _units(entry["available"])
    excess = max(0.0, available - rate * float(detail["overstock_exit_days"]))
    if detail["cover_days"] is not None:
        days = max(0.0, available) / rate
        yield Check("cover_days", float(detail["cover_days"]), days, 1e-6 * max(1.0, days))
    yield Check("excess", _units(detail["excess"]), excess, QUANTITY_TOLERANCE)
    yield Check("at_stake", float(detail["at_stake"]), _holding(excess, detail), QUANTITY_TOLERANCE)


def _lots(entry: Row, detail: Row) -> Iterator[Check]:
    """What expires first goes first: a lot has what is on hand beyond all that expire later, at most what came of it."""
    later, stock = 0.0, _units(entry["on_hand"])
    for lot in reversed(detail["lots"]):
        left = min(max(stock - later, 0.0), _units(lot["most"]))
        yield Check(f"left of {lot['expiry'][:10]}", _units(lot["left"]), left, QUANTITY_TOLERANCE)
        later += _units(lot["most"])
    now = moment(entry["event_time"])
    expired = sum(_units(lot["left"]) for lot in detail["lots"] if moment(lot["expiry"]) < now)
    yield Check("expired", _units(detail["expired"]), expired, QUANTITY_TOLERANCE)
    unsold = 0.0
    if (worst := detail["worst"]) is not None:
        to_sell = [lot for lot in detail["lots"] if now <= moment(lot["expiry"]) <= moment(worst["expiry"])]
        units, demand = sum(_units(lot["left"]) for lot in to_sell), detail["demand"]
        yield Check("units to sell", _units(worst["units"]), units, QUANTITY_TOLERANCE)
        mean, variance = float(worst["mean"]), float(worst["variance"])
        if not demand.get("mean"):
            for name, number in zip(
                ("mean", "variance"), spread(demand, float(worst["exposure"])), strict=True
            ):
                yield Check(f"{name} until the expiry", float(worst[name]), number, 1e-9 + 1e-6 * number)
        chance = 1 - at_least(ceil(units), mean, variance)
        yield Check("chance not to be sold", float(worst["p"]), chance, PROBABILITY_TOLERANCE)
        unsold = _unsold(units, mean, variance)
        yield Check("unsold", float(worst["unsold"]), unsold, _near(unsold))
    yield Check("at_stake", float(detail["at_stake"]), expired + unsold, _near(expired + unsold))


def _unsold(units: float, mean: float, variance: float) -> float:
    """The mean of what demand leaves: each unit is left with the chance that demand does not reach it."""
    reach = 20 * sqrt(max(mean, variance))
    first, last = max(0, floor(mean - reach)), ceil(mean + reach)  # demand is surely between the two
    between = (
        min(1.0, units - unit) * (1 - at_least(unit + 1, mean, variance))
        for unit in range(first, min(ceil(units), last))
    )
    return max(0.0, units - last) + sum(between)


def _near(units: float) -> float:
    return max(QUANTITY_TOLERANCE, 1e-5 * units)


def _holding(units: float, detail: Row) -> float:
    """What a month of holding so many units costs, in units."""
    return max(0.0, units) * float(detail["holding_cost"]) * MONTH / YEAR


def _units(text: object) -> float:
    return float(str(text))
