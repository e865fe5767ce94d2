"""Directly out of librdkafka or through its client in Python: the same messages, the same errors, and never a crash."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from lowtide.core import Drain, Span
from lowtide.errors import BrokerError, TopicChangedError
from lowtide.kafka import library as libraries
from lowtide.kafka import receiver as receivers
from lowtide.kafka import topic as topics
from lowtide.kafka.address import parse
from lowtide.kafka.library import KNOWN, Library, library
from lowtide.kafka.receiver import ClientReceiver, DirectReceiver
from lowtide.kafka.topic import Topic, open_topic
from lowtide.sources.feed import ResumePoint

from .ways import MockBroker, Sent

Make = Callable[..., str]
AT = 1_770_000_000_000
MESSAGES: list[Sent] = [
    (0, b'{"id":"1"}', AT, []),
    (1, None, AT + 1, []),
    (0, b"", AT + 2, [("ce_id", b"7")]),
    (0, b"\xff\0 bytes", AT + 3, [("twice", b"1"), ("twice", b"\xff"), ("empty", None), ("", b"")]),
    (1, b"x" * 900_000, AT + 4, []),
    (3, b"other", AT + 5, [("content-type", b"text/plain")]),
    *((2, b"%d" % number, AT + number, []) for number in range(3000)),
]


def told(topic: Topic, starts: dict[int, ResumePoint | None] | None = None) -> dict[int, list[Any]]:
    """All that is known of the messages of each partition."""
    found: dict[int, list[Any]] = {}
    for number in topic.partitions:
        topic.begin(number, (starts or {}).get(number))
        rows = found[number] = []
        while (span := topic.take(number, 700, wait=True)) is not None:
            rows += [(span.value(at), span.headers(at), span.witness(at)) for at in range(len(span))]
    return found


def want(first: dict[int, int] | None = None) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {number: [] for number in range(4)}
    for number, value, time_ms, headers in MESSAGES:
        rows[number].append((value or b"", headers, (len(rows[number]), 0, time_ms)))
    return {number: rows[number][(first or {}).get(number, 0) :] for number in rows}


def test_values_headers_and_numbers_are_those_that_were_sent(mock: MockBroker, way: str) -> None:
    address = parse(mock.send("sales", MESSAGES))
    assert told(Topic(address)) == want()
    starts = {2: ResumePoint(2000, "", (1999, 0, AT + 1999)), 3: ResumePoint(1, "", None)}
    assert told(Topic(address), starts) == want({2: 2000, 3: 1})


def test_a_partition_is_read_again_from_its_beginning(mock: MockBroker, way: str) -> None:
    """When a partition is unassigned, librdkafka ends the forwarding of its queue, some time later; it must be set again."""
    topic = Topic(parse(mock.send("sales", MESSAGES)))
    for _ in range(2):
        assert told(topic) == want()


def test_little_memory_changes_nothing(mock: MockBroker, way: str) -> None:
    """Partitions are paused and go on while other ones are read."""
    many = [(number % 4, b"%d" % number + b"y" * 20_000, AT + number, []) for number in range(400)]
    topic = Topic(parse(mock.send("sales", many)), memory_bytes=1 << 20)
    for number in topic.partitions:
        topic.begin(number, None)
    found: dict[int, list[int]] = {number: [] for number in topic.partitions}
    left, paused = set(topic.partitions), 0
    while left:
        for number in sorted(left):
            paused = max(paused, len(topic._paused))
            if (span := topic.take(number, 3, wait=True)) is None:
                left.discard(number)
            else:
                found[number] += span.offsets.to_pylist()
    assert found == {number: list(range(100)) for number in range(4)} and paused


def test_a_message_that_is_gone_is_missed(topic: Make, way: str) -> None:
    """Between the question for the bounds of a partition and its beginning, messages were deleted."""
    address = topic([(0, b"1", AT), (0, b"2", AT)])
    opened = Topic(parse(address))
    broker, name = address.removeprefix("kafka://").split("/")
    admin = AdminClient({"bootstrap.servers": broker})
    [deleted.result(30) for deleted in admin.delete_records([TopicPartition(name, 0, 1)]).values()]
    with pytest.raises(TopicChangedError, match="does not hold the next message"):
        told(opened)


def test_what_the_client_tells_comes_first_and_nobody_waits_then() -> None:
    """Errors of the connection come through the client; so may messages that came before their queue was forwarded."""
    away, end = KafkaError(KafkaError._ALL_BROKERS_DOWN), KafkaError._PARTITION_EOF

    class Client:
        def consume(self, most: int, timeout: float) -> list[Message]:
            assert timeout == 0.0
            return [Message("sales", 0, 0, None, b"away", None, away), Message("sales", 2, 6, None, b"x")]

    class Queues:
        def receive(self, most: int, wait_ms: int) -> tuple[list[Any], list[Any]]:
            assert (most, wait_ms) == (10, 0)
            return [(2, Span([(b"y", 7, -1, -1, [])]))], [(2, 8, end, "the end")]

    client, queues = cast(Consumer, Client()), cast(Drain, Queues())
    spans, events = DirectReceiver(client, queues).receive(10, 5.0)
    assert [(number, span.data, span.witness(0)[0]) for number, span in spans] == [(2, b"x", 6), (2, b"y", 7)]
    assert [(one.partition, one.offset, one.error.code(), one.error.str()) for one in events] == [
        (0, 0, KafkaError._ALL_BROKERS_DOWN, away.str()), (2, 8, end, "the end"),
    ]  # fmt: skip


def test_a_finite_run_does_not_wait_for_ever(
    mock: MockBroker, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "_PATIENCE_S", 0.5)
    topic = Topic(parse(mock.send("sales", MESSAGES)))
    mock.stop()
    with pytest.raises(BrokerError, match="nothing came for"):
        told(topic)


def test_commits_are_answered_while_messages_come(mock: MockBroker, way: str) -> None:
    """The answer to a commit calls Python. In the thread of the drain that ended the process."""
    address = mock.send("sales", MESSAGES)
    topic = Topic(parse(address), follow=True)
    topic.begin(2, None)
    place = TopicPartition("sales", 2)
    consumer, position, until = (
        Consumer({"bootstrap.servers": mock.address, "group.id": "lowtide"}),
        0,
        time.monotonic() + 30,
    )
    while position < 3000 and time.monotonic() < until:
        if span := topic.take(2, 100, wait=True):
            position += len(span)
            topic.done(2, position)
    while consumer.committed([place], timeout=10)[0].offset != 3000 and time.monotonic() < until:
        topic.take(2, 100, wait=False)
    assert consumer.committed([place], timeout=10)[0].offset == 3000


def test_aborted_messages_are_passed_over_in_both_ways(topic: Make, way: str) -> None:
    address = topic([])
    broker, name = address.removeprefix("kafka://").split("/")
    producer = Producer({"bootstrap.servers": broker, "transactional.id": name, "log_level": 0})
    producer.init_transactions(30)
    for value, end in (
        (b"1", producer.commit_transaction),
        (b"2", producer.abort_transaction),
        (b"3", producer.commit_transaction),
    ):
        producer.begin_transaction()
        producer.produce(name, value, timestamp=AT)
        producer.flush(30)
        end(30)
    assert told(Topic(parse(address))) == {0: [(b"1", [], (0, 0, AT)), (b"3", [], (4, 0, AT))]}
    everything = parse(f"{address}?kafka.isolation.level=read_uncommitted")
    assert [value for value, *_ in told(Topic(everything))[0]] == [b"1", b"2", b"3"]


def test_topics_come_and_go(mock: MockBroker, way: str) -> None:
    """The queues must be given back before their client ends, or its end never comes."""
    address = mock.send("sales", MESSAGES)
    for _ in range(5):
        feeds = open_topic(address)
        assert next(iter(feeds["sales/2"])) is not None
        del feeds
        gc.collect()


@pytest.mark.parametrize("known", [{}, {"2.16.1": 175}], ids=["version", "layout"])
def test_what_is_not_known_is_received_through_the_client(
    mock: MockBroker, monkeypatch: pytest.MonkeyPatch, known: dict[str, int]
) -> None:
    heard: list[tuple[str, str]] = []

    class Logger:
        def info(self, event: str, why: str) -> None:
            heard.append((event, why))

    monkeypatch.setattr(receivers, "logger", lambda _: Logger())
    monkeypatch.setattr(libraries, "KNOWN", known)
    library.cache_clear()
    try:
        topic = Topic(parse(mock.send("sales", MESSAGES)))
        assert isinstance(topic._receiver, ClientReceiver) and told(topic) == want()
    finally:
        library.cache_clear()
    ((event, why),) = heard
    assert event == "received_by_client" and "is not known" in why


def test_a_handle_is_taken_only_if_it_answers_with_the_name_of_the_consumer() -> None:
    found = library()
    assert isinstance(found, Library)
    settings = {"bootstrap.servers": "127.0.0.1:1", "group.id": "g", "log_level": 0}
    named = Consumer({**settings, "client.id": "till"})
    assert found.handle_of(named, "till") and found.handle_of(named, "rdkafka") is None
    producer: Any = Producer({"bootstrap.servers": "127.0.0.1:1", "log_level": 0})
    assert found.handle_of(producer, "rdkafka") is None


def test_a_name_of_the_client_in_the_address_changes_nothing(mock: MockBroker) -> None:
    topic = Topic(parse(mock.send("sales", MESSAGES) + "?kafka.client.id=till-7"))
    assert isinstance(topic._receiver, DirectReceiver) and told(topic) == want()


def test_the_version_that_is_asked_for_is_known() -> None:
    """A newer confluent-kafka would go back to the slow way without a word: look at its layout, then name it in KNOWN."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    pinned = re.findall(r'"confluent-kafka==([0-9.]+)"', text)
    assert pinned and set(pinned) <= set(KNOWN)
