"""A dead letter is a rejected record with what was wrong with it, in a topic from which it can be sent again.

    value     the record's bytes as they came, as many as were kept
    key       `sales/3/1047`: the log that it came from and its offset there; messages with one key hold the same record
    headers   lowtide-reason, lowtide-field (if one field is wrong), lowtide-message, lowtide-partition, lowtide-offset,
              lowtide-pipeline, of a file lowtide-file and lowtide-line, all UTF-8; lowtide-cut, if the record is longer
              than the topic takes: its length

Delivered at least once: a run that goes on after a crash sends the last ones again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from lowtide.core import Span
from lowtide.kafka.address import Address, parse
from lowtide.kafka.producer import Headers, Producer, create_topic
from lowtide.kafka.topic import Topic

_FOR_HEADERS = 16_384
_LONGEST_MESSAGE = 1_000_000
"""Bytes that librdkafka sends and a broker takes unless they are told otherwise (`message.max.bytes`)."""


class Reject(NamedTuple):
    """A record that could not be used, where it was, and why."""

    partition: str
    offset: int
    reason: str
    field: str | None
    message: str
    record: bytes
    cut: bool = False
    """Whether the topic of dead letters has only its first bytes."""
    file: str | None = None
    """The file that it stands in; None for a record of a topic."""
    line: int | None = None
    """Its line there, from 1."""


class DeadLetters:
    """The topic to which rejects go. Any thread may send."""

    def __init__(self, spec: str) -> None:
        """Creates a missing topic with the broker's own defaults. Raises BrokerError if the broker is away."""
        self._producer = Producer(
            parse(spec),
            "Nothing is lost: run again, and the rejects since the last checkpoint are sent again.",
        )
        address = self._producer.address
        self._longest = (
            int(address.settings.reveal().get("message.max.bytes", _LONGEST_MESSAGE)) - _FOR_HEADERS
        )
        if not self._producer.topic_exists():
            create_topic(address)

    def send(self, pipeline: str, rejects: pa.RecordBatch) -> None:
        """Queue one message a reject; waits while the queue is full. Raises BrokerError if one was refused."""
        for row in rejects.to_pylist():
            self._send(pipeline, Reject(**{name: row[name] for name in Reject._fields if name != "cut"}))

    def _send(self, pipeline: str, reject: Reject) -> None:
        value, headers = reject.record[: self._longest], _headers(pipeline, reject)
        if len(value) < len(reject.record):
            headers.append(("lowtide-cut", str(len(reject.record)).encode()))
        self._producer.send(value, key=f"{reject.partition}/{reject.offset}", headers=headers)

    def flush(self) -> None:
        """Return when the broker has acknowledged all of them. Raises BrokerError if one was refused."""
        self._producer.flush()


def _headers(pipeline: str, reject: Reject) -> Headers:
    texts = {
        "reason": reject.reason,
        "field": reject.field,
        "message": reject.message,
        "partition": reject.partition,
        "offset": str(reject.offset),
        "pipeline": pipeline,
        "file": reject.file,
        "line": None if reject.line is None else str(reject.line),
    }
    return [(f"lowtide-{name}", text.encode()) for name, text in texts.items() if text is not None]


def read(address: Address) -> Iterator[Reject]:
    """All dead letters that a topic holds now, partition by partition. Other messages get an empty `partition`."""
    topic = Topic(address)
    for number in topic.partitions:
        topic.begin(number, None)
        while (span := topic.take(number, 1000, wait=True)) is not None:
            for at in range(len(span)):
                yield _reject(span, at)


def _reject(span: Span, at: int) -> Reject:
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in span.headers(at)}
    return Reject(
        headers.get("lowtide-partition", ""),
        int(headers.get("lowtide-offset", span.witness(at)[0])),
        headers.get("lowtide-reason", ""),
        headers.get("lowtide-field"),
        headers.get("lowtide-message", ""),
        span.value(at),
        "lowtide-cut" in headers,
        headers.get("lowtide-file"),
        int(headers["lowtide-line"]) if "lowtide-line" in headers else None,
    )
