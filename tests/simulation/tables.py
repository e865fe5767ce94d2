"""A warehouse in memory: rows come at least once and in any order, and a table keeps one row of each key.

Keys and versions are those that the warehouse declares. What was written is stored sooner or later; what was not stored
when its process died is lost, or is not; what `flush` returned for is there for good.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

import pyarrow as pa

from lowtide.core import TABLES
from lowtide.errors import WarehouseError
from lowtide.warehouse.migrate import migrations

from .dice import Dice

Row = tuple[Any, ...]
_TABLE = re.compile(
    r"CREATE TABLE IF NOT EXISTS \{local\}\.(\w+) .*?ReplacingMergeTree(?:\((\w+)\))?.*?ORDER BY \(?(.*?)\)?\n",
    re.DOTALL,
)
ALL = (*TABLES, "reject")


@cache
def identities() -> dict[str, tuple[tuple[str, ...], str | None]]:
    """Of each table the columns of its sorting key, and of its version if it has one; the core writes no `action_id`."""
    found = {
        name: (tuple(column for column in key.split(", ") if column != "action_id"), version or None)
        for migration in migrations()
        for name, version, key in _TABLE.findall(migration.sql)
    }
    return {name: found[name] for name in ALL}


class Wrong(AssertionError):
    """What must never happen has happened."""


class Tables:
    """What is stored: for good, whoever dies."""

    def __init__(self) -> None:
        self._stored: defaultdict[str, list[pa.RecordBatch]] = defaultdict(list)

    def insert(self, table: str, batch: pa.RecordBatch) -> None:
        """Rows are there from now on."""
        self._stored[table].append(batch)

    def rows(self, table: str) -> set[Row]:
        """Every different row that was ever inserted."""
        return set(_rows(self._stored[table]))

    def final(self, table: str) -> dict[Row, Row]:
        """One row a key: that of the highest version. Raises Wrong if it depends on the order of insertion."""
        batches = self._stored[table]
        if not batches:
            return {}
        key, version = identities()[table]
        names = batches[0].schema.names
        places = [names.index(name) for name in key if not name.startswith("toDate(")]
        days = [names.index(name[7:-1]) for name in key if name.startswith("toDate(")]
        by = None if version is None else names.index(version)
        kept: dict[Row, Row] = {}
        for row in _rows(batches):
            identity = (*(row[at] // 86_400_000 for at in days), *(row[at] for at in places))
            other = kept.setdefault(identity, row)
            if other == row:
                continue
            if by is None or other[by] == row[by]:
                raise Wrong(f"{table}: two rows of one identity and version:\n  {other}\n  {row}")
            if row[by] > other[by]:
                kept[identity] = row
        return kept


def _rows(batches: list[pa.RecordBatch]) -> Iterable[Row]:
    if not batches:
        return ()
    table = pa.Table.from_batches(batches)
    return zip(*(_values(column) for column in table.columns), strict=True)


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Times as integers, lists as tuples."""
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.int64()).to_pylist()
    values = column.to_pylist()
    return list(map(tuple, values)) if pa.types.is_list(column.type) else values


class Sink:
    """The way of one process into the tables."""

    def __init__(self, tables: Tables, dice: Dice) -> None:
        self._tables, self._dice = tables, dice
        self.waiting: list[tuple[str, pa.RecordBatch]] = []
        self.fails = dice.choice((0, 0, 40, 400))
        """The warehouse refuses an insert as often as one in so many; 0: never."""
        self._lazy = dice.choice((1, 6, 100))
        """How seldom rows are stored before somebody waits for it."""

    def open(self) -> None:
        """Nothing to do."""

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        """Takes rows."""
        self._dice.step("write", table, batch.num_rows, "rows")
        self.waiting.append((table, batch))

    def policy(self, version: str, document: str) -> None:
        """Policies are no part of this."""

    def inputs(self, version: str) -> None:
        """Nor are inputs."""

    def flush(self) -> None:
        """Returns when all is stored."""
        while self.waiting:
            self.store_some()

    @property
    def eager(self) -> bool:
        """Whether rows that wait may go just now."""
        return bool(self.waiting) and self._dice.one_in(self._lazy)

    def store_some(self) -> None:
        """Inserts one of the batches that wait; the answer may be lost, so that it is inserted again."""
        at = self._dice.randrange(len(self.waiting))
        table, batch = self.waiting[at]
        self._dice.step("insert", table, batch.num_rows, "rows")
        if self.fails and self._dice.one_in(self.fails):
            self.lose(table, batch)
            raise WarehouseError("the warehouse is away")
        self._tables.insert(table, batch)
        if not self._dice.one_in(20):
            self.waiting.pop(at)

    def die(self) -> None:
        """The process is killed: of each batch that waits all, some or none had come through."""
        for table, batch in self.waiting:
            if self._dice.one_in(4):
                self.lose(table, batch)
        self.waiting.clear()

    def lose(self, table: str, batch: pa.RecordBatch) -> None:
        """An insert without an answer."""
        came = self._dice.randint(0, batch.num_rows)
        if came:
            self._tables.insert(table, batch.slice(self._dice.randint(0, batch.num_rows - came), came))
