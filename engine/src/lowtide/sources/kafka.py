"""A topic is as many logs as it has partitions; messages go on as bytes, never as objects.

    kafka://broker:9092/sales                       what is there now, from the earliest message
    kafka://a:9092,b:9092/sales?start=2026-11-01T00:00:00Z&format=ndjson

    start     earliest (default), latest, or a time: the first message at or after it
    format    auto (default), json, ndjson, array: how many movements a message holds
    kafka.*   any setting of librdkafka, `kafka.security.protocol=SASL_SSL`; also KAFKA_SECURITY_PROTOCOL and so on in
              the environment, where secrets belong

One consumer serves all partitions of a process, for a consumer costs four threads. It belongs to no group and commits
nothing: where to go on is the state's business. An offset that is no longer there is an error, never a silent jump.
"""

from __future__ import annotations

import os
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa
from confluent_kafka import (
    OFFSET_BEGINNING,
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from lowtide.errors import BrokerError, InputError
from lowtide.sources.block import Block, Messages, Progress
from lowtide.wording import moment

FORMS = ("auto", "json", "ndjson", "array")
_PATIENCE_S = 10.0
_AT_ONCE = 1000
_HELD = 100_000
"""Messages of a partition that may wait for a slower worker before the partition is paused."""


@dataclass(frozen=True)
class Address:
    """A topic and how to read it."""

    brokers: str
    topic: str
    start: str = "earliest"
    form: str = "auto"
    settings: dict[str, str] = field(default_factory=dict)


def parse(spec: str) -> Address:
    """Read `kafka://…`. Raises InputError or SettingsError, with how it is written.

    >>> parse("kafka://a:9092,b/sales?format=ndjson").brokers
    'a:9092,b:9092'
    """
    url = urlsplit(spec)
    topic = url.path.strip("/")
    hint = "Write `kafka://host:port/topic`, for instance `kafka://127.0.0.1:9092/sales`."
    if not url.netloc or not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", topic):
        raise InputError(f"`{spec}`: no broker or no topic", hint)
    brokers = ",".join(host if ":" in host else f"{host}:9092" for host in url.netloc.split(","))
    settings = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in os.environ.items()
        if name.startswith("KAFKA_") and value
    }
    start, form = "earliest", "auto"
    for name, value in parse_qsl(url.query, keep_blank_values=True):
        if name == "start":
            start = value
        elif name == "format" and value in FORMS:
            form = value
        elif name.startswith("kafka."):
            settings[name.removeprefix("kafka.")] = value
        else:
            raise InputError(
                f"`{name}={value}` is not understood in the address of a topic",
                f"There are `start`, `format` ({', '.join(FORMS)}) and `kafka.…`.",
            )
    if start not in ("earliest", "latest"):
        _epoch_ms(start)
    return Address(brokers, topic, start, form, settings)


def open_topic(
    spec: str, block_records: int = 4096, progress: Progress | None = None
) -> dict[str, Iterator[Block]]:
    """The partitions of a topic as logs named `topic/0`, …: from its start to what was there when it was opened."""
    address = parse(spec)
    topic = Topic(address)
    at_once = block_records or 1 << 30
    return {f"{address.topic}/{number}": topic.blocks(number, at_once) for number in topic.partitions}


class Topic:
    """All partitions of a topic through one consumer; any thread may read any partition."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._held: defaultdict[int, list[Message]] = defaultdict(list)
        self._paused: set[int] = set()
        try:
            self._consumer = Consumer(
                {
                    "bootstrap.servers": address.brokers,
                    "group.id": "lowtide",
                    "enable.auto.commit": False,
                    "auto.offset.reset": "error",
                    "enable.partition.eof": True,
                    "allow.auto.create.topics": False,
                    "queued.max.messages.kbytes": 131_072,
                    "fetch.queue.backoff.ms": 5,  # the default of a second after each full queue costs most of the time
                    "fetch.message.max.bytes": 4_194_304,
                    "log_level": 2,  # what is wrong is said once, by the error that ends the run
                    **address.settings,
                }
            )
            self.partitions = self._numbers()
            self._ends = {number: self._end(number) for number in self.partitions}
            self._next = self._starts()
            unread = [number for number in self.partitions if self._next[number] < self._ends[number]]
            self._open = set(unread)
            self._consumer.assign([TopicPartition(address.topic, n, self._next[n]) for n in unread])
        except KafkaException as error:
            raise _broken(address, error.args[0]) from error

    def _numbers(self) -> list[int]:
        found = self._consumer.list_topics(self.address.topic, timeout=_PATIENCE_S).topics[self.address.topic]
        if found.error is not None or not found.partitions:
            raise InputError(
                f"there is no topic `{self.address.topic}` on {self.address.brokers}",
                "Check its name and whether this user may describe it.",
            )
        return sorted(found.partitions)

    def _end(self, number: int) -> int:
        return int(self._consumer.get_watermark_offsets(self._part(number), timeout=_PATIENCE_S)[1])

    def _starts(self) -> dict[int, int]:
        if self.address.start == "latest":
            return dict(self._ends)
        first = {
            number: int(self._consumer.get_watermark_offsets(self._part(number), timeout=_PATIENCE_S)[0])
            for number in self.partitions
        }
        if self.address.start == "earliest":
            return first
        when = _epoch_ms(self.address.start)
        asked = [TopicPartition(self.address.topic, number, when) for number in self.partitions]
        found = self._consumer.offsets_for_times(asked, timeout=_PATIENCE_S)
        return {
            part.partition: part.offset if part.offset >= 0 else self._ends[part.partition] for part in found
        }

    def _part(self, number: int) -> TopicPartition:
        return TopicPartition(self.address.topic, number, OFFSET_BEGINNING)

    def blocks(self, number: int, at_once: int) -> Iterator[Block]:
        """The messages of a partition, at most `at_once` in a block, to its end as it was."""
        while taken := self._take(number, at_once):
            yield _block(taken, self.address.form)

    def _take(self, number: int, at_once: int) -> list[Message]:
        """What has come for a partition; waits until something has. Nothing: it has ended."""
        with self._lock:
            while not self._held[number] and number in self._open:
                self._fetch()
            taken, self._held[number] = self._held[number][:at_once], self._held[number][at_once:]
            if number in self._paused and len(self._held[number]) < _HELD // 2:
                self._paused.discard(number)
                self._consumer.resume([self._part(number)])
            return taken

    def _fetch(self) -> None:
        for message in self._consumer.consume(_AT_ONCE, timeout=1.0):
            error = message.error()
            if error is not None:
                self._event(message, error)
                continue
            number, offset = _place(message)
            if offset < self._ends[number]:
                self._held[number].append(message)
            self._reached(number, offset + 1)
        for number in self.partitions:
            if len(self._held[number]) > _HELD and number in self._open - self._paused:
                self._paused.add(number)
                self._consumer.pause([self._part(number)])

    def _event(self, message: Message, error: KafkaError) -> None:
        if error.code() == KafkaError._PARTITION_EOF:
            self._reached(*_place(message))
        elif (
            error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE)
            or not error.retriable()
        ):
            raise _broken(self.address, error)

    def _reached(self, number: int, offset: int) -> None:
        if offset >= self._ends[number] and number in self._open:
            self._open.discard(number)
            self._consumer.incremental_unassign([self._part(number)])


def _place(message: Message) -> tuple[int, int]:
    number, offset = message.partition(), message.offset()
    assert number is not None and offset is not None, "a message that was received has its place"
    return number, offset


def _block(taken: list[Message], form: str) -> Block:
    values = [message.value() or b"" for message in taken]
    arrivals = [
        time_ms if kind != TIMESTAMP_NOT_AVAILABLE else -1
        for kind, time_ms in (message.timestamp() for message in taken)
    ]
    integers = pa.int64()
    messages = Messages(
        b"".join(values),
        pa.array([len(value) for value in values], integers),
        pa.array([message.offset() for message in taken], integers),
        pa.array(arrivals, integers),
        form,
    )
    return Block("messages", messages, len(taken))


def _epoch_ms(text: str) -> int:
    return int(moment(text).timestamp() * 1000)


def _broken(address: Address, error: Any) -> BrokerError:
    reason = error.str() if isinstance(error, KafkaError) else str(error)
    hint = "Check that the broker runs, its address, and `kafka.…` settings for its security."
    if isinstance(error, KafkaError) and error.code() in (
        KafkaError._AUTO_OFFSET_RESET,
        KafkaError.OFFSET_OUT_OF_RANGE,
    ):
        hint = (
            "The messages to go on with are gone: the topic keeps too little. Start from `?start=earliest`."
        )
    return BrokerError(f"the broker {address.brokers}, topic `{address.topic}`: {reason}", hint)
