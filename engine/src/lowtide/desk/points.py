"""Places at which a test may kill this process: each names a moment in which a crash is feared.

    LOWTIDE_TEST_CRASH=before_commit       at the first time that the place is met
    LOWTIDE_TEST_CRASH=in_flight:7         at the seventh time

Without the variable a place costs one comparison.
"""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from functools import cache

POINTS = (
    "after_read", "before_commit", "after_commit", "in_flight", "after_answer", "before_mark", "in_ship", "in_rebuild",
)  # fmt: skip
"""The places, in the order in which a message meets them."""

_guard = threading.Lock()


@dataclass
class _Place:
    name: str
    left: int


@cache
def _place() -> _Place:
    """The place that the environment names; read at the first place that is met."""
    name, _, count = os.environ.get("LOWTIDE_TEST_CRASH", "").partition(":")
    return _Place(name, int(count or 1))


def point(name: str) -> None:
    """Ends this process as `kill -9` does, if a test asked for it here."""
    place = _place()
    if name != place.name:
        return
    with _guard:
        place.left -= 1
        if place.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
