"""What gives a sign away, in sentences: the numbers of a ledger entry's `detail` that only its type has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lowtide.explain.amounts import amount
from lowtide.explain.rhythm import expected_records
from lowtide.ledger import ENDED
from lowtide.rows import Row
from lowtide.words import Language


def lines(entry: Row, tell: Language) -> list[str]:
    """The sentences of an entry's sign; none of another alert."""
    detail = entry.get("detail") or {}
    match entry["type"]:
        case "slipping_supply":
            return _slip(entry, detail, tell)
        case "transfer_mismatch":
            none = [tell.say("explain.mismatch_none")] if "mismatches" in detail else []
            return [_mismatch(one, tell) for one in detail.get("mismatches", [])] or none
        case "count_variance" if "variance_units" in detail:
            return [_variance(detail, tell)]
        case "process_hole" if "holes" in detail:
            return _holes(entry, detail, tell)
        case "silent_feed" if detail.get("silence"):
            return _silence(entry, detail, tell)
        case "phantom_stock" | "sales_drought" as kind if "quiet_days" in detail:
            return [_quiet(kind, detail, tell)]
        case "level_shift" if "cusum" in detail:
            return [_shift(entry, detail, tell)]
        case "overstock" if "overstock_days" in detail:
            return [_cover(detail, tell)]
        case "slow_moving" | "dead_stock" if "idle_days" in detail:
            return [_idle(detail, tell)]
        case "expiring" if "lots" in detail:
            return _lots(detail, tell)
        case _:
            return []


def _slip(entry: Row, detail: Row, tell: Language) -> list[str]:
    said = [
        tell.say(
            "explain.slip_one", ref=one["ref"], remaining=amount(one["remaining"]),
            promised=tell.instant(one["promised"]), due=tell.instant(one["due"]),
        )
        for one in detail.get("slipping", [])
    ]  # fmt: skip
    if detail.get("p_as_promised") is None or entry.get("p_stockout") is None:
        return said
    chances = {"promised": detail["p_as_promised"], "p": entry["p_stockout"]}
    shown = {name: tell.chance(float(chance)) for name, chance in chances.items()}
    return [*said, tell.say("explain.slip_chance", **shown)]


def _mismatch(one: Row, tell: Language) -> str:
    return tell.say(
        "explain.mismatch_one", ref=one["ref"], shipped=amount(one["shipped"]), received=amount(one["received"]),
        since=tell.instant(one["since"]),
    )  # fmt: skip


def _variance(detail: Row, tell: Language) -> str:
    if detail.get("counted") is None:
        return tell.say("explain.variance_over")
    return tell.say(
        "explain.variance", counted=amount(detail["counted"]), recorded=amount(detail["recorded"]),
        variance=f"{Decimal(str(detail['variance'])).normalize():+f}", least=amount(detail["variance_units"]),
        share=tell.share(float(detail["variance_share"]), 0),
    )  # fmt: skip


def _holes(entry: Row, detail: Row, tell: Language) -> list[str]:
    said = [tell.say(f"explain.hole.{kind}", n=n) for kind, n in detail["holes"].items()]
    if detail["unordered"]:
        refs = tell.say("explain.comma").join(detail["unordered"])
        said.append(tell.say("explain.hole_refs", refs=refs, after=amount(detail["hole_after_hours"])))
    if not said:
        return [tell.say("explain.hole_none")]
    if detail["holes"] and entry.get("cause_source"):
        said.append(tell.say("explain.hole_by", source=entry["cause_source"]))
    return said


def _silence(entry: Row, detail: Row, tell: Language) -> list[str]:
    silence = detail["silence"]
    quiet = tell.say(
        "explain.feed_quiet", since=tell.instant(silence["since"]), due=tell.instant(silence["due"]),
        expected=f"{expected_records(silence):.1f}", needed=amount(silence["silent_records"]),
        least=amount(silence["silent_least_hours"]),
    )  # fmt: skip
    learned = tell.say("explain.feed_learned", days=f"{float(silence['learned_days']):.0f}")
    together = [] if detail.get("source") else [tell.say("explain.feed_all")]
    inhibits = [] if entry["entry"] in ENDED else [tell.say("explain.feed_inhibits")]
    return [*together, quiet, learned, *inhibits]


def _quiet(kind: str, detail: Row, tell: Language) -> str:
    figures = {"days": detail["quiet_days"], "usual": f"{float(detail['usual_per_day']):.1f}"}
    if kind == "phantom_stock":
        odds = {"odds": f"{float(detail['odds']):.3g}", "line": amount(detail["phantom_odds"])}
        return tell.say("explain.phantom", **figures, **odds)
    score = {"score": f"{float(detail['score']):.1f}", "line": amount(detail["drought_line"])}
    return tell.say("explain.drought", **figures, **score)


def _shift(entry: Row, detail: Row, tell: Language) -> str:
    cusum, usual = float(detail["cusum"]), f"{float(detail['usual_per_day']):.1f}"
    if cusum == 0:
        return tell.say("explain.shift_over", usual=usual, weeks=detail["shift_weeks"])
    return tell.say(
        "explain.shift_up" if cusum > 0 else "explain.shift_down", since=tell.day(date.fromisoformat(detail["since"])),
        usual=usual, rate=f"{float(entry['demand_per_day']):.1f}", cusum=f"{abs(cusum):.1f}",
        line=amount(detail["shift_line"]),
    )  # fmt: skip


def _cover(detail: Row, tell: Language) -> str:
    if detail.get("cover_days") is None:
        return tell.say("explain.cover_unknown")
    return tell.say(
        "explain.cover", rate=amount(detail["demand"]["rate_per_day"]), cover=f"{float(detail['cover_days']):.0f}",
        entry=amount(detail["overstock_days"]), leave=amount(detail["overstock_exit_days"]),
        excess=amount(detail["excess"]), cost=amount(detail["at_stake"]),
    )  # fmt: skip


def _idle(detail: Row, tell: Language) -> str:
    return tell.say(
        "explain.idle", days=detail["idle_days"], slow=detail["slow_days"], dead=detail["dead_days"],
        cost=amount(detail["at_stake"]),
    )  # fmt: skip


def _lots(detail: Row, tell: Language) -> list[str]:
    """Each lot of which something is left, then the units that are the least likely to be sold in time."""
    said = [
        tell.say("explain.lot", left=amount(lot["left"]), expiry=tell.instant(lot["expiry"]))
        for lot in detail["lots"]
        if Decimal(str(lot["left"])) > 0
    ]
    if Decimal(str(detail["expired"])) > 0:
        said.append(tell.say("explain.lots_expired", units=amount(detail["expired"])))
    if (worst := detail["worst"]) is not None:
        said.append(
            tell.say(
                "explain.lot_worst", units=amount(worst["units"]), expiry=tell.instant(worst["expiry"]),
                days=worst["days"], mean=amount(worst["mean"]), p=tell.chance(float(worst["p"])),
                line=tell.chance(float(detail["expiring_p"])), unsold=amount(detail["at_stake"]),
            )
        )  # fmt: skip
    return said or [tell.say("explain.lots_gone")]
