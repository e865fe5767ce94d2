"""Rejects are read where they lie, and sent again where they can be used.

    stored      from the table `reject`, newest first or in the order of their logs
    gathered    from a topic of dead letters, or from JSON lines as `lowtide rejects ls --json` writes them
    retry       to the topic that they came from, each into its own partition, or to a file of lines

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
class Wanted:
    """Which rejects: of any of these reasons, of this log, stating a time from `since` on or none that can be read."""

    reasons: tuple[str, ...] = ()
    partition: str | None = None
    since: datetime | None = None

    def has(self, reject: Reject) -> bool:
        """Whether it is one of them, `since` aside."""
        return (not self.reasons or reject.reason in self.reasons) and self.partition in (
            None,
            reject.partition,
        )

    def where(self) -> tuple[list[str], dict[str, Any]]:
        """The same as conditions of SQL and their parameters."""
        conditions, given = ["1"], dict[str, Any]()
        if self.reasons:
            conditions.append("has({reasons:Array(String)}, reason)")
            given["reasons"] = list(self.reasons)
        if self.partition is not None:
            conditions.append("partition = {partition:String}")
            given["partition"] = self.partition
        if self.since is not None:
            conditions.append(f"ifNull({_STATED} >= fromUnixTimestamp64Milli({{since:Int64}}, 'UTC'), 1)")
            given["since"] = int(self.since.astimezone(UTC).timestamp() * 1000)
        return conditions, given


def counts(warehouse: Warehouse, wanted: Wanted) -> list[Row]:
    """How many there are of each reason, most first: `reason`, `records`, `partitions`."""
    conditions, given = wanted.where()
    return warehouse.rows(
        "SELECT reason, count() AS records, uniqExact(partition) AS partitions "
        f"FROM {warehouse.database}.reject FINAL WHERE {' AND '.join(conditions)} "
        "GROUP BY reason ORDER BY records DESC, reason",
        given,
    )


def stored(
    warehouse: Warehouse, wanted: Wanted, *, newest: bool = False, limit: int | None = None
) -> Iterator[Reject]:
    """Rejects of the warehouse by offset, in pages, so that any number of them fits in memory."""
    conditions, given = wanted.where()
    order = _KEY.strip("()").replace(",", " DESC,") + " DESC" if newest else _KEY.strip("()")
    while limit is None or limit > 0:
        size = _PAGE if limit is None else min(_PAGE, limit)
        page = warehouse.rows(
            f"SELECT * FROM {warehouse.database}.reject FINAL "
            f"WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {size}",
            given,
            String="bytes",
        )
        yield from map(_of_row, page)
        if len(page) < size:
            return
        last = page[-1]
        given |= {f"last_{name}": _text(last[name]) for name in ("partition", "pipeline", "reason")}
        given["last_offset"] = last["offset"]
        after = (
            "({last_offset:UInt64}, {last_partition:String}, {last_pipeline:String}, {last_reason:String})"
        )
        conditions = [*wanted.where()[0], f"{_KEY} {'<' if newest else '>'} {after}"]
        limit = None if limit is None else limit - size


def _of_row(row: Row) -> Reject:
    kept = bytes(row["record"])
    found = None if row["field"] is None else _text(row["field"])
    return Reject(
        _text(row["partition"]), row["offset"], _text(row["reason"]), found, _text(row["message"]), kept
    )


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def gathered(rejects: Iterable[Reject], wanted: Wanted) -> list[Reject]:
    """Those that are wanted, by offset, as `stored` has them."""
    return sorted(filter(wanted.has, rejects), key=lambda one: (one.offset, one.partition, one.reason))


def from_lines(file: BinaryIO, name: str) -> Iterator[Reject]:
    """Rejects as `lowtide rejects ls --json` or `lowtide replay --rejects` wrote them, perhaps mended. Raises InputError."""
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            kept = (
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
                kept,
            )
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise InputError(
                f"`{name}`, line {number}: not a reject",
                "A line is as `lowtide rejects ls --json` writes it: partition, offset, reason, record.",
            ) from error


def as_rows(rejects: Iterable[Reject]) -> Iterator[Row]:
    """Rejects in the form of JSON lines."""
    types = (pa.string(), pa.uint64(), pa.string(), pa.string(), pa.string(), pa.binary())
    schema = pa.schema(list(zip(Reject._fields[:6], types, strict=True)))
    for one in rejects:
        yield from reject_rows(pa.RecordBatch.from_pylist([one._asdict()], schema))


class Target(Protocol):
    """Where records are sent again."""

    def unfit(self, reject: Reject) -> str | None:
        """Why this one cannot go there; None: it can."""

    def send(self, reject: Reject) -> None:
        """Take a record that can."""

    def close(self) -> None:
        """Return when all that was taken is there."""


class ToTopic:
    """The topic that records came from, each into the partition where its position's other movements are."""

    def __init__(self, address: Address) -> None:
        self._topic = address.topic
        self._partitions = set(Topic(address).partitions)
        self._producer = Producer(address, AGAIN)

    def unfit(self, reject: Reject) -> str | None:
        """Only what came from this topic knows its partition."""
        topic, _, number = reject.partition.rpartition("/")
        if (
            topic != self._topic
            or not re.fullmatch(r"\d{1,9}", number)
            or int(number) not in self._partitions
        ):
            return f"from another log than a partition of `{self._topic}`"
        return None

    def send(self, reject: Reject) -> None:
        """Its arrival is now."""
        self._producer.send(reject.record, partition=int(reject.partition.rpartition("/")[2]))

    def close(self) -> None:
        """Raises BrokerError if a message was not acknowledged."""
        self._producer.flush()


class ToLines:
    """One record a line, to be mended and read as any other source; a line end within a record becomes a space."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def unfit(self, reject: Reject) -> str | None:
        """A line takes any record."""
        return None

    def send(self, reject: Reject) -> None:
        """Write its line."""
        self._file.write(re.sub(rb"[\r\n]+", b" ", reject.record) + b"\n")

    def close(self) -> None:
        """All lines are with the system."""
        self._file.flush()


@dataclass
class Done:
    """What was sent, and what was left, by why."""

    sent: int = 0
    left: Counter[str] = field(default_factory=Counter)


def retry(rejects: Iterable[Reject], target: Target, *, dry: bool = False) -> Done:
    """Send records again, in the order given; one that was rejected twice at its offset goes once. `dry`: only count."""
    done, at, here = Done(), None, set[bytes]()
    for reject in rejects:
        if at != (reject.partition, reject.offset):
            at, here = (reject.partition, reject.offset), set()
        if reject.record in here:
            continue
        here.add(reject.record)
        why = _incomplete(reject) or target.unfit(reject)
        if why is not None:
            done.left[why] += 1
            continue
        if not dry:
            target.send(reject)
        done.sent += 1
    if not dry:
        target.close()
    return done


def _incomplete(reject: Reject) -> str | None:
    if reject.reason == "unreadable_file":
        return "the rest of a file that could not be read, not a record"
    if reject.cut:
        return "cut, longer than the topic of dead letters takes: they are whole in the warehouse"
    if reject.reason == "too_long" and reject.field is None and not _whole(reject.record):
        return "cut at `max_record_bytes`: ask the sender for them"
    return None


def _whole(record: bytes) -> bool:
    """A record that somebody has mended."""
    try:
        return isinstance(orjson.loads(record), dict)
    except ValueError:
        return False
