"""Put records into a topic: heartbeats where nothing moves, a policy, and the copy of a topic under other keys."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from lowtide.core import records
from lowtide.errors import BrokerError, InputError
from lowtide.kafka.address import FRAMED_LAYOUTS, Address
from lowtide.kafka.producer import Headers, Producer, create_topic
from lowtide.kafka.topic import Topic

AGAIN = "Do it again: what was written twice is read once."


def heartbeat(address: Address, source: str, at_ms: int) -> int:
    """Put one heartbeat of event time `at_ms` into every partition, so that timers up to then fire.

    Returns the number of partitions.
    """
    record = {"id": f"heartbeat-{at_ms}", "source": source, "kind": "heartbeat", "event_time": at_ms}
    return to_each_partition(address, orjson.dumps(record))


def to_each_partition(address: Address, value: bytes) -> int:
    """Put one record into every partition of a topic. Returns the number of partitions."""
    producer = Producer(address, AGAIN)
    partitions = Topic(address).partitions
    for number in partitions:
        producer.send(value, partition=number)
    producer.flush()
    return len(partitions)


class _Message(NamedTuple):
    arrival: int
    partition: int
    offset: int
    value: bytes
    headers: Headers | None


@dataclass
class CopyResult:
    """What was written: records, how many of them have no readable location, and records by partition."""

    records: int = 0
    unkeyed: int = 0
    partitions: Counter[int] = field(default_factory=Counter)


def repartition(
    source: Address,
    target: Address,
    partitions: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> CopyResult:
    """Copy a topic record by record, each keyed by its location, in the order of arrival over all partitions.

    A message with one record keeps its headers. One that names a schema in the registry of `source` is copied as it is.
    So all movements of a position end in one partition. A record without a location (a bad one, a heartbeat) goes to
    partition 0 as it is. `partitions`: create the target with so many; None: it exists. `progress` is called with the
    number of records copied so far. Raises InputError or BrokerError.
    """
    if (source.brokers, source.topic) == (target.brokers, target.topic):
        raise InputError("a topic cannot be copied into itself", "Give another topic as TO.")
    if partitions is not None and not create_topic(target, partitions):
        raise BrokerError(
            f"topic `{target.topic}` cannot be created: it is there already", "Leave `--partitions` out."
        )
    Topic(target)  # raises InputError for a missing topic
    topic, producer, result = Topic(source), Producer(target, AGAIN), CopyResult()
    for message in heapq.merge(*(_messages(topic, number) for number in topic.partitions)):
        parts = _records(topic, source.layout, message.value)
        headers = message.headers if len(parts) == 1 else None
        for value, text in parts:
            _send(producer, value, _location(text), message.arrival, result, headers)
        if progress is not None and result.records % 10_000 == 0:
            progress(result.records)
    producer.flush()
    result.partitions = producer.sent
    return result


def _records(topic: Topic, layout: str, value: bytes) -> list[tuple[bytes, bytes]]:
    """The records of a message: each as it is copied, and as JSON."""
    if topic.schemas is not None and value[:1] == b"\0":
        return [(value, topic.schemas.known.text(value) or b"")]
    split = records(value, layout if layout not in FRAMED_LAYOUTS else "auto")
    return [(record, record) for record in split or [value]]


def send_keyed(
    movements: Iterable[tuple[bytes, int]], target: Address, progress: Callable[[int], None] | None = None
) -> CopyResult:
    """Send movements (JSON and time of arrival in ms, 0: now), each keyed by its location, as `repartition` does.

    Raises InputError or BrokerError.
    """
    Topic(target)  # raises InputError for a missing topic
    producer, result = Producer(target, AGAIN), CopyResult()
    for value, arrival in movements:
        _send(producer, value, _location(value), arrival, result)
        if progress is not None and result.records % 10_000 == 0:
            progress(result.records)
    producer.flush()
    result.partitions = producer.sent
    return result


def _send(
    producer: Producer,
    value: bytes,
    location: str | None,
    arrival: int,
    result: CopyResult,
    headers: Headers | None = None,
) -> None:
    """Send one record, keyed by its location; one without a location goes to the first partition."""
    result.records += 1
    result.unkeyed += location is None
    at_ms = max(arrival, 0)
    if location is None:
        producer.send(value, partition=0, at_ms=at_ms, headers=headers)
    else:
        producer.send(value, key=location, at_ms=at_ms, headers=headers)


def _messages(topic: Topic, number: int) -> Iterator[_Message]:
    topic.begin(number, None)
    while (span := topic.take(number, 1000, wait=True)) is not None:
        if topic.schemas is not None:
            topic.schemas.fetch(topic.schemas.known.look(span.data, span.lengths)[1], wait=True)
        for at in range(len(span)):
            offset, _, arrival = span.witness(at)
            yield _Message(arrival, number, offset, span.value(at), [*span.headers(at)] or None)


def _location(value: bytes) -> str | None:
    try:
        record = orjson.loads(value)
    except ValueError:
        return None
    location = record.get("location") if isinstance(record, dict) else None
    return str(location) if isinstance(location, str | int) and str(location) else None
