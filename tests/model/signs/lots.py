"""What is left of the lots of a position: what expires first goes first, so what is on hand is what expires last."""

from itertools import groupby

from tests.model.instant import DAY
from tests.model.stock import Position
from tests.model.wire import Record

KINDS = ("receipt", "transfer_in")


class Lots:
    """The lots of one position, from the records that brought them; a void takes from the lot of its record."""

    def __init__(self, late_window: int) -> None:
        self.late_window = late_window
        self.entries: list[list] = []
        """[expiry, record, event time, units], units in thousandths; a void is an entry of its record below 0."""
        self.expiries: dict = {}
        self.voids: dict = {}

    def record(self, record: Record) -> None:
        of = (record.source, record.ref if record.kind == "void" else record.id)
        if record.kind == "void":
            self.voids[of] = (record.event_time, -record.quantity)
            if of in self.expiries:
                self.entries.append([self.expiries[of], of, *self.voids[of]])
        elif record.kind in KINDS and record.expiry is not None:
            self.expiries[of] = record.expiry
            self.entries.append([record.expiry, of, record.event_time, record.quantity])
            if of in self.voids:
                self.entries.append([record.expiry, of, *self.voids[of]])

    def cut(self, midnight: int, stock: Position) -> None:
        """Cut the lots to what was left of them `late_window` before, when the day of then began."""
        start = (midnight - self.late_window) // DAY * DAY
        known = [entry for entry in self.entries if entry[2] < start]
        self.entries = [entry for entry in self.entries if entry[2] >= start]
        left = shared(known, stock_at(stock, start))
        self.entries += [[*of, start - 1, units] for of, _, units in left if units > 0]

    def now(self, on_hand: int) -> list[tuple[int, int, int]]:
        """(expiry, most that can be left, left) of each lot, the earliest first."""
        found = sorted((of[0], most, left) for of, most, left in shared(self.entries, on_hand))
        by_expiry = [(expiry, list(same)) for expiry, same in groupby(found, key=lambda lot: lot[0])]
        sums = [
            (expiry, sum(one[1] for one in lots), sum(one[2] for one in lots)) for expiry, lots in by_expiry
        ]
        return [lot for lot in sums if lot[1] > 0]


def stock_at(stock: Position, start: int) -> int:
    """What was on hand when a day began, by event time."""
    since, _, counted = max((count for count in stock.counts if count[0] < start), default=(-1, 0, 0))
    return counted + sum(effect for when, effect in stock.movements if since < when < start)


def shared(entries: list, stock: int) -> list[tuple[list, int, int]]:
    """([expiry, record], most, left) of each record; what expires last is what is there."""
    later, found = 0, []
    same_record = groupby(sorted(entries, key=lambda entry: entry[:2]), key=lambda entry: entry[:2])
    for of, most in reversed([(of, max(0, sum(one[3] for one in same))) for of, same in same_record]):
        found.append((of, most, min(max(stock - later, 0), most)))
        later += most
    return found
