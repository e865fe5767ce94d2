"""The only module that imports the native core: a partition reads a log, key groups apply it, rows come out as Arrow.

    Partition   one log: decode, validate, deduplicate, clock; blocks for key groups come out
    Sorter      files whose records are put in order of event time before they go to a partition
    Mapping     a compiled map: what rows of others become; a partition and a sorter read with it
    Group       one key group: stock, demand, projection, alerts; rows for the tables come out

All calls release the interpreter lock. A block is `bytes` in the format drawn in `native/src/log/wire.rs`.

    >>> job = Job.of(partition="sales.jsonl")
    >>> partition, group = job.partition(groups=1), job.group()
    >>> line = b'{"id":"1","source":"t","kind":"count","sku":"a","location":"b","quantity":5,"event_time":1795339800000}'
    >>> for _, block in partition.lines(line) + partition.finish():
    ...     group.apply(block)
    >>> group.positions().column("on_hand")[0].as_py()
    Decimal('5.000')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from lowtide._native import (
    STATE_FORMATS,
    Digest,
    Drain,
    Group,
    Guard,
    Inputs,
    MappedRows,
    Mapping,
    MapReader,
    Partition,
    Schemas,
    Sorter,
    Span,
    crc32c,
    demand_days,
    intact,
    placed,
    records,
    time_format_fault,
)
from lowtide._native import __version__ as native_version
from lowtide.errors import SettingsError
from lowtide.policy import Policy, compile_policy, load_policy
from lowtide.rows import reject_rows
from lowtide.sources.feed import Feed

if TYPE_CHECKING:
    from lowtide.inputs import InputsFolder
    from lowtide.sources import Block
    from lowtide.sources.row_map import RowMap

__all__ = [
    "STATE_FORMATS",
    "TABLES",
    "Digest",
    "Drain",
    "Group",
    "Guard",
    "Inputs",
    "Job",
    "Log",
    "MapReader",
    "MappedRows",
    "Mapping",
    "Partition",
    "Routed",
    "Schemas",
    "Sorter",
    "Span",
    "crc32c",
    "decode",
    "demand_days",
    "intact",
    "mapping_of",
    "native_version",
    "placed",
    "records",
]

Routed = list[tuple[int, bytes]]
"""Blocks for key groups: (number of the group, bytes)."""

TABLES = ("ledger", "position", "demand_day", "stock_count", "supply_event", "calibration_day")
"""The rows that `Group.take()` returns, by table."""


@dataclass(frozen=True)
class Job:
    """What every runner of a log needs: its name, the compiled policy, the catalogue."""

    config: bytes
    catalogue: pa.RecordBatch | None
    policy_version: str
    partition_name: str
    time_format: str | None = None
    inputs: Inputs | None = None
    """The inputs that the log may name, by hash."""

    @classmethod
    def of(
        cls,
        policy: Policy | None = None,
        catalogue: pa.RecordBatch | None = None,
        *,
        pipeline: str = "lowtide",
        partition: str = "log",
        time_format: str | None = None,
        inputs: InputsFolder | None = None,
    ) -> Job:
        """A job under `policy` (None: the defaults) and `inputs`. The same arguments give the same bytes everywhere.

        `time_format` is how the source writes times that are not RFC 3339, such as `DD/MM/YYYY HH:mm`. Raises SettingsError.
        """
        compiled = compile_policy(policy if policy is not None else load_policy(None))
        return cls.of_compiled(
            compiled,
            catalogue,
            pipeline=pipeline,
            partition=partition,
            time_format=time_format,
            inputs=inputs,
        )

    @classmethod
    def of_compiled(
        cls,
        policy: dict[str, Any],
        catalogue: pa.RecordBatch | None = None,
        *,
        pipeline: str = "lowtide",
        partition: str = "log",
        time_format: str | None = None,
        inputs: InputsFolder | None = None,
    ) -> Job:
        """The same under a policy that is compiled already (`policy.compile_policy`). Raises SettingsError."""
        values: dict[str, Any] = {"pipeline": pipeline, "partition": partition, "policy": policy}
        if time_format is not None:
            if (wrong := time_format_fault(time_format)) is not None:
                raise SettingsError(
                    wrong, "YYYY, YY, MM, DD, HH, mm, ss, SSS, A (AM or PM), Z; or as strftime."
                )
            values["time_format"] = time_format
        known = None
        if inputs is not None:
            values["inputs"] = inputs.start or ""
            known = Inputs(inputs.documents)
        config = orjson.dumps(values)
        return cls(config, catalogue, str(policy["version"]), partition, time_format, known)

    def named(self, partition: str) -> Job:
        """The same job for another log."""
        config = orjson.loads(self.config) | {"partition": partition}
        return replace(self, config=orjson.dumps(config), partition_name=partition)

    @property
    def reading(self) -> str:
        """What decides which time a record has, and so the order of an export: policy version and format of times."""
        return (
            self.policy_version if self.time_format is None else f"{self.policy_version} {self.time_format}"
        )

    @property
    def policy_document(self) -> str:
        """The compiled policy as text."""
        return orjson.dumps(orjson.loads(self.config)["policy"]).decode()

    def partition(self, groups: int) -> Partition:
        """A new log, split over `groups` key groups."""
        return Partition(self.config, groups, self.catalogue, self.inputs)

    def group(self) -> Group:
        """A new key group."""
        return Group(self.config, self.catalogue, self.inputs)

    def restored_partition(self, groups: int, segments: list[bytes]) -> Partition:
        """A log as it was when the last of its segments was saved."""
        return Partition.restore(self.config, groups, self.catalogue, segments, self.inputs)

    def restored_group(self, segments: list[bytes]) -> Group:
        """A key group as it was when the last of its segments was saved."""
        return Group.restore(self.config, self.catalogue, segments, self.inputs)


_FEW = 5
_OF_FILES = pa.array(["unreadable_file", "bad_document", "bad_encoding"])
"""Reject codes of a whole file, or of the rest of it."""


class Log:
    """One log while it is read: its job, the source of its blocks, and the state so far."""

    def __init__(self, job: Job, blocks: Feed | Iterable[Block], key_groups: int) -> None:
        self.job = job
        self.feed = blocks if isinstance(blocks, Feed) else Feed(blocks)
        self.key_groups = key_groups
        self.partition = job.partition(key_groups)
        self.read_with_maps()
        self.groups: dict[int, Group] = {}
        self.map_changed_at: int | None = None
        """The first record, or message, that is read with another map than those before it."""
        self.before: dict[str, int] = {}
        """The counts of the restored state."""
        self.first_reject: dict[str, Any] | None = None
        """The first reject since it was opened: partition, offset, file, line, reason, field, message, record."""
        self.unreadable_files: list[dict[str, Any]] = []
        """The first few rejects of files of which nothing, or not all, could be read."""

    def read_with_maps(self) -> None:
        """Tells a new partition with which map a topic is read; files say it by their blocks."""
        if self.feed.changes:
            self.partition.map_changes([(mapping_of(map_), first) for map_, first in self.feed.changes])
        elif self.feed.map is not None:
            self.partition.map(mapping_of(self.feed.map))

    @property
    def name(self) -> str:
        """Its name in every table."""
        return self.job.partition_name

    @property
    def positions(self) -> int:
        """How many positions its key groups hold in this process. Any thread may ask."""
        return sum(len(group) for group in list(self.groups.values()))

    @property
    def silent(self) -> int:
        """How many of them get no reorder alert because nobody plans them."""
        return sum(group.silent for group in list(self.groups.values()))

    def take_rejects(self) -> pa.RecordBatch:
        """The rejects since the last call, as rows of the table."""
        rejects = self.partition.rejects()
        if rejects.num_rows and self.first_reject is None:
            self.first_reject = next(reject_rows(rejects.slice(0, 1)))
        if rejects.num_rows and len(self.unreadable_files) < _FEW:
            files = rejects.filter(pc.is_in(rejects["reason"], _OF_FILES))
            self.unreadable_files += reject_rows(files.slice(0, _FEW - len(self.unreadable_files)))
        return rejects

    def group(self, number: int) -> Group:
        """A key group of the log; made at first use."""
        if number not in self.groups:
            self.groups[number] = self.job.group()
        return self.groups[number]


def mapping_of(map_: RowMap | None) -> Mapping | None:
    """The map as the core executes it; None without a map. Made once for each compiled map. Raises MapError."""
    return None if map_ is None else _mapping(map_.document)


@lru_cache(maxsize=256)
def _mapping(document: bytes) -> Mapping:
    return Mapping(document)


def decode(partition: Partition, block: Block) -> Routed:
    """Hands one block of a source to its partition, by the kind of records that it holds."""
    match block.kind:
        case "file":
            partition.file(block.bytes.decode())
        case "map":
            partition.map(mapping_of(block.map))
        case "sorted":
            return partition.sorted(block.bytes)
        case "lines":
            return partition.lines(block.bytes)
        case "messages":
            return partition.messages(*block.messages)
        case "framed":
            return partition.framed(*block.framed)
        case "columns":
            return partition.columns(block.batch)
        case "arrow":
            return partition.arrow(*block.arrow)
        case "csv":
            return partition.csv(block.bytes)
        case "csv_header":
            partition.csv_header(*block.header.for_core)
        case "unreadable":
            partition.unreadable(*block.unreadable)
        case "end" | "stop":
            return partition.finish()
    return []
