"""A dead letter is a rejected record with what was wrong with it, in a topic from which it can be sent again.

    value     the record's bytes as they came, as many as were kept
    key       `sales/3/1047`: the log that it came from and its offset there; who finds a key twice has the same record
    headers   lowtide-reason, lowtide-field (if it is one), lowtide-message, lowtide-partition, lowtide-offset,
              lowtide-pipeline, all UTF-8; lowtide-cut, if the topic takes no message as long as the record: its length

Delivered at least once: a run that goes on after a crash sends the last ones again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa
from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from lowtide.errors import BrokerError
from lowtide.kafka.address import Address, broken, parse
from lowtide.kafka.topic import Topic

Headers = list[tuple[str, str | bytes | None]]
_ASK_S = 10.0
_FOR_HEADERS = 16_384
_LONGEST_MESSAGE = 1_000_000
"""What librdkafka sends and a broker takes unless they are told otherwise (`message.max.bytes`)."""


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


class DeadLetters:
    """The topic to which rejects go. Any thread may send."""

    def __init__(self, address: str) -> None:
        """Raises BrokerError if the broker is away; a topic that is not there is made with the broker's own defaults."""
        self.address = parse(address)
        self._refused: list[str] = []
        settings = self.address.settings
        self._longest = int(settings.get("message.max.bytes", _LONGEST_MESSAGE)) - _FOR_HEADERS
        self._producer = Producer(
            {
                "bootstrap.servers": self.address.brokers,
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 20,
                "log_level": 2,
                **settings,
            }
        )
        try:
            found = self._producer.list_topics(self.address.topic, timeout=_ASK_S).topics[self.address.topic]
        except KafkaException as error:
            raise broken(self.address, error.args[0]) from error
        if found.error is not None:
            _make(self.address)

    @property
    def queued(self) -> int:
        """Messages that the broker has not acknowledged yet."""
        return len(self._producer)

    def send(self, pipeline: str, rejects: pa.RecordBatch) -> None:
        """Queue one message a reject; waits while the queue is full. Raises BrokerError if one was refused for good."""
        for row in rejects.to_pylist():
            self._send(pipeline, Reject(*(row[name] for name in Reject._fields[:6])))

    def _send(self, pipeline: str, reject: Reject) -> None:
        key = f"{reject.partition}/{reject.offset}".encode()
        value, headers = reject.record[: self._longest], _headers(pipeline, reject)
        if len(value) < len(reject.record):
            headers.append(("lowtide-cut", str(len(reject.record)).encode()))
        while True:
            self._check()
            try:
                self._producer.produce(
                    self.address.topic, value, key, headers=headers, on_delivery=self._delivered
                )
                self._producer.poll(0)
                return
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as error:
                raise broken(self.address, error.args[0]) from error

    def _delivered(self, error: Any, _: Message) -> None:
        if error is not None:
            self._refused.append(error.str())

    def flush(self) -> None:
        """Return when the broker has acknowledged all of them. Raises BrokerError if it did not within five minutes."""
        while self._producer.flush(1.0):
            pass  # each is acknowledged, or given up after `message.timeout.ms`
        self._check()

    def _check(self) -> None:
        if self._refused:
            raise BrokerError(
                f"the broker {self.address.brokers}, topic `{self.address.topic}`: {self._refused[0]}",
                "Nothing is lost: run again, and the rejects since the last checkpoint are sent again.",
            )


def _headers(pipeline: str, reject: Reject) -> Headers:
    said = {
        "reason": reject.reason,
        "field": reject.field,
        "message": reject.message,
        "partition": reject.partition,
        "offset": str(reject.offset),
        "pipeline": pipeline,
    }
    return [(f"lowtide-{name}", text.encode()) for name, text in said.items() if text is not None]


def _make(address: Address) -> None:
    admin = AdminClient({"bootstrap.servers": address.brokers, "log_level": 2, **address.settings})
    try:
        admin.create_topics([NewTopic(address.topic)])[address.topic].result(_ASK_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise broken(address, error.args[0]) from error


def read(address: Address) -> Iterator[Reject]:
    """All dead letters that are in a topic now, partition by partition; other messages come out without a partition."""
    topic = Topic(address)
    for number in topic.partitions:
        topic.begin(number, None)
        while (taken := topic.take(number, 1000, wait=True)) is not None:
            yield from map(_reject, taken)


def _reject(message: Message) -> Reject:
    headers: Any = message.headers() or []
    said = {name: (value or b"").decode("utf-8", "replace") for name, value in headers}
    return Reject(
        said.get("lowtide-partition", ""),
        int(said.get("lowtide-offset", message.offset() or 0)),
        said.get("lowtide-reason", ""),
        said.get("lowtide-field"),
        said.get("lowtide-message", ""),
        message.value() or b"",
        "lowtide-cut" in said,
    )
