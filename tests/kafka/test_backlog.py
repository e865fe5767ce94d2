"""What waits of a topic is weighed, not counted: large messages take no more memory than small ones."""

from __future__ import annotations

import random
from collections.abc import Callable

import orjson
import pytest

from lowtide.core import Job, decode
from lowtide.kafka import topic as topics
from lowtide.kafka.address import parse
from lowtide.kafka.feed import PartitionFeed
from lowtide.kafka.topic import BLOCK_BYTES, Topic
from lowtide.sources import Block

Make = Callable[..., str]
_MEMORY = 16 << 20
_SIZE = 900_000


def large(number: int) -> bytes:
    """A message of 900 KB: movements in an array, each with a long reason."""
    reason = random.Random(number).randbytes(2000).hex()
    one = {
        "source": "t",
        "kind": "sale",
        "sku": "A",
        "location": "330",
        "quantity": "1",
        "event_time": "2026-11-22T09:30:00Z",
    }
    rows = [{"id": f"{number}-{at}", "reason": reason, **one} for at in range(_SIZE // 4200)]
    return orjson.dumps(rows)


def read(address: str, parts: int) -> tuple[list[list[Block]], int]:
    """The blocks of each partition, read by turns, and the most bytes that waited."""
    topic = Topic(parse(address), memory_bytes=_MEMORY)
    feeds = [PartitionFeed(topic, number, 4096) for number in range(parts)]
    readers = [feed.begin() for feed in feeds]
    found: list[list[Block]] = [[] for _ in feeds]
    most, left = 0, set(range(parts))
    while left:
        for number in sorted(left):
            block = next(readers[number], None)
            most = max(most, topic.held_bytes)
            if block is None:
                left.discard(number)
            else:
                found[number].append(block)
    return found, most


@pytest.mark.usefixtures("way")
def test_large_messages_wait_within_the_memory_that_is_given(topic: Make) -> None:
    messages = [(number % 2, large(number), 1_795_339_800_000) for number in range(60)]
    assert sum(len(value) for _, value, _ in messages) > 3 * _MEMORY
    found, most = read(topic(messages, 2), 2)
    share = _MEMORY // topics._OF_MESSAGES
    assert 0 < most <= 2 * share + 2 * _SIZE, (
        "what was asked for when there was room may be one fetch of the library"
    )
    sizes = [len(block.messages.data) for blocks in found for block in blocks]
    assert max(sizes) <= BLOCK_BYTES
    log = Job.of().partition(1)
    for block in found[0]:
        decode(log, block)
    assert log.counts()["accepted"] == sum(
        len(orjson.loads(value)) for part, value, _ in messages if part == 0
    )


@pytest.mark.usefixtures("way")
def test_a_message_that_is_larger_than_a_block_comes_alone(
    topic: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "BLOCK_BYTES", 10_000)
    small = b'{"id":"1"}'
    address = topic([(0, value, 0) for value in (small, small, large(1), small)])
    ((blocks,), _) = read(address, 1)
    assert [block.records for block in blocks] == [2, 1, 1]
