"""The log of the battery: a few shops in three partitions of a real topic, with the disturbances of real data."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

import orjson
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from lowtide.samples.synthetic import Synthetic

PARTITIONS = 3
"""The last partition has only heartbeats."""
_ARRIVAL_MS = 4_000_000_000_000
_POISON = [
    b"", b"\xff\xfe", b"not json", b"[]", b"7", b'{"id":"x"', b'{"id":"x","id":"y"}', b'{"id":7}', b"{}",
    b'{"id":"x","source":"s","kind":"sell","sku":"a","location":"L01","quantity":1,"event_time":1767571200000}',
    b'{"id":"x","source":"s","kind":"sale","sku":"a","location":"L01","quantity":1e99,"event_time":1767571200000}',
    b'{"id":"x","source":"s","kind":"sale","sku":"a","location":"L01","quantity":1,"event_time":"soon"}',
]  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """A topic and its messages; the same seed gives the same messages."""

    address: str
    messages: int


def open_shop(address: str, seed: int, positions: int = 60, days: int = 90, copies: int = 1) -> Shop:
    """Makes a topic, of which the brokers keep so many copies, and fills it."""
    rng, name = random.Random(seed), f"shop-{seed}"
    admin = AdminClient({"bootstrap.servers": address})
    config = {"retention.ms": "-1", "message.timestamp.after.max.ms": str(2**62)}
    admin.create_topics([NewTopic(name, PARTITIONS, copies, config=config)])[name].result(30)
    producer = Producer({"bootstrap.servers": address, "linger.ms": 20, "log_level": 2})
    sent, clock = 0, 0

    def send(part: int, value: bytes) -> None:
        nonlocal sent
        producer.produce(name, value, partition=part, timestamp=_ARRIVAL_MS)
        sent += 1
        if sent % 1000 == 0:
            producer.flush(30)

    for part in range(PARTITIONS - 1):
        for block in Synthetic(positions, days, seed * 10 + part).blocks(0):
            for line in block.bytes.splitlines():
                if line.startswith(b"{") and line.endswith(b"}") and b'"location":"L' in line:
                    send(part, line.replace(b'"location":"L', b'"location":"L%d' % part))
                    clock = max(clock, _time(line))
                if rng.random() < 0.02:
                    send(part, rng.choice(_POISON))
    for number in range(40):
        heartbeat = {
            "id": f"h{number}",
            "source": "clock",
            "kind": "heartbeat",
            "event_time": clock - (39 - number) * 3_600_000,
        }
        send(PARTITIONS - 1, orjson.dumps(heartbeat))
    assert producer.flush(60) == 0
    return Shop(f"kafka://{address}/{name}", sent)


def _time(line: bytes) -> int:
    try:
        return int(datetime.fromisoformat(orjson.loads(line)["event_time"]).timestamp() * 1000)
    except (ValueError, KeyError, TypeError):
        return 0
