"""The arithmetic of `propose` against the model: thousands of random shelves, the same orders, moves and hurries.

``LOWTIDE_MODEL_CASES`` sets how many cases of each kind are tried, ``LOWTIDE_MODEL_SEED`` where they begin.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.people import Book
from lowtide.propose import (
    Demand,
    Donor,
    Item,
    Lane,
    Position,
    Supplier,
    Supply,
    Terms,
    expedite,
    order,
    transfer,
)
from tests.propose import model

CASES = int(os.environ.get("LOWTIDE_MODEL_CASES", "60"))
SEED = int(os.environ.get("LOWTIDE_MODEL_SEED", "0"))
LATENESS = ((0.0, 0.885), (1.0, 0.91), (2.0, 0.93), (5.0, 0.958), (30.0, 1.0))
SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSE = 1e-5
"""Units of shortfall: the core's distribution is good to about the seventh digit."""


def milli(units: Fraction | None) -> int | None:
    return None if units is None else int(units * 1000)


def thousandth(random: Random, least: float, most: float) -> Fraction:
    return Fraction(random.randint(round(least * 1000), round(most * 1000)), 1000)


def a_shelf(
    random: Random, at: datetime, last: int, location: str = "S01"
) -> tuple[Position, model.Dictionary]:
    """The same shelf as `propose` takes it and as the model does."""
    today = at.astimezone(SHANGHAI).date()
    means = [
        random.choice([0.0, random.uniform(0, 1), random.uniform(0, 9)]) for _ in range(random.randint(0, 12))
    ]
    ratio = random.choice([1.0, random.uniform(1, 5)])
    age = random.choice([0, 0, 0, 1, 4])
    cumulative = [sum(means[: day + 1]) for day in range(len(means))]
    demand = Demand(
        today - timedelta(days=age), tuple(cumulative), tuple(ratio * mean for mean in cumulative)
    )
    rest = means[age:] or [model.of_day(means, len(means))] * (1 if means else 0)
    midnight = datetime.combine(today + timedelta(days=1), time(), SHANGHAI)
    left = (midnight - at) / timedelta(days=1)
    curve = [mean * (left if day == 0 else 1) for day, mean in enumerate(rest)]
    tail = model.of_day(means, len(means))
    curve += [tail] * (last + 2 - len(curve))
    available = thousandth(random, -5, 60) if random.random() < 0.3 else Fraction(random.randint(-5, 60))
    open_orders, supplies = [], []
    for n in range(random.choice([0, 0, 1, 1, 2, 3])):
        due_in, comes = random.randint(-35, 12), random.choice([1.0, 1.0, 0.6])
        remaining = thousandth(random, 0.001, 30)
        open_orders.append(
            Supply(f"R{n}", milli(remaining) or 0, today + timedelta(days=due_in), comes=comes)
        )
        come = model.chances(due_in, LATENESS, last, comes)
        supplies.append({"ref": f"R{n}", "remaining": remaining, "due_in": due_in, "chances": come})
    supplies.sort(key=lambda one: (one["due_in"], one["ref"]))
    position = Position("shop", "p", location, "1001", at, milli(available) or 0, demand, tuple(open_orders))
    variances = [ratio * mean for mean in curve]
    return position, {"available": available, "means": curve, "variances": variances, "supplies": supplies}


def a_supplier(random: Random) -> tuple[Supplier, model.Dictionary]:
    days = [",".join(sorted(random.sample(model.WEEKDAYS, random.randint(1, 7)))) for _ in range(2)]
    cut_off, lead = random.randint(0, 1439), random.randint(0, 6)
    hurry, cost = random.randint(0, 3), random.choice([0.0, 1.0, 6.0])
    numbers = [frozenset(model.WEEKDAYS.index(name) for name in each.split(",")) for each in days]
    supplier = Supplier(
        "V1", order_days=numbers[0], cut_off=cut_off, delivery_days=numbers[1], lead_time=float(lead), zone=SHANGHAI,
        expedite_to=float(hurry), expedite_cost=cost,
    )  # fmt: skip
    plain = {
        "order_days": days[0], "delivery_days": days[1], "cut_off": time(cut_off // 60, cut_off % 60), "lead_time": lead,
        "closed": set(), "expedite_to": hurry, "expedite_cost": cost,
    }  # fmt: skip
    return supplier, plain


def a_moment(random: Random) -> datetime:
    minutes = random.randint(0, 400 * 1440)
    return datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)


def an_item(random: Random) -> tuple[Item, model.Dictionary]:
    pack = random.choice([Fraction(1), Fraction(1, 1000), Fraction(1, 2), Fraction(12), Fraction(9, 4)])
    plain = {
        "pack": pack, "moq": random.choice([Fraction(0), Fraction(3, 2), Fraction(24)]),
        "max_stock": random.choice([None, thousandth(random, 0, 90)]),
    }  # fmt: skip
    most, moq = milli(plain["max_stock"]), milli(plain["moq"]) or 0
    return Item("1001", pack=milli(pack), moq=moq, max_stock=most, unit_cost=2.0, margin=1.5), plain


def terms_of(random: Random) -> tuple[Terms, model.Dictionary]:
    level = random.choice([0.5, 0.9, 0.95, 0.99])
    plain = {
        "service_level": level, "over_max": random.choice(["down", "down", "up", "ask"]),
        "warning": random.choice([0.3, 0.55]),
    }  # fmt: skip
    plain["min_level"], plain["max_level"] = Fraction(random.randint(0, 20)), Fraction(random.randint(1, 60))
    terms = Terms(
        service_level=level, over_max=plain["over_max"], warning=plain["warning"], lateness=LATENESS,
        time_zone="Asia/Shanghai", method=random.choice(["order_up_to", "order_up_to", "min_max", "ddmrp"]),
        min_level=milli(plain["min_level"]) or 0, max_level=milli(plain["max_level"]) or 0, lead_time_factor=0.5,
        variability_factor=0.4,
    )  # fmt: skip
    return terms, plain


def the_case(random: Random) -> dict[str, Any]:
    at = a_moment(random)
    supplier, plain_supplier = a_supplier(random)
    days = model.order_day(plain_supplier, at)
    a, b = ((days[name] - at.date()).days for name in "ab")
    last = max(b, 14)
    item, plain_item = an_item(random)
    terms, plain_terms = terms_of(random)
    position, shelf = a_shelf(random, at, last)
    return {
        "at": at, "supplier": supplier, "plain_supplier": plain_supplier, "days": days, "a": a, "b": b, "last": last,
        "item": item, "plain_item": plain_item, "terms": terms, "plain_terms": plain_terms, "position": position,
        "shelf": shelf,
    }  # fmt: skip


def until(shelf: model.Dictionary, day: int) -> model.Dictionary:
    """A shelf of which nothing after a day is known: what comes later does not count as an open order."""
    return {**shelf, "supplies": [{**one, "chances": one["chances"][: day + 1]} for one in shelf["supplies"]]}


@pytest.mark.parametrize("kind", ["order", "transfer", "expedite"])
def test_random_shelves_get_the_proposals_of_the_model(kind: str) -> None:
    compare = {"order": same_order, "transfer": same_transfer, "expedite": same_hurries}[kind]
    wrong, proposed = [], 0
    for case in range(SEED, SEED + CASES):
        try:
            proposed += compare(Random(f"{kind} {case}"))
        except AssertionError as error:
            wrong.append(f"case {case}: {str(error)[:300]}")
    assert not wrong, "\n".join(wrong)
    assert proposed >= CASES // 20, (
        f"only {proposed} of {CASES} shelves got a proposal: the cases say nothing"
    )


def same_order(random: Random) -> bool:
    """The order of a random shelf is that of the model; whether one is needed."""
    one = the_case(random)
    found = order(one["position"], one["item"], one["supplier"], one["terms"], one["at"])
    shelf = until(one["shelf"], one["b"])
    need = the_need(one, shelf)
    told = model.order(shelf, one["plain_item"], one["plain_terms"], one["a"], one["b"], need)
    if found is None:
        assert told["quantity"] == 0, told
        return False
    assert Fraction(found.quantity, 1000) == told["quantity"], (found.detail["steps"], told)
    given, result = found.detail["inputs"], found.detail["result"]
    assert [given["order_day"], given["a"], given["b"]] == [
        str(one["days"][name]) for name in ("day", "a", "b")
    ]
    assert found.cut_off_at == one["days"]["cut_off"] and found.requested_at is not None
    assert found.requested_at.date() == one["days"]["a"]
    assert {mark for mark in found.marks if "max" in mark} == told["marks"]
    assert abs(result["shortfall_before"] - told["before"]) < CLOSE
    assert abs(result["shortfall_after"] - told["after"]) < CLOSE
    assert found.avoided is not None
    assert abs(found.avoided - (told["before"] - told["after"]) * 1.5) < 0.0051
    return True


def the_need(one: dict[str, Any], shelf: model.Dictionary) -> Fraction | None:
    """The need by min/max or DDMRP; None: up to the service level."""
    terms, position, days = one["terms"], one["position"], one["days"]
    on_order = sum((each["remaining"] for each in shelf["supplies"]), Fraction(0))
    if terms.method == "min_max":
        here = shelf["available"] + on_order
        return (
            one["plain_terms"]["max_level"] - here if here <= one["plain_terms"]["min_level"] else Fraction(0)
        )
    if terms.method == "order_up_to":
        return None
    lead = max(1, one["plain_supplier"]["lead_time"])
    known = position.demand.mean[:lead]
    adu = known[-1] / len(known) if known else 0.0
    item = {
        "dlt": lead,
        "ltf": 0.5,
        "vf": 0.4,
        "moq": one["plain_item"]["moq"],
        "cycle": (days["after"] - days["day"]).days,
    }
    return model.ddmrp(item, adu, shelf["available"], on_order, Fraction(0))["need"]


def same_transfer(random: Random) -> bool:
    """The best donor and what it gives are those of the model; whether anybody gives."""
    one = the_case(random)
    at, b = one["at"], one["b"]
    donors, plain_donors = [], []
    for n in range(random.randint(1, 4)):
        position, shelf = a_shelf(random, at, one["last"], f"D{n}")
        more = random.randint(0, 80)
        shelf["available"] += more
        position = replace(position, available=position.available + more * 1000)
        hours, pack = random.choice([None, 2.0, 30.0]), random.choice([None, Fraction(1, 2), Fraction(6)])
        least, promised = random.choice([Fraction(0), Fraction(8)]), random.choice([0, 0, 3, 12])
        lane = None if hours is None and pack is None else Lane(f"D{n}", "S01", hours, milli(pack), 8.0)
        donors.append(Donor(position, one["terms"], lane, milli(least) or 0, promised * 1000))
        comes = 1 if hours is None else ((at + timedelta(hours=hours)).date() - at.date()).days
        plain_donors.append(
            {
                **shelf, "location": f"D{n}", "hours": hours, "pack": pack or Fraction(1), "display_min": least,
                "comes": comes, "promised": promised,
            }
        )  # fmt: skip
    found = transfer(one["position"], one["item"], one["supplier"], one["terms"], donors, at)
    told = model.transfer(until(one["shelf"], b), plain_donors, one["plain_terms"], one["a"], b)
    if found is None or told is None:
        assert found is None and told is None, (found, told)
        return False
    assert Fraction(found.quantity, 1000) == told["quantity"]
    if found.from_location != told["donor"]:
        ranks = {offer["location"]: offer for offer in found.detail["steps"]["donors"]}
        assert ranks[told["donor"]]["hours"] == told["hours"]  # two that avoid the same to the twelfth digit
    assert found.avoided is not None
    assert abs(found.avoided - told["avoided"] * 1.5) < 0.0051
    return True


def same_hurries(random: Random) -> bool:
    """The open orders that should hurry are those of the model; whether there are such."""
    one = the_case(random)
    dues = [supply["due_in"] for supply in one["shelf"]["supplies"]]
    last = max([one["b"], *dues])
    found = expedite(one["position"], one["item"], one["supplier"], one["terms"], one["at"])
    told = model.expedite(until(one["shelf"], last), one["plain_supplier"], 1.5, last)
    ours, theirs = dict(told), {each.about: each.avoided or 0.0 for each in found}
    for ref in {*ours, *theirs}:
        # whole cents decide: what avoids a cent more or less than it costs may be on one side only
        values = [each[ref] for each in (ours, theirs) if ref in each]
        is_close = all(abs(value - one["supplier"].expedite_cost) < 0.011 for value in values)
        assert is_close or (len(values) == 2 and abs(values[0] - values[1]) < 0.0051), (ref, ours, theirs)
    return bool(told)


HOLIDAYS_2026 = [("01-01", "01-03"), ("02-15", "02-23"), ("04-04", "04-06"), ("05-01", "05-05"), ("06-19", "06-21"),
    ("09-25", "09-27"), ("10-01", "10-07")]  # fmt: skip
"""First and last days of China's public holidays, as they were announced."""
WORKED_2026 = ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")
"""Days of weekends that are worked in exchange."""


def closed_2026() -> dict[str, set[date]]:
    """The days of 2026 on which an office in China is closed, and those that are public holidays."""
    year = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
    off = {day for day in year for first, last in HOLIDAYS_2026 if first <= day.isoformat()[5:] <= last}
    weekends = {day for day in year if day.weekday() >= 5 and day.isoformat()[5:] not in WORKED_2026}
    return {"office": off | weekends, "CN": off}


def test_the_days_of_a_supplier_with_holidays_are_those_of_the_model() -> None:
    book = Book.read(CALENDARS, "people.yaml")
    random, closed = Random(f"days {SEED}"), closed_2026()
    for _ in range(CASES * 4):
        _, plain = a_supplier(random)
        is_weekend = any(
            {*plain[each].split(",")} <= {"sat", "sun"} for each in ("order_days", "delivery_days")
        )
        name = "CN" if is_weekend else random.choice(["office", "CN"])
        days = {"order_days": plain["order_days"], "delivery_days": plain["delivery_days"]}
        row = days | {
            "supplier": "V",
            "cut_off": f"{plain['cut_off']:%H:%M}",
            "lead_time": plain["lead_time"],
        }
        supplier = Supplier.of_row(row | {"calendar": name}, SHANGHAI, book.calendars)
        at = datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=random.randint(0, 320 * 1440))
        told = model.order_day(plain | {"closed": closed[name]}, at)
        first = supplier.next_order_day(at)
        after = supplier.order_day_after(first.day)
        found = {
            "day": first.day, "cut_off": first.cut_off_at, "a": supplier.delivery(first.day), "after": after.day,
            "b": supplier.delivery(after.day),
        }  # fmt: skip
        if max(found["b"], told["b"]).year == 2026:  # the days of 2027 are not announced
            assert found == told, (row, name, at)


CALENDARS = """
time_zone: Asia/Shanghai
calendars:
  office: {holidays: CN, work: {mon-fri: "09:00-18:00"}}
people:
  chen: {name: Chen, calendar: office, contacts: [first]}
teams:
  buyers: {members: [chen], fallback: chen, calendar: office}
routes:
  - {to: buyers}
targets:
  first: {kind: file, path: first.jsonl}
"""


def test_the_vectors_of_the_rules_hold_in_the_model() -> None:
    """3 a day with variance 6, 20 there, at the end of a day: 16 are needed, in packs of 12 that is 24."""
    shelf = {
        "available": Fraction(20),
        "means": [0.0] + [3.0] * 9,
        "variances": [0.0] + [6.0] * 9,
        "supplies": [],
    }
    terms = {"service_level": 0.95, "over_max": "down", "warning": 0.55}
    item = {"pack": Fraction(12), "moq": Fraction(24), "max_stock": None}
    told = model.order(shelf, item, terms, 7, 8)
    assert (told["need"], told["quantity"]) == (16, 24)
    assert (round(told["before"], 3), round(told["after"], 3)) == (5.860, 2.012)
    assert round(model.shortfall(shelf, 8, {3: Fraction(24)}), 3) == 0.034
    assert model.need_until(shelf, 9, 0.95) == 20
    donor = {
        **shelf,
        "available": Fraction(60),
        "location": "D",
        "hours": None,
        "pack": Fraction(1),
        "comes": 0,
    }
    moved = model.transfer(shelf, [donor | {"display_min": 0, "promised": 0}], terms, 7, 8)
    assert moved is not None and (moved["keep"], moved["quantity"]) == (36, 12)
