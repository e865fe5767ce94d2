"""Messages that were received and not taken yet: weighed, because one may be as large as a thousand others."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate

from confluent_kafka import Message

_MOST_MESSAGES = 100_000
"""Messages of a partition that may wait, however small they are."""
_OVERHEAD = 300
"""Bytes that a message takes beside its value."""


class Waiting:
    """Messages by partition, in their order. Whoever uses it holds a lock."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._messages: defaultdict[int, list[Message]] = defaultdict(list)
        self._sizes: defaultdict[int, list[int]] = defaultdict(list)
        self.bytes = 0
        """What all of them take."""
        self._usual = most_bytes // 100
        """Bytes of a message, as the largest of the last ones was."""

    def of(self, number: int) -> int:
        """How many messages of a partition wait."""
        return len(self._messages[number])

    def add(self, number: int, messages: list[Message]) -> None:
        """Take messages of a partition that were received."""
        sizes = [length + _OVERHEAD for length in map(len, messages)]
        self._messages[number].extend(messages)
        self._sizes[number].extend(sizes)
        self.bytes += sum(sizes)
        if sizes:
            self._usual = max(sizes)

    def take(self, number: int, at_most: int, at_most_bytes: int) -> list[Message]:
        """The next messages of a partition, at least one if one waits."""
        messages, sizes = self._messages[number], self._sizes[number]
        count = 0
        for count, size in enumerate(accumulate(sizes[:at_most]), 1):
            if size > at_most_bytes:
                count = max(1, count - 1)
                break
        taken = messages[:count]
        self.bytes -= sum(sizes[:count])
        self._messages[number], self._sizes[number] = messages[count:], sizes[count:]
        return taken

    @property
    def room(self) -> int:
        """How many messages may be received now, if they are like the last ones: at least 1, to hear the broker."""
        return max(1, (self._most_bytes - self.bytes) // self._usual)

    def is_full(self, number: int) -> bool:
        """Whether a partition should not receive more: it has messages, and all of them are too many."""
        return self.of(number) > _MOST_MESSAGES or (self.of(number) > 0 and self.bytes > self._most_bytes)

    def has_room(self, number: int) -> bool:
        """Whether a partition that was full may receive again."""
        return self.of(number) < _MOST_MESSAGES // 2 and (
            not self.of(number) or self.bytes < self._most_bytes // 2
        )
