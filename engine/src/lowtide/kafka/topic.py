"""A topic read through one consumer that all its partitions share; each partition is a feed.

A consumer costs four threads, so a process has one. The state knows where to go on: offsets are committed only for tools
that show lag, and are never read back. An offset that is no longer there, another topic of the same name, and messages that
a broker has lost are errors, never a silent jump. A run waits for a broker that is away.
"""

from __future__ import annotations

import threading
import time

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from lowtide.core import Span
from lowtide.errors import InputError, TopicChangedError
from lowtide.kafka.address import Address, answered, broken, epoch_ms, parse
from lowtide.kafka.consumer import consumer
from lowtide.kafka.feed import PartitionFeed
from lowtide.kafka.identity import TopicIdentity
from lowtide.kafka.receiver import Event, receiver
from lowtide.kafka.registry import Registry
from lowtide.kafka.schemas import TopicSchemas
from lowtide.kafka.waiting import Waiting
from lowtide.operation.log import logger
from lowtide.sources.feed import Feed, ResumePoint, Witness

_ASK_S = 10.0
_WAIT_S = 0.2
"""How long messages are waited for until callbacks and errors of the connection are looked at."""
MEMORY_BYTES = 256 << 20
"""What may wait in memory between the broker and the key groups."""
_OF_LIBRARY, _OF_MESSAGES = 8, 8
"""Which part of it librdkafka may hold, and which part messages that it has handed over. `runner.plan` gives a
quarter to blocks."""
BLOCK_BYTES = 4 << 20
"""A block of messages ends before it is longer, unless its first message is."""
_PATIENCE_S = 60.0
"""How long a finite run waits for a silent broker; a run that follows waits for ever."""
_LOST = (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._LOG_TRUNCATION)
"""Errors that say that the next message is gone: it was deleted, or a leader took over that had never had it."""
_FATAL = frozenset(
    {
        *_LOST,
        KafkaError._AUTHENTICATION,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError._FATAL,
    }
)


def open_topic(
    spec: str,
    block_records: int = 4096,
    *,
    follow: bool = False,
    group: str = "lowtide",
    memory_bytes: int = MEMORY_BYTES,
) -> dict[str, Feed]:
    """The partitions of a topic as logs named `topic/0`, …: up to its present end, or with `follow` for ever."""
    address = parse(spec)
    topic = Topic(address, follow=follow, group=group, memory_bytes=memory_bytes)
    most = block_records or 1 << 30
    return {f"{address.topic}/{number}": PartitionFeed(topic, number, most) for number in topic.partitions}


class Topic:
    """All partitions of a topic through one consumer; any thread may read any partition."""

    def __init__(
        self,
        address: Address,
        *,
        follow: bool = False,
        group: str = "lowtide",
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self.address = address
        self.follow = follow
        self._lock = threading.Lock()
        self._waiting = Waiting(memory_bytes // _OF_MESSAGES)
        self._paused: set[int] = set()
        self._unfinished: set[int] = set()
        self._resumed: dict[int, ResumePoint] = {}
        """Partitions whose last message of the run before is to come once more, and where they go on."""
        self._reached: dict[int, int] = {}
        """The offset after all that was received of a partition, markers of transactions and aborted messages too."""
        self._heard_at = time.monotonic()
        self._broker_away = False
        registry = Registry(address.registry) if address.registry is not None else None
        self.schemas = TopicSchemas(registry, follow=follow) if registry is not None else None
        """The schemas that its messages name; None: there is no registry."""
        try:
            self._consumer = consumer(address, group, follow=follow, memory=memory_bytes // _OF_LIBRARY)
            self._receiver = receiver(self._consumer, address)
            self.partitions = self._numbers(_ASK_S if follow else 0.0)
            bounds = {number: self._bounds(number) for number in self.partitions}
            self._firsts = {number: first for number, (first, _) in bounds.items()}
            self._ends = {number: end for number, (_, end) in bounds.items()}
            self._starts = self._start_offsets()
            self.identity = TopicIdentity(address)
        except KafkaException as error:
            raise broken(address, error.args[0]) from error

    def _numbers(self, patience_s: float = 0.0) -> list[int]:
        """The numbers of its partitions. A broker that has just started may not know its topics yet."""
        topic = self.address.topic
        until = time.monotonic() + patience_s
        while True:
            metadata = self._consumer.list_topics(topic, timeout=_ASK_S).topics[topic]
            if (metadata.error is None and metadata.partitions) or time.monotonic() >= until:
                break
            time.sleep(0.2)
        if metadata.error is not None or not metadata.partitions:
            raise InputError(
                f"there is no topic `{topic}` on {self.address.brokers}",
                "Check its name and whether this user may describe it.",
            )
        return sorted(metadata.partitions)

    def grown(self) -> int:
        """How many partitions the topic has gained since it was opened."""
        try:
            return len(self._numbers()) - len(self.partitions)
        except (KafkaException, InputError):
            return 0

    def _bounds(self, number: int) -> tuple[int, int]:
        partition = self._partition(number)
        try:
            first, end = answered(lambda: self._consumer.get_watermark_offsets(partition, timeout=_ASK_S))
        except KafkaException as error:
            raise broken(self.address, error.args[0]) from error
        return int(first), int(end)

    def _start_offsets(self) -> dict[int, int]:
        """Where a log without a state begins, by partition."""
        if self.address.start == "latest":
            return dict(self._ends)
        if self.address.start == "earliest":
            return dict(self._firsts)
        when = epoch_ms(self.address.start)
        times = [self._partition(number, when) for number in self.partitions]
        starts = answered(lambda: self._offsets_for(times))
        return {one.partition: one.offset if one.offset >= 0 else self._ends[one.partition] for one in starts}

    def _offsets_for(self, times: list[TopicPartition]) -> list[TopicPartition]:
        """The first offsets at or after times; each time stands where an offset usually does."""
        starts = self._consumer.offsets_for_times(times, timeout=_ASK_S)
        for one in starts:
            if one.error is not None:
                raise KafkaException(one.error)
        return starts

    def _partition(self, number: int, offset: int = 0) -> TopicPartition:
        return TopicPartition(self.address.topic, number, offset)

    def holds(self, number: int, offset: int) -> bool:
        """Whether a partition can be read from this offset on."""
        return self._firsts[number] <= offset <= self._ends[number]

    def begin(self, number: int, at: ResumePoint | None) -> int:
        """Start to read a partition at `at`, None: where the address says. Returns that offset.

        The last message that was read is read once more, to see that it is still the same. Raises TopicChangedError when the
        topic does not hold the next message.
        """
        start = self._starts[number] if at is None else at.next
        if start > self._ends[number]:  # the topic has grown, or it is another topic of the same name
            self._ends[number] = self._bounds(number)[1]
        if not self.holds(number, start):
            raise TopicChangedError(
                f"partition {number} of `{self.address.topic}` holds messages {self._firsts[number]} to "
                f"{self._ends[number]}, and the state goes on at {start}: the topic keeps too little, has lost "
                "messages, or was made anew"
            )
        with self._lock:
            if at and at.witness and self.holds(number, at.witness[0]):
                self._resumed[number] = at
            if self.follow or start < self._ends[number] or number in self._resumed:
                self._unfinished.add(number)
                resumed = self._resumed.get(number)
                first = resumed.witness[0] if resumed and resumed.witness else start
                self._receiver.begin(number)
                self._consumer.incremental_assign([self._partition(number, first)])
        return start

    def after(self, number: int, offset: int) -> int:
        """The offset with which a partition goes on when everything before `offset` was taken: beyond markers and aborted
        messages, if nothing waits before them."""
        with self._lock:
            return offset if self._waiting.of(number) else max(offset, self._reached.get(number, 0))

    def take(self, number: int, at_most: int, wait: bool) -> Span | None:
        """Up to `at_most` messages of a partition, of about 4 MiB; None after its end. Without `wait` the span may be
        empty."""
        with self._lock:
            if not self._waiting.of(number) and number in self._unfinished:
                self._fetch(0.0)
            while wait and not self._waiting.of(number) and number in self._unfinished:
                self._fetch(_WAIT_S)
            taken = self._waiting.take(number, at_most, BLOCK_BYTES)
            for other in [other for other in self._paused if self._waiting.has_room(other)]:
                self._paused.discard(other)
                self._consumer.resume([self._partition(other)])
            return None if not taken and number not in self._unfinished else taken

    @property
    def held_bytes(self) -> int:
        """What the messages take that were received and not taken yet."""
        return self._waiting.bytes

    def behind(self, number: int, position: int) -> int:
        """How many messages of a partition lie from `position` to its end, as the broker said last."""
        try:
            bounds = self._consumer.get_watermark_offsets(self._partition(number), cached=True)
        except (KafkaException, RuntimeError):
            bounds = None
        return max(0, int(bounds[1]) - position) if bounds and bounds[1] >= 0 else 0

    def done(self, number: int, position: int) -> None:
        """Commit a position for tools that show lag. The run goes on if that fails."""
        try:
            self._consumer.commit(offsets=[self._partition(number, position)], asynchronous=True)
        except (KafkaException, RuntimeError) as error:
            logger("kafka").debug("offsets_not_committed", why=str(error))

    def _fetch(self, timeout_s: float) -> None:
        spans, events = self._receiver.receive(self._waiting.room, timeout_s)
        for number, span in spans:
            self._keep(number, span)
        for event in events:
            self._event(event)
        self._listen(bool(spans or events))
        for number in self.partitions:
            if self._waiting.is_full(number) and number in self._unfinished - self._paused:
                self._paused.add(number)
                self._consumer.pause([self._partition(number)])

    def _keep(self, number: int, span: Span) -> None:
        """Buffer messages of one partition."""
        end = span.witness(len(span) - 1)[0] + 1
        if number in self._resumed:
            span = self._unread(number, span, end)
        if not self.follow and end > self._ends[number]:  # these arrived while the topic was being read
            span = span.cut(0, span.before(self._ends[number]))
        self._waiting.add(number, span)
        self._note(number, end)

    def _unread(self, number: int, span: Span, end: int) -> Span:
        """The messages that were not read before. Raises TopicChangedError if the last that was read is another one now."""
        at, found = self._resumed[number], span.witness(0)
        if at.witness and found[0] == at.witness[0]:
            _must_be_equal(at.witness, found, f"partition {number} of `{self.address.topic}`")
        if end >= at.next:
            del self._resumed[number]
        return span.cut(span.before(at.next), len(span))

    def _listen(self, heard: bool) -> None:
        """Note that the broker was heard; end a finite run that has waited for it too long."""
        if heard and not self._broker_away:
            self._heard_at = time.monotonic()
        elif not self.follow and time.monotonic() - self._heard_at > _PATIENCE_S:
            raise broken(self.address, f"nothing came for {_PATIENCE_S:.0f} s")

    def _event(self, event: Event) -> None:
        error = event.error
        if error.code() == KafkaError._PARTITION_EOF:
            if self._broker_away:
                self._broker_away = False
                logger("kafka").warning("broker_back", brokers=self.address.brokers)
            self._note(event.partition, event.offset)
        elif error.code() in _LOST:
            self.identity.must_be_same()
            raise TopicChangedError(
                f"the topic `{self.address.topic}` does not hold the next message: {error.str()}"
            )
        elif error.code() in _FATAL or error.fatal():
            raise broken(self.address, error)
        elif not self._broker_away:
            self._broker_away = True
            logger("kafka").warning("broker_away", brokers=self.address.brokers, why=error.str())

    def _note(self, number: int, offset: int) -> None:
        """Note that everything before an offset was received; a finite run ends at the end that the partition had."""
        reached = offset if self.follow else min(offset, self._ends[number])
        self._reached[number] = max(reached, self._reached.get(number, 0))
        if not self.follow and offset >= self._ends[number] and number in self._unfinished:
            self._unfinished.discard(number)
            self._consumer.incremental_unassign([self._partition(number)])


def _must_be_equal(before: Witness, now: Witness, where: str) -> None:
    """Raises TopicChangedError if a message differs in what is known of it both times."""
    if any(a != b for a, b in zip(before, now, strict=True) if min(a, b) >= 0):
        raise TopicChangedError(
            f"message {now[0]} in {where} is not the one that was read before (leader epoch {before[1]}, time {before[2]}; "
            f"now {now[1]}, {now[2]}): the topic was made anew, or a broker that lacked messages has become the leader"
        )
