"""The undisturbed run: the reference runner over the same messages. The result of a history must equal it, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowtide.core import Group, Log, Partition
from lowtide.runner.replay import Replay

from .tables import ALL, Row, Tables, Wrong
from .world import World

CAUSED = ("ledger", "stock_count", "supply_event", "reject")
"""Tables whose rows hold the number of the record that caused them, except entries from a timer or a new policy."""
PUBLISHED = ("position", "demand_day")
"""Tables whose rows say what is true at a mark, or at the end of a run."""
CAUSE = 13
"""The column of the ledger with the source of that record. In all tables, columns 2 and 3 are partition and offset."""


@dataclass
class State:
    """The end of a run: the counts of each log, its positions, and the state of every log and key group as it would be
    saved."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    positions: dict[str, list[Any]] = field(default_factory=dict)
    saved: dict[str, bytes] = field(default_factory=dict)

    def keep(self, name: str, partition: Partition | None, groups: dict[int, Group], folder: Path) -> None:
        """Notes the result of a log, or the share of it in one process."""
        if partition is not None:
            self.counts[name] = partition.counts()
            self.saved[f"{name} log"] = _saved(partition, folder)
        for number, group in groups.items():
            self.positions.setdefault(name, []).extend(_rows(group.positions()))
            self.saved[f"{name} group-{number:04d}"] = _saved(group, folder)
        self.positions.setdefault(name, []).sort()


def _saved(part: Partition | Group, folder: Path) -> bytes:
    file = folder / "whole"
    part.save(True, str(file))
    data = file.read_bytes()
    file.unlink()
    return data


def _rows(batch: pa.RecordBatch) -> list[Row]:
    return list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


class Undisturbed:
    """The same finite runs over the same logs, without disturbances."""

    def __init__(self, world: World, folder: Path) -> None:
        self.tables, self.state = Tables(), State()
        self._ends_alike = world.ends == world.cuts
        for place, name in enumerate(world.names):
            log = Log(world.job(name), (), world.key_groups)
            replay = Replay(log)
            for begin, end in pairwise([0, *(cut[place] for cut in world.ends)]):
                if begin < end:
                    self._keep(replay.apply(world.block(place, begin, end)))
                self._keep(replay.finish())
            self.state.keep(name, log.partition, log.groups, folder)
        self._caused = {table: self.tables.rows(table) for table in CAUSED}
        self._caused["ledger"] = {
            row for row in self._caused["ledger"] if row[CAUSE] not in (None, "lowtide")
        }

    def _keep(self, rows: dict[str, list[pa.RecordBatch]]) -> None:
        for table, batches in rows.items():
            for batch in batches:
                self.tables.insert(table, batch)

    def judge_checkpoint(self, tables: Tables, logs: dict[str, int]) -> None:
        """Rows that were caused by records before the checkpoint's numbers must be stored. Raises Wrong."""
        for table in CAUSED:
            here = [row for row in self._caused[table] if row[2] < logs.get(row[1], 0)]
            lost = here and set(here) - tables.rows(table)
            if lost:
                raise Wrong(f"{table}: a checkpoint stands for a row that is not stored: {min(lost)}")

    def judge(self, tables: Tables, state: State, *, stopped: bool) -> None:
        """Raises Wrong with the first difference. A run that was stopped has published what was true where it stopped."""
        for table in ALL:
            there, expected = tables.final(table), self.tables.final(table)
            for key in expected.keys() | there.keys():
                if there.get(key) != expected.get(key):
                    raise Wrong(
                        f"{table} {key}:\n  is        {there.get(key)}\n  should be {expected.get(key)}"
                    )
            alike = self._ends_alike and not (stopped and table in PUBLISHED)
            strange = tables.rows(table) - self.tables.rows(table) if alike else set()
            if strange:
                raise Wrong(f"{table}: a row that was never true: {min(strange)}")
        for what in ("counts", "positions", "saved"):
            there, expected = getattr(state, what), getattr(self.state, what)
            for name in expected.keys() | there.keys():
                if there.get(name) != expected.get(name):
                    raise Wrong(
                        f"{what} of {name}:\n  is        {there.get(name)!r:.3000}\n  should be {expected.get(name)!r:.3000}"
                    )
