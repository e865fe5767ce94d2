"""Rejects are read where they are stored, and sent again to where they can be used.

    stored      reads them from the table `reject`, newest first or in the order of their logs
    gathered    sorts those of a topic of dead letters, or of JSON lines as `lowtide rejects ls --json` writes them
    retry       sends them to the topic that they came from, each into its own partition, or to a file of lines

A record that was rejected was never accepted, so it is new to the deduplication; sent twice it counts once.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO, Protocol

import orjson
import pyarrow as pa

from lowtide.errors import InputError
from lowtide.kafka.address import Address
from lowtide.kafka.copy import AGAIN
from lowtide.kafka.dead_letters import Reject
from lowtide.kafka.producer import Producer
from lowtide.kafka.topic import Topic
from lowtide.rows import Row, reject_rows
from lowtide.warehouse import Warehouse

_PAGE = 20_000
_KEY = "(offset, partition, pipeline, reason)"
_STATED = (
    "if(JSONType(record, 'event_time') IN ('Int64', 'UInt64'), "
    "fromUnixTimestamp64Milli(JSONExtractInt(record, 'event_time'), 'UTC'), "
    "parseDateTime64BestEffortOrNull(JSONExtractString(record, 'event_time'), 3, 'UTC'))"
)
"""The time that a record states; null if it cannot be read."""


@dataclass(frozen=True)
class RejectFilter:
    """Which rejects: of these reasons, of this log, from this time on. An empty condition takes all."""

    reasons: tuple[str, ...] = ()
    partition: str | None = None
    since: datetime | None = None
    """The earliest time that a record states. A record without a readable time always passes."""

    def passes(self, reject: Reject) -> bool:
        """Whether it passes, `since` not looked at."""
        return (not self.reasons or reject.reason in self.reasons) and self.partition in (
            None,
            reject.partition,
        )

    def where(self) -> tuple[list[str], dict[str, Any]]:
        """The filter as conditions of SQL and their parameters."""
        conditions, parameters = ["1"], dict[str, Any]()
        if self.reasons:
            conditions.append("has({reasons:Array(String)}, reason)")
            parameters["reasons"] = list(self.reasons)
        if self.partition is not None:
            conditions.append("partition = {partition:String}")
            parameters["partition"] = self.partition
        if self.since is not None:
            conditions.append(f"ifNull({_STATED} >= fromUnixTimestamp64Milli({{since:Int64}}, 'UTC'), 1)")
            parameters["since"] = int(self.since.astimezone(UTC).timestamp() * 1000)
        return conditions, parameters


def counts(warehouse: Warehouse, only: RejectFilter) -> list[Row]:
    """How many there are of each reason, most first: `reason`, `records`, `partitions`."""
    conditions, parameters = only.where()
    return warehouse.rows(
        "SELECT reason, count() AS records, uniqExact(partition) AS partitions "
        f"FROM {warehouse.database}.reject FINAL WHERE {' AND '.join(conditions)} "
        "GROUP BY reason ORDER BY records DESC, reason",
        parameters,
    )


def stored(
    warehouse: Warehouse, only: RejectFilter, *, newest: bool = False, limit: int | None = None
) -> Iterator[Reject]:
    """Rejects of the warehouse by offset, read in pages, so that any number of them fits in memory."""
    conditions, parameters = only.where()
    order = _KEY.strip("()").replace(",", " DESC,") + " DESC" if newest else _KEY.strip("()")
    while limit is None or limit > 0:
        size = _PAGE if limit is None else min(_PAGE, limit)
        page = warehouse.rows(
            f"SELECT * FROM {warehouse.database}.reject FINAL "
            f"WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {size}",
            parameters,
            String="bytes",
        )
        yield from map(_of_row, page)
        if len(page) < size:
            return
        last = page[-1]
        parameters |= {f"last_{name}": _text(last[name]) for name in ("partition", "pipeline", "reason")}
        parameters["last_offset"] = last["offset"]
        after = (
            "({last_offset:UInt64}, {last_partition:String}, {last_pipeline:String}, {last_reason:String})"
        )
        conditions = [*only.where()[0], f"{_KEY} {'<' if newest else '>'} {after}"]
        limit = None if limit is None else limit - size


def _of_row(row: Row) -> Reject:
    field_name = None if row["field"] is None else _text(row["field"])
    record = bytes(row["record"])
    return Reject(
        _text(row["partition"]),
        row["offset"],
        _text(row["reason"]),
        field_name,
        _text(row["message"]),
        record,
        file=None if row["file"] is None else _text(row["file"]),
        line=row["line"],
    )


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def gathered(rejects: Iterable[Reject], only: RejectFilter) -> list[Reject]:
    """Those that pass the filter, by offset, in the order of `stored`."""
    passing = filter(only.passes, rejects)
    return sorted(passing, key=lambda reject: (reject.offset, reject.partition, reject.reason))


def from_lines(file: BinaryIO, name: str) -> Iterator[Reject]:
    """Rejects from lines of `lowtide rejects ls --json` or `lowtide replay --rejects`. Raises InputError."""
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            record = (
                row["record"].encode()
                if "record" in row
                else base64.b64decode(row["record_base64"], validate=True)
            )
            yield Reject(
                row["partition"],
                int(row["offset"]),
                row["reason"],
                row.get("field"),
                row.get("message", ""),
                record,
                file=row.get("file"),
                line=row.get("line"),
            )
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise InputError(
                f"`{name}`, line {number}: not a reject",
                "A line is as `lowtide rejects ls --json` writes it: partition, offset, reason, record.",
            ) from error


def as_rows(rejects: Iterable[Reject]) -> Iterator[Row]:
    """Rejects as rows of JSON values."""
    kinds = {"offset": pa.uint64(), "line": pa.uint64(), "record": pa.binary()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in Reject._fields if name != "cut"])
    for reject in rejects:
        yield from reject_rows(pa.RecordBatch.from_pylist([reject._asdict()], schema))


class Target(Protocol):
    """Where records are sent again."""

    def unfit(self, reject: Reject) -> str | None:
        """Why this one cannot go there; None if it can."""

    def send(self, reject: Reject) -> None:
        """Take a record that is not unfit."""

    def close(self) -> None:
        """Return when all records that were taken are there."""


class ToTopic:
    """Sends records to the topic that they came from, each into the partition of its position."""

    def __init__(self, address: Address) -> None:
        self._topic = address.topic
        self._partitions = set(Topic(address).partitions)
        self._producer = Producer(address, AGAIN)

    def unfit(self, reject: Reject) -> str | None:
        """A record of another log has no partition in this topic."""
        topic, _, number = reject.partition.rpartition("/")
        if (
            topic != self._topic
            or not re.fullmatch(r"\d{1,9}", number)
            or int(number) not in self._partitions
        ):
            return f"from another log than a partition of `{self._topic}`"
        return None

    def send(self, reject: Reject) -> None:
        """Queue it as a message; its arrival is now."""
        self._producer.send(reject.record, partition=int(reject.partition.rpartition("/")[2]))

    def close(self) -> None:
        """Raises BrokerError if a message was not acknowledged."""
        self._producer.flush()


class ToLines:
    """Writes one record a line, to be corrected and read as any other source; a line end in a record becomes a space."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def unfit(self, reject: Reject) -> str | None:
        """A line takes any record."""
        return None

    def send(self, reject: Reject) -> None:
        """Write its line."""
        self._file.write(re.sub(rb"[\r\n]+", b" ", reject.record) + b"\n")

    def close(self) -> None:
        """Hand all lines to the operating system."""
        self._file.flush()


@dataclass
class RetryResult:
    """How many records were sent, and how many were left, by the reason."""

    sent: int = 0
    left: Counter[str] = field(default_factory=Counter)


def retry(rejects: Iterable[Reject], target: Target, *, dry: bool = False) -> RetryResult:
    """Send records again, in the order given; one that was rejected twice at its offset goes once. `dry`: only count."""
    result, offset, sent_there = RetryResult(), None, set[bytes]()
    for reject in rejects:
        if offset != (reject.partition, reject.offset):
            offset, sent_there = (reject.partition, reject.offset), set()
        if reject.record in sent_there:
            continue
        sent_there.add(reject.record)
        why = _incomplete(reject) or target.unfit(reject)
        if why is not None:
            result.left[why] += 1
            continue
        if not dry:
            target.send(reject)
        result.sent += 1
    if not dry:
        target.close()
    return result


def _incomplete(reject: Reject) -> str | None:
    if reject.reason == "unreadable_file":
        return "the rest of a file that could not be read, not a record"
    if reject.cut:
        return "cut, longer than the topic of dead letters takes: they are whole in the warehouse"
    if reject.reason == "too_long" and reject.field is None and not _whole(reject.record):
        return "cut at `max_record_bytes`: ask the sender for them"
    return None


def _whole(record: bytes) -> bool:
    """Whether somebody has completed the record."""
    try:
        return isinstance(orjson.loads(record), dict)
    except ValueError:
        return False
