"""The one producer: messages into a topic, each acknowledged by all replicas, or an error."""

from __future__ import annotations

from collections import Counter
from typing import Any

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from lowtide.kafka.address import Address, broken, made

Headers = list[tuple[str, str | bytes | None]]
ASK_S = 10.0
"""How long a broker may take to answer a question about a topic."""


class Producer:
    """Sends messages to one topic. Any thread may send.

    `after_failure` is the hint of the BrokerError that a refused message leads to. A refused message stays an error: every
    later `send` and `flush` raises it again.
    """

    def __init__(self, address: Address, after_failure: str) -> None:
        self.address = address
        self.sent: Counter[int] = Counter()
        """Messages acknowledged, by partition."""
        self._after_failure = after_failure
        self._refused: list[str] = []
        self._client = made(
            confluent_kafka.Producer,
            address,
            {
                "acks": "all",
                "enable.idempotence": True,
                "partitioner": "murmur2_random",  # the partitioner of the Java clients
                "linger.ms": 20,
                "log_level": 2,
            },
        )

    def topic_exists(self) -> bool:
        """Whether the broker has the topic. Raises BrokerError if the broker is away."""
        topic = self.address.topic
        try:
            return self._client.list_topics(topic, timeout=ASK_S).topics[topic].error is None
        except KafkaException as error:
            raise broken(self.address, error.args[0]) from error

    def send(
        self,
        value: bytes,
        *,
        key: str | bytes | None = None,
        partition: int = -1,
        at_ms: int = 0,
        headers: Headers | None = None,
    ) -> None:
        """Queue a message; waits while the queue is full. Raises BrokerError if an earlier message was refused.

        Without a `partition` (-1) the key decides. `at_ms` is the message's timestamp, 0: now.
        """
        while True:
            self._check()
            try:
                self._client.produce(
                    self.address.topic, value, key, partition,
                    on_delivery=self._on_delivery, timestamp=at_ms, headers=headers or [],
                )  # fmt: skip
                self._client.poll(0)
                return
            except BufferError:
                self._client.poll(0.1)
            except KafkaException as error:
                raise broken(self.address, error.args[0]) from error

    def flush(self) -> None:
        """Return when every message is acknowledged. Raises BrokerError if one was refused.

        A message that stays unacknowledged for `message.timeout.ms` (librdkafka's default: five minutes) counts as refused.
        """
        while self._client.flush(1.0):
            pass
        self._check()

    def _on_delivery(self, error: KafkaError | None, message: Any) -> None:
        if error is None:
            self.sent[message.partition()] += 1
        else:
            self._refused.append(error.str())

    def _check(self) -> None:
        if self._refused:
            raise broken(self.address, self._refused[0], self._after_failure)


def create_topic(
    address: Address, partitions: int = -1, replication: int = -1, settings: dict[str, str] | None = None
) -> bool:
    """Create a topic; -1: the broker's default. False: it was there already. Raises BrokerError."""
    admin = made(AdminClient, address, {"log_level": 2})
    try:
        wanted = NewTopic(address.topic, partitions, replication, config=settings or {})
        admin.create_topics([wanted])[address.topic].result(ASK_S)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:
            return False
        raise broken(address, error.args[0]) from error
    return True
