"""Whether an entry of a sign is rightly over its line when it opens, and rightly under it when it ends.

A line is not a number that is computed twice: `engine` says that the entry claims it (1), `recomputed` whether the numbers
of its `detail` say so as well (1 or 0). What happens between opening and end is not judged: a hold may keep an alert open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from lowtide.explain.check import QUANTITY_TOLERANCE, Check
from lowtide.explain.supply import days_until
from lowtide.ledger import SEVERITIES
from lowtide.rows import Row, moment

NEAR = 1e-6
"""By how much of a line a number that is printed with fewer digits may miss it."""
JUST_BEFORE = timedelta(milliseconds=1)
WEEK = timedelta(days=7)
FIRST_WEEK = date(1970, 1, 1)
"""The weeks of an estimate begin with a Thursday, all positions alike."""


def checks(entry: Row, zone: str) -> Iterator[Check]:
    """Compare the numbers of an entry that opens or ends by its data with the lines that stand beside them."""
    detail, opens = entry.get("detail") or {}, entry["entry"] == "OPENED"
    ends = entry["entry"] == "CLEARED" and entry["reason"] != "not_looked_for"
    superseded = entry["entry"] == "SUPERSEDED"
    match entry["type"]:
        case "slipping_supply" if detail.get("p_as_promised") is not None and (opens or ends):
            yield from _slip(entry, detail, opens)
        case "transfer_mismatch" if "mismatches" in detail:
            yield from _mismatch(entry, detail, opens, ends)
        case "count_variance" if detail.get("counted") is not None:
            yield from _variance(entry, detail, opens)
        case "process_hole" if "holes" in detail and opens:
            yield _claim("a hole", any(n > 0 for n in detail["holes"].values()) or bool(detail["unordered"]))
        case "overstock" if "cover_days" in detail and (opens or ends):
            yield _cover(detail, opens)
        case "slow_moving" | "dead_stock" as kind if "idle_days" in detail and (opens or superseded):
            yield from _idle(entry, detail, dead=kind == "dead_stock" or superseded)
        case "phantom_stock" if "odds" in detail and opens:
            yield _claim("odds over the line", _reaches(detail["odds"], detail["phantom_odds"]))
        case "sales_drought" if "score" in detail and (opens or ends):
            yield _drought(entry, detail, opens)
        case "level_shift" if "cusum" in detail and (opens or ends):
            yield from _shift(entry, detail, zone, opens)
        case "expiring" if "lots" in detail:
            yield from _expiring(entry, detail, zone, opens, ends)
        case _:
            return


def _claim(name: str, holds: bool) -> Check:
    return Check(name, 1.0, float(holds), 0)


def _reaches(number: object, line: object) -> bool:
    return float(str(number)) >= float(str(line)) * (1 - NEAR)


def _slip(entry: Row, detail: Row, opens: bool) -> Iterator[Check]:
    """Over the watch line as it stands, and under it and half as large as promised; the severity is that of the chance."""
    p, promised, lines = float(entry["p_stockout"]), float(detail["p_as_promised"]), detail["lines"]
    watch = float(lines["watch"])
    if not opens:
        under = not _reaches(p, watch * float(lines["exit_ratio"])) or p == 0
        yield _claim("ended rightly", under or _reaches(promised, 0.75 * p))
        return
    yield _claim("chance over the line", _reaches(p, watch))
    yield _claim("made by the slip", promised <= min(watch, p / 2) * (1 + NEAR))
    over = [name for name in SEVERITIES if _reaches(p, lines[name])]
    yield _claim("severity", entry["severity"] in over[-1:])


def _mismatch(entry: Row, detail: Row, opens: bool, ends: bool) -> Iterator[Check]:
    """Each ref differs, and should have agreed by now: some time after it was due, as far as it is still open."""
    after = timedelta(hours=float(detail["mismatch_after_hours"]))
    due = {order["ref"]: moment(order["due"]) for order in detail.get("supply", [])}
    if opens or ends:
        yield _claim("some ref differs" if opens else "no ref differs", bool(detail["mismatches"]) == opens)
    for one in detail["mismatches"]:
        since = moment(one["since"])
        known = due.get(one["ref"], since - after)
        right = known + after <= since <= moment(entry["event_time"]) and one["shipped"] != one["received"]
        yield _claim(f"since of {one['ref']}", right)


def _variance(entry: Row, detail: Row, opens: bool) -> Iterator[Check]:
    counted, recorded = float(detail["counted"]), float(detail["recorded"])
    off, larger = abs(counted - recorded), max(abs(counted), abs(recorded))
    yield Check("at_stake", float(detail["at_stake"]), off, QUANTITY_TOLERANCE)
    if opens:
        least = max(float(detail["variance_units"]), float(detail["variance_share"]) * larger)
        yield _claim("variance over the line", off > 0 and _reaches(off, least))
        yield _claim("counted before", moment(detail["counted_at"]) <= moment(entry["event_time"]))


def _cover(detail: Row, opens: bool) -> Check:
    cover = detail["cover_days"]
    if opens:
        return _claim("cover over the line", cover is not None and _reaches(cover, detail["overstock_days"]))
    return _claim("cover under the line", cover is None or not _passes(cover, detail["overstock_exit_days"]))


def _passes(number: object, line: object) -> bool:
    return float(str(number)) > float(str(line)) * (1 + NEAR)


def _idle(entry: Row, detail: Row, dead: bool) -> Iterator[Check]:
    line = int(detail["dead_days"] if dead else detail["slow_days"])
    yield _claim("idle days over the line", int(detail["idle_days"]) >= line)
    yield _claim("units over the line", _reaches(entry["available"], detail["idle_units"]))


def _drought(entry: Row, detail: Row, opens: bool) -> Check:
    if opens:
        return _claim("score over the line", _reaches(detail["score"], detail["drought_line"]))
    line = float(detail["drought_line"]) * float(detail["lines"]["exit_ratio"])
    return _claim(
        "score under the line", float(entry["available"]) <= 0 or not _passes(detail["score"], line)
    )


def _shift(entry: Row, detail: Row, zone: str, opens: bool) -> Iterator[Check]:
    """`since` begins a week, and each week since then has added 4 at most."""
    cusum, line = abs(float(detail["cusum"])), float(detail["shift_line"])
    if not opens:
        yield _claim("back at the usual level", cusum == 0)
        return
    days = -days_until(f"{detail['since']}T12:00:00Z", detail["as_of"], zone)
    yield _claim("CUSUM over the line", cusum > 0)
    weeks = days // WEEK.days
    begins = (date.fromisoformat(detail["since"]) - FIRST_WEEK).days % WEEK.days == 0
    yield _claim("since", begins and weeks > 0 and cusum <= 4 * weeks)
    if days % WEEK.days == 0:  # it opens with its week, unless phantom_stock has held it back
        yield _claim("CUSUM at the line", _reaches(cusum, line))


def _expiring(entry: Row, detail: Row, zone: str, opens: bool, ends: bool) -> Iterator[Check]:
    """Critical while something has expired; else by the chance of the worst lot, which is sold on few days more."""
    expired, worst = float(detail["expired"]), detail["worst"]
    p, line = 0.0 if worst is None else float(worst["p"]), float(detail["expiring_p"])
    if opens:
        yield _claim("severity", (entry["severity"] == "critical") == (expired > 0))
        yield _claim("chance over the line", expired > 0 or _reaches(p, line))
    if ends:
        leave = line * float(detail["lines"]["exit_ratio"])
        yield _claim("chance under the line", expired == 0 and not _passes(p, leave))
    if worst is not None:
        end = (moment(worst["expiry"]) + JUST_BEFORE).isoformat()
        days = days_until(end, detail["as_of"], zone)
        yield Check("days until the expiry", float(worst["days"]), float(days), 0)
        yield _claim("few days more", days <= int(detail["expiring_days"]))
