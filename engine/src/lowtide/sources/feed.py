"""A feed is one log as its source hands it over: from its start, or from where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lowtide.sources.block import Block
from lowtide.sources.fingerprint import Fingerprint


class Feed:
    """Blocks of files, or of anything that can be read again from its start and does not number its messages."""

    place = 0
    """Its number among the logs of its source; it decides which worker reads the log."""

    def __init__(self, blocks: Iterable[Block], fingerprints: Iterable[Fingerprint] = ()) -> None:
        self._blocks = blocks
        self.fingerprints = list(fingerprints)
        """How its files are recognised after a crash. Empty for a topic."""

    def __iter__(self) -> Iterator[Block]:
        return (block for block in self.begin() if block is not None)

    def begin(self, at: int | None = None, wait: bool = True) -> Iterator[Block | None]:
        """The blocks from message `at` on (None: from the start). Without `wait`, gives None while a block is not ready."""
        return iter(self._blocks)

    @property
    def position(self) -> int:
        """The number after the last message that was handed out; 0 where messages are not numbered."""
        return 0

    @property
    def behind(self) -> int:
        """How many messages wait, as far as is known."""
        return 0

    def holds(self, position: int | None) -> bool:
        """Whether the log can still be read from this message on (None: from where its source says)."""
        return False

    def done(self, position: int) -> None:
        """Tell tools that show lag that everything before this position is stored for good."""

    def grown(self) -> int:
        """How many logs the source has gained since it was opened."""
        return 0
