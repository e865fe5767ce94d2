"""level_shift: a two-sided CUSUM of whole weeks against the usual level, which does not learn the shift away."""

from math import log

from tests.model.signs.days import ClosedDay
from tests.model.signs.near import TooNear, at_least
from tests.model.signs.verdict import Verdict

WEEK = 7
UP, DOWN = 2.5, 0.25
MOST = 4.0
LEAST_EXPOSURE = 1.75
"""Days in stock that make a week worth judging."""
LEAST = 0.001
"""The least usual level, in units a day."""


def eighths(number: float) -> float:
    """The nearest eighth, at most 127 of them. Raises TooNear."""
    eights = min(max(number * 8, 0.0), 127.0) + 0.5
    if abs(eights - round(eights)) < 1e-3 and eights != 0.5:
        raise TooNear(f"{number} between two eighths")
    return int(eights) / 8


class Shift:
    type = "level_shift"

    def __init__(self, shelf) -> None:
        self.shelf = shelf
        self.usual: float | None = None
        self.cusum = 0.0
        self.first_week = 0
        """The week in which the CUSUM left 0."""
        self.shifted = False

    def times(self):
        return ()

    def midnight(self, closed: ClosedDay) -> None:
        self.close_week(closed)

    def close_week(self, closed: ClosedDay) -> None:
        days, values = self.shelf.days, self.shelf.values
        week = closed.week
        if week is None or week.exposure < LEAST_EXPOSURE:
            return
        if self.usual is None:
            if not at_least(days.learned, values.sign_after, 2e-3):
                return
            self.usual = max(week.slow, LEAST)
        mean = self.usual * week.exposure
        up = (week.sold * log(UP) - (UP - 1) * mean) / week.variance_ratio
        down = (week.sold * log(DOWN) + (1 - DOWN) * mean) / week.variance_ratio
        up = eighths(max(self.cusum, 0.0) + min(up, MOST))
        down = eighths(max(-self.cusum, 0.0) + min(down, MOST))
        if self.shifted and self.cusum < 0:
            up = 0.0
        if (self.shifted and self.cusum > 0) or not at_least(self.usual * WEEK, 1.0):
            down = 0.0
        new, number = up if up >= down else -down, closed.number // WEEK
        if (new > 0) - (new < 0) != (self.cusum > 0) - (self.cusum < 0):
            self.first_week = number
        self.cusum = new
        if self.shifted and (new == 0 or number - self.first_week >= values.shift_weeks):
            self.shifted, self.cusum = False, 0.0
            if new == 0:
                self.follow(week)
            else:
                self.usual = max(days.estimate.rate, LEAST)
            return
        self.shifted |= at_least(abs(new), values.shift_line)
        if not self.shifted:
            self.follow(week)

    def follow(self, week) -> None:
        """The usual level learns a tenth a whole week."""
        share = 0.1 * min(week.exposure / WEEK, 1)
        self.usual = max(self.usual + share * (week.sold / week.exposure - self.usual), LEAST)

    @property
    def is_down(self) -> bool:
        return self.cusum < 0

    def judge(self, occasion) -> Verdict | None:
        if occasion != "midnight":
            return None
        inhibited = self.is_down and self.shelf.is_open("phantom_stock")
        since = None if self.cusum == 0 else self.first_week * WEEK
        numbers = {"cusum": self.cusum, "since": since, "usual_per_day": self.usual or 0.0}
        return Verdict(self.shifted and not inhibited, not self.shifted, "watch", numbers)
