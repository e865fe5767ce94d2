"""slow_moving and dead_stock: nothing was sold on so many days in stock."""

from tests.model.signs.verdict import Verdict


class Idle:
    """One of the two: the other one's days bound it."""

    def __init__(self, shelf, type: str) -> None:
        self.shelf, self.type = shelf, type
        self.line = shelf.values.dead_days if type == "dead_stock" else shelf.values.slow_days

    def times(self):
        return ()

    def judge(self, occasion) -> Verdict:
        shelf, values = self.shelf, self.shelf.values
        enough = shelf.available >= max(values.idle_units * 1000, 1)
        long = shelf.days.idle >= self.line and shelf.days.any_sold <= 0
        dead = self.type == "slow_moving" and "dead_stock" in values.look_for
        taken_over = dead and enough and long and shelf.days.idle >= values.dead_days
        cost = max(shelf.available, 0) / 1000 * values.holding_cost * 30 / 365
        numbers = {"idle_days": shelf.days.idle, "at_stake": cost}
        return Verdict(
            long and enough and not taken_over, not (long and enough), "watch", numbers, taken_over
        )
