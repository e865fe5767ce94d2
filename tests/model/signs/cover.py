"""overstock: the stock lasts longer than the policy wants."""

from tests.model.signs.near import at_least
from tests.model.signs.verdict import Verdict
from tests.model.wire import Record


class Cover:
    type = "overstock"

    def __init__(self, shelf) -> None:
        self.shelf = shelf

    def times(self):
        return ()

    def judge(self, occasion) -> Verdict | None:
        """Only at the end of a day with a sale, and at a record that is not a sale."""
        shelf, values = self.shelf, self.shelf.values
        sale = isinstance(occasion, Record) and occasion.kind == "sale" and occasion.quantity >= 0
        ended = occasion == "midnight" and shelf.closed.sold > 0
        if not ended and (sale or not isinstance(occasion, Record)):
            return None
        available, rate = shelf.available / 1000, shelf.days.estimate.rate
        excess = max(0.0, available - rate * values.overstock_exit)
        cost = excess * values.holding_cost * 30 / 365
        if rate <= 0:
            return Verdict(False, available <= 0, "watch", {"cover_days": None})
        cover = max(0.0, available) / rate
        known = at_least(shelf.days.learned, values.sign_after)
        numbers = {"cover_days": cover, "excess": excess, "at_stake": cost}
        opens = known and at_least(cover, values.overstock) and at_least(excess, values.overstock_units)
        return Verdict(opens, not at_least(cover, values.overstock_exit), "watch", numbers)
