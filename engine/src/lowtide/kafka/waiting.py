"""Messages that were received and not taken yet: weighed, because one may be as large as a thousand others."""

from __future__ import annotations

from collections import defaultdict, deque

from lowtide.core import Span

_MOST_MESSAGES = 100_000
"""Messages of a partition that may wait, however small they are."""
_OVERHEAD = 300
"""Bytes that a message may take beside its value: numbers and headers here, its object where the client makes one."""


class Waiting:
    """Messages by partition, in their order. Whoever uses it holds a lock."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._spans: defaultdict[int, deque[Span]] = defaultdict(deque)
        self._counts: defaultdict[int, int] = defaultdict(int)
        self.bytes = 0
        """What all of them take."""
        self._usual = most_bytes // 100
        """Bytes of a message, as the largest of the last ones was."""

    def of(self, number: int) -> int:
        """How many messages of a partition wait."""
        return self._counts[number]

    def add(self, number: int, span: Span) -> None:
        """Take messages of a partition that were received."""
        if not span:
            return
        self._spans[number].append(span)
        self._counts[number] += len(span)
        self.bytes += _weight(span)
        self._usual = span.largest + _OVERHEAD

    def take(self, number: int, at_most: int, at_most_bytes: int) -> Span:
        """The next messages of a partition, at least one if one waits."""
        spans = self._spans[number]
        taken: list[Span] = []
        count = size = 0
        while spans and count < at_most:
            span = spans[0]
            fit = min(span.fitting(at_most_bytes - size, _OVERHEAD), at_most - count)
            fit = max(fit, 0 if taken else 1)
            if fit < len(span):
                taken.append(span.cut(0, fit))
                spans[0] = span.cut(fit, len(span))
                break
            taken.append(spans.popleft())
            count += len(span)
            size += _weight(span)
        whole = taken[0] if len(taken) == 1 else Span.joined(taken)
        self.bytes -= _weight(whole)
        self._counts[number] -= len(whole)
        return whole

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


def _weight(span: Span) -> int:
    return span.size + _OVERHEAD * len(span)
