"""A block is a few thousand records of one partition, cut between records and otherwise unchanged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

import pyarrow as pa

from lowtide.sources.header import Header
from lowtide.sources.row_map import RowMap

Kind = Literal[
    "file",
    "map",
    "lines",
    "csv_header",
    "csv",
    "columns",
    "sorted",
    "messages",
    "framed",
    "arrow",
    "unreadable",
    "end",
    "stop",
]
Progress = Callable[[int], None]
"""Called with the bytes read so far (of the files as they lie on disk), never decreasing."""


class Unreadable(NamedTuple):
    """What a source has to set aside: a reject code, a sentence for the data's owner, the bytes at hand."""

    reason: str
    message: str
    record: bytes


class Messages(NamedTuple):
    """Messages of a topic partition, one after another: int64 arrays of lengths, offsets and arrival times (ms)."""

    data: bytes
    lengths: pa.Array
    offsets: pa.Array
    arrivals: pa.Array
    layout: str
    """How movements lie in a message: auto, json, ndjson or array."""


class Framed(NamedTuple):
    """Messages of a topic partition whose schemas are in a registry: the schemas, then the columns as in `Messages`."""

    schemas: Any
    """The `Schemas` of the core."""
    data: bytes
    lengths: pa.Array
    offsets: pa.Array
    arrivals: pa.Array
    layout: str
    """How movements lie in the text of a message; avro, protobuf and jsonschema: no other format is accepted."""


class ArrowMessage(NamedTuple):
    """A message that holds columns: its rows, why it cannot be read (empty: it can), its bytes, offset and arrival time
    (ms, −1: unknown)."""

    batches: list[pa.RecordBatch]
    fault: str
    whole: bytes
    offset: int
    arrival: int


@dataclass(frozen=True, slots=True)
class Block:
    """A run of whole records.

    kind         data                     records
    file         bytes, its name          0: the next blocks are those of this file
    map          RowMap or None           0: the next blocks hold rows for this map; None: movements
    lines        bytes, each line ended   number of lines, blank ones too
    csv_header   Header                   0
    csv          bytes, each record ended number of CSV records (a quoted one may hold line ends)
    columns      pa.RecordBatch           number of rows
    sorted       bytes of a `Sorter`      number of records, of any files
    messages     Messages                 number of messages
    framed       Framed                   number of messages
    arrow        ArrowMessage             number of rows
    unreadable   Unreadable               1
    end          no bytes                 0: the log has come to its end
    stop         no bytes                 0: the run stops within the log, and publishes what it would at its end
    """

    kind: Kind
    data: bytes | pa.RecordBatch | Messages | Framed | ArrowMessage | Unreadable | Header | RowMap | None
    records: int

    @property
    def bytes(self) -> bytes:
        """The bytes of a `file`, `lines`, `csv` or `sorted` block."""
        assert isinstance(self.data, bytes)
        return self.data

    @property
    def map(self) -> RowMap | None:
        """The map of a `map` block."""
        assert self.kind == "map"
        return cast("RowMap | None", self.data)

    @property
    def header(self) -> Header:
        """The header of a `csv_header` block."""
        assert isinstance(self.data, Header)
        return self.data

    @property
    def batch(self) -> pa.RecordBatch:
        """The rows of a `columns` block."""
        assert isinstance(self.data, pa.RecordBatch)
        return self.data

    @property
    def messages(self) -> Messages:
        """The messages of a `messages` block."""
        assert isinstance(self.data, Messages)
        return self.data

    @property
    def framed(self) -> Framed:
        """The messages of a `framed` block."""
        assert isinstance(self.data, Framed)
        return self.data

    @property
    def arrow(self) -> ArrowMessage:
        """The message of an `arrow` block."""
        assert isinstance(self.data, ArrowMessage)
        return self.data

    @property
    def unreadable(self) -> Unreadable:
        """The reject of an `unreadable` block."""
        assert isinstance(self.data, Unreadable)
        return self.data


END = Block("end", b"", 0)
"""Follows the last block of a log that has one."""
STOP = Block("stop", b"", 0)
"""The last block of a log that is not read to its end."""


def unreadable(reason: str, message: str, record: bytes = b"") -> Block:
    """A block for one record, or for the rest of a file, that the source could not hand on."""
    return Block("unreadable", Unreadable(reason, message, record), 1)


def unreadable_file(message: str, record: bytes = b"") -> Block:
    """A block for a file, or the rest of it, that cannot be read; `message` says where and what to do."""
    return unreadable("unreadable_file", message, record)
