"""A topic through one consumer, which all its partitions share; each partition is a feed.

A consumer costs four threads, so a process has one. It belongs to no group and where to go on is the state's business;
offsets are committed for tools that show lag, and never read back. An offset that is no longer there is an error, never a
silent jump. A broker that is away is waited for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from confluent_kafka import (
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from lowtide.errors import BrokerError, InputError
from lowtide.kafka.address import Address, answered, broken, epoch_ms, parse
from lowtide.kafka.messages import blocks_of, place_of
from lowtide.operation.log import logger
from lowtide.sources.block import Block
from lowtide.sources.feed import Feed

_ASK_S = 10.0
_AT_ONCE = 1000
_HELD = 100_000
"""Messages of a partition that may wait for a slower worker before the partition is paused."""
_PATIENCE_S = 60.0
"""How long a finite run waits for a broker that says nothing; one that follows waits for ever."""
_FINAL = frozenset(
    {
        KafkaError._AUTO_OFFSET_RESET,
        KafkaError.OFFSET_OUT_OF_RANGE,
        KafkaError._AUTHENTICATION,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError._FATAL,
    }
)


def open_topic(
    spec: str, block_records: int = 4096, *, follow: bool = False, group: str = "lowtide"
) -> dict[str, Feed]:
    """The partitions of a topic as logs named `topic/0`, …: to what is there now, or with `follow` for ever."""
    address = parse(spec)
    topic = Topic(address, follow=follow, group=group)
    at_once = block_records or 1 << 30
    return {f"{address.topic}/{number}": Part(topic, number, at_once) for number in topic.partitions}


class Topic:
    """All partitions of a topic through one consumer; any thread may read any partition."""

    def __init__(self, address: Address, *, follow: bool = False, group: str = "lowtide") -> None:
        self.address = address
        self.follow = follow
        self._lock = threading.Lock()
        self._held: defaultdict[int, list[Message]] = defaultdict(list)
        self._paused: set[int] = set()
        self._open: set[int] = set()
        self._heard = time.monotonic()
        self._away = False
        try:
            self._consumer = Consumer(
                {
                    "bootstrap.servers": address.brokers,
                    "group.id": group,
                    "enable.auto.commit": False,
                    "auto.offset.reset": "error",
                    "enable.partition.eof": True,
                    "allow.auto.create.topics": False,
                    "queued.max.messages.kbytes": 131_072,
                    "fetch.queue.backoff.ms": 5,  # the default of a second after each full queue costs most of the time
                    "fetch.message.max.bytes": 4_194_304,
                    "fetch.wait.max.ms": 50 if follow else 500,
                    "log_level": 2,  # what is wrong is said once, by the error that ends the run
                    **address.settings,
                },
                logger=logging.getLogger("lowtide.librdkafka"),
            )
            self.partitions = self._numbers(_ASK_S if follow else 0.0)
            bounds = {number: self._bounds(number) for number in self.partitions}
            self._firsts = {number: first for number, (first, _) in bounds.items()}
            self._ends = {number: end for number, (_, end) in bounds.items()}
            self._starts = self._begins()
        except KafkaException as error:
            raise broken(address, error.args[0]) from error

    def _numbers(self, patience_s: float = 0.0) -> list[int]:
        """Its partitions. A broker that has just come up may not know its topics yet."""
        until = time.monotonic() + patience_s
        while True:
            found = self._consumer.list_topics(self.address.topic, timeout=_ASK_S).topics[self.address.topic]
            if (found.error is None and found.partitions) or time.monotonic() >= until:
                break
            time.sleep(0.2)
        if found.error is not None or not found.partitions:
            raise InputError(
                f"there is no topic `{self.address.topic}` on {self.address.brokers}",
                "Check its name and whether this user may describe it.",
            )
        return sorted(found.partitions)

    def grown(self) -> int:
        """How many partitions the topic has now more than when it was opened."""
        try:
            return len(self._numbers()) - len(self.partitions)
        except (KafkaException, InputError):
            return 0

    def _bounds(self, number: int) -> tuple[int, int]:
        part = self._part(number)
        try:
            first, end = answered(lambda: self._consumer.get_watermark_offsets(part, timeout=_ASK_S))
        except KafkaException as error:
            raise broken(self.address, error.args[0]) from error
        return int(first), int(end)

    def _begins(self) -> dict[int, int]:
        """Where a log without a state begins."""
        if self.address.start == "latest":
            return dict(self._ends)
        if self.address.start == "earliest":
            return dict(self._firsts)
        when = epoch_ms(self.address.start)
        asked = [TopicPartition(self.address.topic, number, when) for number in self.partitions]
        found = answered(lambda: self._of_times(asked))
        return {
            part.partition: part.offset if part.offset >= 0 else self._ends[part.partition] for part in found
        }

    def _of_times(self, asked: list[TopicPartition]) -> list[TopicPartition]:
        found = self._consumer.offsets_for_times(asked, timeout=_ASK_S)
        for part in found:
            if part.error is not None:
                raise KafkaException(part.error)
        return found

    def _part(self, number: int, offset: int = 0) -> TopicPartition:
        return TopicPartition(self.address.topic, number, offset)

    def begin(self, number: int, at: int | None) -> int:
        """Starts to read a partition from `at`, None: where the address says. Returns where that is.

        Raises BrokerError when the messages to go on with are gone, or never were.
        """
        start = self._starts[number] if at is None else at
        if start > self._ends[number]:  # it has grown since, or it is another topic of the same name
            self._ends[number] = self._bounds(number)[1]
        if not self._firsts[number] <= start <= self._ends[number]:
            raise BrokerError(
                f"partition {number} of `{self.address.topic}` holds messages {self._firsts[number]} to "
                f"{self._ends[number]}, and the state goes on at {start}",
                "The topic keeps too little, or was made anew. Begin with an empty state folder, from `?start=earliest`.",
            )
        with self._lock:
            if self.follow or start < self._ends[number]:
                self._open.add(number)
                self._consumer.incremental_assign([self._part(number, start)])
        return start

    def take(self, number: int, at_most: int, wait: bool) -> list[Message] | None:
        """What has come for a partition: nothing yet, or None after its end. With `wait` it is something, or None."""
        with self._lock:
            if not self._held[number] and number in self._open:
                self._fetch(0.0)
            while wait and not self._held[number] and number in self._open:
                self._fetch(1.0)
            taken, self._held[number] = self._held[number][:at_most], self._held[number][at_most:]
            if number in self._paused and len(self._held[number]) < _HELD // 2:
                self._paused.discard(number)
                self._consumer.resume([self._part(number)])
            return None if not taken and number not in self._open else taken

    def behind(self, number: int, position: int) -> int:
        """Messages of a partition from `position` to its end, as the broker said last."""
        try:
            known = self._consumer.get_watermark_offsets(self._part(number), cached=True)
        except (KafkaException, RuntimeError):
            known = None
        return max(0, int(known[1]) - position) if known and known[1] >= 0 else 0

    def done(self, number: int, position: int) -> None:
        """Commits a position for tools that show lag; whether that works changes nothing."""
        try:
            self._consumer.commit(offsets=[self._part(number, position)], asynchronous=True)
        except (KafkaException, RuntimeError) as error:
            logger("kafka").debug("offsets_not_committed", why=str(error))

    def _fetch(self, timeout_s: float) -> None:
        came = self._consumer.consume(_AT_ONCE, timeout=timeout_s)
        for number, run in groupby(came, Message.partition):
            assert number is not None, "a message that was received has its place"
            self._keep(number, list(run))
        self._listen(bool(came))
        for number in self.partitions:
            if len(self._held[number]) > _HELD and number in self._open - self._paused:
                self._paused.add(number)
                self._consumer.pause([self._part(number)])

    def _keep(self, number: int, run: list[Message]) -> None:
        """Messages of a partition, and events that came as such."""
        errors = list(map(Message.error, run))
        if any(errors):  # an error is true; one compared with None leaves an exception behind
            for message, error in zip(run, errors, strict=True):
                if error is not None:
                    self._event(message, error)
            run = [message for message, error in zip(run, errors, strict=True) if error is None]
        if not run:
            return
        last = place_of(run[-1])[1]
        if not self.follow and last >= self._ends[number]:  # they came while it was read
            run = [message for message in run if place_of(message)[1] < self._ends[number]]
        self._held[number].extend(run)
        self._reached(number, last + 1)

    def _listen(self, heard: bool) -> None:
        """A broker that was away and is back, or one that a finite run has waited for long enough."""
        if heard and not self._away:
            self._heard = time.monotonic()
        elif not self.follow and time.monotonic() - self._heard > _PATIENCE_S:
            raise broken(self.address, f"nothing came for {_PATIENCE_S:.0f} s")

    def _event(self, message: Message, error: KafkaError) -> None:
        if error.code() == KafkaError._PARTITION_EOF:
            if self._away:
                self._away = False
                logger("kafka").warning("broker_back", brokers=self.address.brokers)
            self._reached(*place_of(message))
        elif error.code() in _FINAL or error.fatal():
            raise broken(self.address, error)
        elif not self._away:
            self._away = True
            logger("kafka").warning("broker_away", brokers=self.address.brokers, why=error.str())

    def _reached(self, number: int, offset: int) -> None:
        if not self.follow and offset >= self._ends[number] and number in self._open:
            self._open.discard(number)
            self._consumer.incremental_unassign([self._part(number)])


class Part(Feed):
    """One partition of a topic."""

    def __init__(self, topic: Topic, number: int, at_once: int) -> None:
        super().__init__(())
        self.topic = topic
        self.place = number
        self._at_once = at_once
        self._position = 0

    def begin(self, at: int | None = None, wait: bool = True) -> Iterator[Block | None]:
        """Its messages in blocks; the broker is asked at once, so that what is gone is said before anything is read."""
        self._position = self.topic.begin(self.place, at)
        return self._blocks_of(wait)

    def _blocks_of(self, wait: bool) -> Iterator[Block | None]:
        while (taken := self.topic.take(self.place, self._at_once, wait)) is not None:
            if not taken:
                yield None
                continue
            for block, position in blocks_of(taken, self.topic.address.form):
                self._position = position
                yield block

    def grown(self) -> int:
        """How many partitions its topic has now more."""
        return self.topic.grown()

    @property
    def position(self) -> int:
        """The offset of the first message that was not handed out."""
        return self._position

    @property
    def behind(self) -> int:
        """Messages that wait in the partition."""
        return self.topic.behind(self.place, self._position)

    def done(self, position: int) -> None:
        """Commits a position that is stored for good."""
        if self.topic.follow:
            self.topic.done(self.place, position)
