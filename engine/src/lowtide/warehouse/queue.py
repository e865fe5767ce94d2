"""The rows that wait to be inserted, by table: how many, how large, how old. The caller has the thread and the clock.

A table is due when it has enough rows for one insert, when its oldest batch has waited long enough, when a caller asks
for all batches up to a number, and when all tables together hold half of what there is room for: then the next half
gathers while that one is inserted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from lowtide.warehouse.settled import settled


@dataclass
class Block:
    """Batches of one table that are inserted together."""

    table: str
    first: int
    """Number of its first batch, counted over all tables."""
    since: float
    """When its first batch came, in seconds of the caller's clock."""
    batches: list[pa.RecordBatch] = field(default_factory=list)
    rows: int = 0
    bytes: int = 0

    def add(self, batch: pa.RecordBatch, size: int) -> None:
        """Add a batch of `size` bytes."""
        self.batches.append(batch)
        self.rows += batch.num_rows
        self.bytes += size

    def arrow(self) -> pa.Table:
        """What is inserted: the rows that no other row of the block supersedes, in the order of their table."""
        return settled(self.table, self.batches)


class Queue:
    """The blocks that wait, and the one that is being inserted. The caller holds a lock."""

    def __init__(self, flush_rows: int, flush_bytes: int, max_age_s: float | None) -> None:
        self.flush_rows, self.flush_bytes, self.max_age_s = flush_rows, flush_bytes, max_age_s
        self.last = -1
        """Number of the last batch that came."""
        self._tables: dict[str, Block] = {}
        self._sending: Block | None = None

    @property
    def rows(self) -> int:
        """Rows that are not stored yet."""
        return sum(block.rows for block in self._all())

    @property
    def bytes(self) -> int:
        """Bytes of the rows that are not stored yet."""
        return sum(block.bytes for block in self._all())

    def _all(self) -> list[Block]:
        return [*self._tables.values(), *([self._sending] if self._sending else [])]

    def room(self, size: int) -> bool:
        """Whether there is room for so many bytes more; a single batch always has room."""
        waiting = self.bytes
        return waiting == 0 or waiting + size <= self.flush_bytes

    def put(self, table: str, batch: pa.RecordBatch, size: int, now: float) -> None:
        """Take a batch of `size` bytes."""
        self.last += 1
        self._tables.setdefault(table, Block(table, self.last, now)).add(batch, size)

    def due(self, now: float, upto: int, crowded: bool) -> str | None:
        """The table to insert now, None if none is due.

        First those with batches up to the number `upto`, the ledger before others; then, if there is little room or
        callers wait for it (`crowded`), the largest; then the oldest of those that are large or old enough.
        """
        flushed = [block.table for block in self._tables.values() if block.first <= upto]
        if flushed:
            return min(flushed, key=lambda table: (table != "ledger", table))
        if crowded or sum(block.bytes for block in self._tables.values()) * 2 >= self.flush_bytes:
            return max(self._tables.values(), key=lambda block: block.bytes).table if self._tables else None
        ripe = [block for block in self._tables.values() if self._ripe(block, now)]
        return min(ripe, key=lambda block: block.first).table if ripe else None

    def _ripe(self, block: Block, now: float) -> bool:
        if block.rows >= self.flush_rows:
            return True
        return self.max_age_s is not None and now - block.since >= self.max_age_s

    def due_in(self, now: float) -> float | None:
        """Seconds until a table is old enough; None if age does not count, or all rows are stored."""
        if self.max_age_s is None or not self._tables:
            return None
        return max(0.0, min(block.since for block in self._tables.values()) + self.max_age_s - now)

    def age(self, now: float) -> float:
        """Seconds since the oldest batch that is not stored came; 0 if all are stored."""
        return max((now - block.since for block in self._all()), default=0.0)

    def take(self, table: str) -> Block:
        """Take the block of a table, to be inserted. Batches that come from now on are another block."""
        self._sending = self._tables.pop(table)
        return self._sending

    def stored(self) -> None:
        """The block that was taken is on disk."""
        self._sending = None

    def refused(self) -> None:
        """The block that was taken is not on disk: it waits again, with the batches that came since."""
        block, self._sending = self._sending, None
        assert block is not None
        if later := self._tables.get(block.table):
            for batch in later.batches:
                block.add(batch, batch.nbytes)
        self._tables[block.table] = block

    def holds(self, number: int) -> bool:
        """Whether a batch up to this number is not stored yet."""
        return any(block.first <= number for block in self._all())
