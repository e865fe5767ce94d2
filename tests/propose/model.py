"""What to order, move or hasten, said a second time with dictionaries and the negative binomial of a textbook.

The model was written from the text of the rules alone, without a look at ``lowtide.propose``. Stock is a
``Fraction`` of units, a probability is a sum of single terms, and the least level is found by counting up from
nothing. It is slow and short, so a reader can check it against docs/proposals.md by eye.

A position is a dictionary: ``available`` (units), ``means`` and ``variances`` (units by day; day 0 is what is left
of today) and ``supplies``, a list of ``{"remaining": units, "chances": [P(arrived by day 0), P(… by day 1), …]}``
with the earliest first.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from math import ceil, exp, floor, fsum, lgamma, log
from typing import Any

Units = Fraction
Dictionary = dict[str, Any]
Steps = tuple[tuple[float, float], ...]

TAIL_DAYS = 7
"""Beyond its last day a curve of demand goes on with the mean of its last seven days."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


# --- demand ------------------------------------------------------------------------------------------------


def of_day(curve: list[float], day: int) -> float:
    """The curve's value on a day (0 is today)."""
    if day < len(curve):
        return curve[day]
    if not curve:
        return 0.0
    last = curve[-TAIL_DAYS:]
    return sum(last) / len(last)


def up_to(curve: list[float], day: int) -> float:
    """The curve's sum over the days 0 to `day`."""
    return sum(of_day(curve, each) for each in range(day + 1))


def exactly(units: int, mean: float, variance: float) -> float:
    """P(D = units): negative binomial, or Poisson where the variance is not larger than the mean."""
    if mean <= 0:
        return 1.0 if units == 0 else 0.0
    if variance <= mean * (1 + 1e-9):
        return exp(units * log(mean) - mean - lgamma(units + 1))
    size, chance = mean * mean / (variance - mean), mean / variance
    ways = lgamma(units + size) - lgamma(size) - lgamma(units + 1)
    return exp(ways + size * log(chance) + units * log(1 - chance))


@lru_cache(4_096)
def at_most(units: int, mean: float, variance: float) -> float:
    """P(D ≤ units)."""
    return fsum(exactly(each, mean, variance) for each in range(units + 1))


def out(level: Units, mean: float, variance: float) -> float:
    """P(D ≥ level): the chance that the shelf is empty when `level` units stood there."""
    return 1.0 if level <= 0 else 1.0 - at_most(ceil(level) - 1, mean, variance)


def level_for(service_level: float, mean: float, variance: float) -> int:
    """S, the least number of units with P(D ≤ S) ≥ the service level."""
    total, units = exactly(0, mean, variance), 0
    while total < service_level:
        units += 1
        total += exactly(units, mean, variance)
    return units


# --- supply ------------------------------------------------------------------------------------------------


def arrived_by(supply: Dictionary, day: int) -> float:
    """P(the supply has come by the end of a day)."""
    return float(supply["chances"][day])


def chances(due_in: int, lateness: Steps, last: int, comes: float = 1.0) -> list[float]:
    """P(arrived by day 0 … last) of an open order due in so many days. It had not come by yesterday.

    `lateness`: steps of (days late, share that has come by then); `comes`: the chance that it comes at all.
    """

    def come(day: int) -> float:
        return max((share for late, share in lateness if late <= day - due_in), default=0.0)

    missed = come(-1)
    if missed >= 1:
        return [0.0] * (last + 1)
    return [comes * (come(day) - missed) / (1 - missed) for day in range(last + 1)]


def expected(supply: Dictionary, day: int) -> Units:
    """remaining · arrived_by(day), in thousandths."""
    return Fraction(round(supply["remaining"] * 1000 * Fraction(arrived_by(supply, day))), 1000)


def expected_supply(position: Dictionary, day: int) -> Units:
    """Σ remaining · arrived_by(day)."""
    return sum((expected(each, day) for each in position["supplies"]), Fraction(0))


def out_by(position: Dictionary, day: int, arrivals: dict[int, Units]) -> float:
    """P(out by the end of a day). `arrivals` come on their day for sure; open supplies by their chances.

    The two earliest supplies come or do not come; later ones count by their expectation.
    """
    mean, variance = up_to(position["means"], day), up_to(position["variances"], day)
    certain = position["available"] + sum(units for on, units in arrivals.items() if on <= day)
    open_orders = [each for each in position["supplies"] if each["chances"][-1] > 0]
    first, later = open_orders[:2], open_orders[2:]
    certain += sum((expected(each, day) for each in later), Fraction(0))
    cases = [(Fraction(0), 1.0)]
    for each in first:
        here = arrived_by(each, day)
        cases = [(s + each["remaining"], p * here) for s, p in cases] + [
            (s, p * (1 - here)) for s, p in cases
        ]
    return sum(p * out(certain + s, mean, variance) for s, p in cases if p > 0)


def shortfall(position: Dictionary, days: int, arrivals: dict[int, Units] | None = None) -> float:
    """Expected shortfall in units: Σ over days of the day's demand × P(out by that day)."""
    return fsum(
        of_day(position["means"], day) * out_by(position, day, arrivals or {}) for day in range(days + 1)
    )


# --- the supplier's calendar ---------------------------------------------------------------------------------


def is_day_of(named: str, day: date, closed: set[date]) -> bool:
    """Whether `mon,thu` or `daily` names the day and the calendar does not close it."""
    return day not in closed and (named == "daily" or WEEKDAYS[day.weekday()] in named.split(","))


def order_days(supplier: Dictionary, now: datetime, count: int) -> list[date]:
    """The next days on which the supplier takes an order: today only until its cut-off."""
    found: list[date] = []
    day = now.date() if now.time() < supplier["cut_off"] else now.date() + timedelta(days=1)
    while len(found) < count:
        if is_day_of(supplier["order_days"], day, supplier["closed"]):
            found.append(day)
        day += timedelta(days=1)
    return found


def delivery(supplier: Dictionary, ordered: date) -> date:
    """The first delivery day at or after the order day plus the lead time."""
    day = ordered + timedelta(days=supplier["lead_time"])
    while not is_day_of(supplier["delivery_days"], day, supplier["closed"]):
        day += timedelta(days=1)
    return day


def order_day(supplier: Dictionary, now: datetime) -> Dictionary:
    """The next order day, its cut-off, a and b as dates."""
    first, second = order_days(supplier, now, 2)
    cut_off: time = supplier["cut_off"]
    return {
        "day": first,
        "cut_off": datetime.combine(first, cut_off, now.tzinfo),
        "after": second,
        "a": delivery(supplier, first),
        "b": delivery(supplier, second),
    }


# --- order, transfer, expedite ---------------------------------------------------------------------------


def up_to_pack(units: Units, pack: Units) -> Units:
    """The least multiple of a pack that is not less."""
    return ceil(units / pack) * pack


def down_to_pack(units: Units, pack: Units) -> Units:
    """The largest multiple of a pack that is not more."""
    return floor(units / pack) * pack


def need_until(position: Dictionary, day: int, service_level: float) -> Fraction:
    """S − available − Σ remaining · arrived_by(day)."""
    level = level_for(service_level, up_to(position["means"], day), up_to(position["variances"], day))
    return level - position["available"] - expected_supply(position, day)


def order(
    position: Dictionary, item: Dictionary, terms: Dictionary, a: int, b: int, need: Units | None = None
) -> Dictionary:
    """An order that comes on day a and must last until day b: need, quantity and shortfalls by day b.

    `need`: by another method than the service level.
    """
    need = need_until(position, b, terms["service_level"]) if need is None else need
    if need <= 0:
        return {"need": need, "quantity": Fraction(0), "marks": set()}
    wanted = up_to_pack(max(need, item["moq"]), item["pack"])
    quantity, marks = under_max(position, item, terms, a, b, wanted)
    before, after = shortfall(position, b), shortfall(position, b, {a: quantity})
    return {"need": need, "quantity": quantity, "marks": marks, "before": before, "after": after}


def stock_on(position: Dictionary, day: int) -> Fraction:
    """Available + expected supply − mean demand to the day."""
    demand = Fraction(round(up_to(position["means"], day) * 1000), 1000)
    return position["available"] + expected_supply(position, day) - demand


def under_max(
    position: Dictionary, item: Dictionary, terms: Dictionary, a: int, b: int, wanted: Units
) -> tuple[Units, set[str]]:
    """The quantity after `over_max`: down while the chance stays under the warning line, else up and marked."""
    most = item["max_stock"]
    if most is None or stock_on(position, a) + wanted <= most:
        return wanted, set()
    if terms["over_max"] in ("up", "ask"):
        return wanted, {"over_max"} if terms["over_max"] == "up" else {"over_max_ask"}
    fits = down_to_pack(most - stock_on(position, a), item["pack"])
    risk = max(out_by(position, day, {a: fits}) for day in range(a, b + 1)) if fits > 0 else 1.0
    if fits >= item["moq"] and fits > 0 and risk < terms["warning"]:
        return fits, {"fits_max"}
    return wanted, {"over_max"}


def transfer(
    receiver: Dictionary, donors: list[Dictionary], terms: Dictionary, a: int, b: int
) -> Dictionary | None:
    """The best donor: least hours (unknown last), then most avoided loss, then location."""
    need, offers = need_until(receiver, a, terms["service_level"]), []
    for donor in donors:
        keep = max(
            level_for(terms["service_level"], up_to(donor["means"], b), up_to(donor["variances"], b)),
            donor["display_min"],
        )
        quantity = down_to_pack(min(need, donor["available"] - donor["promised"] - keep), donor["pack"])
        if quantity > 0:
            saved = shortfall(receiver, b) - shortfall(receiver, b, {min(donor["comes"], b): quantity})
            offers.append(
                {
                    "donor": donor["location"],
                    "quantity": quantity,
                    "keep": keep,
                    "hours": donor["hours"],
                    "avoided": saved,
                }
            )
    unknown_last = float("inf")
    offers.sort(key=lambda o: (unknown_last if o["hours"] is None else o["hours"], -o["avoided"], o["donor"]))
    return offers[0] if offers else None


def expedite(position: Dictionary, supplier: Dictionary, worth: float, last: int) -> list[tuple[str, float]]:
    """(ref, avoided money) of each open order that is not overdue and whose hurry avoids more than it costs."""
    found = []
    before = shortfall(position, last)
    for one in position["supplies"]:
        if not supplier["expedite_to"] < one["due_in"] <= last:
            continue
        sooner = {**one, "chances": [float(day >= supplier["expedite_to"]) for day in range(last + 1)]}
        sooner["due_in"] = supplier["expedite_to"]
        others = [each for each in position["supplies"] if each is not one]
        hurried = sorted([*others, sooner], key=lambda each: (each["due_in"], each["ref"]))
        avoided = (before - shortfall({**position, "supplies": hurried}, last)) * worth
        if avoided > supplier["expedite_cost"]:
            found.append((one["ref"], avoided))
    return found


def thousandths(units: float | Units) -> Units:
    """The nearest whole number of thousandths."""
    return Fraction(round(units * 1000), 1000)


def ddmrp(item: Dictionary, adu: float, on_hand: Units, on_order: Units, qualified: Units) -> Dictionary:
    """Zones and net flow of Ptak and Smith; at or below the top of yellow an order fills up to the top of green."""
    yellow, base = thousandths(adu * item["dlt"]), thousandths(adu * item["dlt"] * item["ltf"])
    red = base + thousandths(adu * item["dlt"] * item["ltf"] * item["vf"])
    yellow_top = red + yellow
    green = max(base, thousandths(item["cycle"] * adu), item["moq"])
    flow = on_hand + on_order - qualified
    needed = yellow_top + green - flow if flow <= yellow_top else Fraction(0)
    return {
        "red": red,
        "toy": yellow_top,
        "tog": yellow_top + green,
        "green": green,
        "flow": flow,
        "need": needed,
    }
