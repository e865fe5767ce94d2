"""A journal as the log `journal/0` of a run: its frames are messages, each read with the map that it names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from lowtide.errors import TopicChangedError
from lowtide.intake.journal.folder import LOG, JournalFolder
from lowtide.intake.journal.frame import NO_MAP, Frame
from lowtide.intake.journal.reader import JournalReader
from lowtide.intake.journal.readers import note
from lowtide.sources.block import Block, Messages
from lowtide.sources.feed import Feed, ResumePoint, Witness
from lowtide.sources.row_map import KeptMap, RowMap

_WAIT_S = 0.02
_BLOCK_BYTES = 4 << 20


class JournalFeed(Feed):
    """A journal up to its present end, or with `follow` for ever."""

    def __init__(
        self,
        folder: JournalFolder,
        most: int,
        *,
        follow: bool = False,
        group: str = "lowtide",
        trial: RowMap | None = None,
    ) -> None:
        """In blocks of about `most` rows. `group` is the name under which it says how far it is. With `trial` every frame
        that names a map is read with that one instead. Raises InputError.
        """
        super().__init__(())
        self._folder = folder
        self._trial = trial
        self._most = most
        self._follow = follow
        self._group = group
        self._identity = folder.identity()
        self._position = 0
        self._witness: Witness | None = None

    def begin(self, at: ResumePoint | None = None, wait: bool = True) -> Iterator[Block | None]:
        """Its rows in blocks. Raises TopicChangedError if it is another journal, or does not hold the next row any more."""
        if at is not None:
            self.must_be_same(at)
            if not self.holds(at):
                raise TopicChangedError(
                    f"the journal in `{self._folder}` does not hold place {at.next:,}, where the state goes on"
                )
            self.done(at.next)  # a checkpoint stands there
        reader = JournalReader(self._folder, at.next if at is not None else None)
        self._position = reader.next
        self._witness = at.witness if at is not None else None
        return self._blocks_of(reader, wait)

    def _blocks_of(self, reader: JournalReader, wait: bool) -> Iterator[Block | None]:
        mark = None if self._follow else self._folder.synced()
        map_ = NO_MAP
        while True:
            is_empty = True
            for frames in _gathered(reader.frames(), self._most):
                is_empty = False
                if frames[0].map != map_:
                    map_ = frames[0].map
                    yield Block("map", self._map(map_), 0)
                self._position = frames[-1].next
                self._witness = (frames[-1].first, -1, frames[-1].arrival)
                yield _block(frames)
                if mark is not None and self._position >= mark.next:
                    return
            if not self._follow:
                return
            if is_empty and wait:
                time.sleep(_WAIT_S)
            elif is_empty:
                yield None

    def _map(self, hash_: bytes) -> RowMap | None:
        if hash_ == NO_MAP:
            return None
        return self._trial or KeptMap(hash_.hex(), self._folder.map_document(hash_))

    @property
    def position(self) -> int:
        """The place after the last row that was handed out."""
        return self._position

    @property
    def resume_point(self) -> ResumePoint:
        """That place, with the id of the journal and the last frame before it."""
        return ResumePoint(self._position, self._identity.id, self._witness)

    @property
    def behind(self) -> int:
        """Places that wait in the journal."""
        mark = self._folder.synced()
        return max(0, mark.next - self._position) if mark is not None else 0

    def holds(self, at: ResumePoint | None) -> bool:
        """Whether the journal still has the row there."""
        if at is None:
            return True
        files, mark = self._folder.files(), self._folder.synced()
        first = files[0][0] if files else 0
        return first <= at.next and (mark is None or at.next <= mark.next)

    def must_be_same(self, at: ResumePoint | None = None) -> None:
        """Raises TopicChangedError if there is another journal in its folder, since `at` or (None) since it was opened."""
        known = at.origin if at is not None and at.origin else self._identity.id
        if self._folder.identity().id != known:
            raise TopicChangedError(
                f"`{self._folder}` holds another journal than the one that the state was made from"
            )

    def done(self, position: int) -> None:
        """Say for `--keep` that everything before this place is stored for good. The run goes on if that fails."""
        with suppress(OSError):
            note(self._folder, self._group, position)


def _gathered(frames: Iterator[Frame], most: int) -> Iterator[list[Frame]]:
    """Frames with rows, several with one map together, of about `most` rows."""
    with_rows = (
        frame for frame in frames if frame.rows
    )  # a watermark, or a document without rows, has no place
    for _, run in groupby(with_rows, lambda frame: frame.map):
        gathered: list[Frame] = []
        rows = size = 0
        for frame in run:
            if gathered and (rows + frame.rows > most or size + len(frame.body) > _BLOCK_BYTES):
                yield gathered
                gathered, rows, size = [], 0, 0
            gathered.append(frame)
            rows, size = rows + frame.rows, size + len(frame.body)
        if gathered:
            yield gathered


def _block(frames: list[Frame]) -> Block:
    def numbers(values: Iterator[int]) -> pa.Array:
        return pa.array(list(values), type=pa.int64())

    messages = Messages(
        b"".join(frame.body for frame in frames),
        numbers(len(frame.body) for frame in frames),
        numbers(frame.first for frame in frames),
        numbers(frame.arrival for frame in frames),
        "ndjson",
    )
    return Block("messages", messages, len(frames))


def open_journal(
    path: Path,
    block_records: int,
    *,
    follow: bool = False,
    group: str = "lowtide",
    trial: RowMap | None = None,
) -> dict[str, Feed]:
    """The log of a journal by its name; see `JournalFeed`. Raises InputError if there is not a journal."""
    most = block_records or 1 << 30
    return {LOG: JournalFeed(JournalFolder(path), most, follow=follow, group=group, trial=trial)}
