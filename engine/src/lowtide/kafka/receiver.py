"""Messages of a topic as spans, beside events of librdkafka: directly out of its queues, or through the client in Python.

Both ways give the same spans and events; the direct one takes a fraction of the time, because no object is made for a
message. The client in Python is called in both: it serves callbacks and the log, and tells the errors of the connection.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, repeat
from typing import Any, NamedTuple, Protocol

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, Message

from lowtide.core import Drain, Span
from lowtide.kafka.address import Address
from lowtide.kafka.library import library
from lowtide.operation.log import logger

_CLIENT_ID = "rdkafka"
"""What librdkafka calls itself, unless the address says `kafka.client.id`."""
_MOST_EVENTS = 100
_MOST_MESSAGES = 1000
"""Messages that are received at once through the client in Python."""
_MOST_DIRECTLY = 4096


class Event(NamedTuple):
    """What librdkafka says of a partition, an error or its end; `offset` belongs to the end."""

    partition: int
    offset: int
    error: KafkaError


Received = tuple[list[tuple[int, Span]], list[Event]]
"""Messages by partition, those of each in their order, and events."""


class Receiver(Protocol):
    """A way to the messages of a consumer."""

    def begin(self, number: int) -> None:
        """Prepare for a partition that will be assigned."""

    def receive(self, most: int, timeout_s: float) -> Received:
        """What the library holds, at most `most` messages; if it holds nothing, what comes first in that time."""


class ClientReceiver:
    """Messages through the client in Python."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    def begin(self, number: int) -> None:
        """There is nothing to prepare."""

    def receive(self, most: int, timeout_s: float) -> Received:
        """See `Receiver.receive`."""
        # Whoever waits takes one message, and then what the library holds: not what comes in all the time of waiting.
        messages = self._consumer.consume(1, timeout=timeout_s) if timeout_s else []
        messages += self._consumer.consume(min(most, _MOST_MESSAGES), timeout=0.0)
        return sorted_out(messages)


class DirectReceiver:
    """Messages out of the queues of their partitions, which librdkafka forwards to the drain and not to the client."""

    def __init__(self, consumer: Consumer, drain: Drain) -> None:
        self._consumer = consumer
        self._drain = drain

    def begin(self, number: int) -> None:
        """Forward the queue of the partition to the drain."""
        self._drain.begin(number)

    def receive(self, most: int, timeout_s: float) -> Received:
        """See `Receiver.receive`."""
        spans, events = sorted_out(self._consumer.consume(_MOST_EVENTS, timeout=0.0))
        wait_ms = 0 if spans or events else round(timeout_s * 1000)
        more, found = self._drain.receive(min(most, _MOST_DIRECTLY), wait_ms)
        events += [Event(number, offset, KafkaError(code, text)) for number, offset, code, text in found]
        return spans + more, events


def receiver(consumer: Consumer, address: Address) -> Receiver:
    """The direct way to the messages of a topic if there is one, else through the client, which the log then says."""
    found = library()
    if not isinstance(found, str):
        client_id = str(address.settings.reveal().get("client.id", _CLIENT_ID))
        if (handle := found.handle_of(consumer, client_id)) is not None:
            return DirectReceiver(consumer, Drain(consumer, handle, found.addresses, address.topic))
        found = "its handle is not where it was"
    logger("kafka").info("received_by_client", why=found)
    return ClientReceiver(consumer)


def sorted_out(messages: Iterable[Message]) -> Received:
    """Messages of the client as spans and events; librdkafka's events come as messages too."""
    spans: list[tuple[int, Span]] = []
    events: list[Event] = []
    for number, group in groupby(messages, Message.partition):
        run = list(group)
        errors = list(map(Message.error, run))
        if any(errors):  # an error is true; comparing one with None leaves an exception behind
            for message, error in zip(run, errors, strict=True):
                if error:
                    events.append(Event(-1 if number is None else number, _offset(message), error))
            run = [message for message, error in zip(run, errors, strict=True) if not error]
        if run:
            assert number is not None, "every received message has a partition"
            spans.append((number, span_of(run)))
    return spans, events


def span_of(messages: list[Message]) -> Span:
    """Messages of one partition, in order, as the core keeps them. `map` keeps loops in C: few Python calls a message."""
    times = map(Message.timestamp, messages)
    arrivals = [-1 if kind == TIMESTAMP_NOT_AVAILABLE else time_ms for kind, time_ms in times]
    epochs = [-1 if epoch is None else epoch for epoch in map(Message.leader_epoch, messages)]
    headers = list(map(Message.headers, messages))
    lists = map(_headers, headers) if any(headers) else repeat([])
    return Span(
        list(zip(map(Message.value, messages), map(_offset, messages), arrivals, epochs, lists, strict=False))
    )


def _offset(message: Message) -> int:
    offset = message.offset()
    return -1 if offset is None else offset


def _headers(pairs: Any) -> list[tuple[str, bytes | None]]:
    return [(name, value.encode() if isinstance(value, str) else value) for name, value in pairs or ()]
