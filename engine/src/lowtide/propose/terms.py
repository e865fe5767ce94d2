"""The values of the policy that proposals go by, of one position.

>>> Terms.of({}).method, Terms.of({"method": "min_max", "min_level": 5, "max_level": 20}).max_level
('order_up_to', 20000)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any, Literal

from lowtide.policy.table import TABLE
from lowtide.propose.chance import alert_lines
from lowtide.propose.position import thousandths

Method = Literal["order_up_to", "min_max", "ddmrp"]
OverMax = Literal["down", "up", "ask"]

_DEFAULTS = {name: row["default"] for name, row in TABLE.items()}


@dataclass(frozen=True)
class AutoApprove:
    """What the desk approves by itself."""

    up_to: float
    """Money of one proposal, at cost."""
    p_over: float
    """Only where the chance of a stockout without it is above this."""


@dataclass(frozen=True)
class Terms:
    """Values of one position, as `policy show` resolves them."""

    service_level: float = 0.95
    lead_time: float = 7.0
    """Days; a supplier of the suppliers file has its own."""
    review_period: float = 1.0
    """Days."""
    lateness: tuple[tuple[float, float], ...] = ((0.0, 1.0),)
    """Steps of (days late, chance that a supply has come by then)."""
    warning: float = 0.55
    """The line of a projected stockout's warning."""
    revise_over: float = 0.1
    """A share: numbers that move by more make a new proposal."""
    time_zone: str = "UTC"
    method: Method = "order_up_to"
    min_level: int = 0
    """Thousandths, of `min_max`: at or below it an order is due."""
    max_level: int = 0
    """Thousandths, of `min_max`: an order fills up to it."""
    lead_time_factor: float = 0.5
    """LTF of `ddmrp`."""
    variability_factor: float = 0.5
    """VF of `ddmrp`."""
    over_max: OverMax = "down"
    propose_at: Literal["watch", "warning", "critical"] = "warning"
    """An alert of this severity asks for proposals at once."""
    propose_before: timedelta = timedelta(hours=1)
    """Proposals of an order day are made so long before the supplier's cut-off."""
    auto_approve: AutoApprove | None = None
    """None: the desk approves nothing by itself."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Terms:
        """The terms of resolved policy values (compiled names); a value that is not there has the policy's default."""
        known = {**_DEFAULTS, **values}
        auto = known["auto_approve"]
        return cls(
            service_level=float(known["service_level"]),
            lead_time=float(known["lead_time_days"]),
            review_period=float(known["review_period_days"]),
            lateness=tuple((float(days), float(chance)) for days, chance in known["lateness"]),
            warning=_warning(known),
            revise_over=float(known["revise_over"]),
            time_zone=known["time_zone"],
            method=known["method"],
            min_level=thousandths(known["min_level"]),
            max_level=thousandths(known["max_level"]),
            lead_time_factor=float(known["lead_time_factor"]),
            variability_factor=float(known["variability_factor"]),
            over_max=known["over_max"],
            propose_at=known["propose_at"],
            propose_before=timedelta(milliseconds=int(known["propose_before_ms"])),
            auto_approve=None if auto is None else AutoApprove(float(auto["up_to"]), float(auto["p_over"])),
        )


def _warning(known: Mapping[str, Any]) -> float:
    """The line of a warning: that of the policy, else the one that is shipped for the horizon."""
    lead, review = float(known["lead_time_days"]), float(known["review_period_days"])
    words = {"lead": lead, "lead+review": lead + review, "2 lead": 2 * lead, None: max(lead + review, 7.0)}
    horizon = known["horizon"]
    days = words[horizon] if horizon in words else float(horizon)
    lines = (known["watch"], known["warning"], known["critical"])
    return alert_lines(*lines, min(365, max(1, ceil(days))), lead + review)[1]
