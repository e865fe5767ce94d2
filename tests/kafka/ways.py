"""The two ways to the messages of a topic, and a broker of librdkafka's own for tests that need no real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer, Producer

from lowtide.kafka import topic as topics
from lowtide.kafka.receiver import ClientReceiver, DirectReceiver

Header = tuple[str, bytes | None]
Sent = tuple[int, bytes | None, int, list[Header]]
"""Partition, value, time in ms, headers."""


@pytest.fixture(params=["direct", "client"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test runs with both. The direct one must be there, or nothing would be tested."""
    usual = topics.receiver

    def receiver(consumer: Consumer, address: topics.Address) -> ClientReceiver | DirectReceiver:
        if request.param == "client":
            return ClientReceiver(consumer)
        made = usual(consumer, address)
        assert isinstance(made, DirectReceiver)
        return made

    monkeypatch.setattr(topics, "receiver", receiver)
    return str(request.param)


class MockBroker:
    """A broker in this process. It has no ids of topics, and keeps no more than 5 MB of a partition."""

    def __init__(self) -> None:
        self._client: Producer | None = Producer(
            {"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "log_level": 0}
        )
        (broker,) = self._client.list_topics(timeout=10).brokers.values()
        self.address = f"{broker.host}:{broker.port}"

    def send(self, topic: str, messages: list[Sent]) -> str:
        """Put messages into a topic, which has four partitions. Its address."""
        assert self._client is not None
        for partition, value, time_ms, headers in messages:
            self._client.produce(topic, value, partition=partition, timestamp=time_ms, headers=headers)
        assert self._client.flush(30) == 0
        return f"kafka://{self.address}/{topic}"

    def stop(self) -> None:
        """End it, and all connections to it."""
        self._client = None


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockBroker]:
    """The mock does not answer who asks for the id of a topic."""
    monkeypatch.setattr("lowtide.kafka.identity._ASK_S", 0.2)
    broker = MockBroker()
    yield broker
    broker.stop()
