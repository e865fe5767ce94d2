"""Tell an alert in sentences: what happened, stock, supply, demand, lines, policy, history, what to do.

Each function takes the ledger entry whose numbers are told, and gives the sentences of one heading.
Nothing is computed here that `recompute` does not compute.
"""

from __future__ import annotations

from decimal import Decimal
from math import sqrt
from typing import Any

from lowtide.explain.recompute import mean_and_variance
from lowtide.words.explanation import ACTION, ENTRY, FEEDBACK, REASON, SEVERITY, Lang, say, word

Row = dict[str, Any]


def plain(value: Any) -> str:
    """Write a quantity without the zeros after its last digit; `1.500` is 1.5, `12.000` is 12."""
    if value is None:
        return "-"
    number = Decimal(str(value)).quantize(Decimal("0.001"))
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(chance: float) -> str:
    """Write a chance in per cent, with more digits where it is small."""
    value = 100 * chance
    return f"{value:.1f} %" if value >= 0.1 or value == 0 else f"{value:.2g} %"


def clock(text: Any) -> str:
    """Write a time of the ledger to the minute, in UTC: `2026-11-22 09:30 UTC`."""
    return str(text).replace("T", " ")[:16] + " UTC"


def happened(entry: Row, lang: Lang) -> list[str]:
    """Say which record, or which moment, brought the entry about."""
    key = "opened_by_record" if entry.get("cause_id") else "opened_by_clock"
    told = say(
        key,
        lang,
        entry=word(ENTRY, entry["entry"], lang),
        time=clock(entry["event_time"]),
        id=entry.get("cause_id"),
        source=entry.get("cause_source"),
        reason=word(REASON, str(entry.get("reason") or "-"), lang),
    )
    replaced = [say("supersedes", lang, id=entry["supersedes"])] if entry.get("supersedes") else []
    return [told[:1].upper() + told[1:], *replaced]


def stock(entry: Row, lang: Lang) -> list[str]:
    """Say what is on the shelf."""
    return [say("stock", lang, on_hand=plain(entry["on_hand"]), available=plain(entry["available"]))]


def supply(entry: Row, lang: Lang) -> list[str]:
    """Say what is coming, when it is due, how late it is and how likely it comes in time."""
    detail = entry.get("detail") or {}
    told = []
    for one in detail.get("supply", []):
        late = float(one.get("overdue_days") or 0)
        arrived = one["arrived_by"]
        told.append(
            say(
                "supply_late" if late > 0 else "supply_one",
                lang,
                ref=one["ref"],
                remaining=plain(one["remaining"]),
                due=str(one["due"])[:10],
                late=plain(late),
                days=len(arrived),
                chance=percent(float(arrived[-1])) if arrived else "-",
            )
        )
    if not told and not Decimal(str(entry.get("on_order") or 0)):
        return [say("no_supply", lang)]
    total = say(
        "supply_total", lang, on_order=plain(entry.get("on_order")), in_transit=plain(entry.get("in_transit"))
    )
    return [total, *told]


def demand(entry: Row, lang: Lang) -> list[str]:
    """Say what is expected to be sold, and how sure that is."""
    detail = entry.get("detail") or {}
    expected = detail.get("demand")
    if isinstance(expected, dict) and expected.get("exposure"):
        mean, variance = mean_and_variance(expected, -1)
        return [
            say(
                "demand",
                lang,
                rate=plain(expected["rate_per_day"]),
                days=len(expected["exposure"]),
                mean=f"{mean:.1f}",
                sd=f"{sqrt(variance):.1f}",
            )
        ]
    return [say("demand_rate", lang, rate=plain(entry.get("demand_per_day")))]


def lines(entry: Row, lang: Lang) -> list[str]:
    """Say which line was crossed, by which number, and when the alert will end."""
    detail = entry.get("detail") or {}
    kind = entry["type"]
    if kind == "negative_stock":
        below = Decimal(str(entry["on_hand"])) < 0
        return [say("negative" if below else "not_negative", lang, on_hand=plain(entry["on_hand"]))]
    if kind == "overdue_supply":
        return [
            say(
                "overdue_one",
                lang,
                ref=one["ref"],
                remaining=plain(one["remaining"]),
                due=clock(one["due"]),
                grace=plain(detail.get("grace_hours")),
            )
            for one in detail.get("overdue", [])
        ]
    if kind == "sales_spike" and "tail_p" in detail:
        return [
            say(
                "spike",
                lang,
                demand=plain(detail["demand"]),
                day=detail.get("day"),
                mean=f"{float(detail['mean']):.1f}",
                tail=f"{float(detail['tail_p']):.2g}",
                line=f"{float(detail['spike_p']):.2g}",
                least=plain(detail["spike_min"]),
            )
        ]
    told = []
    if kind == "below_reorder_point" and detail.get("reorder_point") is not None:
        position, point = plain(detail.get("inventory_position")), plain(detail["reorder_point"])
        told.append(say("reorder", lang, position=position, point=point))
    if kind == "out_of_stock":
        empty = Decimal(str(entry["available"])) <= 0
        told.append(say("empty" if empty else "filled", lang, available=plain(entry["available"])))
    if entry.get("p_stockout") is not None and "lines" in detail:
        told += _crossed(entry, detail, lang)
    return told


def _crossed(entry: Row, detail: Row, lang: Lang) -> list[str]:
    chance, limits = float(entry["p_stockout"]), detail["lines"]
    p, days = percent(chance), len(detail.get("out_by", []))
    days_out = {key: entry.get(f"stockout_{key}") for key in ("p10", "p50", "p90")}
    when = {
        key: say("on_day", lang, day=day) if day else say("beyond", lang) for key, day in days_out.items()
    }
    told = [
        say("out_of", lang, p=p, days=days),
        say(
            "when",
            lang,
            **when,
        ),
    ]
    if entry["type"] != "projected_stockout":
        return told
    severity, line = word(SEVERITY, entry["severity"], lang), float(limits[entry["severity"]])
    leave = line * float(limits.get("exit_ratio", 0.5))
    values = {"p": p, "severity": severity, "line": percent(line), "leave": percent(leave)}
    key = "crossed" if chance >= line else "kept" if chance >= leave else "left"
    told.append(say(key, lang, **values, trip=plain(entry.get("trip_level"))))
    if key != "left" and entry.get("exit_level") is not None:
        told.append(
            say("exit", lang, severity=severity, line=percent(leave), exit=plain(entry["exit_level"]))
        )
    return told


def policy(entry: Row, lang: Lang) -> list[str]:
    """Say which layers of the policy set the values in force."""
    layers = (entry.get("detail") or {}).get("layers") or {}
    told = [say("layer", lang, field=field, layer=layer) for field, layer in sorted(layers.items())]
    return [say("version", lang, version=entry["policy_version"]), *(told or [say("all_defaults", lang)])]


def history(entries: list[Row], lang: Lang) -> list[str]:
    """Say every entry of the episode, in order, with its reason."""
    return [
        say(
            "history",
            lang,
            seq=one["seq"],
            time=clock(one["event_time"]),
            entry=word(ENTRY, one["entry"], lang),
            severity=word(SEVERITY, one["severity"], lang),
            reason=word(REASON, str(one.get("reason") or "-"), lang),
        )
        for one in entries
    ]


def people(actions: list[Row], lang: Lang) -> list[str]:
    """Say what people did, in order of time: rows of `alert_action`."""
    return [
        say(
            "person",
            lang,
            time=clock(one["acted_at"]),
            entry=word(ENTRY, one["entry"], lang),
            actor=one["actor"],
        )
        + (say("to_owner", lang, owner=one["owner"]) if one["owner"] else "")
        + (
            say("with_feedback", lang, feedback=word(FEEDBACK, one["feedback"], lang))
            if one["feedback"]
            else ""
        )
        + (say("with_comment", lang, comment=one["comment"]) if one["comment"] else "")
        for one in actions
    ]


def action(entry: Row, lang: Lang) -> list[str]:
    """Say what the alert asks for; nothing once it is over."""
    if entry["entry"] in {"CLEARED", "EXPIRED", "SUPERSEDED"}:
        return []
    return [word(ACTION, entry["type"], lang)]
