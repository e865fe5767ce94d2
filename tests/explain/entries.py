"""Ledger entries as the interface promises them, with the numbers of the vector in semantics.md section 3."""

from __future__ import annotations

from typing import Any

from scipy.stats import nbinom

CURVE = [float(nbinom.sf(19, 3 * day, 0.5)) for day in range(1, 9)]
"""P(out by each day): 3 a day, variance 6 a day, 20 available, no supply."""

DEMAND = {"rate_per_day": 3.0, "dispersion": 2.0, "evidence": None, "exposure": [1, 2, 3, 4, 5, 6, 7, 8]}
LINES = {"watch": 0.3, "warning": 0.5, "critical": 0.8, "exit_ratio": 0.5}
SUPPLY = {
    "ref": "PO1",
    "remaining": "15",
    "due": "2026-11-25T00:00:00.000Z",
    "overdue_days": 0,
    "arrived_by": [0, 0, 0, 0.885, 0.885, 0.885, 0.885, 0.885],
}


def projection(**changes: Any) -> dict[str, Any]:
    """The `detail` of an entry about running out."""
    return {
        "as_of": "2026-11-22T09:00:00.000Z",
        "horizon_days": 8,
        "demand": DEMAND,
        "supply": [],
        "lines": LINES,
        "lead_time_days": 7,
        "review_period_days": 1,
        "out_by": CURVE,
        "layers": {"lead_time_days": "dairy"},
    } | changes


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
