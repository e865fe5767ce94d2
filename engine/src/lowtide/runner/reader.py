"""A log is read block by block, from where its state stopped, until it ends or the run should stop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lowtide.core import Log
from lowtide.runner.plan import Plan
from lowtide.sources import Block
from lowtide.sources.block import END, STOP
from lowtide.sources.feed import ResumePoint

_IDLE = timedelta(milliseconds=5)


class LogReader:
    """Reads one log for one worker."""

    def __init__(self, plan: Plan, log: Log, at: ResumePoint | None) -> None:
        self.log = log
        self.key = plan.log_key(log)
        self._plan = plan
        self._blocks: Iterator[Block | None] = log.feed.begin(at, wait=False)
        self._idle = self._over = False
        self._saved: ResumePoint | None = None

    @classmethod
    def of(cls, plan: Plan, source_key: str, snapshot: str | None) -> LogReader:
        """Opens a log where `snapshot` says. None: at its start, or where it was first opened with this state."""
        log = next(log for log in plan.logs.values() if plan.source_key(log) == source_key)
        if snapshot is not None or plan.state is None or log.feed.fingerprints:
            return cls(plan, log, ResumePoint.of_json(snapshot) if snapshot is not None else None)
        reader = cls(plan, log, plan.state.beginning(log.name))
        plan.state.keep_beginning(log.name, log.feed.resume_point)
        return reader

    def next(self) -> Block | None:
        """The next block; None while no block waits; STOP if the run should stop. Raises StopIteration after the last."""
        if self._plan.failure is not None:
            raise self._plan.failure
        if self._over:
            raise StopIteration
        if self._plan.stopping.is_set() or self._plan.too_many_rejects():
            block: Block | None = STOP
        elif self._plan.crowded(self.log):
            return None
        else:
            block = next(self._blocks, END)
        self._over = block is END or block is STOP
        self._idle = block is None
        if self._over:
            self._plan.observer.ended()
        elif self._idle:
            self._plan.observer.after_block(self.log)
        return block

    def next_awake(self) -> datetime | None:
        """When to ask again: None: at once; else a moment later, because there was no block."""
        return datetime.now(UTC) + _IDLE if self._idle else None

    def snapshot(self) -> str:
        """Where to go on. The point of the last call is now stored for good."""
        if self._saved is not None:
            self.log.feed.done(self._saved.next)
        self._saved = self.log.feed.resume_point
        return self._saved.to_json()
