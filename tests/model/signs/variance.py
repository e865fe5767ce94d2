"""count_variance: a count that is still far from the record when the records from before it have had time to come."""

from tests.model.signs.verdict import Verdict
from tests.model.wire import Record


class Variance:
    type = "count_variance"

    def __init__(self, shelf) -> None:
        self.shelf = shelf
        self.applied: list = []
        """Counts that were the latest when they came: an older one changes nothing."""
        self.came: int | None = None
        """When the latest count came; None where it is the first one, or nothing was counted."""

    def record(self, record: Record, before) -> None:
        """An older count changes nothing; a newer one takes the place of the one before."""
        counts = self.shelf.stock.counts
        if len(counts) > len(before.counts) and counts[-1] == max(counts):
            self.applied.append(counts[-1])
            self.came = self.shelf.now if len(self.applied) > 1 else None

    @property
    def told(self) -> int | None:
        return None if self.came is None else self.came + self.shelf.values.variance_after

    def times(self):
        return [] if self.told is None else [self.told, self.told + self.shelf.values.variance_hold]

    def apart(self) -> tuple[int, int]:
        """What was counted last, and what the record said at its time, as far as it is known now; thousandths."""
        stock = self.shelf.stock
        *earlier, (when, _, counted) = self.applied
        since, _, start = earlier[-1] if earlier else (-1, 0, 0)
        return counted, start + sum(effect for at, effect in stock.movements if since < at <= when)

    def far(self) -> bool:
        values, (counted, recorded) = self.shelf.values, self.apart()
        off, larger = abs(counted - recorded), max(abs(counted), abs(recorded))
        return off > 0 and off >= values.variance_units * 1000 and off >= values.variance_share * larger

    def judge(self, occasion) -> Verdict | None:
        if self.told is None:
            return Verdict(False, True)
        values, now = self.shelf.values, self.shelf.now
        counted, recorded = self.apart()
        far = self.far()
        hold = self.told <= now < self.told + values.variance_hold
        numbers = {
            "counted": counted / 1000,
            "recorded": recorded / 1000,
            "variance": (counted - recorded) / 1000,
        }
        still = far and now < self.told  # a count that is off as the one before it goes on with its alert
        return Verdict(
            far and hold, not (far and hold) and not still, "watch", numbers if far and hold else {}
        )
