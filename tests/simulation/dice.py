"""All chance of a history comes from one seed; every step is counted, may be told, and may be the last of a life."""

from __future__ import annotations

import random
from collections.abc import Callable


class Crash(BaseException):
    """kill -9: what was in memory is gone."""


class Dice(random.Random):
    """The scheduler's random numbers, and the steps of the life that is led."""

    def __init__(self, seed: int, say: Callable[[str], None] | None = None) -> None:
        super().__init__(seed)
        self.steps = 0
        self._left: int | None = None
        self._where: str | None = None
        self._say = say

    def one_in(self, sides: int) -> bool:
        """True as often as one side of so many comes up."""
        return self.random() * sides < 1

    def live(self, steps: int | None, where: str | None = None) -> None:
        """A life begins: it ends with a crash after so many steps, of the kind `where` if given; None: never."""
        self._left, self._where = steps, where

    def step(self, *what: object) -> None:
        """Something is about to happen. Raises Crash if it does not any more."""
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
