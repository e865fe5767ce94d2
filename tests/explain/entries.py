"""Ledger entries as the interface promises them, with the vectors of semantics.md section 3 and quality.md section 5.

Every number comes from the plain model (`tests/model`), never from the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.model.decision import Demand, Projection, Supply, arrival_days
from tests.model.ordering import Ordering

EXPOSURE = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
DEMAND = {
    "rate_per_day": 3.0, "phi": 2.0, "kappa": 0.0, "levels": [2.9, 3.0, 3.4], "weights": [0.4, 0.5, 0.1],
    "days_learned": 60.0, "exposure": EXPOSURE, "drivers": [], "season": None,
}  # fmt: skip
"""3 a day, variance 6 a day: 0.4 × 2.9 + 0.5 × 3.0 + 0.1 × 3.4 = 3."""

LINES = {"watch": 0.3, "warning": 0.5, "critical": 0.8, "exit_ratio": 0.5}
LATENESS = [[0, 0.885], [1, 0.90], [2, 0.92], [5, 0.95], [12, 1.0]]
AS_OF = "2026-11-22T09:00:00.000Z"
CURVE = Projection(Demand(3, 2, 0, EXPOSURE)).out_by(20)
"""P(out by each day): 20 available, no supply."""


def supply(ref: str = "PO1", remaining: int = 15, due_in: int = 3, horizon: int = 8) -> dict[str, Any]:
    """An open supply that is due so many days from the look of the entry."""
    due = datetime.fromisoformat(AS_OF).replace(hour=0) + timedelta(days=due_in)
    return {
        "ref": ref,
        "remaining": str(remaining),
        "due": f"{due:%Y-%m-%dT%H:%M:%S}.000Z",
        "overdue_days": max(0, -due_in),
        "arrives": arrival_days(due_in, LATENESS, horizon),
    }


SUPPLY = supply()
"""15 due on day 4; chances of days 4, 5, 6 and of none of them: .885, .015, .02, .08."""


def projection(**changes: Any) -> dict[str, Any]:
    """The `detail` of an entry about running out."""
    return {
        "as_of": AS_OF,
        "horizon_days": 8,
        "demand": DEMAND,
        "supply": [],
        "expected_order": None,
        "lateness": LATENESS,
        "lines": LINES,
        "lead_time_days": 7,
        "review_period_days": 1,
        "out_by": CURVE,
        "layers": {"lead_time_days": "dairy"},
    } | changes


def expected_order(
    ordering: Ordering, demand: dict[str, Any], position: float
) -> tuple[dict[str, Any] | None, Supply | None]:
    """The order that a position expects, as an entry writes it and as the model has it."""
    model = model_demand(demand)
    found = ordering.expected(position, model, LATENESS)
    if found is None:
        return None, None
    day = next(b for b in range(model.horizon) if position - model.mean(b) <= ordering.point)
    return {
        "point": ordering.point, "quantity": ordering.quantity, "position": position, "on_day": day,
        "due_in": day + ordering.lead, "arrives": list(found.chances),
    }, found  # fmt: skip


def model_demand(demand: dict[str, Any]) -> Demand:
    """The model's demand of an entry's."""
    return Demand(demand["rate_per_day"], demand["phi"], demand["kappa"], demand["exposure"])


def judged(
    available: int,
    demand: dict[str, Any] = DEMAND,
    supplies: Sequence[dict[str, Any]] = (),
    ordering: Ordering | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """An entry whose every number the model has computed: curve, chance, days and levels."""
    position = available + sum(float(one["remaining"]) for one in supplies)
    expected, branch = expected_order(ordering or Ordering(), demand, position)
    coming = [Supply(float(one["remaining"]), one["arrives"]) for one in supplies]
    model = Projection(model_demand(demand), [*coming, *([branch] if branch else [])])
    days = {f"stockout_p{at}": model.day_out(available, at / 100) for at in (10, 50, 90)}
    severity = changes.get("severity", "warning")
    return entry(
        available=str(available), on_hand=str(available), on_order=str(position - available),
        demand_per_day=f"{demand['rate_per_day']:.3f}", p_stockout=round(model.p_stockout(available), 6), **days,
        trip_level=str(model.level(LINES[severity])), exit_level=str(model.level(LINES[severity] / 2)),
        detail=projection(
            demand=demand, supply=list(supplies), expected_order=expected, out_by=model.out_by(available),
            horizon_days=len(demand["exposure"]),
        ), **changes,
    )  # fmt: skip


def entry(**changes: Any) -> dict[str, Any]:
    """A ledger entry: a projected stockout opens at warning."""
    return {
        "alert_id": "01KAMTESTTESTTESTTESTTEST0",
        "seq": 1,
        "entry": "OPENED",
        "type": "projected_stockout",
        "severity": "warning",
        "location": "330",
        "sku": "1004906",
        "event_time": "2026-11-22T09:30:00.000Z",
        "opened_at": "2026-11-22T09:30:00.000Z",
        "episode": 1,
        "cause_source": "till-7",
        "cause_id": "t-1",
        "reason": "p_stockout over the line",
        "policy_version": "abcdef012345",
        "inputs_version": "",
        "on_hand": "20.000",
        "available": "20.000",
        "on_order": "0.000",
        "in_transit": "0.000",
        "demand_per_day": "3.000",
        "p_stockout": 0.728808,
        "stockout_p10": 5,
        "stockout_p50": 7,
        "stockout_p90": None,
        "trip_level": "25.000",
        "exit_level": "29.000",
        "supersedes": None,
        "detail": projection(),
    } | changes
