"""How soon a refusal is sent: a client that is refused again and again waits for it, so its requests cost little.

>>> pace = Pace(a_second=10, at_once=2)
>>> [pace.delay("a", at) for at in (0.0, 0.0, 0.0, 0.0, 1.0)]
[0.0, 0.0, 0.1, 0.2, 0.0]
"""

from __future__ import annotations

from collections import OrderedDict

_MOST_KEYS = 10_000
_LONGEST_S = 10.0


class Pace:
    """At most so many refusals a second for a client, after some at once."""

    def __init__(self, a_second: float = 50.0, at_once: int = 100) -> None:
        self._every = 1 / a_second
        self._ahead = at_once * self._every
        self._due: OrderedDict[str, float] = OrderedDict()
        """When the refusals of a client so far would be out, one after the other."""

    def delay(self, client: str, now: float) -> float:
        """Count one refusal at `now` (seconds): how many seconds it waits."""
        due = max(self._due.get(client, 0.0), now) + self._every
        self._due[client] = min(due, now + self._ahead + _LONGEST_S)
        self._due.move_to_end(client)
        if len(self._due) > _MOST_KEYS:
            self._due.popitem(last=False)
        return round(max(0.0, due - now - self._ahead), 3)
