"""Tell an alert in sentences: what happened, stock, supply, demand, lines, policy, history, what to do.

Each function takes a ledger entry and gives the sentences of one heading. Numbers come from the entry and from `recompute`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lowtide.explain import signs
from lowtide.explain.amounts import amount, units
from lowtide.explain.planning import SLOW, Safety, planned
from lowtide.ledger import ENDED
from lowtide.rows import Row
from lowtide.words import Language
from lowtide.words.since import FIGURES, since


def title(entry: Row, item: Row | None, place: str | None, tell: Language) -> str:
    """Severity, type, item and place in one line, with the names of both if they have one."""
    return tell.say(
        "explain.title",
        severity=tell.word("severity", entry["severity"]),
        type=tell.word("type", entry["type"]),
        name=tell.named(entry["sku"], (item or {}).get("name")),
        location=tell.named(entry["location"], place),
    )


def happened(entry: Row, tell: Language) -> list[str]:
    """Say which record, or which moment, brought the entry about."""
    sentence = tell.say(
        "explain.opened_by_record" if entry.get("cause_id") else "explain.opened_by_clock",
        entry=tell.word("entry", entry["entry"]),
        time=tell.instant(entry["event_time"]),
        id=entry.get("cause_id"),
        source=entry.get("cause_source"),
        reason=tell.word("reason", str(entry.get("reason") or "-")),
    )
    replaced = [tell.say("explain.supersedes", id=entry["supersedes"])] if entry.get("supersedes") else []
    return [sentence[:1].upper() + sentence[1:], *replaced, *_wave(entry, tell)]


def _wave(entry: Row, tell: Language) -> list[str]:
    """Say which wave of sales lifted the exemption of an item that hardly sells."""
    wave = (entry.get("detail") or {}).get("wave")
    if not wave:
        return []
    first, last = (date.fromisoformat(wave[name]) for name in ("first", "last"))
    figures = {
        "turnover": amount(wave["turnover"]), "turnover_days": wave["low_turnover_days"],
        "limit": amount(wave["low_turnover_units"]), "sold": amount(wave["sold"]), "days": wave["wave_days"],
        "least": amount(wave["wave_units"]), "when": tell.period(first, last),
    }  # fmt: skip
    return [tell.say("explain.wave", **figures)]


def stock(entry: Row, tell: Language, now: Row | None = None) -> list[str]:
    """Say what is on the shelf `now` (its row of `position_current`), and what has changed since the entry."""
    figures = now or entry
    sentence = tell.say(
        "explain.stock", on_hand=amount(figures["on_hand"]), available=amount(figures["available"])
    )
    change = {f"{name}_since": units(figures, name) - units(entry, name) for name in FIGURES}
    return [sentence, *filter(None, [since(change, tell)])]


def lines(entry: Row, tell: Language) -> list[str]:
    """Say which line was crossed, by which number, and when the alert will end."""
    detail = entry.get("detail") or {}
    match entry["type"]:
        case "negative_stock":
            below = Decimal(str(entry["on_hand"])) < 0
            key = "explain.negative" if below else "explain.not_negative"
            return [tell.say(key, on_hand=amount(entry["on_hand"]))]
        case "overdue_supply":
            return [_overdue(late, detail, tell) for late in detail.get("overdue", [])]
        case "sales_spike" if "tail_p" in detail:
            return [_spike(detail, tell)]
        case "below_reorder_point" if detail.get("reorder_point") is not None:
            position, point = amount(detail.get("inventory_position")), amount(detail["reorder_point"])
            first = [tell.say("explain.reorder", position=position, point=point), *_safety(detail, tell)]
        case "out_of_stock":
            empty = Decimal(str(entry["available"])) <= 0
            key = "explain.empty" if empty else "explain.filled"
            first = [tell.say(key, available=amount(entry["available"]))]
        case _:
            first = signs.lines(entry, tell)
    if entry.get("p_stockout") is not None and "lines" in detail:
        return [*first, *_chances(entry, detail, tell)]
    return first


def _overdue(late: Row, detail: Row, tell: Language) -> str:
    return tell.say(
        "explain.overdue_one",
        ref=late["ref"],
        remaining=amount(late["remaining"]),
        due=tell.instant(late["due"]),
        grace=amount(detail.get("grace_hours")),
    )


def _safety(detail: Row, tell: Language) -> list[str]:
    """What a reorder point by formula is made of, and the other service that it gives."""
    formula, demand = detail.get("formula"), detail.get("demand")
    if not formula or not demand:
        return []
    plan = planned(demand, {**detail, **formula}, formula.get("quantity"))
    return safety_stock(plan, tell)


def safety_stock(plan: Safety, tell: Language) -> list[str]:
    """Say what a safety stock and its reorder point are made of."""
    figures = {
        "safety": f"{plan.safety_stock:.1f}", "k": f"{plan.k:.3f}", "sigma": f"{plan.sigma:.1f}",
        "point": f"{plan.reorder_point:.1f}", "mean": f"{plan.mean:.1f}",
    }  # fmt: skip
    sentence = tell.say("explain.safety", service=service_of(plan, tell), **figures)
    return [sentence, *slow(plan, tell)]


def slow(plan: Safety, tell: Language) -> list[str]:
    """Say what the distribution of demand itself asks for, where so little is expected that the normal curve is rough."""
    if plan.service != "cycle" or not 0 < plan.mean < SLOW:
        return []
    level = tell.chance(plan.service_level)
    return [tell.say("explain.slow", mean=f"{plan.mean:.1f}", point=plan.quantile(), level=level)]


def service_of(plan: Safety, tell: Language) -> str:
    """The service that a safety stock is for, with its level."""
    size = amount(plan.quantity)
    return tell.say(f"explain.service.{plan.service}", level=tell.chance(plan.service_level), quantity=size)


def _spike(detail: Row, tell: Language) -> str:
    return tell.say(
        "explain.spike",
        demand=amount(detail["sold"]),
        day=detail.get("day"),
        mean=f"{float(detail['mean']):.1f}",
        tail=f"{float(detail['tail_p']):.2g}",
        line=f"{float(detail['spike_p']):.2g}",
        least=amount(detail["spike_min"]),
    )


def _chances(entry: Row, detail: Row, tell: Language) -> list[str]:
    """The chance to run out, the days it is likely on and, for a projected stockout, its lines."""
    chance, limits = float(entry["p_stockout"]), detail["lines"]
    p = tell.chance(chance)
    days = {key: entry.get(f"stockout_{key}") for key in ("p10", "p50", "p90")}
    when = {
        key: tell.say("explain.on_day", day=day) if day else tell.say("explain.beyond")
        for key, day in days.items()
    }
    sentences = [
        tell.say("explain.out_of", p=p, days=len(detail.get("out_by", []))),
        tell.say("explain.when", **when),
    ]
    if entry["type"] != "projected_stockout":
        return sentences
    severity, line = tell.word("severity", entry["severity"]), float(limits[entry["severity"]])
    leave = line * float(limits.get("exit_ratio", 0.5))
    state = "crossed" if chance >= line else "kept" if chance >= leave else "left"
    sentences.append(
        tell.say(
            f"explain.{state}", p=p, severity=severity, line=tell.chance(line), leave=tell.chance(leave),
            trip=amount(entry.get("trip_level")),
        )
    )  # fmt: skip
    if state != "left" and entry.get("exit_level") is not None:
        level = amount(entry["exit_level"])
        sentences.append(tell.say("explain.exit", severity=severity, line=tell.chance(leave), exit=level))
    return sentences


def policy(entry: Row, tell: Language) -> list[str]:
    """Say which layers of the policy set the values in force."""
    layers = (entry.get("detail") or {}).get("layers") or {}
    sentences = [
        tell.say("explain.layer", field=field, layer=layer) for field, layer in sorted(layers.items())
    ]
    version = tell.say("explain.version", version=entry["policy_version"])
    return [version, *(sentences or [tell.say("explain.all_defaults")])]


def history(entries: list[Row], tell: Language) -> list[str]:
    """Say every entry of the episode, in order, with its reason."""
    return [
        tell.say(
            "explain.history",
            seq=entry["seq"],
            time=tell.instant(entry["event_time"]),
            entry=tell.word("entry", entry["entry"]),
            severity=tell.word("severity", entry["severity"]),
            reason=tell.word("reason", str(entry.get("reason") or "-")),
        )
        for entry in entries
    ]


def action(entry: Row, tell: Language, now: Row | None = None) -> list[str]:
    """Say what the alert asks for, with the supply of `now`; nothing once it is over."""
    if entry["entry"] in ENDED:
        return []
    unordered = entry["type"] == "out_of_stock" and units(now or entry, "on_order") <= 0
    return [tell.say("explain.unordered") if unordered else tell.word("action", entry["type"])]
