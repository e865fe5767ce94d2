"""All chance of a history comes from one seed; every step is counted, may be printed, and may be the last of a life."""

from __future__ import annotations

import random
from collections.abc import Callable


class Crash(BaseException):
    """kill -9: everything in memory is lost."""


class Dice(random.Random):
    """The random numbers of the scheduler, and the steps of the present life."""

    def __init__(self, seed: int, say: Callable[[str], None] | None = None) -> None:
        super().__init__(seed)
        self.steps = 0
        self._left: int | None = None
        self._where: str | None = None
        self._say = say

    def one_in(self, sides: int) -> bool:
        """True once in `sides` calls, by chance."""
        return self.random() * sides < 1

    def live(self, steps: int | None, where: str | None = None) -> None:
        """A life begins. It crashes after this many steps (of the kind `where`, if given). None: it does not crash."""
        self._left, self._where = steps, where

    def step(self, *what: object) -> None:
        """A step is about to happen. Raises Crash if the life ends before it."""
        self.steps += 1
        if self._left is not None and self._where in (None, what[0]):
            self._left -= 1
            if self._left < 0:
                self._left = None
                self.tell("CRASH before:", *what)
                raise Crash
        self.tell(*what)

    def tell(self, *what: object) -> None:
        """A line of the schedule."""
        if self._say is not None:
            self._say(f"{self.steps:5d}  " + " ".join(map(str, what)))
