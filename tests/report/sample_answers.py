"""The answers to the questions of a report, for a month of a shop, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lowtide.report import Answers, Scope
from lowtide.report.figures import Figure, wilson

CLOCK = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
SCOPE = Scope("lowtide", CLOCK, datetime(2026, 1, 1, 6, tzinfo=UTC), date(2026, 10, 26), date(2026, 11, 22))
CATEGORIES = ("FLUID MILK PRODUCTS", "SOFT DRINKS", "BAKED BREAD/BUNS/ROLLS", "CHEESE", "EGGS", "茶叶")
PLACES = ("330", "367", "406", "Paris Opéra", "上海徐汇")
PEOPLE = ("ana", "", "ben", "")
STATES = ("acknowledged", "new", "in_progress", "new")
TYPES = ("projected_stockout", "out_of_stock", "overdue_supply", "sales_spike")


def alert_id(number: int) -> str:
    """An identity that sorts by number."""
    return f"01K{number:023d}"


def figures() -> list[Figure]:
    """Each kind of figure once or twice, better and worse."""
    low, high = wilson(31, 40)
    return [
        Figure(
            "open_alerts", "count", 1613, 1490, detail={"critical": 191, "warning": 878, "watch": 544}
        ),
        Figure("expected_loss", "money", 4310.52, 4702.1),
        Figure("in_stock", "share", 0.942, None, True, {"in_stock": 9420, "wanted": 10000}),
        Figure("precision", "share", 31 / 40, 0.71, True, {
            "rated": 40, "right": 31, "alerts": 2100, "rated_share": 40 / 2100, "low": low, "high": high,
        }),
        Figure("false_alarms", "rate", 0.025, 0.031, detail={"false": 7, "said": 3}),
        Figure("warning_lead", "minutes", 2840.0, 2600.0, True, {"count": 180}),
        Figure("mtta", "minutes", 42.0, 55.0, detail={"count": 60, "p90": 380.0}),
        Figure("mttr", "minutes", 1260.0, 1260.0, detail={"count": 48, "p90": 4000.0}),
        Figure("missed_stockouts", "count", 84, 61, detail={"stockouts": 320}),
    ]  # fmt: skip


def days() -> list[dict[str, Any]]:
    """Four weeks with a rhythm."""
    rows = []
    for number in range(28):
        weekend = number % 7 in (5, 6)
        rows.append({
            "day": SCOPE.first + timedelta(days=number), "critical": 6 + number % 5 + 4 * weekend,
            "warning": 22 + (number * 7) % 11 + 9 * weekend, "watch": 34 + (number * 5) % 13,
            "open": 1490 + 4 * number + (number * 17) % 23,
        })  # fmt: skip
    return rows


def alert(number: int, **given: Any) -> dict[str, Any]:
    """One open alert."""
    return {
        "alert_id": alert_id(number), "type": TYPES[number % 4], "severity": ("critical", "warning", "watch")[number % 3],
        "location": PLACES[number % 5], "sku": f"{1000 + number * 37}", "name": "" if number % 2 else "Whole milk 1 l",
        "category": CATEGORIES[number % 6], "available": Decimal(number % 4), "p_stockout": 0.91 - number / 40,
        "stockout_p50": number % 5 + 1, "expected_loss": Decimal(2400 - number * 97) / 100, "owner": PEOPLE[number % 4],
        "state": STATES[number % 4], **given,
    }  # fmt: skip


def stock(names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Health of the stock by a dimension."""
    return [
        {
            "value": name, "positions": 3000 - 400 * number, "in_stock_share": 0.97 - 0.03 * number,
            "days_of_cover": None if number == 4 else 4.5 + 11 * number, "excess_share": 0.12, "dead_share": 0.031,
        }
        for number, name in enumerate(names)
    ]  # fmt: skip


def tenth(decile: int, said: float, count: int, true: float, counted: str) -> dict[str, Any]:
    """What was said in a tenth, and what came true: so much of it."""
    came = int(count * said * true)
    low, high = wilson(came // 4, count // 4)
    return {
        "decile": decile, "from": decile / 10, "to": (decile + 1) / 10, "positions": count // 4, counted: count,
        "said": said, "came_true": came / count, "low": low, "high": high,
    }  # fmt: skip


def answers(**given: Any) -> Answers:
    """The answers for the whole shop; arguments replace single answers."""
    said = (0.05, 0.16, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.86, 0.96)
    rows = [tenth(decile, chance, 400 - 38 * decile, 0.97, "days") for decile, chance in enumerate(said)]
    openings = [
        tenth(decile, chance, 200 - 18 * decile, 0.6, "alerts")
        for decile, chance in enumerate(said)
        if decile > 2
    ]
    made = Answers(
        scope=SCOPE, money="margin", positions=10_000, places=5, figures=figures(), opened=days(),
        worst=[alert(number) for number in range(20)],
        heatmap=[
            {
                "location": place, "category": category, "open_alerts": (down * 3 + across) % 7,
                "expected_loss": Decimal((down * 131 + across * 57) % 97 * ((down * 3 + across) % 7)) / 10,
            }
            for down, place in enumerate(PLACES)
            for across, category in enumerate(CATEGORIES)
        ],
        unowned={"alerts": 150, "expected_loss": Decimal("2310.40"), **{
            name: alert(3)[name] for name in ("alert_id", "sku", "name", "category", "location")
        }},
        stale=44,
        load=[
            {
                "owner": owner, "hours": 672, "alarms": 900, "alarms_per_hour": 1.3 + number, "share_acceptable": 0.86,
                "share_high": 0.1, "share_overload": 0.04,
            }
            for number, owner in enumerate(("", "ana", "ben"))
        ],
        load_hours=[{"hour": hour, "alarms": 14.5 if hour == 5 else 2 + (hour * 5) % 7} for hour in range(24)],
        calibration=rows, openings=openings, stock=stock(CATEGORIES), departments=stock(("GROCERY", "DAIRY")),
        dead=[
            {
                "location": PLACES[number % 5], "sku": f"{5000 + number}", "name": "Candle, vanilla", "category": "GIFTS",
                "units": Decimal(40 - number), "value": Decimal(60_000 - 4100 * number) / 100,
                "first_seen_day": date(2026, 3, 1 + number),
                "last_sale": None if number == 2 else date(2026, 7, 1),
            }
            for number in range(10)
        ],
        dead_total={"positions": 310, "share": 0.033, "value": Decimal("18240.10")},
        missed=[{"category": "CHEESE", "missed": 21}],
        suppliers=[
            {
                "supplier": name, "orders": 120 - number, "late": 40, "late_share": 0.31 - number / 50,
                "days_late_p25": -1.0 + number / 4, "days_late_p50": 0.5 + number / 2, "days_late_p75": 3.0 + number / 2,
                "overdue_now": 12 - number, "short_shipped": 3, "short_share": 0.02,
            }
            for number, name in enumerate(("1046", "Dairy & Sons", "4373", "69", "北方乳业"))
        ],
        quality=[
            {"check": "duplicates", "records": 1204, "share": 0.0051}, {"check": "late", "records": 310, "share": 0.0013},
            {"check": "very_late", "records": 12, "share": 0.00005},
            {"check": "reject.bad_time", "records": 44, "share": 0.0002},
        ],
        silent=[
            {
                "location": "406", "last_event_time": CLOCK - timedelta(hours=52), "silent_hours": 52.0,
                "days_with_sales": 27,
            }
        ],
        feeds=[
            {
                "location": "330", "source": source, "since": CLOCK - timedelta(hours=9), "silent_hours": 9.0,
                "expected_records": 31.4, "alert_id": alert_id(70), "owner": "",
            }
            for source in ("till-7", "*")
        ],
        counting=[
            {
                "rank": number + 1, "location": PLACES[number % 5], "sku": f"{7000 + number}", "name": "Oat drink 1 l",
                "category": "SOFT DRINKS", "on_hand": Decimal(24 - number), "odds": 46.3 - number, "idle_days": 4 + number,
                "usual_per_day": 2.9,
            }
            for number in range(10)
        ],
        at_rest=[
            {
                "type": kind, "location": PLACES[number % 5], "sku": f"{8000 + number}", "name": "Fig jam 250 g",
                "category": "GIFTS", "units": Decimal(167 - number), "value": Decimal(50_000 - 999 * number) / 100,
                "holding_cost_month": None if kind == "expiring" else 10.3,
            }
            for number, kind in enumerate(("overstock", "dead_stock", "slow_moving", "expiring"))
        ],
        at_rest_sums=[
            {"type": "overstock", "positions": 12, "value": Decimal("501.16"), "holding_cost_month": 10.3},
            {"type": "expiring", "positions": 2, "value": Decimal("15.60"), "holding_cost_month": None},
            {"type": "all", "positions": 13, "value": Decimal("515.10"), "holding_cost_month": 10.3},
        ],
        slips=[
            {
                "supplier": "Dairy & Sons", "promised_on": date(2026, 11, 19), "due_on": date(2026, 11, 24), "refs": 3,
                "positions": 7, "units": Decimal(640), "worst_p": 0.79, "critical": 1, "expected_loss": 81.2,
            }
        ],
        policies=["7adc18f309e2"],
        place_names={"330": "Nordtor"},
    )  # fmt: skip
    return replace(made, **given)


def empty() -> Answers:
    """A log that has only a clock."""
    unknown = {"rated": 0, "right": 0, "alerts": 0, "rated_share": 0.0, "low": 0.0, "high": 1.0}
    kinds: list[tuple[str, Any]] = [
        ("in_stock", "share"), ("precision", "share"), ("false_alarms", "rate"), ("warning_lead", "minutes"),
        ("mtta", "minutes"), ("mttr", "minutes"),
    ]  # fmt: skip
    quiet = [
        Figure("open_alerts", "count", 0, 0, detail={"critical": 0, "warning": 0, "watch": 0}),
        Figure("expected_loss", "money", 0.0, 0.0),
        *(Figure(key, kind, None, detail=unknown) for key, kind in kinds),
        Figure("missed_stockouts", "count", 0, 0, detail={"stockouts": 0}),
    ]
    none = {"critical": 0, "warning": 0, "watch": 0, "open": 0}
    return answers(
        positions=0, places=0, figures=quiet, opened=[{**row, **none} for row in days()], worst=[], heatmap=[],
        unowned={"alerts": 0, "expected_loss": Decimal(0)}, stale=0, load=[], load_hours=[], calibration=[],
        openings=[], stock=[],
        departments=[], dead=[], dead_total={"positions": 0, "share": None, "value": Decimal(0)}, missed=[],
        suppliers=[], quality=[], silent=[], feeds=[], counting=[], at_rest=[], at_rest_sums=[], slips=[], policies=[],
        place_names={},
    )  # fmt: skip
