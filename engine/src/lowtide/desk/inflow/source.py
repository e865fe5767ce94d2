"""Where the rows come from: the ledger by block number, and at times all that is open, whatever the numbers say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lowtide.desk.inflow import mirror
from lowtide.desk.inflow.compare import Difference, difference
from lowtide.desk.points import point
from lowtide.desk.store import Store, Transaction
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, desk_record, desk_rows, proposal_rows

LOOK_BACK = 1_000
"""So many blocks below the cursor are looked at again: a replicated server may show a lower number later."""
LOOK_BACK_MS = 30_000
NEAR = 50
"""While rows come, so many blocks are looked at again by each poll: a number is given before its rows can be read."""
_NEAR_MS = 5_000
MANY = 20_000
"""Beyond so many new rows the alerts that are open are compared instead."""
_FACTS_MS = 2_000
"""How often clocks of feeds and silences are read."""


@dataclass
class Poll:
    """What has come since the last poll. `slices`: entries; `cursors`: where the next poll goes on."""

    slices: list[list[Row]] = field(default_factory=list)
    proposals: list[Row] = field(default_factory=list)
    """Entries about proposals, of whoever wrote them."""
    cursors: dict[str, int] = field(default_factory=dict)
    must_compare: bool = False
    """The numbers cannot be trusted, or too much has come."""
    feeds: list[Row] | None = None
    silences: list[Row] | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing is to be written to desk.db."""
        return not (self.slices or self.proposals or self.cursors or self.feeds or self.silences)


class Source:
    """Reads the warehouse for one desk.db. One thread uses it."""

    def __init__(self, warehouse: Warehouse, store: Store) -> None:
        self._warehouse = warehouse
        self._store = store
        self._looked_back = 0
        self._has_changed = True
        self._changed_at: int | None = None
        self._facts_at: int | None = None
        self._feeds: list[Row] = []
        self._silences: list[Row] = []

    def poll(self, now: int) -> Poll:
        """The rows that were not met before. Raises WarehouseError."""
        poll = Poll()
        before, blocks = self.cursors(), desk_rows.blocks(self._warehouse)
        poll.must_compare = any(blocks.get(part, block) < block for part, block in before.items())
        new = {part: block for part, block in blocks.items() if block > before.get(part, 0)}
        if new:
            after = {part: before.get(part, 0) for part in new}
            if desk_rows.count_after(self._warehouse, after) > MANY:
                poll.must_compare = True
            else:
                poll.slices = list(desk_rows.entries_after(self._warehouse, after))
            poll.proposals = proposal_rows.entries_after(self._warehouse, after)
            self._has_changed, self._changed_at = True, now
        if blocks != before:
            poll.cursors = blocks
        if not poll.must_compare:
            poll.slices += self._late(now, blocks, poll.slices)
        self._facts(poll, now)
        point("after_read")
        return poll

    def cursors(self) -> dict[str, int]:
        """How far each partition was read."""
        with self._store.read() as tx:
            return {row["partition_id"]: row["block"] for row in tx.rows("SELECT * FROM cursor")}

    def newest(self) -> dict[str, int]:
        """The newest block of each partition."""
        return desk_rows.blocks(self._warehouse)

    def compare(self, now: int) -> int:
        """Compare all that is open with the mirror and mend it; returns how many alerts a poll should have brought.

        Raises WarehouseError.
        """
        with self._store.read() as tx:
            found = difference(tx, desk_rows.open_list(self._warehouse))
        cursors = self.cursors()
        missed: set[str] = set()
        open_now: set[str] = set()
        for rows in self._entries(found):
            open_now |= {row["alert_id"] for row in rows if row["is_open"]}
            with self._store.transaction() as tx:
                before = {row["alert_id"] for row in rows if _is_missed(tx, row, cursors)}
                if mirror.apply(tx, rows, now):
                    missed |= before
        with self._store.transaction() as tx:
            gone = [alert_id for alert_id in found.gone if alert_id not in open_now]
            missed |= {alert_id for alert_id in gone if mirror.expire(tx, [alert_id], now)}
            mirror.refresh(tx, found.changed)
        return len(missed)

    def _entries(self, found: Difference) -> Iterator[list[Row]]:
        """All entries of the alerts that differ. Many come by one query, in which those that are equal do no harm."""
        if len(found.missing) + len(found.behind) > 2_000:
            yield from desk_rows.entries_of_open(self._warehouse)
            yield from desk_rows.entries_of(self._warehouse, found.gone)
        else:
            yield from desk_rows.entries_of(self._warehouse, sorted(found.alert_ids))

    def _late(self, now: int, cursors: dict[str, int], met: list[list[Row]]) -> list[list[Row]]:
        """Entries in blocks below the cursor that were met neither before nor in this poll."""
        reach = self._reach(now)
        if not reach:
            return []
        back = {part: max(0, block - reach) for part, block in cursors.items()}
        just_met = {_key(row) for rows in met for row in rows}
        keys = [key for key in desk_rows.keys_after(self._warehouse, back) if _key(key) not in just_met]
        with self._store.read() as tx:
            late = sorted({key["alert_id"] for key in keys if not mirror.is_known(tx, key)})
        return list(desk_rows.entries_of(self._warehouse, late))

    def _reach(self, now: int) -> int:
        """How many blocks below the cursor are looked at in this poll."""
        if self._has_changed and abs(now - self._looked_back) >= LOOK_BACK_MS:
            self._looked_back, self._has_changed = now, False
            return LOOK_BACK
        is_near = self._changed_at is not None and abs(now - self._changed_at) < _NEAR_MS
        return NEAR if is_near else 0

    def _facts(self, poll: Poll, now: int) -> None:
        if self._facts_at is not None and abs(now - self._facts_at) < _FACTS_MS:
            return
        feeds, silences = desk_record.feed_clocks(self._warehouse), desk_record.silences(self._warehouse)
        poll.feeds = feeds if feeds != self._feeds else None
        poll.silences = silences if silences != self._silences else None
        self._facts_at = now

    def keep(self, poll: Poll) -> None:
        """What a poll brought is in desk.db now, so the next one need not bring it again."""
        self._feeds = self._feeds if poll.feeds is None else poll.feeds
        self._silences = self._silences if poll.silences is None else poll.silences


def _key(row: Row) -> tuple[str, int, str]:
    return row["alert_id"], row["seq"], row["action_id"]


def _is_missed(tx: Transaction, row: Row, cursors: dict[str, int]) -> bool:
    """Whether a poll has passed the block of an entry of an open alert, and the mirror does not know it."""
    return row["block"] <= cursors.get(row["part"], -1) and not mirror.is_known(tx, row)


def move(tx: Transaction, cursors: dict[str, int]) -> None:
    """Put the cursors where the next poll goes on."""
    tx.execute("DELETE FROM cursor")
    tx.many("INSERT INTO cursor VALUES (?, ?)", sorted(cursors.items()))
