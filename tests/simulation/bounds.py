"""Changes to the product during a history: low limits, a folding thread under control, segments that may be cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from lowtide.runner import plan, steps
from lowtide.state import segments
from lowtide.state.segments import Chain, Save, Segment

from .dice import Crash, Dice


class Folders:
    """Replaces the thread that folds segments. It works when the dice say so, and stops after a crash."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
        self.done = 0

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Takes work."""
        future: Future[Any] = Future()
        self._waiting.append((future, work, given))
        return future

    def work(self) -> None:
        """Does the oldest piece of work."""
        if self._waiting:
            self._dice.step("fold")
            future, work, given = self._waiting.pop(0)
            future.set_result(work(*given))
            self.done += 1

    def die(self) -> None:
        """Drops the remaining work."""
        self._waiting.clear()


@contextmanager
def bounds(dice: Dice, folders: Folders) -> Iterator[None]:
    """Applies the changes for the time of one history."""
    tokens = SimpleNamespace(token_hex=lambda size: f"{dice.getrandbits(8 * size):0{2 * size}x}")
    with ExitStack() as stack:
        for where, name, value in (
            (segments, "LONGEST", dice.choice((2, 3, 5, 30))),
            (segments, "KEPT", dice.choice((1, 2, 8))),
            (segments, "secrets", tokens),
            (segments, "_folders", folders),
            (Chain, "_write", _torn(dice, Chain._write)),
            (steps, "BATCH_ROWS", dice.choice((1, 4, 2000))),
            (plan, "CROWDED", dice.choice((0, 1, 32))),
        ):
            stack.enter_context(patch.object(where, name, value))
        yield


def _torn(
    dice: Dice, write: Callable[[Chain, Save, bool], Segment]
) -> Callable[[Chain, Save, bool], Segment]:
    """A crash while a segment is written leaves only some of its bytes."""

    def torn(self: Chain, save: Save, whole: bool) -> Segment:
        segment = write(self, save, whole)
        try:
            dice.step("segment", self.log, self.part, segment.name, "of", segment.length, "bytes")
        except Crash:
            path = self.folder / segment.name
            path.write_bytes(path.read_bytes()[: dice.randint(0, segment.length)])
            raise
        return segment

    return torn
