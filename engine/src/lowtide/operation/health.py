"""Whether a process is alive, and whether it is ready: the first asks for a restart, the second only for patience.

alive   its loop beats, or it waits for something outside (the warehouse), or it is starting or ending
ready   and the state is restored, the warehouse answers, the source is assigned

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
"""A loop that does not beat for so long is stuck. More than any insert or checkpoint takes that goes well."""
START_S = 600.0
"""A start, and an end, may take so long without a beat: a large state is restored, the last rows are stored."""


class Health:
    """The signs of life of one process. Every method may be called from any thread; `beat` costs nothing."""

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
        """How often something has moved: what a watchdog compares."""
        self._loops = False
        self._missing = list(needs)
        self._clock = clock
        self._sign = clock()
        self._reason: str | None = None
        self._look: Callable[[], str | None] | None = None
        self._ending = False

    def beat(self) -> None:
        """The loop of the flow came round, whether there was something to do or not; from now on it should."""
        self._loops = True
        self.moved()

    def moved(self) -> None:
        """Something else than the loop went on, say a part was saved: nobody has to worry, or to expect more of it."""
        self.beats += 1
        self._sign = self._clock()

    def waiting(self, reason: str | None) -> None:
        """The loop stands still because of something outside; None: it goes on."""
        if reason is not None or self._reason is not None:
            self._sign = self._clock()
        self._reason = reason

    def watch(self, look: Callable[[], str | None]) -> None:
        """Asked whenever somebody wants to know: what is waited for, for those who do not say it themselves."""
        self._look = look

    def waits_for(self) -> str | None:
        """What is waited for."""
        if self._look is not None:
            self.waiting(self._look())
        return self._reason

    def reached(self, what: str) -> None:
        """One of what a ready process needs is there."""
        self._missing = [need for need in self._missing if need != what]

    def ending(self) -> None:
        """No more is read; what was read is being stored."""
        self._ending = True
        self._sign = self._clock()

    @property
    def limit_s(self) -> float | None:
        """How long the loop may stand still now. None: for ever, as it has nothing to beat for.

        A process that has been given no partition is ready and never beats.
        """
        if self._ending or (self._missing and not self._loops):
            return self.start_s
        return self.stall_s if self._loops else None

    def stalled(self) -> str | None:
        """Why the process is not alive; None: it is."""
        if self.waits_for() is not None:
            return None
        still, limit = self._clock() - self._sign, self.limit_s
        if limit is None or still <= limit:
            return None
        return f"the flow has stood still for {still:.0f} s"

    def not_ready(self) -> str | None:
        """Why the process is not ready; None: it is."""
        if self._ending:
            return "ending"
        if self._missing:
            return f"not yet: {', '.join(self._missing)}"
        return self.waits_for() or self.stalled()
