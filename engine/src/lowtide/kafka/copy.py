"""Records that somebody has to put into a topic: heartbeats where nothing moves, and a topic keyed anew."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from lowtide.core import records
from lowtide.errors import BrokerError, InputError
from lowtide.kafka.address import Address
from lowtide.kafka.topic import Part, Topic

_WAIT_S = 30.0


@dataclass
class Sender:
    """Messages for one topic, each acknowledged by all replicas before `close` returns."""

    address: Address
    sent: Counter[int] = field(default_factory=Counter)
    """Messages acknowledged, by partition."""

    def __post_init__(self) -> None:
        self._refused: list[str] = []
        self._producer = Producer(
            {
                "bootstrap.servers": self.address.brokers,
                "enable.idempotence": True,
                "partitioner": "murmur2_random",  # as Java's clients do it
                "linger.ms": 20,
                "log_level": 2,
                **self.address.settings,
            }
        )

    def send(self, value: bytes, *, key: str | None = None, partition: int = -1, at_ms: int = 0) -> None:
        """Queue a message; waits while the queue is full."""
        while True:
            try:
                self._producer.produce(
                    self.address.topic, value, key, partition, on_delivery=self._delivered, timestamp=at_ms
                )
                self._producer.poll(0)
                return
            except BufferError:
                self._producer.poll(0.1)

    def _delivered(self, error: Any, message: Any) -> None:
        if error is None:
            self.sent[message.partition()] += 1
        else:
            self._refused.append(str(error))

    def close(self) -> None:
        """Wait for all acknowledgements. Raises BrokerError if a message was refused or the broker is away."""
        waiting = self._producer.flush(_WAIT_S)
        if self._refused or waiting:
            reason = self._refused[0] if self._refused else f"{waiting:,} messages were not acknowledged"
            raise BrokerError(
                f"the broker {self.address.brokers}, topic `{self.address.topic}`: {reason}",
                "Do it again: what was written twice is read once.",
            )


def heartbeat(address: Address, source: str, at_ms: int) -> int:
    """Put one heartbeat of event time `at_ms` into every partition; what is due by then fires. Returns their number."""
    record = {"id": f"heartbeat-{at_ms}", "source": source, "kind": "heartbeat", "event_time": at_ms}
    return to_each(address, orjson.dumps(record))


def to_each(address: Address, value: bytes) -> int:
    """Put one record into every partition of a topic. Returns their number."""
    sender = Sender(address)
    numbers = Topic(address).partitions
    for number in numbers:
        sender.send(value, partition=number)
    sender.close()
    return len(numbers)


class _Message(NamedTuple):
    arrival: int
    partition: int
    offset: int
    value: bytes


@dataclass
class Rekeyed:
    """What was written: records, those without a location that can be read, and records by partition."""

    records: int = 0
    unkeyed: int = 0
    partitions: Counter[int] = field(default_factory=Counter)


def repartition(
    source: Address,
    target: Address,
    partitions: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Rekeyed:
    """Copy a topic record by record, each keyed by its location, in the order of arrival over all partitions.

    So all movements of a position end in one partition. A record without a location (a bad one, a heartbeat) goes to
    partition 0 as it is. `partitions`: make the target with so many; None: it is there.
    """
    if (source.brokers, source.topic) == (target.brokers, target.topic):
        raise InputError("a topic cannot be copied into itself", "Give another topic as TO.")
    if partitions is not None:
        _make(target, partitions)
    Topic(target)  # it is there
    topic, sender, done = Topic(source), Sender(target), Rekeyed()
    for message in heapq.merge(*(_messages(topic, number) for number in topic.partitions)):
        for value in records(message.value, source.form) or [message.value]:
            location = _location(value)
            done.records += 1
            done.unkeyed += location is None
            at_ms = max(message.arrival, 0)
            if location is None:
                sender.send(value, partition=0, at_ms=at_ms)
            else:
                sender.send(value, key=location, at_ms=at_ms)
        if progress is not None and done.records % 10_000 == 0:
            progress(done.records)
    sender.close()
    done.partitions = sender.sent
    return done


def _messages(topic: Topic, number: int) -> Iterator[_Message]:
    for block in Part(topic, number, 4096):
        data, lengths, offsets, arrivals, _ = block.messages
        start = 0
        for length, offset, arrival in zip(
            lengths.to_pylist(), offsets.to_pylist(), arrivals.to_pylist(), strict=True
        ):
            yield _Message(arrival, number, offset, data[start : start + length])
            start += length


def _location(value: bytes) -> str | None:
    try:
        record = orjson.loads(value)
    except ValueError:
        return None
    location = record.get("location") if isinstance(record, dict) else None
    return str(location) if isinstance(location, str | int) and str(location) else None


def _make(address: Address, partitions: int) -> None:
    admin = AdminClient({"bootstrap.servers": address.brokers, "log_level": 2, **address.settings})
    try:
        admin.create_topics([NewTopic(address.topic, partitions)])[address.topic].result(_WAIT_S)
    except KafkaException as error:
        reason = error.args[0].str()
        raise BrokerError(
            f"topic `{address.topic}` cannot be made: {reason}",
            "Leave `--partitions` out if it is there already.",
        ) from error
