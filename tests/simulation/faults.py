"""Deliberate faults of the product, each a mistake that somebody could make: the simulation must notice every one of them.

Each fault removes or changes one thing while a history is played. `FAULTS` names for each fault a seed at which it was
noticed. The test may try `FOUND_WITHIN` seeds from there on.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa

from lowtide.core import Group, Log
from lowtide.runner import steps
from lowtide.runner.plan import Plan
from lowtide.runner.reader import LogReader
from lowtide.runner.steps import Decoding, Inventory
from lowtide.sources.block import Block
from lowtide.sources.feed import ResumePoint
from lowtide.state import Manifest, segments
from lowtide.state.epochs import Epochs
from lowtide.state.segments import Chain

from .history import History

FOUND_WITHIN = 100
Bent = Callable[..., Any]


def _bend(where: Any, name: str, bent: Callable[[Bent], Bent]) -> Any:
    """Puts `bent(original)` in place of a method or function."""
    return patch.object(where, name, bent(getattr(where, name)))


def no_fence_by_number() -> Any:
    """A message that arrives again is decoded again, because its number is treated as new."""

    def bent(decode: Bent) -> Bent:
        def renumbered(partition: Any, block: Block) -> Any:
            if block.kind == "messages":
                numbers, least = [], partition.next_message
                for number in block.messages.offsets.to_pylist():
                    numbers.append(max(number, least))
                    least = numbers[-1] + 1
                again = block.messages._replace(offsets=pa.array(numbers, pa.int64()))
                block = Block("messages", again, block.records)
            return decode(partition, block)

        return renumbered

    return _bend(steps, "decode", bent)


class _Unfenced:
    """A key group that applies records again that it has applied before."""

    def __init__(self, group: Group) -> None:
        self._group = group

    def __getattr__(self, name: str) -> Any:
        return getattr(self._group, name)

    def __len__(self) -> int:
        return len(self._group)

    def apply(self, block: bytes) -> None:
        """The records of the block, renumbered so that every number is at least the next offset."""
        data, at, least = bytearray(block), 20, self._group.next_offset
        for _ in range(struct.unpack_from("<I", block, 16)[0]):
            texts = (
                sum(struct.unpack_from("<4H", block, at + 2)) + struct.unpack_from("<I", block, at + 12)[0]
            )
            least = max(least, struct.unpack_from("<Q", block, at + 16)[0]) + 1
            struct.pack_into("<Q", data, at + 16, least - 1)
            at += 56 + texts
        self._group.apply(bytes(data))


def no_purge() -> Any:
    """A later run loads snapshots of an epoch that was never complete."""

    def bent(go_back: Bent) -> Bent:
        def lenient(self: Epochs, epoch: int, drop: tuple[str, ...] = ()) -> None:
            if epoch < self.resume_epoch():  # the state is damaged: another matter
                go_back(self, epoch, drop)

        return lenient

    return _bend(Epochs, "go_back", bent)


@contextmanager
def no_purge_and_no_fence() -> Iterator[None]:
    """Snapshots of incomplete epochs are not deleted, and messages that arrive again are not skipped."""
    with ExitStack() as stack:
        stack.enter_context(no_purge())
        stack.enter_context(no_fence_by_number())
        stack.enter_context(
            _bend(Log, "group", lambda group: lambda log, number: _Unfenced(group(log, number)))
        )
        yield


def no_flush_in_the_fence() -> Any:
    """An epoch ends before its rows are stored."""
    return patch.object(Plan, "fence", lambda self: None)


def no_flush_of_rejects() -> Any:
    """A log is saved before its rejects are stored, while its key groups are idle."""

    def bent(save: Bent) -> Bent:
        def unflushed(self: Decoding) -> Any:
            self._has_rejected = False
            return save(self)

        return unflushed

    return _bend(Decoding, "save", bent)


def rows_do_not_wake_the_fence() -> Any:
    """A key group writes rows and does not report it."""

    def bent(take: Bent) -> Bent:
        return lambda self, values: take(self, values) and []

    return _bend(Inventory, "take", bent)


def saved_before_rows_are_handed_on() -> Any:
    """A state is saved while some of its rows are only in memory."""

    def bent(save: Bent) -> Bent:
        def early(self: Inventory) -> Any:
            held: list[tuple[str, pa.RecordBatch]] = []
            write = self._plan.sink.write
            with patch.object(self._plan.sink, "write", lambda table, batch: held.append((table, batch))):
                state = save(self)
            late.extend((write, one) for one in held)
            return state

        return early

    late: list[Any] = []

    def then(take: Bent) -> Bent:
        def taken(self: Inventory, values: Any) -> Any:
            while late:
                write, (table, batch) = late.pop()
                write(table, batch)
            return take(self, values)

        return taken

    stack = ExitStack()
    stack.enter_context(_bend(Inventory, "save", bent))
    stack.enter_context(_bend(Inventory, "take", then))
    return stack


def source_one_too_far() -> Any:
    """The source skips the message that it should continue with."""

    def bent(snapshot: Bent) -> Bent:
        def one_too_far(self: LogReader) -> str:
            point = ResumePoint.of_json(snapshot(self))
            return replace(point, next=point.next + 1).to_json()

        return one_too_far

    return _bend(LogReader, "snapshot", bent)


def segment_skipped() -> Any:
    """A log or key group is restored without its last segment."""

    def bent(restore: Bent) -> Bent:
        def skipping(self: Chain, manifest: Manifest) -> Any:
            segments = restore(self, manifest)
            return segments[:-1] or segments

        return skipping

    return _bend(Chain, "restore", bent)


def duplicates_forgotten() -> Any:
    """Ids remembered since the last segment are not saved in a segment."""

    def bent(save: Bent) -> Bent:
        def forgetful(self: Chain, write: Bent, *given: Any) -> Any:
            if self.part == "log" and self.segments:
                nowhere = self.folder / "nowhere"
                write(False, str(nowhere))
                Path(nowhere).unlink()
            return save(self, write, *given)

        return forgetful

    return _bend(Chain, "save", bent)


def folded_one_too_many() -> Any:
    """A folded segment replaces one segment more than it contains."""

    def bent(take: Bent) -> Bent:
        def greedy(self: Chain) -> Any:
            if self._folding is not None:
                self._folding = (self._folding[0] + 1, self._folding[1])
            return take(self)

        return greedy

    return _bend(Chain, "_take_folded", bent)


def folded_removed_at_once() -> Any:
    """Folded segments are deleted before the epoch that replaces them is complete."""
    return patch.object(segments, "KEPT", 0)


def manifest_of_before() -> Any:
    """A snapshot names the segments of the previous epoch."""

    def bent(save: Bent) -> Bent:
        def stale(self: Chain, *given: Any) -> Any:
            before, now = self.__dict__.get("_before"), save(self, *given)
            self.__dict__["_before"] = now
            return before or now

        return stale

    return _bend(Chain, "save", bent)


FAULTS: dict[Callable[[], Any], int] = {
    no_fence_by_number: 0,
    no_purge: 9,
    no_purge_and_no_fence: 0,
    no_flush_in_the_fence: 10,
    no_flush_of_rejects: 184,
    rows_do_not_wake_the_fence: 1,
    saved_before_rows_are_handed_on: 73,
    source_one_too_far: 9,
    segment_skipped: 7,
    duplicates_forgotten: 7,
    folded_one_too_many: 39,
    folded_removed_at_once: 7,
    manifest_of_before: 37,
}


def seen(fault: Callable[[], Any], seed: int) -> bool:
    """Whether a history with this fault gives a wrong result. Raises AttributeError if what it changes is not there."""
    with fault():
        pass
    try:
        History(seed).play(fault)
    except Exception:
        return True
    return False
