"""One partition of a topic as a log: its messages in blocks, and where another run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lowtide.kafka.messages import blocks_of
from lowtide.sources.block import Block
from lowtide.sources.feed import Feed, ResumePoint, Witness

if TYPE_CHECKING:
    from lowtide.kafka.topic import Topic


class PartitionFeed(Feed):
    """One partition of a topic, in blocks of at most `most` messages."""

    def __init__(self, topic: Topic, number: int, most: int) -> None:
        super().__init__(())
        self.topic = topic
        self.place = number
        self._most = most
        self._position = 0
        self._witness: Witness | None = None

    def begin(self, at: ResumePoint | None = None, wait: bool = True) -> Iterator[Block | None]:
        """Its messages in blocks. A message `at` that the topic does not hold is an error here, before anything is read."""
        if at is not None:
            self.must_be_same(at)
        self._position = self.topic.begin(self.place, at)
        self._witness = at.witness if at else None
        return self._blocks_of(wait)

    def _blocks_of(self, wait: bool) -> Iterator[Block | None]:
        while (span := self.topic.take(self.place, self._most, wait)) is not None:
            if not span:
                self._position = self.topic.after(self.place, self._position)
                yield None
                continue
            witness = span.witness(len(span) - 1)
            for block, position in blocks_of(span, self.topic.address.layout, self.topic.schemas, wait):
                if block is None:
                    yield None
                    continue
                self._position = position
                if position > witness[0]:
                    self._witness = witness
                yield block
        self._position = self.topic.after(self.place, self._position)

    def grown(self) -> int:
        """How many partitions its topic has gained."""
        return self.topic.grown()

    @property
    def position(self) -> int:
        """The offset after the last message that was handed out."""
        return self._position

    @property
    def resume_point(self) -> ResumePoint:
        """That offset, with the id of the topic and the last message before it."""
        return ResumePoint(self._position, self.topic.identity.id, self._witness)

    @property
    def behind(self) -> int:
        """Messages that wait in the partition."""
        return self.topic.behind(self.place, self._position)

    def holds(self, at: ResumePoint | None) -> bool:
        """Whether the topic still has the message there."""
        return at is None or self.topic.holds(self.place, at.next)

    def must_be_same(self, at: ResumePoint | None = None) -> None:
        """Raises TopicChangedError if the topic was deleted and made anew, since `at` or (None) since it was opened."""
        self.topic.identity.must_be_same(at)

    def done(self, position: int) -> None:
        """Commit a position that is stored for good."""
        if self.topic.follow:
            self.topic.done(self.place, position)
