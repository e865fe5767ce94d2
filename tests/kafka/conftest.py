"""Topics of the session's broker, each filled as a test wants it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from .broker import Broker
from .ways import mock, way

__all__ = ["mock", "way"]

Message = tuple[int, bytes | None, int]
"""Partition, value, timestamp in ms."""


_topics = count()


@pytest.fixture
def topic(broker: Broker) -> Callable[[list[Message], int], str]:
    """Make a topic, fill it with messages, and give its address."""

    def make(messages: list[Message], partitions: int = 1) -> str:
        name = f"sales-{next(_topics)}"
        admin = AdminClient({"bootstrap.servers": broker.address})
        any_time = {"retention.ms": "-1", "message.timestamp.after.max.ms": str(2**62)}
        admin.create_topics([NewTopic(name, partitions, 1, config=any_time)])[name].result(30)
        send(broker.address, name, messages)
        return f"kafka://{broker.address}/{name}"

    return make


def send(address: str, name: str, messages: list[Message]) -> None:
    """Produce as any plain client does, in order."""
    producer = Producer(
        {"bootstrap.servers": address, "linger.ms": 20, "queue.buffering.max.messages": 2_000_000}
    )
    refused: list[object] = []
    for partition, value, moment in messages:
        producer.produce(
            name, value, partition=partition, timestamp=moment,
            on_delivery=lambda error, _: refused.append(error) if error else None,
        )  # fmt: skip
        producer.poll(0)
    assert producer.flush(60) == 0 and not refused, refused[:1]
