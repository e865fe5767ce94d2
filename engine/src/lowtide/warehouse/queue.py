"""Rows on their way in, by table: how many, how large, how old. It has no thread and no clock of its own.

A table is due when it has enough rows for one insert, when its oldest batch has waited for long enough, when somebody
asks for all that came so far, and when all tables together hold half of what there is room for: then the next half
gathers while that one is inserted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa


@dataclass
class Block:
    """Batches of one table that go in together."""

    table: str
    first: int
    """Number of its first batch, counted over all tables."""
    since: float
    """When its first batch came."""
    batches: list[pa.RecordBatch] = field(default_factory=list)
    rows: int = 0
    bytes: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """One more batch."""
        self.batches.append(batch)
        self.rows += batch.num_rows
        self.bytes += batch.nbytes

    def arrow(self) -> pa.Table:
        """All rows; a file of Arrow cannot hold two dictionaries of one column."""
        return pa.Table.from_batches(self.batches).unify_dictionaries()


class Queue:
    """What waits, and the one block that is being inserted. The caller holds a lock."""

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
        """Their size."""
        return sum(block.bytes for block in self._all())

    def _all(self) -> list[Block]:
        return [*self._tables.values(), *([self._sending] if self._sending else [])]

    def room(self, size: int) -> bool:
        """Whether so many bytes more may wait; one batch always may, however large."""
        held = self.bytes
        return held == 0 or held + size <= self.flush_bytes

    def put(self, table: str, batch: pa.RecordBatch, now: float) -> None:
        """Take a batch."""
        self.last += 1
        self._tables.setdefault(table, Block(table, self.last, now)).add(batch)

    def due(self, now: float, wanted: int, crowded: bool) -> str | None:
        """The table to insert now: of those in which batches up to `wanted` are asked for the ledger, else the oldest."""
        asked = [block.table for block in self._tables.values() if block.first <= wanted]
        if asked:
            return min(asked, key=lambda table: (table != "ledger", table))
        if crowded or sum(block.bytes for block in self._tables.values()) * 2 >= self.flush_bytes:
            return max(self._tables.values(), key=lambda block: block.bytes).table if self._tables else None
        ripe = [block for block in self._tables.values() if self._ripe(block, now)]
        return min(ripe, key=lambda block: block.first).table if ripe else None

    def _ripe(self, block: Block, now: float) -> bool:
        if block.rows >= self.flush_rows:
            return True
        return self.max_age_s is not None and now - block.since >= self.max_age_s

    def due_in(self, now: float) -> float | None:
        """Seconds until a table is old enough; None: age does not count, or nothing waits."""
        if self.max_age_s is None or not self._tables:
            return None
        return max(0.0, min(block.since for block in self._tables.values()) + self.max_age_s - now)

    def age(self, now: float) -> float:
        """Seconds since the oldest batch that is not stored came; 0: there is none."""
        return max((now - block.since for block in self._all()), default=0.0)

    def take(self, table: str) -> Block:
        """All that waits for a table, to be inserted. What comes for it from now on is another block."""
        self._sending = self._tables.pop(table)
        return self._sending

    def stored(self) -> None:
        """The block that was taken is on disk."""
        self._sending = None

    def refused(self) -> None:
        """The block that was taken is not on disk: it waits again, before what came since."""
        block, self._sending = self._sending, None
        assert block is not None
        if later := self._tables.get(block.table):
            for batch in later.batches:
                block.add(batch)
        self._tables[block.table] = block

    def holds(self, number: int) -> bool:
        """Whether a batch up to this number is not stored yet."""
        return any(block.first <= number for block in self._all())
