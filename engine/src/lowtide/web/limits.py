"""How often something may be asked: so many times in a minute for one key, such as a token or an address.

>>> limit = Limit(2, seconds=60)
>>> [limit.take("a", at) for at in (0, 1, 2, 61)]
[True, True, False, True]

Only the keys of the last minute are kept, and at most 10,000 of them: more keys than that are an attack, and then the
oldest is forgotten first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

_MOST_KEYS = 10_000


class Limit:
    """At most `count` times in any `seconds` seconds for a key. Any thread may ask."""

    def __init__(self, count: int, seconds: float = 60.0) -> None:
        self.count = count
        self.seconds = seconds
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, at: float) -> bool:
        """Count one time at `at` (seconds); False if the key has had its number, and then it is not counted."""
        with self._lock:
            times = self._of(key, at)
            if len(times) >= self.count:
                return False
            times.append(at)
            return True

    def is_spent(self, key: str, at: float) -> bool:
        """Whether the key has had its number; nothing is counted."""
        with self._lock:
            return len(self._of(key, at)) >= self.count

    def _of(self, key: str, at: float) -> deque[float]:
        """The times of a key in the window that ends at `at`."""
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while times and times[0] <= at - self.seconds:
            times.popleft()
        if len(self._times) > _MOST_KEYS:
            self._times.popitem(last=False)
        return times
