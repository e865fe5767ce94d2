"""phantom_stock and sales_drought: far fewer sales than are likely, on closed days in stock.

share     the share of days in stock with a sale; it learns at least a hundredth a day, and starts at one half
surprise  of one idle day of the present run: frozen at the last day with a sale
odds      that the shelf is empty: o := (o + .0006) e^surprise with each idle day
score     what the days with sales have left of it, and a surprise for each idle day
"""

from math import exp, log

from tests.model.signs.days import ClosedDay
from tests.model.signs.near import at_least, in_steps
from tests.model.signs.verdict import Verdict
from tests.model.wire import Record

HIDES = 0.0006
WHOLE = 0.5
"""Less of a day in stock is not a day."""


class Quiet:
    """What closed days say, for both signs."""

    def __init__(self, shelf) -> None:
        self.shelf = shelf
        self.share = 0.5
        self.surprise = self.score_of_sales = 0.0
        self.run = 0
        """Idle days since the last sale, count or empty record."""

    @property
    def score(self) -> float:
        return self.score_of_sales + self.surprise * self.run

    @property
    def odds(self) -> float:
        odds = 0.0
        for _ in range(self.run if self.surprise else 0):
            odds = (odds + HIDES) * exp(self.surprise)
        return odds

    def begin(self) -> None:
        """Somebody counted, or the record itself says that the shelf is empty."""
        self.run, self.score_of_sales = 0, 0.0

    def changed(self, available_before: int) -> None:
        if available_before > 0 >= self.shelf.available:
            self.begin()

    def record(self, record: Record, before) -> None:
        stock = self.shelf.stock
        if len(stock.counts) > len(before.counts) and stock.counts[-1] == max(stock.counts):
            self.begin()

    def late(self, day: int) -> None:
        """A sale of a closed day came late: the run is at most the days since."""
        self.run = min(self.run, self.shelf.days.today - 1 - day)

    def midnight(self, closed: ClosedDay) -> None:
        """A day with a sale ends the run and scores what was sold; the estimate of before judges it."""
        days, values = self.shelf.days, self.shelf.values
        knows = at_least(days.learned, values.sign_after, 2e-3)
        if closed.exposure >= WHOLE:
            step = max(0.01, 1 / (days.learned + 1))
            self.share = in_steps(self.share + step * ((closed.sold > 0) - self.share), 65536, 65535)
        if closed.sold > 0:
            expected = 0.9 * min(closed.rate, closed.slow) * closed.exposure
            more = (closed.sold * log(0.1) + expected) / closed.variance_ratio
            score = min(self.score, values.drought_line) + more
            self.run, self.surprise, self.score_of_sales = 0, 0.0, 0.0
            if knows:
                ratio, rate = days.variance_ratio, min(days.estimate.rate, days.estimate.level[0])
                surprise = min(rate * log(ratio) / (ratio - 1), -log(1 - self.share))
                self.surprise = in_steps(surprise, 4096, 65535)
                self.score_of_sales = in_steps(score, 1024, 65535)
        elif closed.exposure >= WHOLE:
            self.run += 1
        if not closed.ends_in_stock or (closed.silent and closed.any_sold):
            self.begin()


class Phantom:
    type = "phantom_stock"

    def __init__(self, shelf) -> None:
        self.shelf, self.quiet = shelf, shelf.quiet

    def times(self):
        return ()

    def judge(self, occasion) -> Verdict:
        """It opens at the end of a day, in the first `slow_days` of a run; a sale, a count or an empty record ends it."""
        quiet, values = self.quiet, self.shelf.values
        unsold = self.shelf.available > 0 and self.shelf.days.any_sold <= 0
        odds = quiet.odds
        line = log(values.phantom_odds)
        likely = odds > 0 and at_least(log(odds), line, 1e-3 * (quiet.run + 1)) and unsold
        opens = likely and occasion == "midnight" and quiet.run <= values.slow_days
        opens &= not self.shelf.is_heard_nothing()
        numbers = {"odds": odds, "quiet_days": quiet.run, "surprise_per_day": quiet.surprise}
        return Verdict(opens, not likely, "warning", numbers)


class Drought:
    type = "sales_drought"

    def __init__(self, shelf) -> None:
        self.shelf, self.quiet = shelf, shelf.quiet

    def times(self):
        return ()

    def judge(self, occasion) -> Verdict | None:
        """At the end of a day, and when the record is empty; phantom_stock and a lower level take over."""
        quiet, values, shelf = self.quiet, self.shelf.values, self.shelf
        numbers = {"score": quiet.score, "quiet_days": quiet.run}
        if shelf.is_open("phantom_stock") or shelf.is_shifted_down():
            return Verdict(False, False, "watch", numbers, taken_over=True)
        if occasion != "midnight" and shelf.available > 0:
            return None
        near = 2e-3 * (quiet.run + 1)
        stocked = shelf.available > 0
        opens = stocked and quiet.run <= values.slow_days and at_least(quiet.score, values.drought_line, near)
        opens &= not shelf.is_heard_nothing()
        over = not stocked or not at_least(quiet.score, values.drought_line * values.exit_ratio, near)
        return Verdict(opens, over, "watch", numbers)
