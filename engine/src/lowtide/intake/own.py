"""Movements in our own JSON form go into the journal as they came; what a run will reject of them is told at once.

The check is the run's own: the records go through a partition of the core, under the policy that intake was given.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

import orjson
import pyarrow as pa

from lowtide.core import Job, Partition, records
from lowtide.errors import LowtideError
from lowtide.intake.journal import LOG, Body, RowTooLong, bodies_of
from lowtide.intake.journal.frame import MAX_BODY
from lowtide.intake.refusal import Refusal
from lowtide.intake.rows import MAX_ROWS, SHOWN_REJECTS, DocumentRows, RowReject, too_many
from lowtide.intake.rule_records import has_rule_records

_INT64 = pa.int64()
_MAX_COMMAS = 16 * MAX_ROWS
"""Commas of an array of movements: each has at least six fields."""
_USES = 20_000
"""Records after which a partition, which remembers their ids, is made anew."""


class OwnMovements:
    """Reads documents of movements in our own form. Any thread may call it."""

    def __init__(self, job: Job) -> None:
        self._job = job.named(LOG)
        self._idle: list[Partition] = []

    def rows(self, data: bytes, layout: str, *, with_sources: bool = False) -> DocumentRows:
        """The rows of a document; `layout` is that of a message: auto, json, ndjson or array.

        Raises Refusal if a record is too long for the journal.
        """
        if data.count(b"\n" if layout == "ndjson" else b",") > (
            MAX_ROWS if layout == "ndjson" else _MAX_COMMAS
        ):
            raise too_many()
        rows = records(data, layout)
        if len(rows) > MAX_ROWS:
            raise too_many()
        if not rows:
            return DocumentRows([], None)
        if layout != "ndjson" and b"\n" in data:
            rows = [row.replace(b"\n", b" ") for row in rows]  # JSON has line ends only between values
        whole = b"\n".join((*rows, b""))
        try:
            bodies = [Body(whole, len(rows), len(rows))] if len(whole) <= MAX_BODY else list(bodies_of(rows))
        except RowTooLong as error:
            raise Refusal("record_too_long", f"{error}; is it one JSON value a record?") from None
        rejects, codes, changes = self._check(whole)
        bad = {reject.record for reject in rejects}
        sources = _sources(rows, bad) if with_sources else frozenset()
        return DocumentRows(
            bodies,
            None,
            good=len(rows) - sum(codes.values()),
            rejects=rejects[:SHOWN_REJECTS],
            rejected=sum(codes.values()),
            codes=codes,
            sources=sources,
            changes_rules=changes or has_rule_records(whole),
        )

    def _check(self, data: bytes) -> tuple[list[RowReject], dict[str, int], bool]:
        """The first rejects, how many there are by code, and whether a record changes policy or inputs."""
        try:
            partition = self._idle.pop()
        except IndexError:
            partition = self._job.partition(1)
        version = partition.policy_version, partition.inputs_version
        before, first = partition.counts(), partition.offset
        try:
            partition.messages(
                data, _int(len(data)), _int(first), _int(time.time_ns() // 1_000_000), "ndjson"
            )
        except LowtideError:  # a record names inputs that are not here
            return [], {}, True
        rejects: list[RowReject] = []
        counts = partition.counts()
        if counts["rejects"] > before["rejects"]:
            rejects = [_reject(row, first) for row in partition.rejects().to_pylist()]
        codes = {
            name.removeprefix("reject."): number - before.get(name, 0)
            for name, number in counts.items()
            if name.startswith("reject.") and number > before.get(name, 0)
        }
        changes = (partition.policy_version, partition.inputs_version) != version
        if not changes and partition.offset < _USES:
            self._idle.append(partition)
        return rejects, codes, changes


def _int(value: int) -> pa.Array:
    """An array of one number; `pa.array` takes ten times as long."""
    buffer = pa.py_buffer(value.to_bytes(8, "little", signed=True))
    return pa.Array.from_buffers(_INT64, 1, [None, buffer])


def _reject(row: dict[str, object], first: int) -> RowReject:
    record = int(str(row["offset"])) - first + 1
    return RowReject(record, record, str(row["reason"]), str(row["field"] or ""), str(row["message"]))


def _sources(rows: Sequence[bytes], bad: set[int]) -> frozenset[str]:
    """The sources of the records that are movements; envelopes hold theirs within."""
    found = set()
    for number, row in enumerate(rows, 1):
        if number not in bad:
            with suppress(orjson.JSONDecodeError):  # one of many that are not told one by one
                found.add(_source(orjson.loads(row)))
    return frozenset(found)


def _source(record: object) -> str:
    """The source of a movement, also within the envelope of a CloudEvent, Kafka Connect or Debezium."""
    if not isinstance(record, dict):
        return ""
    for inner in ("data", "payload", "after"):
        if "sku" not in record and "kind" not in record and isinstance(record.get(inner), dict):
            return _source(record[inner])
    return str(record.get("source", ""))
