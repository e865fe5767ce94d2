"""A feed is one log as its source hands it over: from its start, or from where an earlier run stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lowtide.sources.block import Block
from lowtide.sources.fingerprint import Mark


class Feed:
    """Blocks of files, or of anything that can be read again from its start and has no numbers of its own."""

    place = 0
    """Its number among the logs of its source: which worker reads it."""

    def __init__(self, blocks: Iterable[Block], marks: Iterable[Mark] = ()) -> None:
        self._blocks = blocks
        self.marks = list(marks)
        """What is read, to know it again after a crash. Empty for a topic."""

    def __iter__(self) -> Iterator[Block]:
        return (block for block in self.begin() if block is not None)

    def begin(self, at: int | None = None, wait: bool = True) -> Iterator[Block | None]:
        """The blocks from message `at` on, None: from its start. Without `wait`, None where there is none just now."""
        return iter(self._blocks)

    @property
    def position(self) -> int:
        """The number of the first message that was not handed out; 0 where messages have none."""
        return 0

    @property
    def behind(self) -> int:
        """How many messages wait, as far as is known."""
        return 0

    def done(self, position: int) -> None:
        """All before this position is stored for good: only tools that show lag are told."""

    def grown(self) -> int:
        """How many logs the source has now more than when it was opened."""
        return 0


class Limited(Feed):
    """A feed that ends early when somebody has had enough of it."""

    def __init__(self, feed: Feed, enough: Callable[[], bool]) -> None:
        super().__init__((), feed.marks)
        self._feed, self._enough = feed, enough
        self.place = feed.place

    def begin(self, at: int | None = None, wait: bool = True) -> Iterator[Block | None]:
        """Its blocks, until it is enough."""
        for block in self._feed.begin(at, wait):
            if self._enough():
                return
            yield block

    @property
    def position(self) -> int:
        """As of the feed."""
        return self._feed.position

    @property
    def behind(self) -> int:
        """As of the feed."""
        return self._feed.behind

    def done(self, position: int) -> None:
        """As of the feed."""
        self._feed.done(position)
