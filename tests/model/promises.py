"""The holds, or the reservations, of one position: for each ref what went in less what came out.

Within the window it is a sum, so it may be negative: the reservation that belongs to an early cancellation may
still come. What leaves the window is folded into a base that is never negative; what is cut off there was
released once too often.

>>> held = Promises()
>>> held.add("A", 0, -4); held.add("A", 1, 10); held.total, held.over_released
(6, 0)
>>> held.fold(since=1); held.total, held.over_released
(10, 4)
"""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Balance:
    base: int = 0
    window: dict = field(default_factory=lambda: defaultdict(int))
    """Event time to in less out: at one time what goes in counts first, so one sum a time is enough."""

    @property
    def value(self) -> int:
        return self.base + sum(self.window.values())


@dataclass
class Promises:
    refs: dict = field(default_factory=lambda: defaultdict(Balance))
    cut: int = 0

    def add(self, ref: str | None, when: int, change: int) -> None:
        self.refs[ref].window[when] += change

    def fold(self, since: int) -> None:
        """Take every movement older than `since` into the base, in order of event time."""
        for ref, balance in list(self.refs.items()):
            for when in sorted(when for when in balance.window if when < since):
                left = balance.base + balance.window.pop(when)
                balance.base = max(0, left)
                self.cut += max(0, -left)
            if not balance.base and not balance.window:
                del self.refs[ref]

    @property
    def times(self) -> set:
        return {when for balance in self.refs.values() for when in balance.window}

    @property
    def total(self) -> int:
        return sum(max(0, balance.value) for balance in self.refs.values())

    @property
    def over_released(self) -> int:
        """What the folds cut off, and what is negative now."""
        return self.cut + sum(max(0, -balance.value) for balance in self.refs.values())
