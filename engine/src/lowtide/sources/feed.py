"""A feed is one log as its source hands it over: from its start, or from where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

import orjson

from lowtide.sources.block import Block
from lowtide.sources.fingerprint import Fingerprint
from lowtide.sources.row_map import RowMap

Witness = tuple[int, int, int]
"""What tells a message from another one with the same number: number, leader epoch (how often its partition had had another
leader by then) and time in ms since 1970. −1: not known."""


@dataclass(frozen=True)
class ResumePoint:
    """Where a log goes on, and how to tell that it is still the same log. Its JSON form stands in the state: a format.

    >>> ResumePoint.of_json(ResumePoint(17, "68KPve9DThiby5cWO2/1+w", (16, 3, 1795339800000)).to_json()).next
    17
    """

    next: int = 0
    """The number of the next message; 0 where messages are not numbered."""
    origin: str = ""
    """The id of the topic; another topic of the same name has another one. Empty: not known, or not a topic."""
    witness: Witness | None = None
    """The last message that was read. None: no message was read, or not a topic."""

    def to_json(self) -> str:
        """As text."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def of_json(cls, text: str) -> ResumePoint:
        """The point that `to_json` gave. Raises ValueError for anything else."""
        values = orjson.loads(text)
        if not isinstance(values, dict) or values.keys() != {"next", "origin", "witness"}:
            raise ValueError(f"`{text}` does not say where a log goes on")
        witness = values["witness"]
        return cls(values["next"], values["origin"], None if witness is None else tuple(witness))


class Feed:
    """Blocks of files, or of anything that can be read again from its start and does not number its messages."""

    order: Literal["arrival", "event"] = "arrival"
    """Whether records come as they stand, or in order of event time."""
    map: RowMap | None = None
    """The map with which a topic is read; None: its messages hold movements. Of files see `maps`."""
    place = 0
    """Its number among the logs of its source; it decides which worker reads the log."""

    def __init__(self, blocks: Iterable[Block], fingerprints: Iterable[Fingerprint] = ()) -> None:
        self._blocks = blocks
        self.fingerprints = list(fingerprints)
        """How its files are recognised after a crash. Empty for a topic."""
        self.maps: list[RowMap | None] = []
        """The map of each of its files, whose blocks say it too; None: movements. Of a topic see `map`."""
        self.changes: list[tuple[RowMap | None, int]] = []
        """Of a topic that is replayed as a run has read it: maps, each with the first message that it reads."""

    def __iter__(self) -> Iterator[Block]:
        return (block for block in self.begin() if block is not None)

    def begin(self, at: ResumePoint | None = None, wait: bool = True) -> Iterator[Block | None]:
        """The blocks from `at` on (None: from the start). Without `wait`, gives None while a block is not ready."""
        return iter(self._blocks)

    @property
    def position(self) -> int:
        """The number after the last message that was handed out; 0 where messages are not numbered."""
        return 0

    @property
    def resume_point(self) -> ResumePoint:
        """Where another run goes on after the last message that was handed out."""
        return ResumePoint(self.position)

    @property
    def behind(self) -> int:
        """How many messages wait, as far as is known."""
        return 0

    def holds(self, at: ResumePoint | None) -> bool:
        """Whether the log can still be read from here on (None: from where its source says)."""
        return False

    def must_be_same(self, at: ResumePoint | None = None) -> None:
        """Raises TopicChangedError if the source is another one than at `at` (None: than when it was opened)."""

    def done(self, position: int) -> None:
        """Tell tools that show lag that everything before this position is stored for good."""

    def grown(self) -> int:
        """How many logs the source has gained since it was opened."""
        return 0
