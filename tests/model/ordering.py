"""How a position is ordered for, learned from its own orders: at stock and open orders of s or less, Q more.

`close` takes the end of each local day: what is on hand and open from orders of earlier days, and today's orders. s moves
half the way up to where an order was seen, and down below where none was: with no order at x, s is less than x.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.model.decision import Demand, Supply, arrival_days


@dataclass
class Ordering:
    """Reorder point s and quantity Q in units, as far as they are known, and the last promised lead time in days."""

    point: float = 0.0
    quantity: float = 0.0
    lead: int = 0

    def close(self, position: float, quantity: float = 0.0, lead: int = 0) -> None:
        """End a day with this stock and these earlier open orders, and with an order of `quantity`, if any."""
        if not quantity:
            if self.point >= position:
                self.point = max(0.0, position - 1)
            return
        self.quantity, self.lead = quantity, lead
        if self.point == 0:
            self.point = position
        elif position > self.point:
            self.point += (position - self.point) / 2

    def expected(
        self, position: float, demand: Demand, lateness: Sequence[tuple[float, float]]
    ) -> Supply | None:
        """The order to come, where stock and open orders less the mean demand fall to s within the horizon."""
        if self.point <= 0 or self.quantity <= 0:
            return None
        days = (b for b in range(demand.horizon) if position - demand.mean(b) <= self.point)
        day = next(days, None)
        if day is None:
            return None
        return Supply(self.quantity, arrival_days(day + self.lead, lateness, demand.horizon))
