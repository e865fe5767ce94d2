"""What the steps of a run do, without the library that drives them: read a log, decode it, keep its key groups, save them.

    Reading     blocks of one log, from where its state stands
    Decoding    one log: blocks in, movements for key groups out; its part of the state
    Inventory   one key group: movements in, rows to the sink; its part of the state

A step that is saved has handed all its rows to the sink; an epoch ends when every step was saved and the sink has stored
what it got (`Plan.fence`). So whatever dies and whenever, what is read again leads to rows that are there already.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from lowtide.core import Group, Log, Partition, feed
from lowtide.errors import SettingsError
from lowtide.policy import policy_record
from lowtide.runner.plan import Plan
from lowtide.sources import Block
from lowtide.sources.block import END
from lowtide.sources.fingerprint import Fingerprint
from lowtide.state import Chain
from lowtide.state.chain import Save

WORTH_TAKING = 2000
"""Rows that a key group gathers before they are handed on: a batch of a few rows costs as much as one of a thousand."""
_IDLE = timedelta(milliseconds=5)

Item = tuple[str, Any]


class Reading:
    """One log as it is read."""

    def __init__(self, plan: Plan, log: Log, position: int | None) -> None:
        self.log = log
        self.key = plan.log_key(log)
        self._plan = plan
        self._blocks: Iterator[Block | None] = log.feed.begin(position, wait=False)
        self._idle = self._over = False
        self._saved: int | None = None

    @classmethod
    def of(cls, plan: Plan, source_key: str, position: int | None) -> Reading:
        """Opens a log at a position, None: at its start."""
        log = next(log for log in plan.logs.values() if plan.source_key(log) == source_key)
        if position is not None or plan.state is None or log.feed.fingerprints:
            return cls(plan, log, position)
        reading = cls(plan, log, plan.state.began(log.name))
        plan.state.begins(log.name, log.feed.position)
        return reading

    def next(self) -> Block | None:
        """The next block, None when there is none yet. Raises StopIteration after the last, and when the run is to stop."""
        if self._over or self._plan.stopping.is_set():
            raise StopIteration
        if self._plan.crowded(self.log):
            return None
        block = END if self._plan.too_many_rejects() else next(self._blocks, END)
        self._over = block is END
        if self._over and self._plan.observer:
            self._plan.observer.ended()
        self._idle = block is None
        if self._idle and self._plan.observer:
            self._plan.observer.after_block(self.log)
        return block

    def next_awake(self) -> datetime | None:
        """When to ask again: at once, or a moment after there was nothing."""
        return datetime.now(UTC) + _IDLE if self._idle else None

    def snapshot(self) -> int:
        """Where to go on. What the last call said is stored for good now."""
        if self._saved is not None:
            self.log.feed.done(self._saved)
        self._saved = self.log.feed.position
        return self._saved


class _Part:
    """What the two parts of a state have in common."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._chain: Chain | None = None
        self._written = 0

    def _saved(self, save: Save, next_: int, reading: dict[str, Any] | None = None) -> bytes | None:
        if self._chain is None:
            return None
        started = time.monotonic()
        state = self._chain.save(save, next_, reading)
        if self._plan.observer:
            written, self._written = self._chain.written - self._written, self._chain.written
            self._plan.observer.saved(time.monotonic() - started, written, self._chain.segments)
        return state


class Decoding(_Part):
    """Blocks of a log in; movements for its key groups, and rejects, out."""

    def __init__(self, plan: Plan, state: bytes | None) -> None:
        super().__init__(plan)
        self._log: Log | None = None
        self._rejected = False
        self._policy = ""
        self._first = True
        self._reading: dict[str, Any] = {}
        if state is not None:
            log, manifest, self._chain, segments = plan.restored(state)
            log.partition = Partition.restore(log.job.config, log.key_groups, segments)
            log.before = log.partition.counts()
            self._log, self._reading = log, self._resumed(log, manifest.reading)
            self._policy = log.partition.policy_version

    def _resumed(self, log: Log, before: dict[str, Any]) -> dict[str, Any]:
        """Files have no numbers: what was not read to its end is read again, and passed over as far as it was."""
        if not log.feed.fingerprints:
            _must_be_in_force(self._plan, log)
            return {}
        marks, old = log.feed.fingerprints, [Fingerprint.of_dict(one) for one in before["marks"]]
        if before["ended"] and marks != old:
            return _reading(log, log.partition.offset, _change_of_policy(log))
        if len(marks) < len(old) or not all(now.continues(one) for now, one in zip(marks, old, strict=False)):
            names = ", ".join(f"`{one.name}`" for one in old)
            raise SettingsError(
                f"the last run with this state did not come to the end of {names}",
                "Give the same sources once more, in the same order: what was read is passed over.",
            )
        log.partition.rewind(before["first"])
        return _reading(log, before["first"], before["policy"])

    def take(self, values: list[tuple[str, Block]]) -> list[Item]:
        """Decodes blocks: (key of a group, what it is to apply)."""
        log = self._log or self._begin(values[0][0])
        out: list[Item] = []
        blocks = [block for _, block in values]
        if self._first and self._reading.get("policy"):
            blocks.insert(0, Block("lines", self._reading["policy"].encode() + b"\n", 1))
        self._first = False
        for block in blocks:
            last = block.kind == "end"
            routed = feed(log.partition, block)
            self._notice_policy(log)
            out.extend(
                (self._plan.group_key(log, number), (log.name, number, data, last)) for number, data in routed
            )
            self._reading = self._reading and {**self._reading, "ended": last}
            rejects = log.partition.rejects()
            if rejects.num_rows:
                self._rejected = True
                self._plan.sink.write("reject", rejects)
            if self._plan.observer:
                self._plan.observer.after_block(log)
        self._plan.routed(log, len(out))
        return out

    def _begin(self, name: str) -> Log:
        log = self._log = self._plan.logs[name]
        self._chain = self._plan.chain(log, "log")
        self._policy = log.partition.policy_version
        self._reading = _reading(log, 0, "") if log.feed.fingerprints else {}
        return log

    def _notice_policy(self, log: Log) -> None:
        version = log.partition.policy_version
        if version != self._policy:
            self._policy = version
            self._plan.sink.policy(version, log.partition.policy)

    def due(self) -> None:
        """Nothing waits here."""

    def hand_on(self) -> list[Item]:
        """Nothing waits here."""
        return []

    def save(self) -> bytes | None:
        """The state of the log; its rejects are stored when this returns, for no key group may have been awoken by them."""
        if self._log is None:
            return None
        if self._rejected and self._chain is not None:
            self._plan.sink.flush()
        self._rejected = False
        return self._saved(self._log.partition.save, self._log.partition.offset, self._reading)


def _reading(log: Log, first: int, policy: str) -> dict[str, Any]:
    """What a manifest keeps of files: the number of their first record, and the policy record that was put before it."""
    marks = [mark.to_dict() for mark in log.feed.fingerprints]
    return {"first": first, "ended": False, "policy": policy, "marks": marks}


def _change_of_policy(log: Log) -> str:
    """The record that brings the run's policy where the state has another; none where it is the same."""
    if log.partition.policy_version == log.job.policy_version:
        return ""
    return policy_record(log.job.policy_document, f"record {log.partition.offset}").decode()


def _must_be_in_force(plan: Plan, log: Log) -> None:
    """A topic's policy changes by a record in it, or a replay would know nothing of it."""
    began = plan.state.belongs.policy_version if plan.state else ""
    if log.job.policy_version not in (log.partition.policy_version, began):
        raise SettingsError(
            f"policy {log.job.policy_version} is not in force: the log has come to {log.partition.policy_version}",
            "Put it into the topic: `lowtide policy apply F TOPIC`; the run may go on with either file.",
        )


class Inventory(_Part):
    """Movements of a key group in; rows by table to the sink."""

    def __init__(self, plan: Plan, state: bytes | None) -> None:
        super().__init__(plan)
        self._log: Log | None = None
        self._number = 0
        self._waiting_since: float | None = None
        if state is not None:
            self._log, manifest, self._chain, segments = plan.restored(state)
            self._number = int(manifest.part.removeprefix("group-"))
            job = self._log.job
            self._log.groups[self._number] = Group.restore(job.config, job.catalogue, segments)

    def take(self, values: list[tuple[str, int, bytes, bool]]) -> list[int]:
        """Applies blocks; says which process has rows to store."""
        log = self._log or self._begin(*values[0][:2])
        group = log.group(self._number)
        for _, _, block, _ in values:
            group.apply(block)
        self._plan.applied(log, self._number, len(values))
        if group.pending >= WORTH_TAKING or values[-1][3] or self._lingered(group.pending):
            self._write(group)
        return [self._plan.process]

    def _begin(self, name: str, number: int) -> Log:
        log = self._log = self._plan.logs[name]
        self._number = number
        self._chain = self._plan.chain(log, f"group-{number:04d}")
        return log

    def _lingered(self, pending: int) -> bool:
        """Whether rows have waited for long enough to become more."""
        if self._plan.linger is None or not pending:
            return False
        now = time.monotonic()
        if self._waiting_since is None:
            self._waiting_since = now
        return now - self._waiting_since >= self._plan.linger

    def _write(self, group: Group) -> None:
        self._waiting_since = None
        for table, batch in group.take().items():
            if batch.num_rows:
                self._plan.sink.write(table, batch)

    def due(self) -> datetime | None:
        """When rows that wait should go."""
        if self._waiting_since is None or self._plan.linger is None:
            return None
        return datetime.now(UTC) + timedelta(seconds=self._plan.linger)

    def hand_on(self) -> list[int]:
        """Rows that waited go to the sink."""
        if self._log is not None:
            self._write(self._log.group(self._number))
        return [self._plan.process]

    def save(self) -> bytes | None:
        """The state of the key group, when all its rows are with the sink."""
        if self._log is None:
            return None
        group = self._log.group(self._number)
        self._write(group)
        return self._saved(group.save, group.next_offset)
