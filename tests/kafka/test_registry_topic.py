"""A topic of a real broker whose messages name schemas: replayed, copied under other keys, and its rejects kept."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import orjson
from confluent_kafka import Producer

from lowtide.kafka.address import parse
from lowtide.kafka.topic import open_topic

from .registry import FakeRegistry
from .test_copy import lowtide
from .test_kafka_source import Make, replay
from .test_registry import LATER, MOVEMENT, new, old, plain

NOW = int(time.time() * 1000)


def test_a_topic_of_a_registry_is_read_and_copied_as_it_is(topic: Make, tmp_path: Path) -> None:
    values = [old(0), new(1), old(2), old(3)[:20], plain(4), new(5)]
    text = topic([(0, plain(number), NOW + number) for number in (0, 1, 2, 4, 5)])
    address = topic([(number % 3, value, NOW + number) for number, value in enumerate(values)], 3)
    with FakeRegistry() as registry:
        registry.put(7, MOVEMENT)
        registry.put(9, LATER)
        named = f"?registry={registry.url}"
        said = lowtide("repartition", address + named, f"{address}-keyed", "--partitions", 1)
        assert said.startswith("6 records") and "1 of them have no location" in said
        replay(text, "--positions", tmp_path / "want")
        replay(f"{address}-keyed{named}", "--positions", tmp_path / "got", "--rejects", tmp_path / "rejects")
        assert (tmp_path / "got").read_bytes() == (tmp_path / "want").read_bytes() != b""
    (reject,) = map(orjson.loads, (tmp_path / "rejects").read_bytes().splitlines())
    assert reject["reason"] == "bad_message" and base64.b64decode(reject["record_base64"]) == values[3]


def test_headers_are_copied(topic: Make) -> None:
    """A CloudEvent in binary mode would lose what it is."""
    address = topic([])
    producer = Producer({"bootstrap.servers": parse(address).brokers})
    headers: list[tuple[str, str | bytes | None]] = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"e1"),
        ("ce_source", b"/t"),
    ]
    producer.produce(parse(address).topic, plain(0), headers=headers)
    assert producer.flush(30) == 0
    lowtide("repartition", address, f"{address}-keyed", "--partitions", 1)
    ((_, feed),) = open_topic(f"{address}-keyed").items()
    (block,) = feed
    event = orjson.loads(block.messages.data)
    assert (event["id"], event["data"]["location"]) == ("e1", "330")
