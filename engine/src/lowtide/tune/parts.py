"""The time of a history in parts: a start that is left out, parts that choose, and the last part, which judges.

    |  start  |  part 1  |  part 2  |  part 3  |  part 4  |   the part that judges   |

At the start of a log nothing is learned yet, so its figures say nothing about a policy. What is chosen on the parts up to
one is measured on the next one: that is the promise. The part that judges is not replayed before everything is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from lowtide.backtest import Period
from lowtide.errors import SettingsError
from lowtide.tune.figures import Part

COUNT = 4
"""Parts that choose."""
FIRST_MEASURED = 2
"""The first part that is measured, counted from 0: before it there are two parts to choose on."""
LEAST_DAYS = 5
"""Days of the shortest part."""


@dataclass(frozen=True)
class Parts:
    """The days of a history, by what they are used for; all days are in UTC."""

    first: date
    """The first day of the history."""
    judge_from: date

    def __post_init__(self) -> None:
        if self.days_each < LEAST_DAYS:
            least = (COUNT + 1) * LEAST_DAYS
            raise SettingsError(
                f"only {(self.judge_from - self.first).days} days are before {self.judge_from}, and it takes {least}",
                "Give a longer history, or a later `--judge-from`.",
            )

    @property
    def days_each(self) -> int:
        """Days of each part that chooses."""
        return (self.judge_from - self.first).days // (COUNT + 1)

    @property
    def choosing(self) -> Period:
        """What is replayed to choose: it ends where the part that judges begins."""
        return before(self.judge_from)

    @property
    def parts(self) -> list[Part]:
        """The parts that choose, in ms since 1970 UTC. The last one ends where the part that judges begins."""
        length = timedelta(days=self.days_each)
        starts = [self.judge_from - length * (COUNT - number) for number in range(COUNT)]
        return [(_midnight(start), _midnight(start + length)) for start in starts]


def before(day: date) -> Period:
    """All that is before a day."""
    return Period(None, day - timedelta(days=1))


def two_thirds(first: date, last: date) -> date:
    """The day on which the last third of a history begins."""
    days = (last - first).days + 1
    return first + timedelta(days=days * 2 // 3)


def day_of_ms(ms: int) -> date:
    """The day of a time in ms since 1970 UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).date()


def _midnight(day: date) -> int:
    return round(datetime.combine(day, time(), UTC).timestamp() * 1000)
