"""What a receiver does to a request: take it, refuse it as the real one does, or fail in one of the ways of a network."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

Behaviour = Callable[[str, int], "Act"]
"""The key of a message and the number of the try, from 1, to what happens."""


@dataclass(frozen=True)
class Act:
    """What happens to one request.

    `take`: the usual. `code`: N in the body. `status`: N, with Retry-After. `before`, `after`: the connection ends before or
    after the message is taken. `half` an answer. `garbage` as an answer. `redirect` inside. `slow` by so many seconds.
    """

    name: str = "take"
    number: int = 0
    wait: float = 0.0
    """Seconds: of Retry-After, or of a slow answer."""

    @property
    def takes(self) -> bool:
        """Whether the message has arrived, whatever the sender learns."""
        return self.name in ("take", "after", "half", "garbage", "slow")


TAKE = Act()


def always(act: Act) -> Behaviour:
    """The same at every request."""
    return lambda key, number: act


def sequence(*acts: Act) -> Behaviour:
    """One act a try of each message; taken after the last."""
    return lambda key, number: acts[number - 1] if number <= len(acts) else TAKE


def parsed(text: str) -> Behaviour:
    """`code:45009=0.06 status:429:1=0.04 slow:0.2=0.05 before=0.03`: acts with their shares, drawn from key and try."""
    shares = [_share(word) for word in text.replace(",", " ").split()]

    def drawn(key: str, number: int) -> Act:
        lot = int.from_bytes(hashlib.sha256(f"{key} {number}".encode()).digest()[:6], "big") / 2**48
        for act, share in shares:
            if lot < share:
                return act
            lot -= share
        return TAKE

    return drawn


def _share(word: str) -> tuple[Act, float]:
    name, _, share = word.partition("=")
    act, *numbers = name.split(":")
    if act == "slow":
        return Act("slow", wait=float(numbers[0])), float(share)
    wait = float(numbers[1]) if len(numbers) > 1 else 0.0
    return Act(act, int(numbers[0]) if numbers else 0, wait), float(share)
