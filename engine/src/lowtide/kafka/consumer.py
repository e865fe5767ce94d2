"""The consumer of a topic: how librdkafka is set, and how much it may hold."""

from __future__ import annotations

import logging

from confluent_kafka import Consumer

from lowtide.kafka.address import Address, client_settings

_LARGEST_FETCH = 50 << 20


def consumer(address: Address, group: str, *, follow: bool, memory: int) -> Consumer:
    """A consumer that holds about `memory` bytes, or one message that is larger. Raises KafkaException."""
    fetch = min(max(memory // 4, 1 << 20), _LARGEST_FETCH)
    return Consumer(
        client_settings(
            address,
            {
                "group.id": group,
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "enable.partition.eof": True,
                "allow.auto.create.topics": False,
                "queued.max.messages.kbytes": max(memory >> 10, 1024),
                "fetch.queue.backoff.ms": 5,  # the default of a second after each full queue costs most of the time
                "fetch.max.bytes": fetch,
                "fetch.message.max.bytes": min(fetch, 4 << 20),
                "fetch.wait.max.ms": 50 if follow else 500,
                "log_level": 2,  # the error that ends the run says once what is wrong
            },
        ),
        logger=logging.getLogger("lowtide.librdkafka"),
    )
