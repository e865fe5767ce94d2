"""Ask the warehouse everything that a page needs, in about fifteen statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lowtide.ledger import GRAVEST_FIRST
from lowtide.report.answers import Answers
from lowtide.report.figures import Figure, wilson
from lowtide.report.questions import alerts, feeds, signs, stock
from lowtide.report.scope import Scope
from lowtide.rows import Row
from lowtide.warehouse import Warehouse
from lowtide.warehouse.names import names_of_places

WORST = 20


def ask(warehouse: Warehouse, scope: Scope) -> Answers:
    """The answers for a scope."""
    now = alerts.standing(warehouse, scope)
    before = alerts.standing(warehouse, scope.before) if scope.comparable else None
    whole, categories, departments = stock.health(warehouse, scope)
    missed = alerts.missed(warehouse, scope)
    loads, hours = alerts.load(warehouse, scope)
    unowned = [row for row in now if row["severity"] == "critical" and not row["owner"]]
    at_rest, at_rest_sums = signs.at_rest(warehouse, scope)
    day_ago = min(scope.end, scope.clock) - timedelta(hours=24)
    return Answers(
        scope=scope, money=alerts.money(warehouse), positions=whole["positions"], places=whole["places"],
        figures=figures(scope, now, before, alerts.key_figures(warehouse, scope), missed, whole),
        opened=alerts.by_day(warehouse, scope, len(now)), worst=now[:WORST], heatmap=alerts.heat(now),
        unowned={**(unowned[0] if unowned else {}), "alerts": len(unowned), "expected_loss": loss_of(unowned)},
        stale=sum(row["opened_at"] < day_ago and row["state"] == "new" and not row["owner"] for row in now),
        load=loads, load_hours=hours, calibration=alerts.calibration(warehouse, scope),
        openings=alerts.calibration(warehouse, scope, openings=True), stock=categories,
        departments=departments, dead=stock.dead(warehouse, scope),
        dead_total={"positions": whole["dead"], "share": whole["dead_share"], "value": whole["dead_value"]},
        missed=[row for row in missed if row["missed"]], suppliers=feeds.suppliers(warehouse, scope),
        quality=feeds.quality(warehouse, scope), silent=feeds.silent(warehouse, scope),
        feeds=signs.feeds(warehouse, scope), counting=signs.counting(warehouse, scope), at_rest=at_rest,
        at_rest_sums=at_rest_sums, slips=signs.slips(warehouse, scope),
        policies=alerts.policies(warehouse, scope), place_names=names_of_places(warehouse),
    )  # fmt: skip


def loss_of(rows: list[Row]) -> Any:
    """The exact sum of the expected losses that are known."""
    return sum(row["expected_loss"] or 0 for row in rows)


NOTHING: Row = dict.fromkeys(("mtta", "mtta_p90", "mttr", "mttr_p90", "warning_lead_hours")) | dict.fromkeys(
    ("alerts", "acknowledged", "resolved", "rated", "right", "said_false", "false_alarms", "came_true", "stockouts"), 0
)  # fmt: skip
"""The key figures of a period in which no alert opened."""


def figures(
    scope: Scope,
    now: list[Row],
    before: list[Row] | None,
    keys: dict[bool, Row],
    missed: list[Row],
    stock: Row,
) -> list[Figure]:
    """The headline figures, with what they were before if the log covers that."""
    this = keys.get(True, NOTHING)
    last = keys.get(False, NOTHING) if scope.comparable else None
    low, high = wilson(this["right"], this["rated"])
    severities = {name: sum(row["severity"] == name for row in now) for name in GRAVEST_FIRST}

    def old(name: str, by: float = 1) -> float | None:
        return None if last is None or last[name] is None else last[name] * by

    return [
        Figure("open_alerts", "count", len(now), None if before is None else len(before), detail=severities),
        Figure("expected_loss", "money", float(loss_of(now)), None if before is None else float(loss_of(before))),
        Figure(
            "in_stock", "share", stock["in_stock_share"], more_is_better=True,
            detail={"in_stock": stock["in_stock"], "wanted": stock["wanted"]},
        ),
        Figure(
            "precision", "share", _precision(this), None if last is None else _precision(last), True,
            {
                "rated": this["rated"], "right": this["right"], "alerts": this["alerts"], "low": low, "high": high,
                "rated_share": this["rated"] / this["alerts"] if this["alerts"] else 0.0,
            },
        ),
        Figure(
            "false_alarms", "rate", false_alarm_rate(this, scope, stock["positions"]),
            None if last is None else false_alarm_rate(last, scope.before, stock["positions"]),
            detail={"false": this["false_alarms"], "said": this["said_false"]},
        ),
        Figure(
            "warning_lead", "minutes", _minutes(this["warning_lead_hours"]), old("warning_lead_hours", 60), True,
            {"count": this["came_true"]},
        ),
        Figure(
            "mtta", "minutes", this["mtta"], old("mtta"),
            detail={"count": this["acknowledged"], "p90": this["mtta_p90"]},
        ),
        Figure("mttr", "minutes", this["mttr"], old("mttr"), detail={"count": this["resolved"], "p90": this["mttr_p90"]}),
        Figure(
            "missed_stockouts", "count", sum(row["missed"] for row in missed),
            sum(row["before"] for row in missed) if scope.comparable else None, detail={"stockouts": this["stockouts"]},
        ),
    ]  # fmt: skip


def _precision(row: Row) -> float | None:
    return row["right"] / row["rated"] if row["rated"] else None


def _minutes(hours: float | None) -> float | None:
    return None if hours is None else hours * 60


def false_alarm_rate(row: Row, scope: Scope, positions: int) -> float | None:
    """False alarms by 1,000 positions and day, over the days of the period that the log has reached; None: no position."""
    days = max(1, (min(scope.last, scope.clock.date()) - scope.first).days + 1)
    return row["false_alarms"] * 1000 / (positions * days) if positions else None
