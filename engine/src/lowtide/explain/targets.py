"""What those who plan by targets see of a position: safety stock, reorder point, and what may be promised.

The row of a position has the core's own `safety_stock` and `reorder_point`, of its last record. Where a row does not
have them, they are computed here from what the projection starts from and the values of the policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lowtide.explain.amounts import amount
from lowtide.explain.planning import Promise, Safety, available_to_promise, planned
from lowtide.explain.position import Start
from lowtide.explain.story import safety_stock, service_of, slow
from lowtide.explain.supply import day_of
from lowtide.rows import Row, plain
from lowtide.words import Language

_NEEDED = ("lead_time_days", "review_period_days", "lead_time_sd_days", "service_level")


@dataclass(frozen=True)
class Targets:
    """Safety stock and available to promise of one position; quantities in units."""

    plan: Safety | None
    """The formula; None where the policy of the position is not known."""
    row: tuple[str, str] | None
    """Safety stock and reorder point as the core published them, in their JSON form."""
    promises: list[Promise]
    overdue: Decimal
    """Open supply whose due day has passed: it has no day from which it could be promised."""

    def sentences(self, tell: Language) -> list[str]:
        """Say what the safety stock and the reorder point are, and for which service."""
        if self.plan is None:
            return []
        if self.row is None:
            return safety_stock(self.plan, tell)
        safety, point = map(amount, self.row)
        service = service_of(self.plan, tell)
        sentence = tell.say("explain.targets", safety=safety, point=point, service=service)
        return [sentence, *slow(self.plan, tell)]

    def to_dict(self) -> Row:
        """Names of `lowtide position --json`."""
        plan = self.plan
        safety, point = self.row or (None, None) if plan is None else self.row or _texts(plan)
        return {
            "safety_stock": safety,
            "reorder_point": point,
            "service": plan and plan.service,
            "service_level": plan and plan.service_level,
            "k": plan and plan.k,
            "sigma": plan and plan.sigma,
            "order_quantity": plan and plan.quantity,
            "available_to_promise": [plain(vars(promise)) for promise in self.promises],
            "overdue": plain(self.overdue),
        }


def targets(stock: Row, begin: Start, orders: Sequence[Row], terms: Row, zone: str = "UTC") -> Targets:
    """The targets of a position: its row of `position_current`, its open rows of `order_line` and the values of its policy.

    What the ledger entry says of lead time and review period ranks above the policy: inputs may have set it.
    """
    values = {**terms, **{name: begin.detail[name] for name in _NEEDED if name in begin.detail}}
    known = all(name in values for name in _NEEDED)
    quantity = (begin.detail.get("expected_order") or {}).get("quantity")
    plan = planned(begin.demand, values, quantity) if known else None
    row = (
        (str(stock["safety_stock"]), str(stock["reorder_point"]))
        if stock.get("safety_stock") is not None
        else None
    )
    return Targets(plan, row, *promises(stock, orders, zone))


def promises(stock: Row, orders: Sequence[Row], zone: str = "UTC") -> tuple[list[Promise], Decimal]:
    """What may be promised now and from each day with a supply; and the supply that is overdue at the last record."""
    today, dated, overdue = day_of(stock["last_event_time"], zone), list[tuple[date, Decimal]](), Decimal(0)
    for order in orders:
        quantity, day = Decimal(order["outstanding"]), day_of(order["due"], zone) if order["due"] else None
        if day is None or day < today:
            overdue += quantity
        else:
            dated.append((day, quantity))
    return available_to_promise(Decimal(stock["available"]), dated), overdue


def _texts(plan: Safety) -> tuple[str, str]:
    return f"{plan.safety_stock:.3f}", f"{plan.reorder_point:.3f}"
