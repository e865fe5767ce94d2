"""Whether a process is alive and whether it is ready. If it is not alive, restart it; if it is not ready, wait.

alive   its loop beats, or it waits for something outside (the warehouse), or it is starting or ending
ready   it is alive, the state is restored, the warehouse answers, the source is assigned

>>> health = Health(needs=("state",))
>>> health.not_ready()
'not yet: state'
>>> health.reached("state"); health.waiting("the warehouse is away")
>>> health.not_ready(), health.stalled()
('the warehouse is away', None)
"""

from __future__ import annotations

import time
from collections.abc import Callable

NEEDS = ("state", "warehouse", "source")
STALL_S = 120.0
"""A loop that does not beat for this many seconds is stuck. A successful insert or checkpoint always takes less."""
START_S = 600.0
"""A start or an end may take this many seconds without a beat, to restore a large state or to store the last rows."""


class Health:
    """The signs of life of one process. Every method may be called from any thread; `beat` is very cheap."""

    def __init__(
        self,
        *,
        needs: tuple[str, ...] = NEEDS,
        stall_s: float = STALL_S,
        start_s: float = START_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stall_s = stall_s
        self.start_s = start_s
        self.beats = 0
        """How often something has moved. A watchdog compares this number."""
        self._loops = False
        self._missing = list(needs)
        self._clock = clock
        self._sign = clock()
        self._reason: str | None = None
        self._look: Callable[[], str | None] | None = None
        self._ending = False

    def beat(self) -> None:
        """Call this once per round of the flow's loop, also without work. From the first call on, the loop must beat."""
        self._loops = True
        self.moved()

    def moved(self) -> None:
        """Call this when something outside the loop has moved, such as a saved key group. It does not have to come again."""
        self.beats += 1
        self._sign = self._clock()

    def waiting(self, reason: str | None) -> None:
        """Call this with the reason when the loop waits for something outside, and with None when it continues."""
        if reason is not None or self._reason is not None:
            self._sign = self._clock()
        self._reason = reason

    def watch(self, look: Callable[[], str | None]) -> None:
        """Adds a function that says what a component waits for, or None. It is called when somebody asks for the health."""
        self._look = look

    def waits_for(self) -> str | None:
        """What the process waits for."""
        if self._look is not None:
            self.waiting(self._look())
        return self._reason

    def reached(self, what: str) -> None:
        """Call this when one of the things that a ready process needs is reached."""
        self._missing = [need for need in self._missing if need != what]

    def ending(self) -> None:
        """Call this when reading ends and only the last rows are stored."""
        self._ending = True
        self._sign = self._clock()

    @property
    def limit_s(self) -> float | None:
        """How many seconds the loop may stand still now. None: without limit, because it does not have work.

        A process that does not have a partition is ready and never beats.
        """
        if self._ending or (self._missing and not self._loops):
            return self.start_s
        return self.stall_s if self._loops else None

    def stalled(self) -> str | None:
        """Why the process is not alive, or None if it is alive."""
        if self.waits_for() is not None:
            return None
        still, limit = self._clock() - self._sign, self.limit_s
        if limit is None or still <= limit:
            return None
        return f"the flow has stood still for {still:.0f} s"

    def not_ready(self) -> str | None:
        """Why the process is not ready, or None if it is ready."""
        if self._ending:
            return "ending"
        reason = self.waits_for()
        if reason is None and self._missing:
            return f"not yet: {', '.join(self._missing)}"
        return reason or self.stalled()
