"""The arithmetic of a proposal in sentences, one a line, from what its `detail` says."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from math import sqrt
from typing import Any

from lowtide.rows import Row
from lowtide.words import Language


def days(row: Row, tell: Language) -> list[str]:
    """When the order is placed, when it comes, and until when it has to last."""
    given = row["detail"]["inputs"]
    if row["kind"] not in ("order", "production"):
        return []
    names = {"order_day": "order_day", "a": "a", "next_day": "next_order_day", "b": "b"}
    return [tell.say("proposal.days", **{hole: _day(given[name], tell) for hole, name in names.items()})]


def arithmetic(row: Row, tell: Language) -> list[str]:
    """From what is known to the quantity."""
    match row["kind"]:
        case "order" | "production":
            return [*_need(row["detail"], tell), *_packs(row["detail"], tell)]
        case "transfer":
            return _transfer(row, tell)
        case "expedite":
            return [_sooner(row["detail"], tell)]
        case "chase":
            return [_overdue(line, tell) for line in row["detail"]["inputs"]["lines"]]
        case "count":
            return [_recorded(row["detail"], tell)]
    return []


def value(row: Row, tell: Language) -> list[str]:
    """What it avoids and costs."""
    result, found = row["detail"]["result"], list[str]()
    if row["kind"] in ("chase", "count"):
        stake = row.get("avoided")
        return [] if stake is None else [tell.say("proposal.stake", stake=tell.money(stake))]
    found.append(
        tell.say(
            "proposal.shortfall",
            before=tell.number(result["shortfall_before"], 2),
            after=tell.number(result["shortfall_after"], 2),
        )
    )
    if "p_before" in result:
        before, after = tell.chance(result["p_before"]), tell.chance(result["p_after"])
        found.append(
            tell.say("proposal.risk_same", before=before)
            if before == after
            else tell.say("proposal.risk", before=before, after=after)
        )
    avoided = worth(result, tell)
    if result["cost"] is None:
        found.append(tell.say("proposal.worth_only", avoided=avoided))
    else:
        found.append(tell.say("proposal.worth", avoided=avoided, cost=tell.money(result["cost"])))
    return found


def worth(result: Row, tell: Language) -> str:
    """What is avoided, in margin, sales or units."""
    if result["avoided_in"] == "units":
        return tell.say("units_of", n=tell.number(result["avoided"], 2))
    return tell.say(f"amount_{result['avoided_in']}", n=tell.money(result["avoided"]))


def _need(detail: Row, tell: Language) -> list[str]:
    given, steps = detail["inputs"], detail["steps"]
    match given["method"]:
        case "min_max":
            return [
                tell.say(
                    "proposal.min_max",
                    position=_units(steps["inventory_position"], tell), min=_units(steps["min_level"], tell),
                    max=_units(steps["max_level"], tell), need=_units(steps["need"], tell),
                )
            ]  # fmt: skip
        case "ddmrp":
            return _zones(given, steps, tell)
    spread = {"mean": tell.number(given["mean"][-1], 1), "sd": tell.number(sqrt(given["variance"][-1]), 1)}
    key = "proposal.level" if Decimal(steps["level"]) else "proposal.level_zero"
    level = {
        "level": _units(steps["level"], tell), "p_level": tell.chance(steps["p_level"]),
        "p_below": tell.chance(steps["p_below"]), "service": tell.chance(given["service_level"]),
    }  # fmt: skip
    return [
        tell.say("proposal.demand", **spread),
        tell.say(key, **level),
        tell.say("proposal.need", **_figures(given, steps, ("level", "available", "arriving", "need"), tell)),
    ]


def _zones(given: Row, steps: Row, tell: Language) -> list[str]:
    zones = {
        "red": "red",
        "yellow": "yellow",
        "green": "green",
        "toy": "top_of_yellow",
        "tog": "top_of_green",
    }
    first = tell.say(
        "proposal.zones", per_day=tell.number(given["per_day"], 2), lead=tell.count(given["lead_days"], "day"),
        cycle=tell.count(given["cycle_days"], "day"), **{hole: _units(steps[name], tell) for hole, name in zones.items()},
    )  # fmt: skip
    flow = {"flow": steps["net_flow"], "qualified": steps["qualified_demand"], "need": steps["need"]}
    flow |= {"on_hand": given["on_hand"], "on_order": given["on_order"]}
    return [first, tell.say("proposal.flow", **{hole: _units(text, tell) for hole, text in flow.items()})]


def _packs(detail: Row, tell: Language) -> list[str]:
    given, steps = detail["inputs"], detail["steps"]
    key = "proposal.packed" if Decimal(given["moq"]) else "proposal.in_packs"
    found = [tell.say(key, **_figures(given, steps, ("moq", "pack", "wanted"), tell))]
    if "stock_at_a" in steps:
        stock, most = _units(steps["stock_at_a"], tell), _units(given["max_stock"], tell)
        found.append(tell.say("proposal.max", stock=stock, max=most))
    if "fits" in steps:
        fits, chance = _units(steps["fits"], tell), tell.chance(steps["p_fits"])
        found.append(tell.say("proposal.max_fits", fits=fits, chance=chance))
    return found


def _transfer(row: Row, tell: Language) -> list[str]:
    given, steps, result = row["detail"]["inputs"], row["detail"]["steps"], row["detail"]["result"]
    donor = given["donor"]
    origin = tell.named(donor["location"], row.get("from_name"))
    need = _figures(given, steps, ("level", "available", "arriving", "need"), tell)
    place = tell.named(row["location"], row.get("location_name"))
    promised = donor.get("promised", "0")
    own = {
        "available": donor["available"],
        "promised": promised,
        "keep": steps["keep"],
        "excess": steps["excess"],
    }
    return [
        tell.say("proposal.until_order", a=_day(given["a"], tell), location=place, **need),
        tell.say(
            "proposal.donor_promised" if Decimal(promised) else "proposal.donor", origin=origin,
            b=_day(given["b"], tell), **{k: _units(v, tell) for k, v in own.items()},
        ),
        tell.say("proposal.moved", pack=_units(given["lane_pack"], tell), quantity=_units(result["quantity"], tell)),
        tell.say(
            "proposal.donor_risk", origin=origin, before=tell.chance(result["donor_p_before"]),
            after=tell.chance(result["donor_p_after"]),
        ),
        tell.say("proposal.donor_age", origin=origin, time=tell.instant(datetime.fromisoformat(donor["as_of"]))),
    ]  # fmt: skip


def _sooner(detail: Row, tell: Language) -> str:
    steps = detail["steps"]
    due, sooner = (tell.count(steps[name], "day") for name in ("due_in", "sooner"))
    return tell.say("proposal.sooner", ref=detail["inputs"]["ref"], due=due, sooner=sooner)


def _overdue(line: Row, tell: Language) -> str:
    return tell.say(
        "proposal.overdue", ref=line["ref"], quantity=_units(line["remaining"], tell), name=tell.named(line["sku"],
        line["name"]),
        location=line["location"], due=tell.instant(line["due"]), late=tell.duration(line["days_late"] * 1440),
    )  # fmt: skip


def _recorded(detail: Row, tell: Language) -> str:
    recorded, off = detail["inputs"]["recorded"], detail["steps"]["off"]
    if Decimal(recorded) < 0:
        return tell.say("proposal.recorded", recorded=_units(recorded, tell), off=_units(off, tell))
    return tell.say("proposal.recorded_stock", recorded=_units(recorded, tell))


def _figures(given: Row, steps: Row, names: tuple[str, ...], tell: Language) -> dict[str, str]:
    known = {**given, **steps}
    return {name: _units(known[name], tell) for name in names}


def _units(text: Any, tell: Language) -> str:
    return tell.units(Decimal(str(text)))


def _day(text: str, tell: Language) -> str:
    return tell.day(date.fromisoformat(text))
