"""expiring: goods will probably expire before they are sold, or have expired."""

from math import ceil

from tests.model.formulas import tail
from tests.model.instant import DAY, HOUR
from tests.model.signs.days import ClosedDay
from tests.model.signs.lots import Lots
from tests.model.signs.near import at_least
from tests.model.signs.verdict import Verdict
from tests.model.wire import Record


class Expiring:
    type = "expiring"

    def __init__(self, shelf) -> None:
        self.shelf = shelf
        self.lots = Lots(shelf.values.late_window)

    def record(self, record: Record, before) -> None:
        self.lots.record(record)

    def midnight(self, closed: ClosedDay) -> None:
        self.lots.cut(self.shelf.now, self.shelf.stock)

    def times(self):
        """Right after a lot has expired; midnights come anyway."""
        return [expiry + 1 for expiry, _, _ in self.lots.now(self.shelf.stock.on_hand)]

    def judge(self, occasion) -> Verdict | None:
        """At each midnight, right after one has expired, and at each record that is not a sale; if open, also at a sale."""
        shelf, values = self.shelf, self.shelf.values
        is_sale = isinstance(occasion, Record) and occasion.kind == "sale" and occasion.quantity >= 0
        if is_sale and not shelf.is_open(self.type):
            return None
        lots, now = self.lots.now(shelf.stock.on_hand), shelf.now
        if occasion == "time" and all(expiry + 1 != now for expiry, _, _ in lots):
            return None
        expired = sum(left for expiry, _, left in lots if expiry < now) / 1000
        worst = self.worst([lot for lot in lots if lot[0] >= now])
        p = worst["p"] if worst else 0.0
        line = values.expiring_p * (values.exit_ratio if shelf.is_open(self.type) else 1)
        holds = expired > 0 or (worst is not None and at_least(p, line, 1e-5))
        numbers = {"lots": [(expiry, most / 1000, left / 1000) for expiry, most, left in lots]}
        numbers |= {"expired": expired, "worst": worst}
        return Verdict(holds, not holds, "critical" if expired > 0 else "warning", numbers)

    def worst(self, lots: list) -> dict | None:
        """The lot that is the least likely to be sold in time, with those that expire before it."""
        found, units, days = [], 0.0, self.shelf.days
        if not any(days.estimate.level) and days.learned <= 0.001:
            return None  # neither a prior rate nor a day in stock says anything of demand
        for expiry, _, left in lots:
            units += left / 1000
            whole_days = (expiry + 1) // DAY - self.shelf.now // DAY
            if left > 0 and whole_days <= self.shelf.values.expiring_days:
                found.append(self.chance(expiry, units, whole_days))
        return max(found, key=lambda lot: (lot["p"], -lot["expiry"]), default=None)

    def chance(self, expiry: int, units: float, days: int) -> dict:
        """That demand does not reach so many units in the rest of today and the whole days after it."""
        into = self.shelf.now % DAY // HOUR
        exposure = days - into / 24 if days > 0 else 0.0
        mean, variance = self.shelf.days.outlook.mean_variance(exposure)
        unsold = sum(
            min(1.0, units - one) * (1 - tail(mean, variance, one + 1)) for one in range(ceil(units))
        )
        p = 1 - tail(mean, variance, ceil(units))
        return {"expiry": expiry, "units": units, "days": days, "p": p, "unsold": unsold}
