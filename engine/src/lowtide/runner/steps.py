"""What the two stateful steps of a run do, without the library that drives them.

    Decoding    one log: blocks in, movements for key groups out; its part of the state
    Inventory   one key group: movements in, rows to the sink; its part of the state

A step that is saved has handed all its rows to the sink. An epoch ends when every step is saved and the sink has stored
its rows (`Plan.fence`). So whatever dies and whenever, what is read again leads to rows that are there already.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from lowtide.core import Group, Log, decode
from lowtide.errors import SettingsError
from lowtide.runner.bookmark import Bookmark, begin, resume
from lowtide.runner.log_maps import note_maps
from lowtide.runner.plan import Plan
from lowtide.sources import Block
from lowtide.state import Chain
from lowtide.state.segments import Save

BATCH_ROWS = 4000
"""Rows that a key group gathers before it hands them on: a batch of a few rows costs as much as one of a thousand."""
HELD_ROWS = 128_000
"""Positions whose latest row may wait, in all key groups together, for one that supersedes it: some 40 MB."""
HELD_S = 30.0
"""Seconds after which rows of positions are handed on all the same, so that readers see how a run goes on."""

KeyedItem = tuple[str, Any]


class _Part:
    """A part of the state with its chain of segments; without a state it has none."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._log: Log | None = None
        """Known when the part is restored, or with its first block."""
        self._chain: Chain | None = None
        self._bytes_written = 0

    def _save(self, save: Save, next_: int, bookmark: Bookmark | None = None) -> bytes | None:
        if self._chain is None:
            return None
        started = time.monotonic()
        manifest = self._chain.save(save, next_, bookmark.to_dict() if bookmark else {})
        written, self._bytes_written = self._chain.written - self._bytes_written, self._chain.written
        self._plan.observer.saved(time.monotonic() - started, written, self._chain.segments)
        return manifest


class Decoding(_Part):
    """Takes blocks of a log; gives movements for its key groups, and sends rejects to the sink."""

    def __init__(self, plan: Plan, state: bytes | None) -> None:
        super().__init__(plan)
        self._has_rejected = False
        self._policy, self._inputs = "", ""
        self._is_first = True
        self._bookmark: Bookmark | None = None
        if state is not None:
            log, manifest, self._chain, segments = plan.restored(state)
            log.partition = log.job.restored_partition(log.key_groups, segments)
            log.read_with_maps()
            log.before = log.partition.counts()
            if log.feed.fingerprints:
                self._bookmark = resume(log, Bookmark.of_dict(manifest.bookmark))
            else:
                _must_be_in_force(plan, log)
            self._log, self._policy = log, log.partition.policy_version
            self._note_inputs(log)
            note_maps(plan, log)

    def take(self, values: list[tuple[str, Block]]) -> list[KeyedItem]:
        """Decodes blocks: (key of a group, what it should apply)."""
        log = self._log or self._begin(values[0][0])
        items: list[KeyedItem] = []
        blocks = [block for _, block in values]
        if self._is_first and self._bookmark and self._bookmark.policy:
            blocks.insert(0, Block("lines", self._bookmark.policy.encode() + b"\n", 1))
        self._is_first = False
        for block in blocks:
            is_last = block.kind in ("end", "stop")
            routed = decode(log.partition, block)
            self._notice_rules(log)
            items.extend(
                (self._plan.group_key(log, number), (log.name, number, data, is_last))
                for number, data in routed
            )
            if self._bookmark:
                self._bookmark.ended = block.kind == "end"
            rejects = log.take_rejects()
            if rejects.num_rows:
                self._has_rejected = True
                self._plan.sink.write("reject", rejects)
            self._plan.observer.after_block(log)
        self._plan.routed(log, len(items), sum(len(data) for _, (_, _, data, _) in items))
        return items

    def _begin(self, name: str) -> Log:
        log = self._log = self._plan.logs[name]
        self._chain = self._plan.chain(log, "log")
        self._policy = log.partition.policy_version
        self._note_inputs(log)
        self._bookmark = begin(log) if log.feed.fingerprints else None
        note_maps(self._plan, log)
        return log

    def _notice_rules(self, log: Log) -> None:
        version = log.partition.policy_version
        if version != self._policy:
            self._policy = version
            self._plan.sink.policy(version, log.partition.policy)
        if log.partition.inputs_version != self._inputs:
            self._note_inputs(log)

    def _note_inputs(self, log: Log) -> None:
        self._inputs = log.partition.inputs_version
        self._plan.sink.inputs(self._inputs)

    def save(self) -> bytes | None:
        """The state of the log. Its rejects are stored when this returns, because they may have woken no key group."""
        if self._log is None:
            return None
        if self._has_rejected and self._chain is not None:
            self._plan.sink.flush()
        self._has_rejected = False
        return self._save(self._log.partition.save, self._log.partition.offset, self._bookmark)


def _must_be_in_force(plan: Plan, log: Log) -> None:
    """A topic's policy changes by a record in it; otherwise a replay would not know of the change."""
    first = plan.state.identity.policy_version if plan.state else ""
    if log.job.policy_version not in (log.partition.policy_version, first):
        raise SettingsError(
            f"policy {log.job.policy_version} is not in force: the log has come to {log.partition.policy_version}",
            "Put it into the topic: `lowtide policy apply F TOPIC`; the run may go on with either file.",
        )


class Inventory(_Part):
    """Takes movements of a key group; sends rows by table to the sink."""

    def __init__(self, plan: Plan, state: bytes | None) -> None:
        super().__init__(plan)
        self._number = 0
        self._waiting_since: float | None = None
        self._held_since = time.monotonic()
        if state is not None:
            self._log, manifest, self._chain, segments = plan.restored(state)
            self._number = int(manifest.part.removeprefix("group-"))
            job = self._log.job
            group = self._log.groups[self._number] = job.restored_group(segments)
            group.keep_latest()

    def take(self, values: list[tuple[str, int, bytes, bool]]) -> list[int]:
        """Applies blocks; gives the number of the process that has rows to store."""
        log = self._log or self._begin(*values[0][:2])
        group = log.group(self._number)
        for _, _, block, _ in values:
            group.apply(block)
        self._plan.applied(log, self._number, len(values), sum(len(block) for _, _, block, _ in values))
        self._hand_over(group, everything=values[-1][3])
        return [self._plan.process]

    @property
    def _group(self) -> Group | None:
        return self._log.group(self._number) if self._log is not None else None

    def _begin(self, name: str, number: int) -> Log:
        log = self._log = self._plan.logs[name]
        self._number = number
        self._chain = self._plan.chain(log, f"group-{number:04d}")
        log.group(number).keep_latest()
        return log

    def _have_been_held(self, positions: int) -> bool:
        """Whether so many rows of positions have waited enough: they are many, or it is long since others went."""
        if positions > HELD_ROWS // self._plan.key_groups:
            return True
        return positions > 0 and time.monotonic() - self._held_since >= HELD_S

    def _has_lingered(self, pending: int) -> bool:
        """Whether rows have waited long enough for others to join them."""
        if self._plan.linger is None or not pending:
            return False
        now = time.monotonic()
        if self._waiting_since is None:
            self._waiting_since = now
        return now - self._waiting_since >= self._plan.linger

    def _hand_over(self, group: Group, *, everything: bool) -> None:
        """Sends the rows that have waited enough to the sink, or all of them."""
        positions, others = group.pending
        if everything or self._has_lingered(positions + others):
            self._write(group)
        elif (held := self._have_been_held(positions)) or others >= BATCH_ROWS:
            self._write(group, positions=held)

    def _write(self, group: Group, *, positions: bool = True) -> None:
        if positions:
            self._waiting_since, self._held_since = None, time.monotonic()
        for table, batch in group.hand_over(positions):
            self._plan.sink.write(table, batch)

    def due(self) -> datetime | None:
        """When the next call should come. None: nothing waits.

        At once while something is due by event time, or when rows that wait should go to the sink.
        """
        if self._group is not None and self._group.is_behind:
            return datetime.now(UTC)
        if self._waiting_since is None or self._plan.linger is None:
            return None
        return datetime.now(UTC) + timedelta(seconds=self._plan.linger)

    def hand_on(self) -> list[int]:
        """Does a slice of what is due; sends rows that waited enough; gives the process that has rows to store."""
        group = self._group
        if group is not None:
            group.work()
            self._hand_over(group, everything=False)
        return [self._plan.process]

    def save(self) -> bytes | None:
        """The state of the key group, after all its rows went to the sink. Without a state rows may wait on."""
        if self._log is None or self._chain is None:
            return None
        group = self._log.group(self._number)
        group.settle()
        self._write(group)
        return self._save(group.save, group.next_offset)
